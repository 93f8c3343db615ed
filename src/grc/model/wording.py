"""Counts in sentences, for all who write to people."""

from __future__ import annotations

from datetime import timedelta


def counted(number: int, noun: str) -> str:
    """``1 subject``, ``1,200 subjects``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def lasting(length: timedelta, *, up: bool = False) -> tuple[tuple[int, str], ...]:
    """A length as counts of days and hours, of minutes where it is less than an hour: ``((3, "day"), (4, "hour"))``.

    What is less than its last unit is left out, for a bound from below; ``up``: it counts as one more, for a bound
    from above.
    """
    minutes = _whole(length, timedelta(minutes=1), up=up)
    if minutes < 60:
        return ((minutes, "minute"),)
    days, hours = divmod(_whole(length, timedelta(hours=1), up=up), 24)
    return tuple((count, noun) for count, noun in ((days, "day"), (hours, "hour")) if count)


def _whole(length: timedelta, unit: timedelta, *, up: bool) -> int:
    return -(-length // unit) if up else length // unit
