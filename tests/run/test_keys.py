"""The key for pseudonyms: one a workspace, whoever asks for it first, and for its owner alone."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grc.model.workspace import Workspace
from grc.run.desk import open_workspace
from grc.run.keys import DEFAULT, pseudonym_key

RUNS = 8


def workspace(folder: Path) -> Workspace:
    folder.mkdir()
    (folder / "grc.yaml").write_text("format: grc.workspace/1\n")
    return open_workspace(folder)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Whoever makes a file lets everybody read and write it."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_runs_that_begin_at_once_have_one_key(tmp_path: Path) -> None:
    for number in range(20):
        made = workspace(tmp_path / str(number))
        begin = threading.Barrier(RUNS, timeout=120)

        def run(_: int, made: Workspace = made, begin: threading.Barrier = begin) -> bytes:
            begin.wait()
            return pseudonym_key(made)

        with ThreadPoolExecutor(RUNS) as runs:
            keys = set(runs.map(run, range(RUNS)))
        assert keys == {pseudonym_key(made)}
        assert [path.name for path in (tmp_path / str(number) / ".grc").iterdir()] == ["pseudonym.key"]


def test_a_key_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path, open_umask: None) -> None:
    made = workspace(tmp_path / "W")
    key = pseudonym_key(made)
    path = made.folder / DEFAULT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert bytes.fromhex(path.read_text()) == key
    assert pseudonym_key(made) == key
