"""``grc waive``: it adds an entry to the end, keeps every comment, and says what the entry would cover."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from terraform_plans import plan, resource

from grc.cli.clock import Clock

Grc = Callable[..., Any]

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
UNTIL = str(TODAY + timedelta(days=90))
CHECK = "aws.s3.bucket.default-encryption"
SAID = ("--reason", "Legacy", "--requested-by", "Ada", "--approved-by", "Grace", "--until", UNTIL)
OLD = f"""\
# Ours
format: grc.waivers/1
waivers:   # accepted
  # the first
  - id: W-{TODAY.year}-001
    check: {CHECK}          # why
    subject: arn:aws:s3:::a
    reason: >-
      Folded
      text
    requested-by: Ada
    approved-by: Grace
    approved-on: {TODAY}
    until: {TODAY}

# the end"""

FLOW = (
    f"format: grc.waivers/1\nwaivers: [{{id: A, check: {CHECK}, reason: x, requested-by: a, approved-by: b, "
    f"approved-on: {TODAY}, until: {TODAY}}}]\n"
)


@pytest.fixture
def clock() -> Clock:
    seconds = count()
    return Clock(lambda: NOON + timedelta(seconds=next(seconds)))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "grc.yaml").write_text("format: grc.workspace/1\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def waive(grc: Grc, workspace: Path) -> Grc:
    return lambda *arguments: grc("waive", "--workspace", workspace, *arguments)


def test_it_writes_a_file_that_lint_accepts(grc: Grc, waive: Grc, workspace: Path) -> None:
    ran = waive(CHECK, *SAID)
    assert ran.code == 0, ran.err
    assert (workspace / "waivers.yaml").read_text(encoding="utf-8") == (
        f"format: grc.waivers/1\nwaivers:\n- id: W-{TODAY.year}-001\n  check: {CHECK}\n  reason: Legacy\n"
        f"  requested-by: Ada\n  approved-by: Grace\n  approved-on: {TODAY}\n  until: {UNTIL}\n"
    )
    assert grc("lint", "--workspace", workspace).code == 0


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_comments_order_and_line_ends_stay(grc: Grc, waive: Grc, workspace: Path, newline: str, mark: bytes) -> None:
    old = mark + OLD.replace("\n", newline).encode()
    (workspace / "waivers.yaml").write_bytes(old)
    ran = waive(CHECK, *SAID, "--subject", "arn:aws:s3:::b-*", "--risk", "R-1")
    assert ran.code == 0, ran.err
    made = (workspace / "waivers.yaml").read_bytes()
    assert made.startswith(old + newline.encode() + f"  - id: W-{TODAY.year}-002{newline}".encode())
    assert b'    subjects: "arn:aws:s3:::b-*"' in made
    assert b"    risk: R-1" in made
    assert grc("lint", "--workspace", workspace).code == 0


def test_the_template_of_init_can_be_added_to(grc: Grc, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert grc("init", folder).code == 0
    comments = (folder / "waivers.yaml").read_text(encoding="utf-8").count("#")
    for _ in range(2):
        assert grc("waive", CHECK, *SAID, "--workspace", folder).code == 0
    made = (folder / "waivers.yaml").read_text(encoding="utf-8")
    assert (made.count("#"), made.count("\n- id: W-")) == (comments, 2)
    assert grc("lint", "--workspace", folder).code == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--approved-by", "ADA"), "is the requester"),
        (("--approved-by", "A\u200bda"), "is the requester"),
        (("--until", str(TODAY + timedelta(days=367))), "is more than 366 days after the approval"),
        (("--until", str(TODAY - timedelta(days=1))), "is before the approval"),
        (("--subject", "*"), "which is every subject"),
        (("--reason", " "), "text that is not empty"),
        (("--instead", "A guard"), "go together"),
        (("--instead", "A guard", "--instead-check", CHECK), "the very check that is waived"),
        (("--instead", "A guard", "--instead-check", "a.b.c"), "there is no check 'a.b.c'"),
        (("--id", "two words"), "without spaces"),
    ],
)
def test_what_cannot_be_waived_is_refused_and_nothing_changes(
    waive: Grc, workspace: Path, more: tuple[str, ...], said: str
) -> None:
    (workspace / "waivers.yaml").write_text(OLD, encoding="utf-8")
    ran = waive(CHECK, *SAID, *more)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert (workspace / "waivers.yaml").read_text(encoding="utf-8") == OLD
    assert sorted(path.name for path in workspace.iterdir()) == ["grc.yaml", "waivers.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OLD + f"\n  - id: W-{TODAY.year}-002", "'check' is missing"),
        ("format: grc.waivers/1\nwaivers: [{id: A, check: x}]\n", "waivers.yaml:2"),
        (
            FLOW,
            "not written with an entry a `-`: add this one by hand",
        ),
        ("waivers: []\nformat: grc.waivers/1\n", "begins with its format"),
        ("", "is not a mapping"),
    ],
)
def test_a_file_that_cannot_be_added_to_stays(waive: Grc, workspace: Path, text: str, said: str) -> None:
    (workspace / "waivers.yaml").write_text(text, encoding="utf-8")
    ran = waive(CHECK, *SAID)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert (workspace / "waivers.yaml").read_text(encoding="utf-8") == text


def test_a_file_in_another_encoding_stays(waive: Grc, workspace: Path) -> None:
    data = "format: grc.waivers/1\nwaivers: [] # für\n".encode("latin-1")
    (workspace / "waivers.yaml").write_bytes(data)
    assert "is not UTF-8 (byte 37): save it as UTF-8" in waive(CHECK, *SAID).err
    assert (workspace / "waivers.yaml").read_bytes() == data


def test_an_unknown_check_and_no_workspace(waive: Grc, grc: Grc, tmp_path: Path) -> None:
    assert "did you mean" in waive("aws.s3.bucket.default-encryptoin", *SAID).err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "is no workspace" in grc("waive", CHECK, *SAID, "--workspace", empty).err


@pytest.fixture
def pack(grc: Grc, tmp_path: Path, workspace: Path) -> Path:
    """Three groups in a plan, two of which let the world in."""
    world = [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]
    groups = [
        resource(
            f"aws_security_group.{name}",
            {"name": name, "description": name, "ingress": world if name != "closed" else []},
            unknown={"id": True},
        )
        for name in ("open", "open-2", "closed")
    ]
    source = tmp_path / "plan.json"
    source.write_text(json.dumps(plan(*groups)), encoding="utf-8")
    out = tmp_path / "pack"
    assert grc("scan", source, "--out", out, "--workspace", workspace, "-q").code in (3, 4)
    return out


PORTS = "aws.ec2.security-group.no-open-admin-ports"


def test_with_a_pack_it_names_what_it_would_cover(waive: Grc, pack: Path, workspace: Path) -> None:
    ran = waive(PORTS, *SAID, "--subject", "*open*", "--pack", pack, "--dry-run")
    assert ran.code == 0, ran.err
    assert "It matches 2 of 3 subjects of the check in this pack.\nOf these 2 fail:\n" in ran.out
    assert ran.out.startswith("- id: W-")
    assert not (workspace / "waivers.yaml").exists()
    assert f"until the end of {UNTIL} (UTC).\n" in ran.out
    assert "Of these 1 fails:\n" in waive(PORTS, *SAID, "--subject", "*open-2*", "--pack", pack, "--dry-run").out
    assert "Of these 0 fail." in waive(PORTS, *SAID, "--subject", "*closed*", "--pack", pack, "--dry-run").out
    assert "It matches nothing" in waive(PORTS, *SAID, "--subject", "x*", "--pack", pack, "--dry-run").out


def test_waivers_that_do_nothing_or_end_soon_are_named(grc: Grc, waive: Grc, pack: Path, workspace: Path) -> None:
    soon = str(TODAY + timedelta(days=10))
    waive(PORTS, *SAID, "--subject", "*open*", "--id", "W-used", "--until", soon)
    waive(PORTS, *SAID, "--subject", "*closed*", "--id", "W-unused")
    waive(PORTS, *SAID, "--subject", "x*", "--id", "W-idle")
    waive(PORTS, *SAID, "--id", "W-bare", "--instead", "A guard", "--instead-check", CHECK)
    waive(PORTS, *SAID, "--id", "W-old", "--approved-on", "2026-01-01", "--until", "2026-01-31")
    out = grc("assess", pack, "--workspace", workspace).out
    assert (
        "Waivers: 3 in force, 1 expired, 1 without the compensating control; expires within 30 days: W-used; "
        "nothing fails any more: W-unused; matches nothing: W-idle\n"
    ) in out
    assert grc("reperform", pack).code == 0
    report = workspace / "r.json"
    assert grc("report", pack, "--format", "json", "--out", report).code == 0
    told = {each["id"]: each for each in json.loads(report.read_bytes())["waiver_results"]}
    assert {name: (each["use"], each["covers"]) for name, each in told.items()} == {
        "W-used": ("covers", 2),
        "W-unused": ("unused", 0),
        "W-idle": ("matches_nothing", 0),
        "W-bare": ("absent", 0),
        "W-old": ("absent", 0),
    }
    assert grc("report", pack, "--out", workspace / "r.html").code == 0
    assert "no subject of the check is of its pattern" in (workspace / "r.html").read_text(encoding="utf-8")
