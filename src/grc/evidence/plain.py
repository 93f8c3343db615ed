"""Values of the model as plain JSON data: what lines, journals, manifests and findings are written from.

One rule: a field that equals its default is left out, so a fact is never confused with an unset field (``tags: {}``
says that tags were read and there are none; no ``tags`` says that they were not read).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache


def plain(value: object) -> object:
    """The value as JSON data: timestamps in UTC, sets sorted, enums by value.

    Raises:
        ValueError: a timestamp has no time zone.
        TypeError: the value, or one inside it, has no place in JSON.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): plain(below) for key, below in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(plain(below) for below in value)  # type: ignore[type-var]  # sets here hold text
    if isinstance(value, (list, tuple)):
        return [plain(below) for below in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(below) for name, below in told(value)}
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def told(value: object) -> list[tuple[str, object]]:
    """The fields of a dataclass that differ from their default."""
    pairs = ((name, getattr(value, name), default) for name, default in _fields(type(value)))  # type: ignore[arg-type]  # a type can be hashed
    return [(name, found) for name, found, default in pairs if default is MISSING or found != default]


def instant(moment: datetime) -> str:
    """An instant as RFC 3339 in UTC: ``2026-03-01T09:00:00Z``, with microseconds where there are any.

    Raises:
        ValueError: it has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@cache
def _fields(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} is not text")
    return key.value if isinstance(key, Enum) else key
