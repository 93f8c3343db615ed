"""A directory is scanned: whoever knows a file takes it, the rest is told, and nothing to read is no success."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from terraform_plans import plan, resource

from grc.cli import main
from grc.cli.clock import now
from grc.cli.directories import directory_lines
from grc.collect.persons import Pseudonyms
from grc.evidence import Pack, open_pack
from grc.kinds import load
from grc.run import open_desk
from grc.run.directory import Setting, readers
from grc.run.locating import located

BUCKET = """
resource "aws_s3_bucket" "data" {
  bucket = "clinic-data"
}
"""
TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Data: {Type: "AWS::S3::Bucket", Properties: {BucketName: clinic-data}}
"""
MANIFEST = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: c, image: "nginx:latest"}]}
"""
CHECKS = ("aws.s3.bucket.versioning", "kubernetes.workload.images-not-latest")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic") / "infra"
    for path, text in {
        "main.tf": BUCKET,
        "stack.yaml": TEMPLATE,
        "plan.json": json.dumps(plan(resource("aws_s3_bucket.data", {"bucket": "clinic-data"}))),
        "deploy/web.yaml": MANIFEST,
        "deploy/values.yaml": "a: 1\n",
        "notes.txt": "nothing",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "deploy" / "loop").symlink_to(folder, target_is_directory=True)
    return folder


def scan(folder: Path, out: Path, *checks: str) -> int:
    chosen = [word for check in checks for word in ("--check", check)]
    with pytest.raises(SystemExit) as ended:
        main(["scan", str(folder), "--out", str(out), "--quiet", *chosen])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture(scope="module")
def pack(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.chdir(directory.parent)
        assert scan(directory, directory.parent / "pack", *CHECKS) == 3
    return open_pack(directory.parent / "pack")


def test_every_declaration_has_a_place_of_its_own(pack: Pack) -> None:
    buckets = {each.unit.place: each.count for each in pack.populations() if each.unit.kind == "aws.s3.bucket"}
    assert sorted(buckets.values()) == [1, 1, 1]
    (workloads,) = (each for each in pack.populations() if each.unit.kind == "kubernetes.workload")
    assert workloads.count == 1


class Everything:
    def __contains__(self, key: object) -> bool:
        return True


def places(pack: Pack) -> set[tuple[str, str]]:
    """Each subject and where it stands, as a pull request names the file."""
    return {(subject, str(where)) for (_, _, subject), where in located(pack, Everything()).items()}


def test_a_subject_is_told_with_its_file_and_line(pack: Pack) -> None:
    assert places(pack) == {
        ("aws_s3_bucket.data", "infra/main.tf:2"),
        ("aws_s3_bucket.data", "infra/plan.json"),
        ("stack.yaml:Data", "infra/stack.yaml:4"),
        ("Pod/shop/web", "infra/deploy/web.yaml:2"),
    }
    assert not located(pack, frozenset())


@pytest.mark.parametrize(
    ("inside", "asked", "expected"),
    [
        (".", "infra/main.tf", "infra/main.tf:2"),
        (".", "infra/plan.json", "infra/plan.json"),
        (".", ".", "infra/main.tf:2"),
        ("infra", ".", "main.tf:2"),
        ("infra/deploy", "..", "main.tf:2"),
    ],
)
def test_a_file_is_named_from_where_the_command_runs(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str, asked: str, expected: str
) -> None:
    monkeypatch.chdir(directory.parent / inside)
    assert scan(Path(asked), tmp_path / "pack", CHECKS[0]) == 3
    assert ("aws_s3_bucket.data", expected) in places(open_pack(tmp_path / "pack"))


def test_code_scanning_is_given_the_line(pack: Pack) -> None:
    with pytest.raises(SystemExit):
        main(["report", str(pack.path), "--format", "sarif", "--out", str(pack.path.parent / "grc.sarif")])
    (run,) = json.loads((pack.path.parent / "grc.sarif").read_text())["runs"]
    told = {
        (each["physicalLocation"]["artifactLocation"]["uri"], each["physicalLocation"]["region"]["startLine"])
        for result in run["results"]
        for each in result["locations"]
    }
    assert told == {("infra/main.tf", 2), ("infra/plan.json", 1), ("infra/stack.yaml", 4), ("infra/deploy/web.yaml", 2)}


def test_a_build_is_told_what_declarations_fail(pack: Pack) -> None:
    with pytest.raises(SystemExit):
        main(["report", str(pack.path), "--format", "junit", "--out", str(pack.path.parent / "grc.xml")])
    root = ElementTree.parse(pack.path.parent / "grc.xml").getroot()
    failed = {case.attrib["name"].partition(":")[0]: case.find("failure") for case in root.iter("testcase")}
    assert failed.keys() == set(CHECKS)
    lines = (failed[CHECKS[0]].text or "").splitlines()
    assert sorted(line.split(": ")[1] for line in lines) == ["infra/main.tf:2", "infra/plan.json", "infra/stack.yaml:4"]


def test_what_was_left_out_is_told_with_the_reason(pack: Pack) -> None:
    told = "\n".join(directory_lines(pack.manifest.run.scope, pack.populations()))
    assert "infra: " in told
    assert "cloudformation 1 file" in told
    assert "deploy/loop: is a link, and links are not followed" in told
    assert ".txt 1 file" in told


UNREAD = {
    "main.tf": BUCKET + 'module "lost" { source = "./nowhere" }\n',
    "bad/broken.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = \n',
    "k/broken.yaml": "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: c}\n",
    "later.json": json.dumps({**plan(), "format_version": "9.1"}),
}


def test_what_could_not_be_read_is_told_with_its_line_and_the_rest_is_scanned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path, text in UNREAD.items():
        (tmp_path / "infra" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "infra" / path).write_text(text)
    assert scan(tmp_path / "infra", tmp_path / "pack", *CHECKS) == 4
    unread = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  not read: ")]
    heads = [
        "bad/broken.tf:1: ",
        "k/broken.yaml:4: ",
        "later.json: is a plan of format version 9.1",
        "main.tf:5: module lost",
    ]
    assert len(unread) == len(heads)
    assert all(line.startswith(f"  not read: {head}") for line, head in zip(unread, heads, strict=True))


def test_nothing_that_is_known_is_no_success(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert scan(tmp_path / "empty", tmp_path / "pack") == 5
    assert "empty: it is empty" in capfd.readouterr().err
    (tmp_path / "empty" / "notes.txt").write_text("nothing")
    assert scan(tmp_path / "empty", tmp_path / "pack") == 5
    assert "none of its 1 files is of a sort that is read" in capfd.readouterr().err
    assert not (tmp_path / "pack").exists()


@pytest.mark.slow
def test_a_repository_of_fifty_thousand_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(50_000):
        folder = tmp_path / "repository" / str(number % 500)
        if number < 500:
            folder.mkdir(parents=True)
        (folder / f"{number}.{'yaml' if number % 5 == 0 else 'py'}").write_text("a: 1\n")
    (tmp_path / "repository" / "main.tf").write_text(BUCKET)
    assert scan(tmp_path / "repository", tmp_path / "pack", CHECKS[0]) == 3  # a new bucket keeps no versions
    (found,) = open_pack(tmp_path / "pack").manifest.run.scope["directories"]
    assert found["taken"] == {"terraform": 1}
    assert found["not_known"] == {".py": 40_000, ".yaml": 10_000}


@pytest.mark.parametrize("above", [("one", "two"), ("one/x", "two/x")])
def test_folders_of_one_name_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: tuple[str, str]
) -> None:
    privileged = MANIFEST.replace("name: c,", "name: c, securityContext: {privileged: true},")
    folders = [tmp_path / each / "deploy" for each in above]
    for folder, text in zip(folders, (MANIFEST, privileged), strict=True):
        folder.mkdir(parents=True)
        (folder / "web.yaml").write_text(text)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    named = [str(folders[0]), str(folders[1]), str(tmp_path / "work" / ".." / above[0] / "deploy")]
    check = ["--check", "kubernetes.workload.no-privileged-containers"]
    with pytest.raises(SystemExit) as ended:
        main(["scan", *named, *check, "--out", "pack", "--quiet"])
    assert ended.value.code == 3
    pack = open_pack(tmp_path / "work" / "pack")
    places = [population.unit.place for population in pack.populations()]
    assert places == [f"file/{each}/deploy" for each in above]


def test_what_two_sources_both_give_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("work/x/y", "elsewhere/x/y"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "main.tf").write_text(BUCKET)
    monkeypatch.chdir(tmp_path / "work")
    with pytest.raises(SystemExit) as ended:
        main(["scan", "x/y", "../elsewhere/x", "--out", "pack", "--quiet", "--check", CHECKS[0]])
    assert ended.value.code == 2
    assert "two of the sources that were named both give aws." in capsys.readouterr().err
    assert not list(tmp_path.glob("work/pack*")), "what can never be finished is in the way of a better command"


def test_no_two_readers_have_one_name() -> None:
    setting = Setting(
        workspace=open_desk().workspace, kinds=load(), clock=now, pseudonyms=Pseudonyms(b"a key for tests")
    )
    names = [reader.name for reader in readers(setting)]
    assert len(names) == len(set(names))


APART = """
provider "aws" { region = "eu-central-1" }
provider "aws" {
  alias  = "west"
  region = "eu-west-1"
}
resource "aws_ebs_encryption_by_default" "here" { enabled = true }
resource "aws_guardduty_detector" "there" {
  PROVIDER
  enable = true
}
"""


@pytest.mark.parametrize(("provider", "code"), [("provider = aws.west", 4), ("", 0)])
def test_what_stands_in_another_region_passes_nothing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(APART.replace("PROVIDER", provider))
    assert scan(tmp_path / "infra", tmp_path / "pack", "aws.account-region.threat-detection") == code
