"""The files below a directory, in one order on every machine; links are never followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LARGEST: Final = 256 * 2**20
"""Bytes. A larger file is not read."""
HEAD: Final = 4096
"""Bytes, to tell what a file is."""
PASSED_BY: Final = frozenset(
    {".git", ".hg", ".svn", ".terraform", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".mypy_cache", ".grc"}
)
"""Folders that hold what tools put there: their own copies, not what a team declares."""

PACKS: Final = {"evidence/manifest.json": b'"format":"grc.evidence/', "journal.ndjson": b'"grc.journal/'}
"""What tells a pack, and one that is being made."""
LAYERS: Final = frozenset({"assessments", "evidence"})
"""The folders of a pack: its evidence and its policy are none of the directory's own. What else lies in it is read."""


class UnreadableError(Exception):
    """A file of a tree could not be read. Its text says why, without the path."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Skipped:
    """A file or folder that no source took, and why. ``path`` is below the root, with ``/``."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The files below ``root``, by path below it with ``/``, in order of code points."""

    root: Path
    files: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()

    def read(self, path: str, at_most: int = LARGEST) -> bytes:
        """The bytes of one file.

        Raises:
            UnreadableError: it is gone, denied, no plain file any more, or larger than ``at_most`` bytes.
        """
        try:
            handle = os.open(self.root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise UnreadableError(error.strerror or "cannot be opened") from error
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise UnreadableError("is not a plain file")
            if found.st_size > at_most:
                raise UnreadableError(f"is larger than {at_most} bytes")
            return file.read()

    def head(self, path: str, size: int = HEAD) -> bytes:
        """The first bytes of one file, to tell what it is; nothing where it cannot be read."""
        return _head(self.root / path, size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one source takes of a tree, and what looked like its own and is left out."""

    paths: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def readable(name: str) -> str:
    """A name as text that any file can hold: bytes that are no UTF-8 are written out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def find(root: Path) -> Tree:
    """Walk a directory once. Links, devices and tools' own folders are left out, and said so."""
    files: list[str] = []
    skipped: list[Skipped] = []
    for path, reason in _walk(root, ""):
        if reason is None:
            files.append(path)
        else:
            skipped.append(Skipped(path=path, reason=reason))
    return Tree(root=root, files=tuple(sorted(files)), skipped=tuple(sorted(skipped)))


def _walk(folder: Path, below: str) -> Iterator[tuple[str, str | None]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield below or ".", f"cannot be listed: {error.strerror}"
        return
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if readable(path) != path:
            yield readable(path), "has a name that is not UTF-8"
        elif entry.is_symlink():
            yield path, "is a link, and links are not followed"
        elif entry.is_dir(follow_symlinks=False):
            if entry.name in PASSED_BY:
                yield path, "holds what a tool put there"
            elif entry.name in LAYERS and _is_pack(folder):
                yield path, "is a layer of a pack"
            else:
                yield from _walk(Path(entry.path), path)
        elif entry.is_file(follow_symlinks=False):
            yield path, None
        else:
            yield path, "is neither a file nor a folder"


def _is_pack(folder: Path) -> bool:
    return any(mark in _head(folder / name) for name, mark in PACKS.items())


def _head(path: Path, size: int = HEAD) -> bytes:
    """The first bytes of a file; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""
