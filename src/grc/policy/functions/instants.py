"""Timestamps and durations: reading, writing and their parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from grc.model.timezones import zone_of
from grc.policy.errors import EvaluationError
from grc.policy.functions.overload import DURATION, INT, STRING, TIMESTAMP, Overload, function, method

MAX_DURATION: Final = timedelta(seconds=315_576_000_000)
"""Ten thousand years, the bound of protobuf's Duration."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_TIMESTAMP: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
_DURATION: Final = re.compile(
    r"[+-]?(?:0|(?:(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:h|ms|m|s|us|µs|μs|ns))+)", re.ASCII
)
_TERM: Final = re.compile(r"(\d*)\.?(\d*)(h|ms|m|s|us|µs|μs|ns)", re.ASCII)
_NANOSECONDS: Final = {
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ns": 1,
}
_OFFSET: Final = re.compile(r"([+-]?)(\d{1,2}):(\d\d)", re.ASCII)


def timestamp_of_text(text: str) -> datetime:
    """Read RFC 3339.

    Raises:
        EvaluationError: it is not RFC 3339, is out of range, or is finer than a microsecond.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise EvaluationError(f"{text[:60]!r} is no RFC 3339 timestamp")
    day, time, fraction, sign, hours, minutes = match.groups()
    try:
        instant = datetime.fromisoformat(f"{day}T{time}+00:00")
        return instant + _microseconds(int((fraction or "0").ljust(9, "0"))) - _offset(sign, hours, minutes)
    except (ValueError, OverflowError):
        raise EvaluationError(f"{text[:60]!r} is no timestamp from year 1 to 9999") from None


def _offset(sign: str | None, hours: str | None, minutes: str | None) -> timedelta:
    if hours is None or minutes is None:
        return timedelta(0)
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("no offset")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset


def _microseconds(nanoseconds: int) -> timedelta:
    if nanoseconds % 1000:
        raise EvaluationError("times finer than a microsecond are not supported")
    return timedelta(microseconds=nanoseconds // 1000)


def timestamp_of_seconds(seconds: int) -> datetime:
    """Seconds since 1970-01-01T00:00:00Z."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise EvaluationError("timestamp out of range") from None


def unix_seconds(instant: datetime) -> int:
    """Seconds since 1970-01-01T00:00:00Z, rounded down."""
    return (instant - _EPOCH) // _SECOND


@lru_cache(256)  # of a program's few literals, each is read for every subject
def duration_of_text(text: str) -> timedelta:
    """Read ``1h30m``, ``-1.5s``, ``0``: units h, m, s, ms, us, ns.

    Raises:
        EvaluationError: it is no duration, is out of range, or is finer than a microsecond.
    """
    if not _DURATION.fullmatch(text):
        raise EvaluationError(f"{text[:60]!r} is no duration: write it like 1h30m or 1.5s")
    total = 0
    for whole, fraction, unit in _TERM.findall(text):
        total += int(whole or "0") * _NANOSECONDS[unit]
        part, left = divmod(int(fraction or "0") * _NANOSECONDS[unit], 10 ** len(fraction))
        if left:
            raise EvaluationError("times finer than a microsecond are not supported")
        total += part
    if total > MAX_DURATION // timedelta(microseconds=1) * 1000:
        raise EvaluationError("duration out of range")
    return _microseconds(-total if text.startswith("-") else total)


def _fraction(microseconds: int) -> str:
    if not microseconds:
        return ""
    digits = f"{microseconds:06d}"
    return "." + digits.removesuffix("000")


def timestamp_text(instant: datetime) -> str:
    """RFC 3339 in UTC, with no, three or six digits of a second."""
    utc = instant.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}{_fraction(utc.microsecond)}Z"


def duration_text(value: timedelta) -> str:
    """Seconds, with no, three or six digits behind the point: ``1.500s``."""
    microseconds = abs(value) // timedelta(microseconds=1)
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{'-' if value < timedelta(0) else ''}{seconds}{_fraction(rest)}s"


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """A time zone by IANA name, ``UTC`` or offset (``+02:00``, ``-8:30``).

    Raises:
        EvaluationError: there is no such time zone.
    """
    match = _OFFSET.fullmatch(name)
    try:
        if match:
            return timezone(_offset(match[1], match[2], match[3]))
        return zone_of(name) if name else UTC
    except ValueError:
        raise EvaluationError(f"{name[:60]!r} is no time zone") from None


def _whole(value: timedelta, unit: timedelta) -> int:
    """How many whole units, towards zero."""
    return value // unit if value >= timedelta(0) else -(-value // unit)


def _milliseconds(value: timedelta) -> int:
    """The milliseconds within the second, as the specification counts."""
    microseconds = abs(value) // timedelta(microseconds=1) % 1_000_000
    return microseconds // 1000 if value >= timedelta(0) else -(microseconds // 1000)


def _part(read: Callable[[datetime], int]) -> Callable[..., int]:
    def part(instant: datetime, name: str = "UTC") -> int:
        try:
            return read(instant.astimezone(zone(name)))
        except OverflowError:
            raise EvaluationError("timestamp out of range in that time zone") from None

    return part


_PARTS: Final[dict[str, Callable[[datetime], int]]] = {
    "getFullYear": lambda local: local.year,
    "getMonth": lambda local: local.month - 1,
    "getDayOfYear": lambda local: local.timetuple().tm_yday - 1,
    "getDayOfMonth": lambda local: local.day - 1,
    "getDate": lambda local: local.day,
    "getDayOfWeek": lambda local: local.isoweekday() % 7,
    "getHours": lambda local: local.hour,
    "getMinutes": lambda local: local.minute,
    "getSeconds": lambda local: local.second,
    "getMilliseconds": lambda local: local.microsecond // 1000,
}

OVERLOADS: Final[tuple[Overload, ...]] = (
    function("timestamp", (TIMESTAMP,), TIMESTAMP, lambda instant: instant),
    function("timestamp", (STRING,), TIMESTAMP, timestamp_of_text),
    function("timestamp", (INT,), TIMESTAMP, timestamp_of_seconds),
    function("duration", (DURATION,), DURATION, lambda value: value),
    function("duration", (STRING,), DURATION, duration_of_text),
    *(method(name, (TIMESTAMP,), INT, _part(read)) for name, read in _PARTS.items()),
    *(method(name, (TIMESTAMP, STRING), INT, _part(read)) for name, read in _PARTS.items()),
    method("getHours", (DURATION,), INT, lambda value: _whole(value, timedelta(hours=1))),
    method("getMinutes", (DURATION,), INT, lambda value: _whole(value, timedelta(minutes=1))),
    method("getSeconds", (DURATION,), INT, lambda value: _whole(value, _SECOND)),
    method("getMilliseconds", (DURATION,), INT, _milliseconds),
)
