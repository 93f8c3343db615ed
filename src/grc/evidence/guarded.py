"""Reading files of a pack that a stranger may have made: nothing outside it, nothing but files, no more than stated."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from grc.errors import EvidenceError
from grc.evidence.manifest import Content, Stored
from grc.newlines import count_lines

CHUNK: Final = 1024 * 1024
SMALL: Final = 32 * 1024
"""What the nearest memory of a core holds several times over: who reads much and keeps nothing is fastest so."""
MAX_LINE: Final = 64 * 1024 * 1024
MAX_WINDOW: Final = 8 * 1024 * 1024
FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # else opening a pipe waits for its other end
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Readable(Protocol):
    """Something that gives bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""


def is_folder(path: Path) -> bool:
    """Whether there is a folder that can be looked at; what cannot be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether there is a file that can be looked at."""
    try:
        return path.is_file()
    except OSError:
        return False


def open_inside(root: Path, name: str) -> BinaryIO:
    """Open a file of a pack by its name there (``evidence/manifest.json``).

    Raises:
        EvidenceError: it is missing, is no regular file, or a step on the way is a link.
    """
    path = root
    try:
        for step in name.split("/"):
            path = path / step
            if step in ("", ".", "..") or path.is_symlink():
                raise EvidenceError(f"{root}: {name} is not a plain name inside the pack, or is a link: not read")
        file = os.fdopen(os.open(path, FLAGS), "rb")
    except FileNotFoundError as error:
        raise EvidenceError(f"{root}: {name} is missing") from error
    except OSError as error:
        raise EvidenceError(f"{root}: {name} cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise EvidenceError(f"{root}: {name} is not a file: not read")
    return file


def read_inside(root: Path, name: str, limit: int) -> bytes:
    """Read a file of a pack, whole.

    Raises:
        EvidenceError: it cannot be opened, or is larger than ``limit``.
    """
    with open_inside(root, name) as file:
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise EvidenceError(f"{root}: {name} cannot be read: {error.strerror or error}") from error
    if len(data) > limit:
        raise EvidenceError(f"{root}: {name} is larger than {limit:,} bytes")
    return data


def read_stored(root: Path, name: str, stored: Stored) -> bytes:
    """Read a file of a pack that must be just what its manifest states.

    Raises:
        EvidenceError: it is not.
    """
    data = read_inside(root, name, stored.bytes)
    if len(data) != stored.bytes or sha256(data) != stored.digest:
        raise EvidenceError(f"{root}: {name} is not what was sealed: its digest differs from the manifest's")
    return data


def read_lines(root: Path, name: str, content: Content, stored: Stored, size: int = CHUNK) -> Iterator[bytes]:
    """Read a compressed stream of lines in chunks of whole lines, each of about so many octets.

    Never gives more than the stated size. The last chunk is followed by a check of the stored file's digest, so who
    reads to the end has read what was sealed.

    Raises:
        EvidenceError: the file is cut, changed, longer than stated, or not lines.
    """
    import zstandard

    with open_inside(root, name) as file:
        hashed = _Hashed(file, stored.bytes)
        decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        reader = decompressor.stream_reader(hashed, read_size=CHUNK, read_across_frames=True)  # type: ignore[arg-type]  # it only reads
        try:
            yield from _whole_lines(reader, content.bytes, size)
            whole = hashed.is_whole(stored)
        except (zstandard.ZstdError, _CutError, OSError) as error:
            raise EvidenceError(f"{root}: {name} is not what was sealed: {error}") from error
        if not whole:
            raise EvidenceError(f"{root}: {name} is not what was sealed: its digest differs from the manifest's")


def content_of(chunks: Iterable[bytes]) -> Content:
    """What a stream of whole lines is, by its digest, size and number of lines."""
    hashed, size, lines = hashlib.sha256(), 0, 0
    for chunk in chunks:
        hashed.update(chunk)
        size += len(chunk)
        lines += count_lines(chunk)
    return Content(digest="sha256:" + hashed.hexdigest(), bytes=size, lines=lines)


def sha256(data: bytes) -> str:
    """The digest of bytes as manifests write it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


class _CutError(Exception):
    """The stream does not hold what is stated."""


class _Hashed:
    """A file being read, with the digest of what was read so far."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._left = limit
        self._sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _CutError("it is longer than stated")
        self._sha256.update(data)
        return data

    def is_whole(self, stored: Stored) -> bool:
        while self.read(CHUNK):
            pass
        return self._left == 0 and "sha256:" + self._sha256.hexdigest() == stored.digest


def _whole_lines(reader: Readable, stated: int, size: int) -> Iterator[bytes]:
    total, tail = 0, bytearray()
    while data := reader.read(size):
        total += len(data)
        if total > stated:
            raise _CutError("it is longer than stated")
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join((tail, memoryview(data)[:cut]))
            tail.clear()
        tail += data[cut:]
        if len(tail) > MAX_LINE:
            raise _CutError(f"a line is longer than {MAX_LINE:,} bytes")
    if tail or total != stated:
        raise _CutError("it is cut")
