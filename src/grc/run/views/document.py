"""A table as JSON data with stable keys, and what changed since an earlier one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, Final

from grc.errors import ConfigError
from grc.model.views import AccountabilityView, AddressableView, AnyView, ApplicabilityView, CapabilityView

FORMATS: Final[Mapping[type, str]] = {
    ApplicabilityView: "grc.view.soa/1",
    AddressableView: "grc.view.addressable/1",
    AccountabilityView: "grc.view.accountability/1",
    CapabilityView: "grc.view.capability/1",
}
IDS: Final = ("requirement", "objective")
"""The keys that name a row, one of which each has."""
MAX_BYTES: Final = 64 * 1024 * 1024

Json = dict[str, Any]


def document(view: AnyView) -> Json:
    """The table as JSON data: every key is there, and null where there is nothing."""
    told: Json = {"format": FORMATS[type(view)]}
    return told | {field.name: _plain(getattr(view, field.name)) for field in fields(view)}


def changes(view: AnyView, earlier: Path) -> list[Json]:
    """What is not as it was in an earlier document of the same table: ``row``, ``field``, ``before``, ``after``.

    A row that came or went has the field null; ``row`` null is the head.

    Raises:
        ConfigError: the earlier file cannot be read, or is not this table of this framework.
    """
    now = document(view)
    before = _read(earlier, now)
    rows_now, rows_before = _rows(now), _rows(before)
    head = list(_differing(None, _head(before), _head(now)))
    found = [
        change
        for name in dict.fromkeys((*rows_now, *rows_before))
        for change in _row_changes(name, rows_before.get(name), rows_now.get(name))
    ]
    return [*head, *found]


def _read(path: Path, now: Json) -> Json:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        value = json.loads(data) if len(data) <= MAX_BYTES else None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not JSON: give what `grc view --format json` printed") from error
    earlier: Json = value if isinstance(value, dict) else {}
    same = all(earlier.get(key) == now[key] for key in ("format", "framework"))
    rows = earlier.get("rows") if same else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and _name(row) for row in rows):
        raise ConfigError(f"{path} is no {now['format']} of {now['framework']}: give what `grc view` printed of it")
    return earlier


def _row_changes(name: str, before: Json | None, after: Json | None) -> Iterator[Json]:
    if before is None or after is None:
        yield {"row": name, "field": None, "before": before, "after": after}
        return
    yield from _differing(name, before, after)


def _differing(name: str | None, before: Json, after: Json) -> Iterator[Json]:
    for key in dict.fromkeys((*after, *before)):
        if before.get(key) != after.get(key):
            yield {"row": name, "field": key, "before": before.get(key), "after": after.get(key)}


def _head(value: Json) -> Json:
    return {key: found for key, found in value.items() if key not in ("rows", "changes")}


def _rows(value: Json) -> dict[str, Json]:
    return {_name(row): row for row in value["rows"]}


def _name(row: Json) -> str:
    return next((name for key in IDS if isinstance(name := row.get(key), str)), "")


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
