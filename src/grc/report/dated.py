"""A report that shows the days of registers and documents as people wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from grc.model.assessment import Observation, Read
from grc.model.evidence import Origin
from grc.report.input import ReportInput
from grc.report.text import day_begun

WRITTEN_BY_PEOPLE: Final = frozenset({Origin.REGISTER, Origin.DOCUMENT})
INSTANT: Final = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")

Pass = Callable[[], Iterable[Observation]]


def dated(report: ReportInput) -> ReportInput:
    """The report with days in what was seen of registers and documents.

    A day that stands in a register is kept as the instant at which it begins in the organisation's time zone, which is
    the evening before in UTC. An instant at which no day begins stays one, and so do ids and what a system said.
    """
    zone = ZoneInfo(report.organisation.timezone)
    return replace(
        report,
        observations=_dated(report.observations, zone),
        every=report.every and _dated(report.every, zone),
    )


def in_days(text: str, zone: ZoneInfo) -> str:
    """The text with ``2026-09-19`` for each instant at which that day begins in the zone."""
    return INSTANT.sub(partial(_day, zone), text) if "T" in text else text


def _day(zone: ZoneInfo, found: re.Match[str]) -> str:
    try:
        day = day_begun(datetime.fromisoformat(found[0]), zone)
    except (ValueError, OverflowError):  # no such day, or the first or last that there is
        return found[0]
    return found[0] if day is None else day.isoformat()


def _dated(seen: Pass, zone: ZoneInfo) -> Pass:
    return lambda: _each(seen(), zone)


def _each(seen: Iterable[Observation], zone: ZoneInfo) -> Iterator[Observation]:
    for it in seen:
        yield _observation(it, zone) if it.origin in WRITTEN_BY_PEOPLE else it


def _observation(seen: Observation, zone: ZoneInfo) -> Observation:
    if not (seen.message or seen.reads):
        return seen
    message = seen.message and in_days(seen.message, zone)
    return replace(seen, message=message, reads=tuple(_read(read, zone) for read in seen.reads))


def _read(read: Read, zone: ZoneInfo) -> Read:
    return read if read.value is None else replace(read, value=in_days(read.value, zone))
