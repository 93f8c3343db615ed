"""Evidence lines as the judge reads them when the short way is not enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from grc import canonical
from grc.errors import EvidenceError
from grc.model.evidence import Gap, GapReason, Population
from grc.newlines import whole_lines

LARGEST: Final = 1 << 20
"""Octets. A record with a longer line is judged by the exact interpreter, which bounds its work."""

PIECE: Final = 1 << 17
"""Octets that are judged at once."""
MALFORMED: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What a decoder raises at a line that is not as it should be."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One record, undecoded but for what every record has. ``tags`` None: they were not read."""

    subject: str
    body: dict[str, Any]
    gaps: tuple[Gap, ...] = ()
    tags: dict[str, str] | None = None


_decoder = msgspec.json.Decoder(Line)


def read_line(line: bytes, population: Population) -> Line:
    """One line of a population.

    Raises:
        EvidenceError: it is not a record.
    """
    try:
        return _decoder.decode(line)
    except MALFORMED as error:
        raise EvidenceError(f"{named(population)}: a line is not a record: {error}") from error


def digest_of(line: bytes) -> str:
    """What stands for a record: the digest of its line, without the newline."""
    return canonical.digest(line.removesuffix(b"\n"))


def pieces(chunk: bytes) -> Iterator[bytes]:
    """A chunk of lines in smaller ones: what a processor's own cache holds is judged several times as fast."""
    start = 0
    while start < len(chunk):
        end = chunk.find(b"\n", start + PIECE) + 1 or len(chunk)
        yield chunk[start:end]
        start = end


def split(chunk: bytes, population: Population) -> list[bytes]:
    """The lines of a chunk of whole lines, each with its newline.

    Raises:
        EvidenceError: the chunk does not end with a newline.
    """
    if chunk and not chunk.endswith(b"\n"):
        raise EvidenceError(f"{named(population)}: the last line is cut off")
    return whole_lines(chunk)


def named(population: Population) -> str:
    """What messages call a population."""
    return f"the evidence of {population.unit.kind} in {population.unit.place}"


def pointless(line: Line) -> tuple[Gap, ...]:
    """The cells of a record that name a row which is not there."""
    return tuple(gap for gap in line.gaps if gap.reason is GapReason.NO_SUCH_ROW)


def as_written(line: Line) -> Line:
    """The record with each cell as it is written, also where it names a row that is not there."""
    gaps = tuple(gap for gap in line.gaps if gap.reason is not GapReason.NO_SUCH_ROW)
    return msgspec.structs.replace(line, gaps=gaps)


def top(path: str) -> str:
    """The first step of a path."""
    return path.partition(".")[0].partition("[")[0]


def tops(paths: Iterable[str]) -> frozenset[str]:
    """The first steps of some paths; "" is the whole record."""
    return frozenset(map(top, paths))


def meet(gaps: frozenset[str], reads: frozenset[str]) -> bool:
    """Whether what was not seen may matter to what is read: both by their first steps, so rather too often."""
    return "" in gaps or "" in reads or not gaps.isdisjoint(reads)
