"""What is kept outlives a power cut: the disk was told to hold every octet of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from signed_samples import assess_signed, sealer, write_signed
from test_conclusions import AT as CONCLUDED
from test_conclusions import WORD, assess, conclude, first
from vault_samples import begin, who

from grc.evidence.signing.keys import new_key
from grc.evidence.vault.folder import FolderStore

FORGOTTEN = {"lock"}
"""Files that are empty at all times."""


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """How large each file was, by its number, when the disk was last told to hold it."""
    sizes: dict[int, int] = {}
    real: Callable[[int], None] = os.fsync

    def fsync(descriptor: int) -> None:
        found = os.fstat(descriptor)
        sizes[found.st_ino] = found.st_size
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return sizes


def not_held(folder: Path, held: dict[int, int]) -> list[str]:
    """The files of a folder that the disk was not told to hold, or before all was written."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in FORGOTTEN]
    assert files
    return [
        path.relative_to(folder).as_posix() for path in files if held.get(path.stat().st_ino) != path.stat().st_size
    ]


def test_every_file_of_a_signed_pack_and_of_a_vault_is_held_whole(tmp_path: Path, held: dict[int, int]) -> None:
    by = sealer(tmp_path)
    assess_signed(write_signed(tmp_path / "P", by), by)
    assert not_held(tmp_path / "P", held) == []
    begin(FolderStore(tmp_path / "V")).add(tmp_path / "P", who(tmp_path))
    assert not_held(tmp_path / "V", held) == []
    assert not_held(tmp_path / "P", held) == []  # with the link that the vault put into it


def test_a_conclusion_and_a_key_are_held_whole(tmp_path: Path, held: dict[int, int]) -> None:
    assess(write_signed(tmp_path / "P", None))
    conclude(tmp_path / "P", first(tmp_path / "P"), WORD, CONCLUDED)
    assert not_held(tmp_path / "P", held) == []
    new_key(tmp_path / "keys" / "signing.key")
    assert not_held(tmp_path / "keys", held) == []
