"""What generated code calls. Each gives CEL's own answer or raises: then the exact interpreter decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NoReturn

import msgspec

from grc.model.types import ListType, MapType, ObjectType, Primitive, Type
from grc.policy.binding import TIMESTAMP
from grc.policy.errors import EvaluationError
from grc.policy.values import MAX_INT, MIN_INT


class Undecided(Exception):  # noqa: N818 - not an error: the interpreter decides
    """Generated code cannot tell what CEL would say."""


RAISED: Final = (
    Undecided,
    AttributeError,
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    EvaluationError,
    msgspec.ValidationError,
)
"""What generated code may raise where CEL has an error, an unknown, or a value that is out of the ordinary."""

LONGEST_INSTANT: Final = len("2026-01-01T00:00:00.000000Z")

REMEMBERED: Final = 8192
"""How many timestamps are kept as read: the days of a register repeat, and each is compared many times."""

MOST_WORK: Final = 50_000
"""Members that nested loops may go through for one record; the interpreter, which counts exactly, may do more."""

TRUTH: Final = {True: True, False: False}
"""Looking a declared bool up here raises when it is absent."""
NOT: Final = {True: False, False: True}


def undecided() -> NoReturn:
    """Leave it to the interpreter."""
    raise Undecided


def truth(value: Any) -> bool:
    """A value of unknown type as a bool."""
    if value is True or value is False:
        return bool(value)
    raise Undecided


def whole(number: int) -> int:
    """The result of integer arithmetic, within 64 bits."""
    if MIN_INT <= number <= MAX_INT:
        return number
    raise Undecided


@lru_cache(REMEMBERED)
def moment(text: str) -> datetime:
    """A timestamp of evidence, read as the interpreter reads it. Finer than microseconds is left to that."""
    if len(text) > LONGEST_INSTANT:
        raise Undecided
    found: datetime = msgspec.convert(text, TIMESTAMP)
    return found


def entry(holder: Any, key: Any) -> Any:
    """A member of a list, or an entry of a map."""
    if type(holder) is dict and type(key) is str:
        return holder[key]
    if type(holder) is list and type(key) is int and key >= 0:
        return holder[key]
    raise Undecided


def maybe_entry(holder: Any, key: Any) -> Any:
    """A member or an entry, None when there is none. A null is out of the ordinary."""
    if type(holder) is dict and type(key) is str:
        return present(holder[key]) if key in holder else None
    if type(holder) is list and type(key) is int:
        return present(holder[key]) if 0 <= key < len(holder) else None
    raise Undecided


def pick(value: Any, field: str) -> Any:
    """An entry of an untyped map."""
    if type(value) is dict:
        return value[field]
    raise Undecided


def picked(value: Any, field: str) -> bool:
    """Whether an untyped map has an entry."""
    if type(value) is dict:
        return field in value
    raise Undecided


def present(value: Any) -> Any:
    """A value that is not null."""
    if value is None:
        raise Undecided
    return value


def given(*values: Any) -> list[Any]:
    """A list of those that are there."""
    return [value for value in values if value is not None]


def sized(value: Any) -> int:
    """The size of a value of unknown type."""
    if type(value) in (str, list, dict):
        return len(value)
    raise Undecided


def elements(value: Any) -> Iterable[Any]:
    """What a macro over a value of unknown type goes through: a list's elements, a map's keys."""
    if type(value) is list or (type(value) is dict and all(type(key) is str for key in value)):
        return value
    raise Undecided


def pairs(value: Any) -> Iterable[tuple[Any, Any]]:
    """What a macro with two variables goes through: index and element, or key and value."""
    if type(value) is list:
        return enumerate(value)
    if type(value) is dict and all(type(key) is str for key in value):
        return value.items()
    raise Undecided


def converter(declared: Type) -> Callable[[Any], Any] | None:
    """What makes CEL's value of a decoded one; None where they are the same."""
    match declared:
        case Primitive.TIMESTAMP:
            return moment
        case ListType():
            return _each(converter(declared.element))
        case MapType():
            return _each_value(converter(declared.value))
        case _:
            return None


def _each(convert: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return None if convert is None else lambda items: [convert(item) for item in items]


def _each_value(convert: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    if convert is None:
        return None
    return lambda entries: {key: convert(value) for key, value in entries.items()}


def structured(found: Type) -> bool:
    """Whether values of the type hold declared objects, of which only the fields read are there."""
    match found:
        case ObjectType():
            return True
        case ListType():
            return structured(found.element)
        case MapType():
            return structured(found.value)
        case _:
            return False


_CALLED: Final = (
    undecided,
    truth,
    whole,
    moment,
    entry,
    maybe_entry,
    pick,
    picked,
    present,
    given,
    sized,
    elements,
    pairs,
)
NAMESPACE: Final[Mapping[str, Any]] = {
    **{each.__name__: each for each in _CALLED},
    "RAISED": RAISED,
    "TRUTH": TRUTH,
    "NOT": NOT,
    "MOST_WORK": MOST_WORK,
}
"""The names that generated code may use, besides its own."""
