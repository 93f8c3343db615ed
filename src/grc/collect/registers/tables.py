"""A register's file as rows, each with its line. Nothing is decided here about what they mean.

Rows come one by one, so that a large file costs no more memory than its records. What is wrong with one row is a gap
in its place and the next rows are still read; what makes every row doubtful refuses the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from grc.model.evidence import Gap, GapReason
from grc.model.workspace import RegisterFile

MAX_BYTES: Final = 256 * 1024 * 1024
MAX_ROWS: Final = 250_000
TOGETHER: Final = 512
"""So many rows make a block."""
SUFFIXES: Final = (".csv", ".xlsx", ".yaml")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds something which has no value here: a formula without a result, an error, a nested mapping."""

    why: str


Cell = str | int | float | bool | date | datetime | tuple[str | int, ...] | Unreadable


class Row(NamedTuple):
    """One row as it stands in the file. Empty cells are left out."""

    line: int
    cells: Mapping[str, Cell]


class Block(NamedTuple):
    """Some rows that stand one after another, by column, each with its line. An empty cell is an empty text."""

    lines: Sequence[int]
    columns: Mapping[str, Sequence[Cell]]

    def rows(self) -> Iterator[Row]:
        """The rows, one by one; those without anything are left out."""
        for line, cells in zip(self.lines, zip(*self.columns.values(), strict=True), strict=True):
            named = {column: cell for column, cell in zip(self.columns, cells, strict=True) if cell != ""}
            if named:
                yield Row(line, named)


class Doubt(NamedTuple):
    """Lines whose rows were handed on already and cannot be trusted: only what follows them in the file says so."""

    lines: range
    gap: Gap


Rows = Iterator[Row | Block | Gap | Doubt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A register's file. ``columns`` is what its header, or any of its rows, names; ``rows`` are read once."""

    columns: frozenset[str]
    rows: Rows


class TableRefused(Exception):  # noqa: N818 - what it is, not an error of ours: it becomes a gap
    """The file cannot be trusted in any row; ``gap`` says why and what to do."""

    def __init__(self, gap: Gap) -> None:
        self.gap = gap
        super().__init__(gap.detail)


def headed(names: list[str], told: RegisterFile, where: str) -> list[str]:
    """The columns that a header names, in our words.

    Raises:
        TableRefused: a column has no name, or two have the same.
    """
    fields = {heading: column for column, heading in told.columns.items()}
    header = [fields.get(name.strip(), name.strip()) for name in names]
    if len(set(header)) != len(header) or "" in header:
        message = f"{where}: each column needs a name of its own; the header is {', '.join(header)[:500]}"
        raise TableRefused(parse_error(message))
    return header


def parse_error(detail: str) -> Gap:
    """The gap of something that is there and cannot be understood."""
    return Gap(path="", reason=GapReason.PARSE_ERROR, detail=detail)


def not_provided(detail: str) -> Gap:
    """The gap of something that is not there."""
    return Gap(path="", reason=GapReason.NOT_PROVIDED, detail=detail)


def too_long(name: str, what: str) -> Gap:
    """The gap of a file that was read up to a bound and not to its end."""
    detail = f"{name} is longer than {what}: what follows was not read. Keep the period under audit in it, no more"
    return Gap(path="", reason=GapReason.TRUNCATED, detail=detail)
