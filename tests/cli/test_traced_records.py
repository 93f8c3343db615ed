"""`grc explain --pack --subject`: which record a verdict is of, also where it simply passed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from keys_issued import CHECK, CHECKS, write_workspace

from grc.evidence import open_pack
from grc.evidence.lines import split


@pytest.mark.parametrize(("key", "verdict"), [("K-1", "pass"), ("K-2", "fail")])
def test_a_verdict_is_traced_to_the_digest_of_its_record(
    grc: Callable[..., Any], tmp_path: Path, key: str, verdict: str
) -> None:
    workspace, pack = write_workspace(tmp_path, CHECKS, "K-1,Ada\nK-2,\nK-3,Bo\n"), tmp_path / "P"
    assert grc("scan", "registers", "--workspace", workspace, "--out", pack, "--check", CHECK).code == 3
    opened = open_pack(pack)
    (held,) = (each for each in opened.populations() if each.unit.kind == "register.keys-issued")
    (line,) = (line for line in split(opened.lines(held)) if f'"{key}"'.encode() in line)
    ran = grc("explain", CHECK, "--workspace", workspace, "--pack", pack, "--subject", key)
    assert ran.code == 0, ran.err
    assert f"    {key} (register/keys-issued): {verdict}" in ran.out
    assert f"      record sha256:{hashlib.sha256(line).hexdigest()} in " in ran.out
