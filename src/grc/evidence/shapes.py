"""Types that lines are decoded to and written again by, so that C sees whether each is in its one canonical form.

A type is no claim about the lines. What it does not fit, or what comes out other than it went in, is looked at another
way; what comes out as it went in has each key once, in order, and nothing in another spelling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from grc.model.assessment import Observed
from grc.model.evidence import Population, Record

MOST_KEYS: Final = 64
"""Names at one place of a body beyond which they are data, not fields."""
PATIENCE: Final = 8
"""Chunks that may miss a shape, beyond those that fit it, before it is given up."""
WORTH: Final = 128 * 1024
"""Octets of a population from which making a shape costs less than doing without."""
CLOSE: Final = 2
"""Times that a shape is made closely: what always stood there must, and one of few texts must be one of them."""
OFTEN: Final = 16
"""Times that something must have been seen before what it always was is held to be what it is."""
FEW: Final = 8
"""Texts at one place that are few, if each was seen often."""
PLAIN: Final = Annotated[float, msgspec.Meta(ge=1e-4, lt=1e16)]
"""The fractions that C writes as the canonical form does; beyond these it writes exponents in another way."""
LOOSE: Final = frozenset({dict, list, type(None)})
"""What is taken as anything where it stands beside others, or where a null stood."""
EMPTY: Final = Annotated[list[Any], msgspec.Meta(max_length=0)]
STRUCT: Final[Mapping[str, Any]] = {
    "kw_only": True,
    "omit_defaults": True,
    "forbid_unknown_fields": True,
    "gc": False,
}
MISSED: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError)


class Look:
    """A look at chunks of whole lines through one type."""

    def __init__(self, line: Any) -> None:
        self._decoder = msgspec.json.Decoder(line, float_hook=look_closer)

    def lines(self, chunk: bytes) -> list[Any] | None:
        """The lines of a chunk, if each is of the type and in its canonical form; None: look closer."""
        try:
            found = self._decoder.decode_lines(chunk)
            written = _ENCODER.encode_lines(found)
        except MISSED:
            return None
        return found if written == chunk else None


def look_closer(_: str) -> float:
    """Leave a fraction to the exact way."""
    raise ValueError("a fraction is written in another way by the quick encoder")


@dataclass(slots=True)
class Seen:
    """What stood at one place of the lines seen so far."""

    times: int = 0
    sorts: set[type] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    keys: dict[str, Seen] = field(default_factory=dict)
    items: Seen | None = None

    def add(self, value: object) -> None:
        """Take in a value."""
        self.times += 1
        self.sorts.add(type(value))
        if isinstance(value, str):
            if len(self.texts) <= FEW:
                self.texts.add(value)
        elif isinstance(value, dict):
            for key, found in value.items():
                below = self.keys.get(key)
                if below is None and len(self.keys) <= MOST_KEYS:
                    below = self.keys[key] = Seen()
                if below is not None:
                    below.add(found)
        elif isinstance(value, list) and value:
            self.items = self.items or Seen()
            for found in value:
                self.items.add(found)

    def type(self, close: bool) -> Any:
        """The type of what stood here. Only ``Any`` takes a null. ``close``: it must be as it always was."""
        if self.sorts == {dict}:
            return self._struct(close) if self._is_struct() else dict[str, Any]
        if self.sorts == {list}:
            return list[self.items.type(close)] if self.items else EMPTY  # type: ignore[misc]  # made at run time
        if not self.sorts or self.sorts & LOOSE:
            return Any
        if close and self.sorts == {str} and len(self.texts) <= FEW and self.times >= OFTEN * len(self.texts):
            return Literal[tuple(sorted(self.texts))]
        return Union[tuple(PLAIN if sort is float else sort for sort in self.sorts)]  # noqa: UP007 - made at run time

    def is_loose(self) -> bool:
        """Whether ``Any`` stands in the type of what stood here."""
        if self.sorts == {dict}:
            return not self._is_struct() or any(found.is_loose() for found in self.keys.values())
        if self.sorts == {list}:
            return self.items is not None and self.items.is_loose()
        return not self.sorts or bool(self.sorts & LOOSE)

    def holds_texts(self) -> bool:
        """Whether this was always a mapping of names that are few to texts."""
        return self.sorts == {dict} and self._is_struct() and all(each.sorts == {str} for each in self.keys.values())

    def _is_struct(self) -> bool:
        return len(self.keys) <= MOST_KEYS and all(map(_is_plain, self.keys))

    def _struct(self, close: bool) -> Any:
        names = {f"f{number}": key for number, key in enumerate(sorted(self.keys))}
        below = [self._field(own, self.keys[key], close) for own, key in names.items()]
        return msgspec.defstruct("Body", below, rename=names, **STRUCT)

    def _field(self, own: str, seen: Seen, close: bool) -> Any:
        if close and seen.times == self.times >= OFTEN:
            return own, seen.type(close)
        return own, Union[seen.type(close), msgspec.UnsetType], msgspec.UNSET  # noqa: UP007 - made at run time


@dataclass(slots=True)
class Shape:
    """What the bodies and tags of one kind look like, learned from lines that were looked at another way."""

    seen: Seen = field(default_factory=Seen)
    tags: Seen = field(default_factory=Seen)
    made: int = 0
    left: int = PATIENCE

    def learn(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Take in the bodies and tags of lines, while there is hope that others are like them."""
        if self.left > 0:
            self.made += 1
            for line in lines:
                self.seen.add(line.get("body"))
                if "tags" in line:
                    self.tags.add(line["tags"])

    def told(self, fits: bool) -> None:
        """Take in whether a chunk fitted."""
        self.left = min(self.left + 1, PATIENCE) if fits else self.left - 1


class RecordLook:
    """A look at the lines of one population, through the shape that its kind is known by so far."""

    def __init__(self, population: Population, shape: Shape) -> None:
        self._population = population
        self._shape = shape
        self._look: Look | None = None
        self._made = 0
        self._loose = True

    def lines(self, chunk: bytes) -> list[Any] | None:
        """The records of a chunk, each of this population and in its canonical form; None: look closer."""
        shape = self._shape
        if shape.made == 0 or shape.left <= 0:
            return None
        if self._look is None or self._made != shape.made:
            self._look, self._made, self._loose = Look(self._line(shape)), shape.made, shape.seen.is_loose()
        if self._loose and b"null" in chunk:  # elsewhere no type takes one
            return None
        found = self._look.lines(chunk)
        shape.told(found is not None)
        return found

    def _line(self, shape: Shape) -> Any:
        """A record of this population, its instant left as text."""
        unit, close = self._population.unit, shape.made <= CLOSE
        heads = {"kind": unit.kind, "place": unit.place, "origin": self._population.origin.value}
        fixed = {name: Literal[value] for name, value in heads.items()}
        if close and shape.tags.holds_texts():
            fixed["tags"] = Union[shape.tags.type(close), None]  # noqa: UP007 - made at run time
        return twin(Record, collected=str, body=shape.seen.type(close), **fixed)


@cache
def observed_look() -> Look:
    """The look at lines of observations."""
    return Look(twin(Observed))


def twin(model: type, **instead: Any) -> Any:
    """A dataclass of the model as a type to look through. ``instead`` are the types of some of its fields."""
    hints, made = get_type_hints(model), []
    for each in sorted(fields(model), key=lambda found: found.name):
        kind = instead.get(each.name) or _twin_type(hints[each.name])
        made.append((each.name, kind) if each.default is MISSING else (each.name, kind, each.default))
    return msgspec.defstruct(model.__name__, made, **STRUCT)


def _twin_type(hint: Any) -> Any:
    if isinstance(hint, type) and is_dataclass(hint):
        return twin(hint)
    if get_origin(hint) is tuple:
        return tuple[_twin_type(get_args(hint)[0]), ...]  # type: ignore[misc]  # made at run time
    if get_origin(hint) in (Union, UnionType):
        return Union[tuple(map(_twin_type, get_args(hint)))]  # noqa: UP007 - made at run time
    return hint


def _is_plain(key: str) -> bool:
    """Whether a key is one that a struct's field may be called by."""
    return key.isprintable() and '"' not in key and "\\" not in key


_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
