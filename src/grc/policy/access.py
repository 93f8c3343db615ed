"""Reading a field or a member: ``.f``, ``.?f``, ``[i]``, ``[?i]`` and ``has``.

``typed`` is the one extension for records: below an absent optional object, ``has`` is false and ``.?`` is none, where
plain CEL has an error for null.
"""

from __future__ import annotations

from typing import Final

from grc.policy.errors import EvaluationError
from grc.policy.values import (
    NONE,
    Optional,
    PartialList,
    RecordValue,
    UInt,
    Unknown,
    Value,
    key_of,
    type_name,
)

_ABSENT: Final = object()


def select(operand: Value, field: str) -> Value:
    """``operand.field``. On an optional it is an optional again.

    Raises:
        EvaluationError: there is no such key or field.
    """
    kind = type(operand)
    if kind is RecordValue:
        return _declared(operand, field)
    if kind is dict:
        found = operand.get(field, _ABSENT)
        if found is _ABSENT:
            raise EvaluationError(f"no such key: {field}")
        return found
    if kind is Optional:
        return select_optional(operand, field, typed=False)
    raise EvaluationError(f"the type {type_name(operand)} has no fields: {field}")


def _declared(record: RecordValue, field: str) -> Value:
    found = record.fields.get(field, _ABSENT)
    if found is not _ABSENT:
        return found
    declared = record.shape.fields.get(field)
    if declared is None:
        raise EvaluationError(f"{record.shape.name} has no field {field}")
    if not declared.nullable:
        raise EvaluationError(f"{record.shape.name} lacks the field {field}, which it always has")
    return None


def _found(operand: Value, field: str, *, typed: bool) -> Value:
    """The value at the field, ``_ABSENT``, or an unknown."""
    kind = type(operand)
    if kind is dict:
        return operand.get(field, _ABSENT)
    if kind is RecordValue:
        if field not in operand.shape.fields:
            raise EvaluationError(f"{operand.shape.name} has no field {field}")
        found = operand.fields.get(field, _ABSENT)
        return _ABSENT if found is None else found
    if kind is Optional:
        return _found(operand.value, field, typed=typed) if operand.present else _ABSENT
    if operand is None and typed:
        return _ABSENT
    raise EvaluationError(f"the type {type_name(operand)} has no fields: {field}")


def has(operand: Value, field: str, *, typed: bool) -> bool | Unknown:
    """``has(operand.field)``.

    Raises:
        EvaluationError: the operand is neither a map nor an object.
    """
    found = _found(operand, field, typed=typed)
    return found if isinstance(found, Unknown) else found is not _ABSENT


def select_optional(operand: Value, field: str, *, typed: bool) -> Optional | Unknown:
    """``operand.?field``.

    Raises:
        EvaluationError: the operand is neither a map nor an object.
    """
    return _maybe(_found(operand, field, typed=typed))


def _maybe(found: Value) -> Optional | Unknown:
    if isinstance(found, Unknown):
        return found
    return NONE if found is _ABSENT else Optional(True, found)


def index(operand: Value, key: Value) -> Value:
    """``operand[key]``. On an optional it is an optional again.

    Raises:
        EvaluationError: there is no such key or member.
    """
    kind = type(operand)
    if kind is Optional:
        return index_optional(operand, key, typed=False)
    if kind is RecordValue and type(key) is str:
        return _declared(operand, key)
    if kind is PartialList:
        return operand.unknown
    if kind is list:
        at = _position(key)
        if not 0 <= at < len(operand):
            raise EvaluationError(f"index out of range: {at} of {len(operand)}")
        return operand[at]
    found = _member(operand, key)
    if found is _ABSENT:
        raise EvaluationError("no such key")
    return found


def _position(key: Value) -> int:
    if type(key) is int:
        return key
    if isinstance(key, UInt):
        return key.value
    if type(key) is float and key.is_integer():
        return int(key)
    raise EvaluationError("a list is indexed by whole numbers")


def _member(operand: Value, key: Value) -> Value:
    if type(operand) is not dict:
        raise EvaluationError(f"the type {type_name(operand)} cannot be indexed")
    try:
        return operand.get(key_of(key), _ABSENT)
    except TypeError:
        raise EvaluationError(f"a map has no keys of the type {type_name(key)}") from None


def index_optional(operand: Value, key: Value, *, typed: bool) -> Optional | Unknown:
    """``operand[?key]``.

    Raises:
        EvaluationError: the operand has no members, or the key is of a wrong type for a list.
    """
    kind = type(operand)
    if kind is Optional:
        return index_optional(operand.value, key, typed=typed) if operand.present else NONE
    if operand is None and typed:
        return NONE
    if kind is RecordValue and type(key) is str:
        return select_optional(operand, key, typed=typed)
    if isinstance(operand, PartialList):
        return operand.unknown
    if kind is list:
        at = _position(key)
        return _maybe(operand[at] if 0 <= at < len(operand) else _ABSENT)
    if kind is dict and type(key) not in (str, int, UInt, float, bool):
        return NONE
    return _maybe(_member(operand, key))
