"""Stacked bars: a bar a row, each divided into the same categories.

Positions across are per cent of the width, so that a chart fits any page; heights are in pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from grc.report.text import number
from grc.report.views.marks import Mark

ROW: Final = 46
LABEL: Final = 13
BAR: Final = 20
INSIDE: Final = 34
"""From the top of a row: the foot of its label, the top of its bar, the foot of the labels within the bar."""
ROOM_FOR_A_NUMBER: Final = 5.0
ROOM_FOR_A_LETTER: Final = 12.0
MOST_LETTERS: Final = 44
"""A longer label is cut in the drawing; the table beside it has the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One category in a bar. Positions are per cent of the bar's width; ``label`` is empty where it has no room."""

    mark: Mark
    number: str
    label: str
    start: str
    width: str
    middle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar, its label above it, and what stands at its end. ``link`` is the anchor that the row is about."""

    label: str
    cut: str
    end: str
    link: str
    segments: tuple[Segment, ...]
    numbers: tuple[str, ...]
    label_y: int
    bar_y: int
    inside_y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A chart of stacked bars, and the same numbers as a table. ``marks`` are its categories, in order."""

    id: str
    title: str
    describes: str
    head: str
    end: str
    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a row is drawn from: how many of each category, in the order of the categories."""

    label: str
    end: str
    counts: tuple[int, ...]
    link: str = ""


def stack(
    *, name: str, title: str, describes: str, head: str, end: str, marks: Sequence[Mark], rows: Iterable[Counted]
) -> Stack:
    """Draw some rows. Categories that no row has are left out."""
    counted = tuple(rows)
    kept = [place for place in range(len(marks)) if any(row.counts[place] for row in counted)]
    return Stack(
        id=name,
        title=title,
        describes=describes,
        head=head,
        end=end,
        marks=tuple(marks[place] for place in kept),
        rows=tuple(_row(place, row, marks, kept) for place, row in enumerate(counted)),
        height=ROW * len(counted),
    )


def segments(parts: Iterable[tuple[Mark, int]], total: int, *, letters: bool) -> tuple[Segment, ...]:
    """The segments of one bar, one after the other; what is nought is left out. ``letters``: beside the numbers."""
    start, drawn = 0.0, []
    for mark, count in parts:
        if count:
            width = 100 * count / max(total, 1)
            drawn.append(_segment(mark, count, start, width, letters))
            start += width
    return tuple(drawn)


def percent(value: float) -> str:
    """A position as an attribute of SVG."""
    return f"{value:.2f}%"


def _row(place: int, row: Counted, marks: Sequence[Mark], kept: Sequence[int]) -> Row:
    top = place * ROW
    parts = [(marks[at], row.counts[at]) for at in kept]
    return Row(
        label=row.label,
        cut=row.label if len(row.label) <= MOST_LETTERS else row.label[: MOST_LETTERS - 1] + "…",
        end=row.end,
        link=row.link,
        segments=segments(parts, sum(row.counts), letters=True),
        numbers=tuple(number(count) for _, count in parts),
        label_y=top + LABEL,
        bar_y=top + BAR,
        inside_y=top + INSIDE,
    )


def _segment(mark: Mark, count: int, start: float, width: float, letters: bool) -> Segment:
    lettered = letters and width >= ROOM_FOR_A_LETTER
    return Segment(
        mark=mark,
        number=number(count),
        label="" if width < ROOM_FOR_A_NUMBER else f"{mark.letter} {number(count)}" if lettered else number(count),
        start=percent(start),
        width=percent(width),
        middle=percent(start + width / 2),
    )
