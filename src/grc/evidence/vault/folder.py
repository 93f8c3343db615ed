"""A vault in a folder: one writer at a time, each file put whole and never over another."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from grc.errors import EvidenceError
from grc.evidence.durable import flush_file, flush_folder, writing
from grc.evidence.faults import inventory
from grc.evidence.guarded import CHUNK, open_inside, read_inside
from grc.evidence.lock import Lock
from grc.evidence.vault.store import Blob, Listed

LOCK: Final = "lock"
WORK: Final = "work"
READ_ONLY: Final = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


class FolderStore:
    """Files in a folder. It has no locks of its own against who may write there: the chain shows what they did."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def called(self) -> str:
        """The folder."""
        return str(self._root)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other writers of this machine out, waiting for the one that is there.

        Raises:
            EvidenceError: the folder cannot be written.
        """
        with writing(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            lock = Lock(self._root / LOCK, wait=True)
        try:
            with writing(self._root):
                shutil.rmtree(self._root / WORK, ignore_errors=True)  # of a writer that was killed
            yield
        finally:
            lock.release()

    def list(self) -> Listed:
        """Everything that lies in the folder, but for its lock and what a writer is at."""
        found = inventory(self._root)
        names = sorted(name for name in found.files if name != LOCK and not name.startswith(WORK + "/"))
        return Listed(names=tuple(names), faults=found.faults)

    def read(self, name: str, limit: int) -> bytes:
        """A file, whole.

        Raises:
            EvidenceError: it is missing, a link, or larger than the limit.
        """
        return read_inside(self._root, name, limit)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file, piece by piece.

        Raises:
            EvidenceError: it is missing, a link, or cannot be read.
        """
        with open_inside(self._root, name) as file:
            yield from _pieces(file, f"{self._root}: {name}")

    def put(self, name: str, blob: Blob, until: datetime) -> bool:
        """Keep a file, whole or not at all. False: there is one of that name.

        Raises:
            EvidenceError: the disk is full or cannot be written, or what is put is not what it was.
        """
        target = self._target(name)
        if target.exists() or target.is_symlink():
            return False
        with writing(self._root):
            self._make_folders(target.parent)
            work = self._root / WORK / f"{os.getpid()}.tmp"
            work.parent.mkdir(exist_ok=True)
            try:
                self._copy(blob, work, name)
                os.link(work, target)  # unlike a rename, it takes no one's place
            except FileExistsError:
                return False
            finally:
                work.unlink(missing_ok=True)
            flush_folder(target.parent)
        return True

    def keep(self, name: str, until: datetime) -> None:
        """A folder keeps a file until someone removes it."""

    def hold(self, name: str, on: bool) -> None:
        """The chain alone holds a hold."""

    def remove(self, name: str) -> None:
        """Remove a file, and the folders that are empty then.

        Raises:
            EvidenceError: the folder cannot be written.
        """
        target = self._target(name)
        with writing(self._root):
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder == self._root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()

    def unlocked(self, name: str, until: datetime, held: bool) -> str | None:
        """A folder has no locks."""
        return None

    def _copy(self, blob: Blob, work: Path, name: str) -> None:
        hashed = hashlib.sha256()
        with blob.open() as source, work.open("xb") as file:
            for piece in _pieces(source, name):
                hashed.update(piece)
                file.write(piece)
            flush_file(file)
        if "sha256:" + hashed.hexdigest() != blob.digest:
            raise EvidenceError(f"{name} changed while it was read: see that nothing writes to the pack, and try again")
        work.chmod(READ_ONLY)

    def _make_folders(self, folder: Path) -> None:
        missing = [step for step in (folder, *folder.parents) if not step.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for step in missing:
            flush_folder(step.parent)

    def _target(self, name: str) -> Path:
        path = self._root
        for step in name.split("/"):
            if step in ("", ".", "..") or path.is_symlink():
                raise EvidenceError(f"{self._root}: {name} is no plain name, or lies behind a link: not written")
            path = path / step
        return path


def _pieces(file: BinaryIO, called: str) -> Iterator[bytes]:
    try:
        while piece := file.read(CHUNK):
            yield piece
    except OSError as error:
        raise EvidenceError(f"{called} cannot be read: {error.strerror or error}") from error
