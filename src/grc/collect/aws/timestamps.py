"""Every shape of timestamp that AWS sends, as RFC 3339 in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

ISO: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?\Z", re.IGNORECASE
)
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d\Z")
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?\Z")
MILLISECONDS_FROM: Final = 100_000_000_000  # later than the year 5138 in seconds, than 1973 in milliseconds


def rfc3339(value: object) -> str:
    """A timestamp as ``2026-01-02T03:04:05Z``, with a fraction only where it is not zero.

    Shape: text (ISO 8601, HTTP date, a number), seconds or milliseconds since 1970, or a datetime; without a zone
    it is UTC, which is what AWS means.

    Raises:
        ValueError: this is not a timestamp.
    """
    if isinstance(value, datetime):
        return _written(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_epoch(value)
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} is not a timestamp")
    return _from_text(value.strip())


def _from_text(text: str) -> str:
    found = ISO.match(text)
    if found:
        day, time, fraction, zone = found.groups()
        if zone in (None, "Z", "z", "+00:00", "+0000"):
            datetime.fromisoformat(f"{day}T{time}")
            kept = (fraction or "")[:6].rstrip("0")
            return f"{day}T{time}.{kept}Z" if kept else f"{day}T{time}Z"
        return _written(datetime.fromisoformat(f"{day}T{time}.{(fraction or '0')[:6].ljust(6, '0')}{zone}"))
    if NUMBER.match(text):
        return _from_epoch(float(text))
    if DATE.match(text):
        datetime.fromisoformat(text)
        return f"{text}T00:00:00Z"
    return _written(parsedate_to_datetime(text))


def _from_epoch(number: float) -> str:
    try:
        return _written(datetime.fromtimestamp(number / 1000 if abs(number) >= MILLISECONDS_FROM else number, UTC))
    except (OverflowError, OSError) as error:
        raise ValueError(f"{number} is not a timestamp") from error


def _written(moment: datetime) -> str:
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    text = aware.strftime("%Y-%m-%dT%H:%M:%S") if aware.year >= 1000 else aware.replace(tzinfo=None).isoformat()[:19]
    fraction = f"{aware.microsecond:06d}".rstrip("0")
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"
