"""What a spreadsheet's number is: a number, a day, an instant, or digits with leading zeros.

**Source** ECMA-376, part 1: 18.8.30 (the formats that need no declaration), 18.8.31 (format codes), 18.17.4 (dates).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final

from grc.collect.registers.tables import Unreadable


class Shown(Enum):
    """What the program shows a number as."""

    NUMBER = "number"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """How a number is shown. ``digits`` is the least number of digits, filled with zeros; 0: none are filled."""

    shown: Shown
    digits: int = 0


PLAIN: Final = NumberFormat(shown=Shown.NUMBER)
INSTANTS: Final = frozenset({*range(18, 23), *range(32, 36), *range(45, 48), 55, 56})
DAYS: Final = frozenset({*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58})
SPOKEN: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]{0,255}\]', re.IGNORECASE)
ZEROS: Final = re.compile(r"0{2,15}\Z")
FIRST: Final = 61  # 1900-03-01: before it, programs disagree about a leap day that never was
LAST: Final = 2_958_466  # the day after 9999-12-31
EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's time has no zone
SHIFT_1904: Final = 1462


def format_of(number: int, codes: Mapping[int, str]) -> NumberFormat:
    """The format of a number; ``codes`` are those that the workbook declares."""
    code = codes.get(number)
    if code is None:
        return NumberFormat(shown=Shown.INSTANT if number in INSTANTS else Shown.DAY) if _dated(number) else PLAIN
    first = SPOKEN.sub("", code.partition(";")[0]).casefold()
    if ZEROS.match(first):
        return NumberFormat(shown=Shown.NUMBER, digits=len(first))
    if first.strip() in ("general", "@") or not re.search("[dmyhs]", first) or "e+" in first or "e-" in first:
        return PLAIN
    return NumberFormat(shown=Shown.INSTANT if re.search("[hs]", first) else Shown.DAY)


def moment(serial: float, *, since_1904: bool) -> date | datetime | Unreadable:
    """The day of a serial number, or the instant where it has a fraction. It has no time zone."""
    days = serial + SHIFT_1904 if since_1904 else serial
    if not FIRST <= days < LAST:
        return Unreadable("is shown as a date and is none: write it as YYYY-MM-DD")
    whole = EPOCH + timedelta(days=int(days))
    seconds = round((days - int(days)) * 86400)
    return whole.date() if seconds == 0 else whole + timedelta(seconds=seconds)


def _dated(number: int) -> bool:
    return number in INSTANTS or number in DAYS
