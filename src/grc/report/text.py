"""How single values are written: instants, shares, sizes, and text that strangers chose."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

# Characters that a reader cannot see or that change the order of what is seen, and halves of surrogate pairs.
UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with each character that hides or reorders its neighbours written out as its code point."""
    return UNSEEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def one_line(text: str) -> str:
    """The text for a terminal or a table cell: visible, and on one line."""
    return visible(" ".join(text.split()))


def instant(moment: datetime) -> str:
    """``2026-05-03 09:12 UTC``; the model's instants are in UTC."""
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def day_begun(moment: datetime, zone: ZoneInfo) -> date | None:
    """The day of the zone that begins at this instant; None where none does."""
    local = moment.astimezone(zone)
    return local.date() if local.time() == time.min else None


def share_down(ratio: float | None) -> str:
    """A share in whole per cent, never rounded up: 99.9 % is not all."""
    return "–" if ratio is None else f"{math.floor(round(ratio * 100, 9))} %"


def share_up(ratio: float | None) -> str:
    """A share in whole per cent, never rounded down: for an upper bound."""
    return "–" if ratio is None else f"{math.ceil(round(ratio * 100, 9))} %"


def number(value: int) -> str:
    """``12,345``."""
    return f"{value:,}"


def size(count: int) -> str:
    """A number of bytes, in a unit that leaves at most four digits."""
    if count < 10_000:
        return f"{count:,} B"
    return f"{count / 1000:,.0f} kB" if count < 10_000_000 else f"{count / 1_000_000:,.0f} MB"


def series(words: Iterable[str], conjunction: str) -> str:
    """``a, b and c``."""
    *head, last = words
    return f"{', '.join(head)} {conjunction} {last}" if head else last
