"""``grc pack`` and ``grc verify`` of what it made, through the command line."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_a_pack_and_its_reports_go_into_one_file_that_verifies(
    grc: Callable[..., Any], pack: Path, tmp_path: Path
) -> None:
    out = tmp_path / "november.zip"
    ran = grc("pack", pack, "--report", "json", "--out", out)
    assert ran.code == 0, ran.err
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("reports/report.json"))["format"] == "grc.report/1"
    ran = grc("verify", out, "--digests", "--format", "json")
    assert (ran.code, json.loads(ran.out)["faults"]) == (0, [])
    assert grc("pack", pack, "--out", out).code == 2


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all"])
def test_what_is_no_archive_is_said_and_is_not_proven(grc: Callable[..., Any], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.zip").write_bytes(content)
    ran = grc("verify", tmp_path / "p.zip")
    assert ran.code == 3
    assert "is not a whole ZIP archive" in ran.err
