"""Days and instants as people write them in our files."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_of(text: str) -> date:
    """The day that ``2026-03-31`` names.

    Raises:
        ValueError: there is no such day.
    """
    return date.fromisoformat(text)


def existing_day(text: str) -> date | None:
    """The day that ``2026-03-31`` names, or None when there is no such day."""
    try:
        return day_of(text)
    except ValueError:
        return None


def end_of(text: str, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which something written as a day or an instant ends. A day ends at 24:00 in the zone.

    Raises:
        ValueError: there is no such day or instant.
    """
    if "T" in text:
        return datetime.fromisoformat(text).astimezone(UTC)
    after = date.fromisoformat(text) + timedelta(days=1)
    return datetime.combine(after, time(), tzinfo=zone).astimezone(UTC)
