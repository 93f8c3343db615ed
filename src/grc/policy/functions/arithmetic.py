"""``+ - * / %`` and unary minus."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final, TypeVar

from grc.policy.errors import EvaluationError
from grc.policy.functions.overload import (
    BYTES,
    DOUBLE,
    DURATION,
    INT,
    LIST_T,
    STRING,
    TIMESTAMP,
    UINT,
    Overload,
    checked_int,
    function,
    refuse_size,
)
from grc.policy.values import UInt, Value

MAX_DURATION: Final = timedelta(microseconds=(2**63 - 1) // 1000)
"""292 years: what arithmetic gives must fit 64 bits of nanoseconds, as in the public implementations."""

Sized = TypeVar("Sized", str, bytes, list[Value])


def add_int(left: int, right: int) -> int:
    return checked_int(left + right)


def subtract_int(left: int, right: int) -> int:
    return checked_int(left - right)


def multiply_int(left: int, right: int) -> int:
    return checked_int(left * right)


def negate_int(value: int) -> int:
    return checked_int(-value)


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("division by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def divide_int(left: int, right: int) -> int:
    """Rounds towards zero."""
    return checked_int(_quotient(left, right))


def remainder_int(left: int, right: int) -> int:
    """Has the sign of the dividend."""
    return left - right * checked_int(_quotient(left, right))


def divide_double(left: float, right: float) -> float:
    """IEEE 754: by zero gives an infinity or NaN."""
    if right:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def join(left: Sized, right: Sized) -> Sized:
    """Concatenate."""
    refuse_size(len(left) + len(right))
    return left + right


def checked_duration(value: timedelta) -> timedelta:
    """The value, when it is within CEL's bounds.

    Raises:
        EvaluationError: it is not.
    """
    if abs(value) > MAX_DURATION:
        raise EvaluationError("duration out of range")
    return value


def move_timestamp(instant: datetime, by: timedelta) -> datetime:
    """``instant + by``."""
    try:
        return instant + by
    except OverflowError:
        raise EvaluationError("timestamp out of range") from None


def add_durations(left: timedelta, right: timedelta) -> timedelta:
    return checked_duration(left + right)


def subtract_durations(left: timedelta, right: timedelta) -> timedelta:
    return checked_duration(left - right)


def between(left: datetime, right: datetime) -> timedelta:
    """``left - right``."""
    return checked_duration(left - right)


def _uint_remainder(left: UInt, right: UInt) -> UInt:
    return UInt(remainder_uint(left.value, right.value))


def remainder_uint(left: int, right: int) -> int:
    return left - right * _quotient(left, right)


OVERLOADS: Final[tuple[Overload, ...]] = (
    function("_+_", (INT, INT), INT, add_int),
    function("_+_", (UINT, UINT), UINT, lambda left, right: UInt(left.value + right.value)),
    function("_+_", (DOUBLE, DOUBLE), DOUBLE, lambda left, right: left + right),
    function("_+_", (STRING, STRING), STRING, join),
    function("_+_", (BYTES, BYTES), BYTES, join),
    function("_+_", (LIST_T, LIST_T), LIST_T, join),
    function("_+_", (TIMESTAMP, DURATION), TIMESTAMP, move_timestamp),
    function("_+_", (DURATION, TIMESTAMP), TIMESTAMP, lambda by, instant: move_timestamp(instant, by)),
    function("_+_", (DURATION, DURATION), DURATION, add_durations),
    function("_-_", (INT, INT), INT, subtract_int),
    function("_-_", (UINT, UINT), UINT, lambda left, right: UInt(left.value - right.value)),
    function("_-_", (DOUBLE, DOUBLE), DOUBLE, lambda left, right: left - right),
    function("_-_", (TIMESTAMP, TIMESTAMP), DURATION, between),
    function("_-_", (TIMESTAMP, DURATION), TIMESTAMP, lambda instant, by: move_timestamp(instant, -by)),
    function("_-_", (DURATION, DURATION), DURATION, subtract_durations),
    function("_*_", (INT, INT), INT, multiply_int),
    function("_*_", (UINT, UINT), UINT, lambda left, right: UInt(left.value * right.value)),
    function("_*_", (DOUBLE, DOUBLE), DOUBLE, lambda left, right: left * right),
    function("_/_", (INT, INT), INT, divide_int),
    function("_/_", (UINT, UINT), UINT, lambda left, right: UInt(_quotient(left.value, right.value))),
    function("_/_", (DOUBLE, DOUBLE), DOUBLE, divide_double),
    function("_%_", (INT, INT), INT, remainder_int),
    function("_%_", (UINT, UINT), UINT, _uint_remainder),
    function("-_", (INT,), INT, negate_int),
    function("-_", (DOUBLE,), DOUBLE, lambda value: -value),
)
