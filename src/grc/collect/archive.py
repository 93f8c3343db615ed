"""Office files are ZIP archives of XML: opened within bounds, before anything is inflated."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import IO, Final
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_INFLATED: Final = 512 * 1024 * 1024
MAX_RATIO: Final = 200  # office XML shrinks to a tenth or a fortieth; an archive made to burst, to a thousandth
FREE: Final = 1024 * 1024  # a member up to this size may shrink as it likes
MAX_MEMBERS: Final = 10_000
CHUNK: Final = 256 * 1024
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How Office files begin that are encrypted, or older than the XML formats."""


class ArchiveRefused(Exception):  # noqa: N818 - a refusal becomes a gap
    """The archive is not what it should be; the message says why and what to do."""


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open an Office file.

    Raises:
        ArchiveRefused: it is password-protected, no archive, or would inflate beyond bounds.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ArchiveRefused(f"is larger than {MAX_BYTES // 2**20} MiB: keep the period under audit in it, no more")
        with path.open("rb") as file:
            if file.read(len(OLE)) == OLE:
                raise ArchiveRefused(
                    f"is password-protected, or of the format before 2007: save it without a password, as {path.suffix}"
                )
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise ArchiveRefused(f"cannot be read: {error.strerror}") from error
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise ArchiveRefused(f"is not a {path.suffix} file ({error}): save it again") from error
    fault = _fault(archive.infolist(), path.stat().st_size)
    if fault:
        archive.close()
        raise ArchiveRefused(fault)
    return archive


def _fault(members: list[zipfile.ZipInfo], size: int) -> str | None:
    if len(members) > MAX_MEMBERS:
        return f"holds {len(members):,} members: no Office program writes that; save it again"
    if sum(member.file_size for member in members) > MAX_INFLATED:
        return f"would inflate to more than {MAX_INFLATED // 2**20} MiB and was not opened: save the data alone, as CSV"
    if sum(member.compress_size for member in members) > size:
        return "holds members that overlap: no Office program writes that; save it again"
    if any(member.file_size > max(FREE, MAX_RATIO * member.compress_size) for member in members):
        return "is compressed as no Office program does and was not inflated: save it again"
    if any(member.flag_bits & 1 for member in members):
        return "is encrypted: save it without a password"
    if len({member.filename for member in members}) != len(members):
        return "holds a member twice: save it again"
    return None


def chunks(archive: zipfile.ZipFile, name: str) -> Generator[bytes, None, None]:
    """The contents of a member, inflated piece by piece; never more than its entry says.

    Raises:
        ArchiveRefused: there is no such member, or it is damaged.
    """
    try:
        with archive.open(name) as member:
            yield from iter(_reader(member), b"")
    except KeyError as error:
        raise ArchiveRefused(f"holds no {name}: save it again") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise ArchiveRefused(f"is damaged in {name} ({error}): save it again") from error


def _reader(member: IO[bytes]) -> Callable[[], bytes]:
    return lambda: member.read(CHUNK)


Attributes = Mapping[str, str]


def parse_xml(
    pieces: Generator[bytes, None, None],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Parse a member, a piece at a step. Names come as they stand, with their prefix.

    A document type is refused before any of its entities is looked at: no Office program writes one.

    Raises:
        ArchiveRefused: it is not XML, or declares a document type.
    """
    parser = _parser(start, end, text)
    try:
        with closing(pieces):
            for piece in pieces:
                parser.Parse(piece, False)
                yield
        parser.Parse(b"", True)
        yield
    except ExpatError as error:
        raise ArchiveRefused(f"holds XML that cannot be read ({error}): save it again") from error


def _parser(
    start: Callable[[str, Attributes], None], end: Callable[[str], None], text: Callable[[str], None]
) -> XMLParserType:
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_type
    return parser


def _refuse_type(*_: object) -> None:
    raise ArchiveRefused("declares a document type with entities of its own: no Office program does; save it again")


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]
