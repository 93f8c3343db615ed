"""Reading a date or an instant off the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import click


def instant(text: str, timezone: str) -> datetime:
    """The instant that a text names; a date is the end of that day in the organisation's time zone.

    Raises:
        UsageError: the text is neither.
    """
    try:
        read = _read(text)
        return (read.replace(tzinfo=ZoneInfo(timezone)) if read.tzinfo is None else read).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.UsageError(
            f"{text!r} is neither a date (2026-11-30) nor an instant (2026-11-30T12:00:00Z)"
        ) from error


def _read(text: str) -> datetime:
    """An instant as it is written; of a date, however it is written, the last second."""
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59))
    except ValueError:
        return datetime.fromisoformat(text)
