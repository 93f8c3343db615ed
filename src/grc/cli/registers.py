"""What stands in the registers and the policies and could not be read or followed, by file, row and column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from grc.evidence.lines import record_from
from grc.evidence.manifest import Held
from grc.evidence.pack import Pack
from grc.model.evidence import Gap, GapReason, Origin, Population
from grc.newlines import lines_of

MOST: Final = 10
"""So many places of one register are named on the terminal; the pack names more."""
KEPT: Final = frozenset({Origin.REGISTER, Origin.DOCUMENT})
"""Where somebody of the organisation can mend what is written."""
HAS_GAPS: Final = b'"gaps":['
POINTLESS: Final = frozenset({GapReason.NO_SUCH_ROW})
UNREAD: Final = frozenset(GapReason) - POINTLESS - {GapReason.NOT_PROVIDED}


def unread_lines(pack: Pack) -> Iterator[str]:
    """A line for each row, cell, column or file that was not read, with what to do; then for each cell of a register
    that names a row which is not there. At most ten rows of each register, and of each sort.

    A register that is not there, or that nobody has filled in, is none of them.

    Raises:
        EvidenceError: the evidence is not what was sealed.
    """
    for held in pack.manifest.populations:
        if held.population.origin in KEPT:
            yield from (f"not read: {detail}" for detail in _some(pack, held, UNREAD))
            yield from (f"points at nothing: {detail}" for detail in _some(pack, held, POINTLESS))
            yield from (f"not read: {column}" for column in _columns(held.population))


def _some(pack: Pack, held: Held, reasons: frozenset[GapReason]) -> Iterator[str]:
    missed = sum(count.count for count in held.gaps if count.reason in reasons)
    details = sorted(islice(_details(pack, held.population, reasons), MOST), key=_by_row) if missed else []
    yield from details
    if missed > len(details):
        yield f"{missed - len(details):,} more of {held.population.unit.kind}, which are in the pack"


def _columns(population: Population) -> Iterator[str]:
    """The columns that no schema declares: one may be a column that is, under another name."""
    file = population.query.removeprefix("read ")
    for fact in population.facts:
        if fact.fact == "column-not-declared":
            yield f"{file}: the column {fact.detail}"


def _details(pack: Pack, population: Population, reasons: frozenset[GapReason]) -> Iterator[str]:
    yield from _told(population.gaps, reasons)
    for chunk in pack.lines(population):
        for line in lines_of(chunk):
            if HAS_GAPS in line:
                yield from _told(record_from(line).gaps, reasons)


def _told(gaps: Sequence[Gap], reasons: frozenset[GapReason]) -> Iterator[str]:
    return (gap.detail for gap in gaps if gap.detail and gap.reason in reasons)


def _by_row(detail: str) -> tuple[str, int, str]:
    """In the order of the file: ``people.csv:4: start_on is not a date``."""
    file, _, rest = detail.partition(":")
    row = rest.partition(":")[0]
    return file, int(row) if row.isascii() and row.isdigit() else 0, detail
