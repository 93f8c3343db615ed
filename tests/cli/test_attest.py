"""``grc attest``: it writes what it was told, says what that changes, and refuses what a person cannot answer for."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grc.cli.clock import Clock

Grc = Callable[..., Any]

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
SAID = ("--control", "clear-desk", "--statement", "I walked round", "--who", "Ada", "--role", "head", "--id", "A")


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: NOON)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "grc.yaml").write_text("format: grc.workspace/1\n", encoding="utf-8")
    (tmp_path / "round.csv").write_text("room,clear\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def attest(grc: Grc, workspace: Path) -> Grc:
    return lambda *arguments: grc("attest", "--workspace", workspace, *arguments)


def test_it_writes_a_statement_that_lint_accepts_and_coverage_counts(grc: Grc, attest: Grc, workspace: Path) -> None:
    before = grc("coverage", "--framework", "iso27001", "--workspace", workspace).out
    ran = attest(*SAID, "--file", "round.csv")
    assert ran.code == 0, ran.err
    assert "  iso27001:A.7.7/rules: not assessed, becomes satisfied\n" in ran.out
    assert "  iso27001:A.7.7/inspected: not assessed, becomes satisfied\n" in ran.out
    assert "Parts that statements answer: 0 before, 2 after.\n" in ran.out
    assert f"Counts from {TODAY} until the end of {TODAY + timedelta(days=365)} (UTC), about" in ran.out
    assert "Technical parts and every part that a check answers stay as they are.\n" in ran.out
    assert (workspace / "attestations" / "A.yaml").is_file()
    assert grc("lint", "--workspace", workspace).code == 0
    assert grc("coverage", "--framework", "iso27001", "--workspace", workspace).out != before
    told = grc("explain", "A.7.7", "--workspace", workspace).out
    assert f"attestation A (today satisfied): Ada (head) states that it is met, on {TODAY}." in told


def test_without_a_file_records_are_left_out(attest: Grc, workspace: Path) -> None:
    ran = attest(*SAID)
    assert ran.code == 0
    assert "iso27001:A.7.7/rules: not assessed, becomes satisfied" in ran.out
    assert "inspected" not in ran.out + (workspace / "attestations" / "A.yaml").read_text(encoding="utf-8")


def test_a_dry_run_writes_nothing(attest: Grc, workspace: Path) -> None:
    ran = attest(*SAID, "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("format: grc.attestation/1\nid: A\ncontrol: clear-desk\n")
    assert "Would write: " in ran.out
    assert not (workspace / "attestations").exists()


def test_it_never_overwrites(attest: Grc, workspace: Path) -> None:
    assert attest(*SAID).code == 0
    kept = (workspace / "attestations" / "A.yaml").read_bytes()
    ran = attest(*SAID, "--not-met")
    assert (ran.code, "is there already" in ran.err) == (2, True)
    assert (workspace / "attestations" / "A.yaml").read_bytes() == kept


def test_not_met_and_what_waits_for_others_are_said(attest: Grc) -> None:
    ran = attest(*SAID, "--not-met", "--part", "iso27001:A.7.7/rules")
    assert "iso27001:A.7.7/rules: not assessed, becomes not satisfied" in ran.out
    shared = attest(
        *("--control", "continuity-plans-written", "--part", "iso27001:A.5.30/plans", "--statement", "x"),
        *("--who", "Ada", "--role", "head", "--id", "B"),
    )
    assert "iso27001:A.5.30/plans:" in shared.out


def test_a_control_that_asks_for_four_eyes_says_so(attest: Grc) -> None:
    said = ("--control", "access-granted", "--statement", "x", "--who", "Ada", "--role", "head")
    alone = attest(*said, "--id", "A", "--part", "iso27001:A.8.2/rules")
    assert "Not in force yet: It does not count, because nobody but Ada has reviewed it." in alone.out
    assert "iso27001:A.8.2/rules: stays not assessed; waits for access-granted (a person)" in alone.out
    seen = (*said, "--part", "iso27001:A.8.2/rules", "--reviewed-by", "Grace")
    later = attest(*seen, "--id", "B", "--reviewed-on", str(TODAY + timedelta(days=2)))
    assert f"Not in force yet: It is to be reviewed by Grace on {TODAY + timedelta(days=2)}." in later.out
    both = attest(*seen, "--id", "C", "--dry-run")
    assert "iso27001:A.8.2/rules: not assessed, becomes satisfied" in both.out
    assert f"reviewed-by: Grace\nreviewed-on: {TODAY}\n" in both.out
    ahead = attest(*seen, "--id", "D", "--dry-run", "--signed-on", str(TODAY + timedelta(days=3)))
    assert f"reviewed-on: {TODAY + timedelta(days=3)}\n" in ahead.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--control", "clear-dsk"), "did you mean 'clear-desk'?"),
        (("--part", "iso27001:A.7.7"), "is no part: write the requirement, a slash and the part"),
        (("--part", "iso27001:A.7.7/screens"), "'screens' is a technical part"),
        (("--part", "iso27001:A.7.7/inspected"), "is a record: name the record under `files`"),
        (("--part", "iso27001:A.7.8/rules"), "clear-desk does not meet 'rules'"),
        (("--control", "keys-rotated"), "nobody can answer for keys-rotated by a statement"),
        (("--file", "none.csv"), "'none.csv' is no file within the workspace"),
        (("--file", "../x"), "'../x' is no file within the workspace"),
        (("--file", "/etc/hostname"), "is no file within the workspace"),
        (("--id", "../../x"), "an id: ASCII letters"),
        (("--id", ""), "an id: ASCII letters"),
        (("--who", " "), "text that is not empty"),
        (("--reviewed-by", "ADA"), "is the person who signs"),
        (("--reviewed-on", str(TODAY)), "says when and nobody says who"),
        (("--valid-until", str(TODAY + timedelta(days=367))), "is more than 366 days after the period"),
        (("--to", str(TODAY + timedelta(days=1))), "is after the signature"),
        (("--signed-on", "2026-02-30"), "does not match the format"),
    ],
)
def test_what_cannot_be_stated_is_refused(attest: Grc, workspace: Path, more: tuple[str, str], said: str) -> None:
    ran = attest(*SAID, *more)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert not (workspace / "attestations").exists()


def test_what_is_missing_is_named_where_nobody_can_be_asked(attest: Grc, grc: Grc, tmp_path: Path) -> None:
    ran = attest("--control", "clear-desk")
    assert (ran.code, "missing: --statement, --who, --role" in ran.err) == (2, True)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "is no workspace" in grc("attest", "--workspace", empty, *SAID).err


def test_hostile_text_is_written_and_read_as_text(grc: Grc, attest: Grc, workspace: Path) -> None:
    hostile = "\x1b[31m<script>alert(1)</script>\n- {requirement: x}\u202e #: '\"&amp;"
    ran = attest(*SAID[:2], "--statement", hostile, "--who", hostile, "--role", hostile, "--id", "A")
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out
    assert grc("lint", "--workspace", workspace).code == 0
    assert "\x1b" not in grc("explain", "A.7.7", "--workspace", workspace).out


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a terminal")
def test_a_terminal_asks_for_what_is_missing(workspace: Path, cache_home: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from grc.cli import main; main()",
        "attest",
        "--workspace",
        str(workspace),
        "--id",
        "A",
    ]
    child, terminal = pty.fork()
    if child == 0:
        os.environ["XDG_CACHE_HOME"] = str(cache_home)
        os.execv(sys.executable, command)
    said = b""
    for answer in ("clear-desk", "I walked round", "Ada Example", "head"):
        while not said.rstrip().endswith(b":"):
            said += os.read(terminal, 1024)
        os.write(terminal, answer.encode() + b"\n")
        said = b""
    while True:
        try:
            if not os.read(terminal, 1024):
                break
        except OSError:  # the child has closed its end
            break
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert "statement: I walked round\nwho: Ada Example\n" in (workspace / "attestations" / "A.yaml").read_text()
