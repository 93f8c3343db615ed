"""What stands in the registers and the policies and could not be read, by file, row and column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from grc.evidence.lines import record_from
from grc.evidence.pack import Pack
from grc.model.evidence import Gap, GapReason, Origin, Population
from grc.newlines import lines_of

MOST: Final = 10
"""So many places of one register are named on the terminal; the pack names more."""
KEPT: Final = frozenset({Origin.REGISTER, Origin.DOCUMENT})
"""Where somebody of the organisation can mend what is written."""
HAS_GAPS: Final = b'"gaps":['


def unread_lines(pack: Pack) -> Iterator[str]:
    """A line for each row, cell, column or file that was not read, with what to do; at most ten rows of each register.

    A register that is not there, or that nobody has filled in, is none of them.

    Raises:
        EvidenceError: the evidence is not what was sealed.
    """
    for held in pack.manifest.populations:
        missed = sum(count.count for count in held.gaps if count.reason is not GapReason.NOT_PROVIDED)
        if held.population.origin not in KEPT:
            continue
        details = sorted(islice(_details(pack, held.population), MOST), key=_by_row) if missed else []
        yield from (f"not read: {detail}" for detail in details)
        if missed > len(details):
            yield f"not read: {missed - len(details):,} more of {held.population.unit.kind}, which are in the pack"
        yield from (f"not read: {column}" for column in _columns(held.population))


def _columns(population: Population) -> Iterator[str]:
    """The columns that no schema declares: one may be a column that is, under another name."""
    file = population.query.removeprefix("read ")
    for fact in population.facts:
        if fact.fact == "column-not-declared":
            yield f"{file}: the column {fact.detail}"


def _details(pack: Pack, population: Population) -> Iterator[str]:
    yield from _told(population.gaps)
    for chunk in pack.lines(population):
        for line in lines_of(chunk):
            if HAS_GAPS in line:
                yield from _told(record_from(line).gaps)


def _told(gaps: Sequence[Gap]) -> Iterator[str]:
    return (gap.detail for gap in gaps if gap.detail and gap.reason is not GapReason.NOT_PROVIDED)


def _by_row(detail: str) -> tuple[str, int, str]:
    """In the order of the file: ``people.csv:4: start_on is not a date``."""
    file, _, rest = detail.partition(":")
    row = rest.partition(":")[0]
    return file, int(row) if row.isascii() and row.isdigit() else 0, detail
