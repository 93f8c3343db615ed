"""The math extension library."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final

from grc.model.types import ListType, Type
from grc.policy.errors import EvaluationError
from grc.policy.functions.overload import BOOL, DOUBLE, DYN, INT, UINT, Overload, checked_int, function
from grc.policy.values import MAX_INT, MAX_UINT, UInt, Value

_NUMBERS: Final[tuple[Type, ...]] = (INT, UINT, DOUBLE)


def greatest(*values: Value) -> Value:
    """The first of the largest numbers."""
    return _extreme(values, operator.gt, "math.greatest")


def least(*values: Value) -> Value:
    """The first of the smallest numbers."""
    return _extreme(values, operator.lt, "math.least")


def _extreme(values: tuple[Value, ...], beats: Callable[[Value, Value], bool], name: str) -> Value:
    if len(values) == 1 and isinstance(values[0], list):
        values = tuple(values[0])
    if not values or any(type(value) not in (int, UInt, float) for value in values):
        raise EvaluationError(f"{name}() needs at least one number, and numbers only")
    best = values[0]
    for value in values[1:]:
        if beats(value, best):
            best = value
    return best


def round_(value: float) -> float:
    """To the nearest whole, halves away from zero."""
    if not math.isfinite(value):
        return value
    whole = math.trunc(value)
    away = abs(value - whole) >= 0.5
    return math.copysign(float(abs(whole) + away), value)


def _whole(towards: Callable[[float], int]) -> Callable[[float], float]:
    def rounded(value: float) -> float:
        return math.copysign(float(towards(value)), value) if math.isfinite(value) else value

    return rounded


def sign(value: Value) -> Value:
    """-1, 0 or 1 in the same type; NaN of NaN."""
    if isinstance(value, UInt):
        return UInt(min(value.value, 1))
    if isinstance(value, float):
        return value if math.isnan(value) else float((value > 0) - (value < 0))
    return (value > 0) - (value < 0)


def sqrt(value: Value) -> float:
    """NaN of a negative number."""
    number = float(value.value if isinstance(value, UInt) else value)
    return math.nan if math.isnan(number) or number < 0 else math.sqrt(number)


def _shift(by: int) -> int:
    if by < 0:
        raise EvaluationError("a shift must not be negative")
    return by


def _signed(bits: int) -> int:
    bits &= MAX_UINT
    return bits - 2**64 if bits > MAX_INT else bits


def shift_left(value: int, by: int) -> int:
    """Over 64 bits; what leaves on the left is lost."""
    return 0 if _shift(by) > 63 else _signed(value << by)


def shift_right(value: int, by: int) -> int:
    """Over 64 bits, zeros come in from the left whatever the sign."""
    return 0 if _shift(by) > 63 else _signed((value & MAX_UINT) >> by)


def _uints(apply: Callable[[int, int], int]) -> Callable[[UInt, UInt], UInt]:
    return lambda left, right: UInt(apply(left.value, right.value))


_BITWISE: Final[tuple[tuple[str, Callable[[int, int], int]], ...]] = (
    ("math.bitAnd", operator.and_),
    ("math.bitOr", operator.or_),
    ("math.bitXor", operator.xor),
)

OVERLOADS: Final[tuple[Overload, ...]] = (
    *(
        overload
        for name, extreme in (("math.greatest", greatest), ("math.least", least))
        for overload in (
            *(function(name, (number,), number, extreme) for number in _NUMBERS),
            *(
                function(name, (left, right), left if left is right else DYN, extreme)
                for left in _NUMBERS
                for right in _NUMBERS
            ),
            *(function(name, (ListType(number),), number, extreme) for number in (*_NUMBERS, DYN)),
        )
    ),
    function("math.ceil", (DOUBLE,), DOUBLE, _whole(math.ceil)),
    function("math.floor", (DOUBLE,), DOUBLE, _whole(math.floor)),
    function("math.trunc", (DOUBLE,), DOUBLE, _whole(math.trunc)),
    function("math.round", (DOUBLE,), DOUBLE, round_),
    function("math.isNaN", (DOUBLE,), BOOL, math.isnan),
    function("math.isInf", (DOUBLE,), BOOL, math.isinf),
    function("math.isFinite", (DOUBLE,), BOOL, math.isfinite),
    function("math.abs", (INT,), INT, lambda value: checked_int(abs(value))),
    function("math.abs", (UINT,), UINT, lambda value: value),
    function("math.abs", (DOUBLE,), DOUBLE, abs),
    *(function("math.sign", (number,), number, sign) for number in _NUMBERS),
    *(function("math.sqrt", (number,), DOUBLE, sqrt) for number in _NUMBERS),
    *(function(name, (INT, INT), INT, apply) for name, apply in _BITWISE),
    *(function(name, (UINT, UINT), UINT, _uints(apply)) for name, apply in _BITWISE),
    function("math.bitNot", (INT,), INT, operator.invert),
    function("math.bitNot", (UINT,), UINT, lambda value: UInt(MAX_UINT - value.value)),
    function("math.bitShiftLeft", (INT, INT), INT, shift_left),
    function("math.bitShiftLeft", (UINT, INT), UINT, lambda value, by: UInt(shift_left(value.value, by) & MAX_UINT)),
    function("math.bitShiftRight", (INT, INT), INT, shift_right),
    function("math.bitShiftRight", (UINT, INT), UINT, lambda value, by: UInt(shift_right(value.value, by) & MAX_UINT)),
)
