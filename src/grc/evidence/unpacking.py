"""Unpacking a bundle that a stranger may have made: plain files inside one new folder, and no more than stated."""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from grc.errors import EvidenceError
from grc.evidence.durable import writing
from grc.evidence.faults import shown
from grc.evidence.guarded import CHUNK

MOST_FILES: Final = 200_000
MOST_BYTES: Final = 64 * 2**30
RATIO: Final = 200  # reports shrink to a tenth; an archive made to burst, to a thousandth
FREE: Final = 2**20
"""Octets that a member may have whatever it was packed to."""
LONGEST: Final = 1_024
MOST_SHOWN: Final = 120
"""Characters of a refused member's name that a message tells."""
END: Final = b"PK\x05\x06"
AFTER_END: Final = 18
"""Octets after that mark where an archive has no comment."""
DAMAGED: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error)
"""What is raised at an archive that is not as it should be."""


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder of a bundle's files, as long as the block lasts.

    Raises:
        EvidenceError: it is no ZIP archive, or holds what no bundle does: links, paths that lead out, a name twice,
            more than can be.
    """
    with tempfile.TemporaryDirectory(prefix="grc-") as folder:
        _unpack_all(path, Path(folder))
        yield Path(folder)


def _unpack_all(path: Path, folder: Path) -> None:
    try:
        with writing(folder), zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            fault = _fault(members, path.stat().st_size) or _around(path, members)
            if fault:
                raise EvidenceError(f"{path}: {fault}: it was not unpacked; ask who sent it for another")
            for member in members:
                if not member.is_dir():
                    _unpack(archive, member, folder)
    except DAMAGED as error:
        raise EvidenceError(f"{path}: is not a whole ZIP archive: {error}: ask who sent it for another") from error


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    target = folder / member.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("xb") as file:
        while data := source.read(CHUNK):
            file.write(data)


def _fault(members: list[zipfile.ZipInfo], size: int) -> str | None:
    if len(members) > MOST_FILES:
        return f"holds more than {MOST_FILES:,} files"
    if sum(member.file_size for member in members) > MOST_BYTES:
        return f"would unpack to more than {MOST_BYTES // 2**30} GiB"
    if sum(member.compress_size for member in members) > size:
        return "holds files that overlap"
    for member in members:
        fault = _member_fault(member)
        if fault:
            return f"{_called(member.orig_filename)} {fault}"
    return _names_fault([member.filename for member in members if not member.is_dir()])


def _called(name: str) -> str:
    return f"'{shown(name[:MOST_SHOWN])}{'…' if len(name) > MOST_SHOWN else ''}'"


def _around(path: Path, members: list[zipfile.ZipInfo]) -> str | None:
    """What stands before the first file or after the end: no digest is of it, and a program may run it."""
    with path.open("rb") as file:
        file.seek(-len(END) - AFTER_END, os.SEEK_END)
        ended = file.read(len(END)) == END
    begun = not members or min(member.header_offset for member in members) == 0
    return None if begun and ended else "holds more than its files: octets before the first or after the last"


def _member_fault(member: zipfile.ZipInfo) -> str | None:
    name, mode = member.filename, member.external_attr >> 16
    steps = name.removesuffix("/").split("/")
    if name != member.orig_filename or "\\" in name or ":" in name or not name.isprintable() or len(name) > LONGEST:
        return "is not a plain name"
    if any(step in ("", ".", "..") for step in steps) or os.path.isabs(name):  # noqa: PTH117 - a name, not a path yet
        return "leads out of the archive"
    if stat.S_IFMT(mode) not in (0, stat.S_IFDIR if member.is_dir() else stat.S_IFREG):
        return "is a link or a device, not a file"
    if member.flag_bits & 1:
        return "is encrypted"
    if member.comment or (member.is_dir() and member.file_size):
        return "has a comment, or is a folder that holds octets: nothing proves them"
    if member.file_size > max(FREE, RATIO * member.compress_size):
        return "is compressed as no report is"
    return None


def _names_fault(names: list[str]) -> str | None:
    """A name that stands twice, also where a system does not tell case, or that is a file and a folder."""
    folded = [name.casefold() for name in names]
    if len(set(folded)) != len(folded):
        return "holds a name twice"
    folders = {parent.as_posix() for name in folded for parent in Path(name).parents}
    return "holds a file that is a folder too" if folders & set(folded) else None
