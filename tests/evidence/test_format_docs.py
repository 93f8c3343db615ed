"""docs/format.md describes the packs that are written."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from evidence_samples import assess, write

from grc.evidence import EvidenceManifest, Run
from grc.evidence.manifest import ASSESSMENT, EVIDENCE, Held
from grc.model.evidence import Gap, Record

DOCS = Path(__file__).parent.parent.parent / "docs"
TEXT = (DOCS / "format.md").read_text(encoding="utf-8")


def test_every_field_and_format_is_named() -> None:
    assert EVIDENCE in TEXT
    assert ASSESSMENT in TEXT
    for kind in (Record, Gap, EvidenceManifest, Run, Held):
        for field in fields(kind):
            assert f"`{field.name}`" in TEXT, f"{kind.__name__}.{field.name}"


def test_the_layout_is_the_one_that_is_written(tmp_path: Path) -> None:
    layer = assess(write(tmp_path / "P"))
    layout = TEXT.split("```")[1]
    for path in sorted(found for found in (tmp_path / "P").rglob("*") if found.is_file()):
        name = (
            path.name if path.name.endswith((".json", "SUMS")) or layer in path.parents else "<kind>/<place>.ndjson.zst"
        )
        if "policy" in path.parts and path.name != "effective.json":
            name = "policy/<path>"
        assert re.search(rf"\s(policy/)?{re.escape(name)}\s", layout), name


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_the_pack_is_checked_by_hand_as_it_says(tmp_path: Path) -> None:
    layer = assess(write(tmp_path / "P"))
    assert "sha256sum -c SHA256SUMS" in TEXT
    for folder in (tmp_path / "P" / "evidence", layer):
        command = shlex.split("sha256sum -c SHA256SUMS")
        assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0
        (folder / "manifest.json").write_bytes(b"{}")
        assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 1
