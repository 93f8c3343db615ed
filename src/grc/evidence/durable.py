"""Writing files so that a kill or a power cut leaves the old state or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from grc.errors import EvidenceError

TOGETHER: Final = 8
"""So many files are flushed at once: a disk holds them with one write of its journal, and not with one each."""
FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the operating system says into an error with advice.

    Raises:
        EvidenceError: the operating system refused.
    """
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
        if error.errno in FULL:
            advice = "make room and run the same command again; what is whole is kept"
        else:
            advice = "see that the folder exists and can be written to"
        raise EvidenceError(f"{folder}: cannot be written: {said}: {advice}") from error


def write_file(path: Path, data: bytes, *, by_way_of: Path) -> None:
    """Put a whole file in its place: first under another name on the same disk, flushed, then renamed."""
    try:
        _write_flushed(by_way_of, data)
        path.parent.mkdir(parents=True, exist_ok=True)
        by_way_of.replace(path)
    except OSError:
        by_way_of.unlink(missing_ok=True)
        raise


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put whole files into a folder that nothing reads yet. Where one cannot be written, others stand there."""
    for above in {(folder / name).parent for name in files}:
        above.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(TOGETHER) as executor:
        for _ in executor.map(lambda name: _write_flushed(folder / name, files[name]), files):
            pass


def _write_flushed(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        flush_file(file)


def flush_file(file: BinaryIO) -> None:
    """Have the disk hold what was written to a file: what Python has still in hand as well."""
    file.flush()
    flush(file.fileno())


def flush(descriptor: int) -> None:
    """Have the disk hold what was written to a descriptor."""
    os.fsync(descriptor)


def flush_folder(folder: Path) -> None:
    """Have the disk hold the names in a folder, where the system can be asked to."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folders(root: Path) -> None:
    """Have the disk hold the names in a folder and in every folder below it."""
    for folder, _, _ in os.walk(root):
        flush_folder(Path(folder))


def put_new(path: Path, data: bytes, *, mode: int = 0o644, by_way_of: Path | None = None) -> None:
    """Put a whole file in its place unless there is one: of several writers at once, one does, at any moment.

    ``by_way_of`` is the folder, of the same disk, in which it is made; None: its own.

    Raises:
        FileExistsError: there is one.
    """
    partial = (by_way_of or path.parent) / f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp"
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            flush_file(file)
        os.link(partial, path)  # unlike a rename, it takes no one's place
    finally:
        partial.unlink(missing_ok=True)
    flush_folder(path.parent)
