"""A range over time: the floor and the ceiling of one counted set at each run, on a scale of time.

A run that says nothing of the set breaks the lines: what was not seen is not drawn through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from grc.report.charts.stacked import percent

WHOLE = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One run: shares from 0 to 1, or None where it says nothing."""

    at: datetime
    floor: float | None
    ceiling: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One run in the drawing, in per cent of the width and of the height from the top."""

    across: str
    floor: str
    ceiling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The lines between runs that follow each other, as points of a square of 100, and the runs as dots."""

    floors: tuple[str, ...]
    ceilings: tuple[str, ...]
    bands: tuple[str, ...]
    dots: tuple[Dot, ...]


def trend(readings: Sequence[Reading]) -> Trend:
    """Draw some runs, oldest first."""
    placed = [(_across(each.at, readings), each.floor, each.ceiling) for each in readings]
    runs = [run for run in _unbroken(placed) if len(run) > 1]
    return Trend(
        floors=tuple(_points((x, floor) for x, floor, _ in run) for run in runs),
        ceilings=tuple(_points((x, ceiling) for x, _, ceiling in run) for run in runs),
        bands=tuple(
            _points([*((x, ceiling) for x, _, ceiling in run), *((x, floor) for x, floor, _ in reversed(run))])
            for run in runs
        ),
        dots=tuple(
            Dot(across=percent(x), floor=percent(_down(floor)), ceiling=percent(_down(ceiling)))
            for run in _unbroken(placed)
            for x, floor, ceiling in run
        ),
    )


def in_order(moments: Sequence[datetime]) -> bool:
    """Whether each is later than the one before: two runs of one instant have no order to be drawn in."""
    return all(one < other for one, other in pairwise(moments))


def _across(moment: datetime, readings: Sequence[Reading]) -> float:
    first, last = readings[0].at, readings[-1].at
    return WHOLE * ((moment - first) / (last - first)) if last > first else WHOLE


def _unbroken(
    placed: Iterable[tuple[float, float | None, float | None]],
) -> Iterator[list[tuple[float, float, float]]]:
    run: list[tuple[float, float, float]] = []
    for x, floor, ceiling in placed:
        if floor is not None and ceiling is not None:
            run.append((x, floor, ceiling))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{_down(share):.2f}" for x, share in points)


def _down(share: float) -> float:
    return WHOLE * (1 - share)
