"""The one canonical form of everything that is hashed or compared byte for byte (docs/format.md).

Values of the model are written by one rule: a field that equals its default is left out, so that a fact is never
confused with an unset field (``tags: {}`` says that tags were read and there are none; no ``tags`` says that they
were not read).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final


def encode(value: object) -> bytes:
    """Encode JSON data, or values of the model, canonically.

    UTF-8 without escapes beyond JSON's own, keys in code-point order, no white space, integers exact, floats in
    their shortest form, timestamps as RFC 3339 in UTC. No newline at the end.

    Raises:
        ValueError: the value holds NaN or an infinity, a timestamp without a time zone, or half a surrogate pair.
        TypeError: the value, or one inside it, has no place in JSON.
    """
    return _ENCODER.encode(value).encode("utf-8")


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
    names, defaults, values = _fields(type(value))  # type: ignore[arg-type]  # a type can be hashed
    pairs = zip(names, defaults, values(value), strict=True)
    return [(name, found) for name, default, found in pairs if default is MISSING or found != default]


def _plain(value: object) -> object:
    """One level of what JSON does not know by itself."""
    return _way_of(type(value))(value)  # type: ignore[arg-type]  # a type can be hashed


@cache
def _way_of(kind: type) -> Callable[[Any], object]:
    """How values of a type are made plain; asked of each type once, because a pack has millions of values."""
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, datetime):
        return plain_instant
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, Mapping):
        return dict
    if issubclass(kind, (frozenset, set)):
        return sorted
    if is_dataclass(kind):
        return lambda value: dict(told(value))
    return _refuse


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} has no place in JSON")


@lru_cache(1024)  # the records of a collection share their instants
def plain_instant(moment: datetime) -> str:
    """``2026-03-01T09:00:00Z``, with microseconds where there are any."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@cache
def _fields(kind: type) -> tuple[tuple[str, ...], tuple[object, ...], Callable[[object], tuple[object, ...]]]:
    """The names of a dataclass's fields, their defaults, and what gives their values: a pack has millions of them."""
    names = tuple(field.name for field in fields(kind))
    several = attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)
    return names, tuple(field.default for field in fields(kind)), several


_ENCODER: Final = json.JSONEncoder(
    default=_plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
