"""The one canonical form of everything that is hashed or compared byte for byte (docs/format.md).

Values of the model are written by one rule: a field that equals its default is left out, so that a fact is never
confused with an unset field (``tags: {}`` says that tags were read and there are none; no ``tags`` says that they
were not read).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache


def encode(value: object) -> bytes:
    """Encode JSON data, or values of the model, canonically.

    UTF-8 without escapes beyond JSON's own, keys in code-point order, no white space, integers exact, floats in
    their shortest form, timestamps as RFC 3339 in UTC. No newline at the end.

    Raises:
        ValueError: the value holds NaN or an infinity, a timestamp without a time zone, or half a surrogate pair.
        TypeError: the value, or one inside it, has no place in JSON.
    """
    text = json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def plain(value: object) -> object:
    """The value as JSON data, as ``encode`` writes it.

    Raises:
        ValueError: as ``encode``.
        TypeError: as ``encode``.
    """
    data: object = json.loads(encode(value))
    return data


def digest(data: bytes) -> str:
    """The SHA-256 of the bytes, as ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def told(value: object) -> list[tuple[str, object]]:
    """The fields of a dataclass that differ from their default."""
    pairs = ((name, getattr(value, name), default) for name, default in _fields(type(value)))  # type: ignore[arg-type]  # a type can be hashed
    return [(name, found) for name, found, default in pairs if default is MISSING or found != default]


def _plain(value: object) -> object:
    """One level of what JSON does not know by itself."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return dict(told(value))
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _instant(moment: datetime) -> str:
    """``2026-03-01T09:00:00Z``, with microseconds where there are any."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@cache
def _fields(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(kind))
