"""Bad input: each gets an error that says what, where and what to do; never a traceback, never a half-made pack."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from terraform_plans import plan, resource

Grc = Callable[..., Any]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "grc.yaml").write_text("format: grc.workspace/1\n")
    (tmp_path / "registers").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No workspace here, and no credentials anywhere."""
    empty = tmp_path / "elsewhere"
    empty.mkdir()
    monkeypatch.chdir(empty)
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan"], "name a source"),
        (["scan", "nowhere.json"], "there is no nowhere.json"),
        (["scan", "aws", "--check", "aws.s3.bucket.versionning"], "did you mean aws.s3.bucket.versioning"),
        (["scan", "aws", "--framework", "iso27002"], "did you mean iso27001"),
        (["scan", "aws", "--workspace", "nowhere"], "is no workspace"),
        (["list", "checks", "--kind", "aws.s3.buket"], "did you mean aws.s3.bucket"),
        (["list", "everything"], "is not one of"),
        (["explain", "A.8.240"], "nothing is called 'A.8.240'"),
        (["eval", "1 +"], "1:4"),
        (["eval", "x.y"], "x"),
        (["eval", "1", "--input", "nowhere.json"], "nowhere.json cannot be read"),
        (["eval", "1", "--pack", "p"], "go together"),
        (["report", "nowhere", "--out", "r.html"], "nowhere"),
        (["assess", "nowhere"], "nowhere"),
        (["assess", "nowhere", "--as-of", "yesterday"], "neither a date"),
        (["scan", "--bogus"], "No such option"),
        (["scna"], "there is no command 'scna': did you mean scan?"),
        (["xyzzy"], "there is no command 'xyzzy'"),
        (["list", "framework"], "is not one of 'frameworks'"),
        (["scan", "registers"], "make a workspace with `grc init`"),
    ],
)
def test_wrong_use_is_exit_2_with_advice(grc: Grc, arguments: list[str], said: str) -> None:
    ran = grc(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert not ran.out


@pytest.mark.parametrize("command", ["scan", "collect"])
@pytest.mark.parametrize(
    "sources", [["aws"], ["aws", "registers"], ["registers", "aws"], ["plan.json", "aws"]], ids=str
)
def test_missing_credentials_are_said_before_anything_is_done(
    grc: Grc, workspace: Path, command: str, sources: list[str]
) -> None:
    """Whatever else could have been read: nothing is left but the workspace and its key."""
    Path("plan.json").write_text(json.dumps(plan(resource("aws_ebs_volume.x", {"encrypted": True}))))
    out = workspace / "packs" / "november"
    before = {*workspace.rglob("*"), workspace / ".grc", workspace / ".grc" / "pseudonym.key"}
    ran = grc(command, *sources, "--workspace", workspace, "--out", out, "--region", "eu-central-1", "--quiet")
    assert ran.code == 2
    assert "no credentials" in ran.err
    assert not ran.out
    assert set(workspace.rglob("*")) == before


def test_a_pack_below_a_file_is_refused(grc: Grc, workspace: Path) -> None:
    (workspace / "packs").write_text("a file")
    ran = grc("scan", "registers", "--workspace", workspace, "--out", workspace / "packs" / "november", "--quiet")
    assert ran.code == 2
    assert "see that the folder exists" in ran.err


def test_a_plan_alone_prints_what_is_ahead_and_counts_no_requirement(grc: Grc, tmp_path: Path) -> None:
    volumes = [resource(f"aws_ebs_volume.{name}", {"encrypted": name == "x"}) for name in ("x", "y")]
    (tmp_path / "plan.json").write_text(json.dumps(plan(*volumes)))
    ran = grc("scan", tmp_path / "plan.json", "--out", tmp_path / "pack", "--quiet")
    assert ran.code == 3
    first, second, empty, *ahead = ran.out.splitlines()
    assert "UTC" in first
    assert second.endswith("Observations: 1 pass, 1 fail, 0 waived, 2 unknown")  # a plan has no date of creation
    assert (empty, ahead[0]) == ("", "Ahead of deployment")
    assert "aws_ebs_volume.y" in ahead[1]
    assert "floor" not in ran.out
    drawn = grc("sample", tmp_path / "pack", "--kind", "aws.ec2.volume", "--size", 1, "--seed", 7)
    assert (drawn.code, drawn.err.count("aws.ec2.volume")) == (2, 1)
    assert "it holds declarations alone" in drawn.err


def test_an_assessment_before_the_evidence_is_refused_in_words(grc: Grc, workspace: Path) -> None:
    out = workspace / "pack"
    assert grc("collect", "registers", "--workspace", workspace, "--out", out, "--quiet").code == 0
    ran = grc("assess", out, "--workspace", workspace, "--as-of", "2020-01-01")
    assert ran.code == 2
    assert "nothing can be assessed as of 2020-01-01 23:59:59 UTC" in ran.err
    assert "+00:00" not in ran.err


@pytest.mark.parametrize("command", ["verify", "reperform"])
def test_what_is_no_pack_is_not_proven_whole(grc: Grc, tmp_path: Path, command: str) -> None:
    assert grc(command, tmp_path / "nowhere").code == 3
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "manifest.json").write_bytes(b"\x00\xff{")
    assert grc(command, tmp_path).code == 3


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("grc.yaml", "format: grc.workspace/1\nscop: {}\n", "did you mean 'scope'"),
        ("grc.yaml", "format: grc.workspace/1\norganisation: {timezone: Europe/Berlinn}\n", "Europe/Berlinn"),
        ("grc.yaml", "format: grc.workspace/1\nframeworks: [iso27002]\n", "iso27002"),
        ("grc.yaml", "format: grc.workspace/1\nparams: {aws.iam.user.key-age: {max_age: 9999}}\n", "max_age"),
        ("waivers.yaml", "format: grc.waivers/1\nwaivers: [{id: x}]\n", "check"),
        ("applicability.yaml", "format: grc.applicability/1\ndecisions: 7\n", "a list"),
    ],
)
def test_a_wrong_workspace_is_refused_with_its_place(
    grc: Grc, workspace: Path, name: str, text: str, said: str
) -> None:
    (workspace / name).write_text(text)
    ran = grc("lint", "--workspace", workspace)
    assert ran.code == 2
    assert said in ran.out
    assert f"{name}:" in ran.out


@pytest.mark.parametrize("content", [b"", b"\x00\x01junk", b"{" * 10_000, b'{"format_version": "9"}'])
def test_what_is_not_a_plan_makes_no_pack(grc: Grc, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plan.json").write_bytes(content)
    ran = grc("scan", tmp_path / "plan.json", "--out", tmp_path / "pack", "--quiet")
    assert ran.code == 2
    assert "terraform show -json" in ran.err
    assert not (tmp_path / "pack").exists()


def test_a_register_in_another_encoding_is_a_gap_and_undecided(grc: Grc, workspace: Path) -> None:
    (workspace / "registers" / "people.csv").write_bytes("person_id,role\n1,Prüferin\n".encode("cp1252"))
    out = workspace / "pack"
    ran = grc(
        "scan", "registers", "--workspace", workspace, "--out", out, "--quiet", "--check", "register.people.fresh"
    )
    assert ran.code == 4
    assert "parse-error" in grc("explain", "register.people.fresh", "--pack", out, "--workspace", workspace).out


def test_each_row_that_cannot_be_read_is_told_with_its_column_and_others_are_read(grc: Grc, workspace: Path) -> None:
    rows = (
        "person_id,role,start_on,aws_user,Nickname,exported_on",
        "1,nurse,2024-01-05,ada,,2026-11-20",
        "1,nurse,2024-01-05,ada,,2026-11-20",
        "2,doctor,03/04/2024,bob,,2026-11-20",
        "3,=cmd|' /C calc'!A0,2024-01-05,eve,,2026-11-20",
        "李四,医生,2024-01-05,lisi,,2026-11-20",
        "محمد,طبيب,2024-01-05,mo,,2026-11-20",
        "4,nurse,2024-02-30,zoe,,2026-11-20",
        ",nurse,2024-01-05,,,2026-11-20",
    )
    (workspace / "registers" / "people.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    out = workspace / "pack"
    told = (
        "people.csv:3: the same row as in line 2: rows need ids of their own (person_id)",
        "people.csv:4: start_on is not a date written as YYYY-MM-DD: which part is the day and which the month is not",
        "people.csv:5: role begins like a formula: keep its value, and write no text that begins with =",
        "people.csv:8: start_on is not a date of the calendar",
        "people.csv:9: person_id is missing: each row needs it",
    )
    check = ("--check", "register.people.fresh")
    ran = grc("collect", "registers", "--workspace", workspace, "--out", out, "--quiet", *check)
    assert ran.code == 0
    assert ran.out.startswith("6 subjects")
    again = grc("assess", out, "--workspace", workspace, *check)
    for said in (ran.out, again.out):
        lines = [line for line in said.splitlines() if line.startswith("not read: ")]
        assert len(lines) == len(told) + 1
        for line, each in zip(lines, told, strict=False):
            assert line.startswith(f"not read: {each}")
        assert lines[-1] == "not read: people.csv: the column Nickname is not read"


def test_no_more_than_ten_places_of_a_register_are_told_and_the_rest_is_counted(grc: Grc, workspace: Path) -> None:
    rows = [f"{n},nurse,03/04/2024,2026-11-20" for n in range(30)]
    text = "\n".join(["person_id,role,start_on,exported_on", *rows, ""])
    (workspace / "registers" / "people.csv").write_text(text)
    check = ("--check", "register.people.fresh")
    ran = grc("collect", "registers", "--workspace", workspace, "--out", workspace / "pack", "--quiet", *check)
    assert ran.out.count("not read: people.csv:") == 10
    assert "not read: 20 more of register.people, which are in the pack\n" in ran.out


def test_rows_in_merged_cells_are_told_and_the_others_are_read(grc: Grc, workspace: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(workspace / "registers" / "people.xlsx") as book:
        sheet = book.add_worksheet("people")
        sheet.write_row("A1", ("person_id", "role", "exported_on"))
        for line in range(1, 6):
            sheet.write_row(line, 0, (f"P-{line}", "nurse", "2026-11-20"))
        sheet.merge_range("B3:B4", "doctor")
        sheet.merge_range("A6:B6", "P-5")
    out = workspace / "pack"
    check = ("--check", "register.people.fresh")
    ran = grc("collect", "registers", "--workspace", workspace, "--out", out, "--quiet", *check)
    assert ran.out.startswith("2 subjects")
    assert (
        "not read: people.xlsx:3: merged cells (people!B3:B4), not read to row 4: unmerge them and fill each cell\n"
        "not read: people.xlsx:6: merged cells (people!A6:B6), not read: unmerge them and fill each cell\n"
    ) in ran.out


def test_a_pack_is_never_overwritten(grc: Grc, workspace: Path) -> None:
    out = workspace / "pack"
    out.mkdir()
    ran = grc("scan", "registers", "--workspace", workspace, "--out", out, "--quiet")
    assert ran.code == 2
    assert "never overwritten" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(grc: Grc, workspace: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    ran = grc("scan", "registers", "--workspace", workspace, "--out", closed / "pack", "--quiet")
    assert ran.code == 2
    assert "closed" in ran.err


def test_a_key_that_others_can_read_is_refused(grc: Grc, workspace: Path) -> None:
    key = workspace / ".grc" / "pseudonym.key"
    key.parent.mkdir()
    key.write_text("00" * 32)
    key.chmod(0o644)
    ran = grc("scan", "registers", "--workspace", workspace, "--out", workspace / "pack", "--quiet")
    assert ran.code == 2
    assert "chmod 600" in ran.err


def test_init_never_overwrites(grc: Grc, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert grc("init", folder).code == 0
    assert grc("lint", "--workspace", folder).code == 0
    (folder / "grc.yaml").write_text("format: grc.workspace/1\n# mine\n")
    ran = grc("init", folder)
    assert ran.code == 0
    assert "left as they are" in ran.out
    assert "# mine" in (folder / "grc.yaml").read_text()


def test_rows_that_point_at_nothing_are_told_and_what_they_say_is_read(grc: Grc, workspace: Path) -> None:
    people = "person_id,manager,exported_on\nP-1,,2026-11-20\nP-2,P-1,2026-11-20\n"
    risks = "risk_id,title,owner\nR-1,Loss,P-1\nR-2,Theft,Nobody Known\n"
    exceptions = "id,risk_id,requested_by\nX-1,R-1,P-1\nX-2,R-99,P-2\n"
    for name, text in {"people": people, "risk-register": risks, "exceptions": exceptions}.items():
        (workspace / "registers" / f"{name}.csv").write_text(text, encoding="utf-8")
    out, check = workspace / "pack", ("--check", "register.exceptions.risk-known")
    ran = grc("collect", "registers", "--workspace", workspace, "--out", out, "--quiet", *check)
    assert ran.code == 0
    assert ran.out.startswith("4 subjects")
    again = grc("assess", out, "--workspace", workspace, *check)
    assert again.code == 3  # it fails by what it says: a risk that is not in the register
    for said in (ran.out, again.out):
        assert [line for line in said.splitlines() if line.startswith("points at nothing: ")] == [
            f"points at nothing: {cell} does not have: correct it, or add that row there"
            for cell in (
                "exceptions.csv:3: risk_id names 'R-99', which risk-register.csv",
                "risk-register.csv:3: owner names somebody whom people.csv",
            )
        ]
        assert "Nobody Known" not in said
