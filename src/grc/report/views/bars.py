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
from grc.report.charts.stacked import Segment, percent, segments
from grc.report.views.marks import mark
from grc.report.words import Words

FLOOR: Final = (Status.SATISFIED, Status.INHERITED)
OPEN: Final = (Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED)
SHORT: Final = (Status.WAIVED, Status.PARTIAL, Status.NOT_SATISFIED)
ORDER: Final = (*FLOOR, *OPEN, *SHORT, Status.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stacked bar, and the range under it from the floor to the ceiling."""

    segments: tuple[Segment, ...]
    floor_at: str
    ceiling_at: str


def bar(words: Words, summary: SetSummary, framework: FrameworkId) -> Bar:
    """Draw one counted set."""
    parts = [(mark(words, status, framework), summary.counts.get(status, 0)) for status in ORDER]
    return Bar(
        segments=segments(parts, summary.total, letters=False),
        floor_at=percent(_reach(summary, FLOOR)),
        ceiling_at=percent(_reach(summary, FLOOR + OPEN)),
    )


def _reach(summary: SetSummary, statuses: tuple[Status, ...]) -> float:
    return 100 * sum(summary.counts.get(status, 0) for status in statuses) / max(summary.total, 1)
