"""``grc finding``: it writes what it was told, adds a closing and nothing else, and refuses what does not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grc.cli.clock import Clock

Grc = Callable[..., Any]

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
EARLIER, LATER = TODAY - timedelta(days=30), TODAY + timedelta(days=30)
CHECK = "aws.s3.bucket.default-encryption"
SAID = ("--raised-by", "Grace", "--owner", "Ada", "--raised-on", EARLIER, "--check", CHECK)
OPEN = ("open", *SAID, "--class", "minor", "--due", LATER, "--condition", "In clear", "--id", "F-1")
DONE = ("--cause", "Old", "--correction", "Done", "--corrective-action", "Tested")
CLOSE = ("close", "F-1", "--by", "Grace", *DONE, "--effective-check", CHECK, "--effective-from", LATER)
OLD = f"""\
# Ours
format: grc.finding/1
id: F-1
class: minor          # for now
condition: >-
  Folded
  text
check: {CHECK}
raised-by: Grace
raised-on: {EARLIER}
owner: Ada
due: {TODAY - timedelta(days=5)}
# the end"""


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: NOON)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "grc.yaml").write_text("format: grc.workspace/1\n", encoding="utf-8")
    (tmp_path / "findings").mkdir()
    return tmp_path


@pytest.fixture
def finding(grc: Grc, workspace: Path) -> Grc:
    return lambda command, *arguments: grc("finding", command, "--workspace", workspace, *arguments)


def test_it_writes_a_finding_and_its_closing(finding: Grc, workspace: Path) -> None:
    path = workspace / "findings" / "F-1.yaml"
    ran = finding(*OPEN)
    assert ran.code == 0, ran.err
    opened = path.read_text(encoding="utf-8")
    assert opened == (
        f"format: grc.finding/1\nid: F-1\nclass: minor\ncondition: In clear\ncheck: {CHECK}\nraised-by: Grace\n"
        f"raised-on: {EARLIER}\nowner: Ada\ndue: {LATER}\n"
    )
    assert finding("list").out.startswith(
        f"Findings on record: 1 open\nF-1: open, minor nonconformity, {CHECK}\n  In clear\n  Ada has it to do"
    )
    ran = finding(*CLOSE)
    assert ran.code == 0, ran.err
    assert path.read_text(encoding="utf-8") == (
        f"{opened}cause: Old\ncorrection: Done\ncorrective-action: Tested\n"
        f"effectiveness: {{check: {CHECK}, from: {LATER}}}\nclosed: {{by: Grace, on: {TODAY}}}\n"
    )
    (row,) = json.loads(finding("list", "--format", "json").out)
    assert (row["id"], row["class"], row["state"], row["closed_by"]) == ("F-1", "minor", "unshown", "Grace")
    assert row["reason"].endswith(f"Whether {CHECK} holds is for an assessment to say.")


@pytest.mark.parametrize(("newline", "mark"), [("\n", b""), ("\r\n", b"\xef\xbb\xbf")])
def test_comments_order_and_line_ends_stay(finding: Grc, workspace: Path, newline: str, mark: bytes) -> None:
    old = mark + OLD.replace("\n", newline).encode()
    (workspace / "findings" / "F-1.yaml").write_bytes(old)
    assert finding("list").out.startswith("Findings on record: 1 open (1 overdue)\n")
    ran = finding(*CLOSE)
    assert ran.code == 0, ran.err
    made = (workspace / "findings" / "F-1.yaml").read_bytes()
    assert made.startswith(old + f"{newline}cause: Old{newline}".encode())
    assert finding("list").out.startswith("Findings on record: 1 closed but not yet shown effective\n")


def test_a_dry_run_writes_nothing(finding: Grc, workspace: Path) -> None:
    ran = finding(*OPEN, "--dry-run")
    assert ran.out.startswith("format: grc.finding/1\nid: F-1\n")
    assert "Would write: F-1" in ran.out
    assert not list((workspace / "findings").iterdir())
    assert finding("list").out.startswith("No finding is on record as of ")


def test_ids_are_counted_on(finding: Grc, workspace: Path) -> None:
    for _ in range(2):
        assert finding(*OPEN[:-2]).code == 0
    names = [f"F-{EARLIER.year}-00{number}.yaml" for number in (1, 2)]
    assert sorted(path.name for path in (workspace / "findings").iterdir()) == names


ODD = [
    "<script>alert(1)</script>",
    "a: b # c",
    "\u202egnp.exe",
    "- x",
    "null",
    "'\"\\",
    "{{ 7*7 }}",
    "=1+1",
    "é\n\ttwo",
]


def test_whatever_is_said_is_kept_and_drives_no_terminal(finding: Grc, workspace: Path) -> None:
    for number, text in enumerate(ODD):
        said = ("open", *SAID, "--class", "major", "--due", LATER, "--condition", text, "--id", f"F-{number}")
        ran = finding(*said, "--cause", text)
        assert ran.code == 0, ran.err
    rows = json.loads(finding("list", "--format", "json").out)
    assert [(row["condition"], row["cause"]) for row in rows] == [(text, text) for text in ODD]
    told = finding("list").out
    assert "\u202e" not in told
    assert "\\u202egnp.exe" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("open", *SAID[:-2], *OPEN[9:]), "names neither a check nor a requirement"),
        ((*OPEN, "--check", "aws.s3.bucket.default-encrypton"), f"did you mean '{CHECK}'?"),
        ((*OPEN, "--requirement", "iso27001:A.5.99"), "there is no requirement 'iso27001:A.5.99'"),
        ((*OPEN, "--due", EARLIER - timedelta(days=1)), "$.due: is before it was raised"),
        ((*OPEN, "--id", "../../out"), "$.id: is '../../out': must be an id"),
        ((*OPEN, "--repeats", "F-0"), "there is no finding 'F-0'"),
        ((*OPEN, "--effective-check", CHECK), "--effective-check and --effective-from go together"),
        ((*OPEN, "--owner", " "), "$.owner: is ' ': must be text that is not empty"),
        (CLOSE, "there is no finding 'F-1'; see `grc finding list`"),
    ],
)
def test_what_does_not_hold_is_refused_and_nothing_is_written(
    finding: Grc, workspace: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = finding(*arguments)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert not list((workspace / "findings").iterdir())


@pytest.mark.parametrize(
    ("more", "arguments", "said"),
    [
        ("", ("close", "F-1", "--by", "Grace"), "$.closed: says nothing of cause, correction, corrective-action"),
        ("", ("close", "F-1", "--by", "ADA", *DONE), "$.closed.by: is the owner"),
        ("", (*CLOSE, "--on", EARLIER - timedelta(days=1)), "$.closed.on: is before it was raised"),
        ("\ncause: Known", CLOSE, "says its cause already"),
        (f"\nclosed: {{by: Bob, on: {TODAY}}}", ("close", "F-1", "--by", "Grace"), "is closed already"),
        ("\n...", CLOSE, "F-1.yaml"),
        ("", OPEN, "is there already: a finding is never overwritten"),
    ],
)
def test_a_file_that_is_there_stays_as_it_is(
    finding: Grc, workspace: Path, more: str, arguments: tuple[str, ...], said: str
) -> None:
    path = workspace / "findings" / "F-1.yaml"
    path.write_text(OLD + more, encoding="utf-8")
    ran = finding(*arguments)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert path.read_text(encoding="utf-8") == OLD + more


def test_without_a_workspace_nothing_is_written(grc: Grc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = grc("finding", *OPEN)
    assert (ran.code, "there is no workspace here" in ran.err) == (2, True)
    assert grc("finding", "list").out.startswith("No finding is on record")
