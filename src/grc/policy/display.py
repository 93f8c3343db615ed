"""Values as readers see them in a message: short, on one line, and never what must stay private."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from grc.model.types import Field, ListType, MapType, ObjectType, OptionalType, Type
from grc.model.unseen import BREAKING
from grc.policy.functions.instants import timestamp_text
from grc.policy.values import STOPPED, Optional, PartialList, RecordValue, UInt, Value, value_of

MAX_CHARACTERS: Final = 200
NOT_SET: Final = "(not set)"
NOT_KNOWN: Final = "(not known)"
WITHHELD: Final = "(withheld)"
NOTHING: Final = "none"
AMBIGUOUS: Final = re.compile(r'[,"]|^\s|\s$|^$')
"""What would make a text of a list look like another, or like several."""
STANDING: Final = frozenset({NOT_SET, NOT_KNOWN, WITHHELD, NOTHING, "…"})
"""What stands for a value and is none."""


def shown(value: Value) -> str:
    """A value in a message. Absent is ``(not set)``, what could not be seen is ``(not known)``."""
    if value is None or (isinstance(value, Optional) and not value.present):
        return NOT_SET
    if isinstance(value, Optional):
        return shown(value.value)
    return shortened(escaped(value if isinstance(value, str) else _written(value, MAX_CHARACTERS)))


def told(value: Value) -> str:
    """A value in a sentence: as ``shown``, but a list as people write one, ``a, b``. An empty list is ``none``."""
    match value:
        case Optional() if value.present:
            return told(value.value)
        case list():
            return _enumerated(value)
        case PartialList():
            return _enumerated(_items(value))
        case _:
            return shown(value)


def _enumerated(items: Sequence[Value]) -> str:
    written = _all((("", _AsIs(each) if _plain(each) else each) for each in items), MAX_CHARACTERS)
    return shortened(escaped(written)) or NOTHING


def _plain(item: Value) -> bool:
    """Whether a text of a list needs no quotes: it cannot be taken for anything else."""
    return isinstance(item, str) and item not in STANDING and not AMBIGUOUS.search(item)


def escaped(text: str) -> str:
    """The text with everything that is not plainly visible written as an escape: it cannot forge a line or hide."""
    if text.isprintable():
        return text
    return BREAKING.sub(lambda found: _escape(found[0]), text)


def _escape(char: str) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char) or f"\\u{{{ord(char):x}}}"


def shortened(text: str) -> str:
    """At most 200 characters, the last one … where something was left out."""
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"


def _written(value: Value, room: int) -> str:
    """A value inside another, as CEL would write it. Stops soon after ``room`` characters."""
    match value:
        case list():
            return "[" + _all((("", each) for each in value), room) + "]"
        case PartialList():
            return "[" + _all((("", each) for each in _items(value)), room) + "]"
        case dict():
            return "{" + _all(((f"{_scalar(value_of(key), room)}: ", each) for key, each in value.items()), room) + "}"
        case RecordValue():
            return "{" + _all(_fields(value), room) + "}"
        case None | Optional():
            return shown(value)
        case _:
            return _scalar(value, room)


def _scalar(value: Value, room: int) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value[:room]}"'
        case UInt():
            return f"{value.value}u"
        case datetime():
            return timestamp_text(value)
        case timedelta():
            return _duration(value)
        case bytes():
            return f"{len(value)} bytes"
        case _:
            return NOT_KNOWN if isinstance(value, STOPPED) else str(value)


@dataclass(frozen=True, slots=True)
class _AsIs:
    """A text that is written without quotes."""

    text: str

    def __str__(self) -> str:
        return self.text[:MAX_CHARACTERS]


def _fields(value: RecordValue) -> list[tuple[str, Value]]:
    fields = value.shape.fields
    return [(f"{name}: ", _AsIs(WITHHELD) if private(fields[name]) else each) for name, each in value.fields.items()]


def _items(value: PartialList) -> list[Value]:
    """What was seen of a list, and what stands for the rest."""
    return [*value.items, value.unknown]


def _all(parts: Iterable[tuple[str, Value]], room: int) -> str:
    written: list[str] = []
    for label, each in parts:
        if room <= 0:
            written.append("…")
            break
        written.append(label + _written(each, room))
        room -= len(written[-1])
    return ", ".join(written)


def _duration(value: timedelta) -> str:
    days = value / timedelta(days=1)
    return f"{int(days)} days" if days.is_integer() and days else f"{value.total_seconds():g}s"


def private(field: Field) -> bool:
    """Whether a field is marked as secret or as about a person."""
    return field.secret or field.personal is not None


@lru_cache(maxsize=8192)
def withheld(shape: ObjectType, path: str) -> bool:
    """Whether what stands at a path of a record, above it or below it is private."""
    found: Type = shape
    for step in path.split(".") if path else ():
        owner = _owner(found)
        if owner is None or step not in owner.fields:
            return False
        if private(owner.fields[step]):
            return True
        found = owner.fields[step].type
    return _private_below(found)


def _private_below(found: Type) -> bool:
    owner = _owner(found)
    if owner is None:
        return False
    return any(private(field) or _private_below(field.type) for field in owner.fields.values())


def _owner(found: Type) -> ObjectType | None:
    """The object that a type holds, through lists, maps and optionals."""
    while isinstance(found, (ListType, MapType, OptionalType)):
        found = found.element if isinstance(found, ListType) else found.value
    return found if isinstance(found, ObjectType) else None


def any_withheld(shapes: Mapping[str, ObjectType], reads: Mapping[str, frozenset[str]]) -> bool:
    """Whether something that is read below one of the variables is private."""
    return any(withheld(shapes[root], path) for root, paths in reads.items() for path in paths)
