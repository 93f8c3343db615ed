"""The clock of the command line: the one place that asks what time it is.

A command takes each instant and each day from here; whoever calls ``main`` with a clock of their own decides what
it says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click


@dataclass(frozen=True, slots=True)
class Clock:
    """What tells the instant, in any time zone."""

    tell: Callable[[], datetime]


def now() -> datetime:
    """The instant, in UTC. A thread that a command started has the machine's clock."""
    context = click.get_current_context(silent=True)
    clock = None if context is None else context.find_object(Clock)
    return datetime.now(UTC) if clock is None else clock.tell().astimezone(UTC)


def here(timezone: str) -> datetime:
    """The instant, as the organisation's time zone tells it."""
    return now().astimezone(ZoneInfo(timezone))


def today(timezone: str) -> date:
    """The day that it is in the organisation's time zone."""
    return here(timezone).date()
