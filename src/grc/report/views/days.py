"""Days as people wrote them: the model holds instants, and a day of the organisation is not one of UTC."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from grc.report.index import Index
from grc.report.text import day_begun, instant
from grc.report.words import Words


def until(index: Index, words: Words, end: datetime) -> str:
    """``the end of 2026-12-05 (Europe/Berlin)`` of an exclusive end; the instant where no day ends there."""
    zone = index.input.organisation.timezone
    after = day_begun(end, ZoneInfo(zone))
    return words.say("day_end", day=after - timedelta(days=1), zone=zone) if after else instant(end)


def since(index: Index, words: Words, start: datetime) -> str:
    """``2026-12-05 (Europe/Berlin)``; the instant where no day begins there."""
    zone = index.input.organisation.timezone
    day = day_begun(start, ZoneInfo(zone))
    return words.say("day_start", day=day, zone=zone) if day else instant(start)


def last_day(index: Index, end: datetime) -> date | datetime:
    """The last day before an exclusive end, for a table; the instant where no day ends there."""
    after = day_begun(end, ZoneInfo(index.input.organisation.timezone))
    return after - timedelta(days=1) if after else end


def first_day(index: Index, start: datetime) -> date | datetime:
    """The day that begins at an instant, for a table; the instant where none does."""
    return day_begun(start, ZoneInfo(index.input.organisation.timezone)) or start
