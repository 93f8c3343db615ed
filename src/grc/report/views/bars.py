"""The stacked bar of one counted set.

The segments stand in an order that shows the range: first what counts to the floor, then what is not decided, up to
the ceiling, then what is known to fall short, last what does not apply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from grc.model.assessment import SetSummary
from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.report.text import number
from grc.report.views.marks import Mark, mark
from grc.report.words import Words

FLOOR: Final = (Status.SATISFIED, Status.INHERITED)
OPEN: Final = (Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED)
SHORT: Final = (Status.WAIVED, Status.PARTIAL, Status.NOT_SATISFIED)
ORDER: Final = (*FLOOR, *OPEN, *SHORT, Status.NOT_APPLICABLE)
ROOM_FOR_A_NUMBER: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One status in a bar. Positions are per cent of the bar's width; ``label`` is empty where it has no room."""

    mark: Mark
    number: str
    label: str
    start: str
    width: str
    middle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stacked bar, and the range under it from the floor to the ceiling."""

    segments: tuple[Segment, ...]
    floor_at: str
    ceiling_at: str


def bar(words: Words, summary: SetSummary, framework: FrameworkId) -> Bar:
    """Draw one counted set."""
    start = 0.0
    segments = []
    for status in ORDER:
        if count := summary.counts.get(status, 0):
            width = 100 * count / max(summary.total, 1)
            segments.append(_segment(mark(words, status, framework), count, start, width))
            start += width
    return Bar(
        segments=tuple(segments),
        floor_at=_percent(_reach(summary, FLOOR)),
        ceiling_at=_percent(_reach(summary, FLOOR + OPEN)),
    )


def _segment(shown: Mark, count: int, start: float, width: float) -> Segment:
    return Segment(
        mark=shown,
        number=number(count),
        label=number(count) if width >= ROOM_FOR_A_NUMBER else "",
        start=_percent(start),
        width=_percent(width),
        middle=_percent(start + width / 2),
    )


def _reach(summary: SetSummary, statuses: tuple[Status, ...]) -> float:
    return 100 * sum(summary.counts.get(status, 0) for status in statuses) / max(summary.total, 1)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
