"""Days and instants as people write them in our files."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OF_THE_MACHINE: Final = frozenset({"localtime", "posixrules", "posix", "right", "Factory"})
"""Names that a machine may know and that say nothing, or something else, elsewhere."""


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


def zone_of(name: str) -> ZoneInfo:
    """The timezone of an IANA name.

    Raises:
        ValueError: there is no such timezone.
    """
    try:
        if name.partition("/")[0] in OF_THE_MACHINE:
            raise LookupError(name)
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(f"there is no timezone {name!r}: give an IANA name, such as Europe/Berlin") from error
