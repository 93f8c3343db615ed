"""Optional values. ``or``, ``orValue``, ``.?`` and ``[?]`` evaluate their operands lazily: see the interpreter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from grc.model.types import ListType
from grc.policy.errors import EvaluationError
from grc.policy.functions.overload import BOOL, LIST_T, OPTIONAL_T, Overload, T, function, method
from grc.policy.values import NONE, Optional, PartialList, UInt, Unknown, Value, merged

_ZEROS: Final[dict[type, Value]] = {
    bool: False,
    int: 0,
    UInt: UInt(0),
    float: 0.0,
    str: "",
    bytes: b"",
    timedelta: timedelta(0),
    datetime: datetime(1970, 1, 1, tzinfo=UTC),
}


def of(value: Value) -> Optional:
    """A present value."""
    return Optional(True, value)


def of_non_zero(value: Value) -> Optional | Unknown:
    """None when the value is its type's zero or empty value."""
    if isinstance(value, PartialList):
        return Optional(True, value) if value.items else value.unknown
    if isinstance(value, (list, dict)):
        return _of_container(value)
    if value is None or value == _ZEROS.get(type(value), of_non_zero):
        return NONE
    return Optional(True, value)


def _of_container(value: list[Value] | dict[Value, Value]) -> Optional | Unknown:
    entries = list(value.values()) if isinstance(value, dict) else []
    unknowns = [entry for entry in entries if isinstance(entry, Unknown)]
    if unknowns and len(unknowns) == len(entries):
        return merged(unknowns)
    return Optional(True, value) if value else NONE


def value_in(optional: Optional) -> Value:
    """The value.

    Raises:
        EvaluationError: there is none.
    """
    if not optional.present:
        raise EvaluationError("optional.none() has no value")
    return optional.value


def or_value(optional: Optional, otherwise: Value) -> Value:
    """The value, or the other one."""
    return optional.value if optional.present else otherwise


def or_(optional: Optional, otherwise: Optional) -> Optional:
    """The first of the two that is present."""
    return optional if optional.present else otherwise


def unwrap(items: list[Value]) -> list[Value]:
    """The values of the present ones."""
    if not all(isinstance(item, Optional) for item in items):
        raise EvaluationError("unwrap needs a list of optionals")
    return [item.value for item in items if item.present]


OVERLOADS: Final[tuple[Overload, ...]] = (
    function("optional.of", (T,), OPTIONAL_T, of, partial=True),
    function("optional.ofNonZeroValue", (T,), OPTIONAL_T, of_non_zero, partial=True),
    function("optional.none", (), OPTIONAL_T, lambda: NONE),
    function("optional.unwrap", (ListType(OPTIONAL_T),), LIST_T, unwrap),
    method("unwrapOpt", (ListType(OPTIONAL_T),), LIST_T, unwrap),
    method("hasValue", (OPTIONAL_T,), BOOL, lambda optional: optional.present, partial=True),
    method("value", (OPTIONAL_T,), T, value_in, partial=True),
    method("orValue", (OPTIONAL_T, T), T, or_value, partial=True),
    method("or", (OPTIONAL_T, OPTIONAL_T), OPTIONAL_T, or_, partial=True),
)
