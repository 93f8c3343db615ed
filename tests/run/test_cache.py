"""What is kept between runs: the same answers, and never one that is not sound."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from grc import catalogue, kinds
from grc.errors import DataError
from grc.model.catalogue import Policy
from grc.model.identifiers import ControlId, KindName
from grc.model.kind import Kind
from grc.run.cache import KEPT, NO_CACHE, Cache, key_of
from grc.run.checked import lint, load_kinds, load_policy

BASE = Path(__file__).parents[1] / "catalogue"
Kinds = Mapping[KindName, Kind]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE / "base", tmp_path / "root")
    return tmp_path / "root"


@pytest.fixture(scope="module")
def demo_kinds() -> Kinds:
    return kinds.load([BASE / "kinds"])


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def load(root: Path, demo_kinds: Kinds, cache: Cache) -> Policy:
    return load_policy([root], demo_kinds, (), cache)


def kept(cache: Cache) -> list[Path]:
    assert cache.folder is not None
    return sorted(cache.folder.iterdir())


def test_what_is_kept_is_what_was_loaded(root: Path, demo_kinds: Kinds, cache: Cache) -> None:
    first = load(root, demo_kinds, cache)
    assert [path.name.partition("-")[0] for path in kept(cache)] == ["policy"]
    assert load(root, demo_kinds, cache) == first == catalogue.load([root], demo_kinds)


def test_the_shipped_policy_survives_being_kept(cache: Cache) -> None:
    known = load_kinds((), cache)
    assert repr(dict(load_kinds((), cache))) == repr(known) == repr(kinds.load())
    data = catalogue.load([catalogue.shipped()], known)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(data), type=Policy) == data


def test_a_second_load_reads_what_is_kept(root: Path, demo_kinds: Kinds, cache: Cache) -> None:
    policy = load(root, demo_kinds, cache)
    (file,) = kept(cache)
    control = policy.controls[ControlId("crypto")]
    changed = msgspec.msgpack.encode(policy).replace(control.title.encode(), control.title.upper().encode())
    cache.put("policy", file.name.partition("-")[2], changed)
    assert load(root, demo_kinds, cache).controls[ControlId("crypto")].title == control.title.upper()


@pytest.mark.parametrize("name", ["controls/common/base.yaml", "checks/demo.yaml", "controls/demo/rows.yaml"])
def test_a_changed_file_is_read_anew(root: Path, demo_kinds: Kinds, cache: Cache, name: str) -> None:
    load(root, demo_kinds, cache)
    path = root / name
    path.write_text(path.read_text(encoding="utf-8") + "\nodd: 1\n", encoding="utf-8")
    with pytest.raises(DataError, match="is not a key"):
        load(root, demo_kinds, cache)


def test_a_file_that_came_or_went_is_noticed(root: Path, demo_kinds: Kinds, cache: Cache) -> None:
    load(root, demo_kinds, cache)
    (root / "controls" / "more.yaml").write_text("format: grc.controls/1\ncontrols: x\n", encoding="utf-8")
    with pytest.raises(DataError):
        load(root, demo_kinds, cache)


def test_what_has_problems_is_not_kept(root: Path, demo_kinds: Kinds, cache: Cache) -> None:
    (root / "controls" / "common" / "base.yaml").write_text("format: grc.controls/1\n", encoding="utf-8")
    with pytest.raises(DataError):
        load(root, demo_kinds, cache)
    assert cache.folder is not None
    assert not cache.folder.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2] + b"X" + data[len(data) // 2 + 1 :],
        lambda data: b"cos\nsystem\n(S'true'\ntR.",
        lambda data: b"grc.cache/1\n" + data[12:44] + b"other",
    ],
    ids=["empty", "cut", "changed", "pickle", "foreign"],
)
def test_a_file_that_is_not_whole_counts_as_absent(
    root: Path, demo_kinds: Kinds, cache: Cache, spoil: type[bytes]
) -> None:
    policy = load(root, demo_kinds, cache)
    (file,) = kept(cache)
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert load(root, demo_kinds, cache) == policy
    assert file.read_bytes() == whole


def test_whole_data_of_another_shape_counts_as_absent(root: Path, demo_kinds: Kinds, cache: Cache) -> None:
    policy = load(root, demo_kinds, cache)
    (file,) = kept(cache)
    for payload in (b"\xc1", msgspec.msgpack.encode({"catalogues": 1}), msgspec.msgpack.encode([1])):
        cache.put("policy", file.name.partition("-")[2], payload)
        assert load(root, demo_kinds, cache) == policy


def test_a_file_that_others_may_write_counts_as_absent(cache: Cache) -> None:
    cache.put("policy", "k", b"x")
    assert cache.get("policy", "k") == b"x"
    kept(cache)[0].chmod(0o666)
    assert cache.get("policy", "k") is None


def test_a_folder_that_cannot_be_written_is_no_problem(root: Path, demo_kinds: Kinds, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert load(root, demo_kinds, Cache(tmp_path / "file" / "cache")).controls
    assert load(root, demo_kinds, NO_CACHE).controls


def test_old_results_are_forgotten(cache: Cache) -> None:
    for number in range(KEPT + 3):
        cache.put("policy", str(number), b"x")
    cache.put("lint", "1", b"x")
    assert len(kept(cache)) == KEPT + 1
    assert cache.get("lint", "1") == b"x"


def test_a_file_that_cannot_be_read_gives_no_key(tmp_path: Path) -> None:
    assert key_of([tmp_path / "none"]) is None
    (tmp_path / "a").write_bytes(b"1")
    first = key_of([tmp_path / "a"], "policy")
    assert first == key_of([tmp_path / "a"], "policy")
    assert first != key_of([tmp_path / "a"], "lint")


@pytest.fixture
def clean(root: Path) -> Path:
    """A workspace without checks, in which lint finds no problem whatever the kinds."""
    shutil.rmtree(root / "checks")
    shutil.rmtree(root / "controls" / "common")
    for name in ("waivers.yaml", "applicability.yaml", "attestations/A-1.yaml", "findings/F-1.yaml"):
        (root / name).unlink()
    (root / "grc.yaml").write_text("format: grc.workspace/1\n", encoding="utf-8")
    return root


def test_lint_of_an_unchanged_tree_reads_what_is_kept(clean: Path, cache: Cache) -> None:
    assert lint([clean], (), cache) == ()
    assert sorted(path.name.partition("-")[0] for path in kept(cache)) == ["kinds", "lint"]
    assert lint([clean], (), cache) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("applicability.yaml", "format: grc.applicability/2\n"),
        ("capability.yaml", "format: grc.capability/2\n"),
        ("waivers.yaml", "format: grc.waivers/2\n"),
        ("attestations/A-1.yaml", "format: grc.attestation/2\n"),
        ("attestations/A-1.yml", "format: grc.attestation/1\n"),
        ("findings/F-1.yaml", "format: grc.finding/2\n"),
        ("findings/F-1.yml", "format: grc.finding/1\n"),
        ("grc.yaml", "format: grc.workspace/2\n"),
        ("controls/stray.yml", ""),
        ("checks/x.examples.yaml", "format: grc.examples/2\n"),
    ],
)
def test_lint_looks_at_every_file_that_came(clean: Path, cache: Cache, name: str, text: str) -> None:
    assert lint([clean], (), cache) == ()
    (clean / name).parent.mkdir(exist_ok=True)
    (clean / name).write_text(text, encoding="utf-8")
    found = lint([clean], (), cache)
    assert {problem.path for problem in found} == {str(clean / name)}
    (clean / name).unlink()
    if name != "grc.yaml":
        assert lint([clean], (), cache) == ()


def test_lint_with_problems_is_not_kept(clean: Path, cache: Cache) -> None:
    (clean / "controls" / "stray.yml").write_text("", encoding="utf-8")
    assert lint([clean], (), cache) == lint([clean], (), cache) != ()


CHECK = """format: grc.checks/1
checks:
- id: aws.s3.bucket.mine
  title: Buckets keep earlier versions
  severity: low
  kind: aws.s3.bucket
  assert: resource.?versioning.?Status.orValue("") == "{wanted}"
  fail: "Bucket {{resource.Name}} keeps none"
  remedy: {{text: Turn versioning on.}}
  source: ["https://example.org"]
"""
EXAMPLES = """format: grc.examples/1
examples:
  aws.s3.bucket.mine:
  - {expect: pass, resource: {Name: b, versioning: {Status: Enabled}}}
  - {expect: fail, resource: {Name: b, versioning: {Status: Suspended}}}
  - {expect: fail, resource: {Name: b}}
  - {expect: unknown, resource: {Name: b}, gaps: {versioning: access-denied}}
"""


def test_a_check_is_looked_at_again_when_it_or_its_examples_change(clean: Path, cache: Cache) -> None:
    checks = clean / "checks"
    checks.mkdir()
    (checks / "mine.yaml").write_text(CHECK.format(wanted="Enabled"), encoding="utf-8")
    (checks / "mine.examples.yaml").write_text(EXAMPLES, encoding="utf-8")
    unlisted = lint([clean], (), cache)
    assert len(unlisted) == 1, "no control lists it"
    assert "checks" in {path.name.partition("-")[0] for path in kept(cache)}
    assert lint([clean], (), cache) == unlisted
    (checks / "mine.yaml").write_text(CHECK.format(wanted="Suspended"), encoding="utf-8")
    assert set(lint([clean], (), cache)) > set(unlisted)
    (checks / "mine.yaml").write_text(CHECK.format(wanted="Enabled"), encoding="utf-8")
    assert lint([clean], (), cache) == unlisted
    (checks / "mine.examples.yaml").write_text(EXAMPLES.replace("expect: pass", "expect: fail"), encoding="utf-8")
    assert set(lint([clean], (), cache)) > set(unlisted)
