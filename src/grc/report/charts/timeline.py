"""A period on a scale of time: a tick a run, of a shape for what it shows, and what is missing as a gap.

Positions across are per cent of the width, so that a drawing fits any page. Ticks stand in a square that is stretched
to it, a thousand units wide; heights are in pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from grc.model.overtime import Lapse, Stretch
from grc.model.status import Status
from grc.report.charts.stacked import percent

WIDE: Final = 1000
HIGH: Final = 24
Shape = tuple[int, int]
FLOATING: Final = (8, 17)
RUN: Final = (0, 14)
SHAPES: Final[Mapping[Status, Shape]] = {
    Status.NOT_APPLICABLE: (0, 3),
    Status.SATISFIED: (0, 7),
    Status.INHERITED: (0, 7),
    Status.NOT_ASSESSED: FLOATING,
    Status.STALE: FLOATING,
    Status.UNKNOWN: FLOATING,
    Status.WAIVED: (0, 12),
    Status.PARTIAL: (0, 18),
    Status.NOT_SATISFIED: (0, HIGH),
}
"""Where a tick begins and ends above the line. Worse is taller, and what is not decided touches nothing: so they are
told apart without colour."""
THICK: Final = ((60, "3.5"), (120, "2.5"), (250, "1.5"))
NARROW: Final = ((30, "2.5"), (60, "1.5"))
THIN: Final = "1"
"""How thick a tick is, in pixels, for so many runs at most: in a drawing as wide as the page, and in a column."""
MOST_LABELS: Final = 13
LAST_LABEL: Final = 0.96
"""A label further right would leave the drawing."""
ROOM: Final = 0.04
ROOM_FOR_A_YEAR: Final = 0.12
"""What a label takes of the width, and one with a year below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The period that a drawing spans, and the time zone of its days."""

    period: Stretch
    zone: ZoneInfo

    def share(self, moment: datetime) -> float:
        """Where an instant stands, from 0 to 1; what is outside stands at the edge."""
        return min(max((moment - self.period.begins) / self.period.length, 0.0), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """The runs that show one thing, as one path. ``code`` is the class that colours them."""

    code: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A stretch in the drawing."""

    start: str
    end: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A day of the scale: the day or month, and the month or year below it where that is another one."""

    at: str
    text: str
    below: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Runs in the drawing. ``thick`` is the width of a tick in pixels, ``narrow`` that in a narrow drawing."""

    ticks: tuple[Ticks, ...]
    gaps: tuple[Box, ...]
    thick: str
    narrow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A failure in the drawing: how long it was seen, and how long it can have been. ``sure`` lies within ``bounds``.

    ``begins`` and ``ends`` say whether a run bounds it on that side; else it goes on to the edge.
    """

    sure: Box
    bounds: Box
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One run to draw: when, the shape of what it shows, and the class that colours that."""

    at: datetime
    shape: Shape
    code: str


def timeline(scale: Scale, runs: Iterable[Shown], gaps: Iterable[Stretch]) -> Timeline:
    """Draw some runs, and the stretches without one that was planned.

    Runs of one place, shape and code are drawn once; what is taller is drawn above what is not.
    """
    places: defaultdict[tuple[Shape, str], set[int]] = defaultdict(set)
    count = 0
    for count, run in enumerate(runs, 1):  # noqa: B007 - how many there are
        places[run.shape, run.code].add(round(WIDE * scale.share(run.at)))
    drawn = sorted(places.items(), key=lambda it: (it[0][0][1], it[0]))
    return Timeline(
        ticks=tuple(Ticks(code=code, path=_path(shape, found)) for (shape, code), found in drawn),
        gaps=tuple(box(scale, gap.begins, gap.ends) for gap in gaps),
        thick=next((thick for most, thick in THICK if count <= most), THIN),
        narrow=next((thick for most, thick in NARROW if count <= most), THIN),
    )


def span(scale: Scale, lapse: Lapse) -> Span:
    """Draw one failure."""
    begins, ends = lapse.sound_before or scale.period.begins, lapse.ended_by or scale.period.ends
    return Span(
        sure=box(scale, lapse.first, lapse.last),
        bounds=box(scale, begins, ends),
        begins=lapse.sound_before is not None,
        ends=lapse.ended_by is not None,
    )


def box(scale: Scale, begins: datetime, ends: datetime) -> Box:
    """Draw a stretch of time."""
    start, end = scale.share(begins), scale.share(ends)
    return Box(start=percent(100 * start), end=percent(100 * end), width=percent(100 * (end - start)))


def labels(scale: Scale) -> tuple[Label, ...]:
    """Days or months that the scale names: at most 13, but for periods of more than 39 years."""
    first = scale.period.begins.astimezone(scale.zone).date()
    last = (scale.period.ends.astimezone(scale.zone) - timedelta(microseconds=1)).date()
    steps = (_days(first, last, 1), _days(first, last, 2), _days(first, last, 7))
    months = (list(_months(first, last, every)) for every in (1, 3, 12, 36))
    every, fine = next(
        ((days, True) for days in steps if len(days) <= MOST_LABELS),
        (next((found for found in months if len(found) <= MOST_LABELS), [first]), False),
    )
    placed = [(scale.share(datetime.combine(day, time(), scale.zone)), day) for day in every]
    begun = [] if placed and placed[0][0] < ROOM else [(0.0, first)]
    return tuple(_labels([*begun, *((at, day) for at, day in placed if at <= LAST_LABEL)], fine=fine))


def _labels(placed: list[tuple[float, date]], *, fine: bool) -> Iterator[Label]:
    text, below = ("%d", "%Y-%m") if fine else ("%m", "%Y")
    said, free = "", -1.0
    for at, day in placed:
        wider = f"{day:{below}}"
        new = wider != said and at >= free
        if new:
            said, free = wider, at + ROOM_FOR_A_YEAR
        yield Label(at=percent(100 * at), text=f"{day:{text}}", below=wider if new else "")


def _days(first: date, last: date, step: int) -> list[date]:
    return [first + timedelta(days=count) for count in range(0, (last - first).days + 1, step)]


def _months(first: date, last: date, step: int) -> Iterator[date]:
    """The first day of every month, or of every third and so on, counted from January."""
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        day = date(month // 12, month % 12 + 1, 1)
        if month % step == 0 and day >= first:
            yield day


def _path(shape: Shape, places: Iterable[int]) -> str:
    foot, head = shape
    return "".join(f"M{place} {HIGH - foot}V{HIGH - head}" for place in sorted(places))
