"""Reading a date or an instant off the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click


def instant(text: str, timezone: str) -> datetime:
    """The instant that a text names; a date is the end of that day in the organisation's time zone.

    Raises:
        UsageError: the text is neither.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(
            f"{text!r} is neither a date (2026-11-30) nor an instant (2026-11-30T12:00:00Z)"
        ) from error
    if len(text) == len("2026-11-30"):
        read = read.replace(hour=23, minute=59, second=59)
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(timezone))
    return read.astimezone(UTC)
