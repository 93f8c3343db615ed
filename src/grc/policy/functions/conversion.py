"""Between types: ``int``, ``uint``, ``double``, ``string``, ``bytes``, ``bool``, ``type``, ``dyn``."""

from __future__ import annotations

import math
import re
from typing import Final

from grc.policy.errors import EvaluationError
from grc.policy.functions.instants import duration_text, timestamp_text, unix_seconds
from grc.policy.functions.overload import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    TYPE,
    UINT,
    Overload,
    T,
    checked_int,
    function,
)
from grc.policy.functions.texts import double_text
from grc.policy.values import MAX_INT, TypeValue, UInt, Value, type_name

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,40}", re.ASCII)
_NUMBER: Final = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf(?:inity)?|nan)", re.I | re.ASCII
)
_BOOLS: Final = {
    **dict.fromkeys(("1", "t", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "false", "FALSE", "False"), False),
}


def _refuse(text: str, type_: str) -> EvaluationError:
    return EvaluationError(f"{text[:40]!r} is no {type_}")


def int_of_double(value: float) -> int:
    """Towards zero. The bounds are exclusive: a double cannot tell 2**63 - 1 from 2**63."""
    if not -(2.0**63) < value < 2.0**63:
        raise EvaluationError("double out of range of int")
    return math.trunc(value)


def int_of_text(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise _refuse(text, "int")
    return checked_int(int(text))


def uint_of_double(value: float) -> UInt:
    if not 0 <= value < 2.0**64:
        raise EvaluationError("double out of range of uint")
    return UInt(math.trunc(value))


def uint_of_text(text: str) -> UInt:
    if not _INTEGER.fullmatch(text) or text[0] in "+-":
        raise _refuse(text, "uint")
    return UInt(int(text))


def int_of_uint(value: UInt) -> int:
    if value.value > MAX_INT:
        raise EvaluationError("integer overflow")
    return value.value


def double_of_text(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise _refuse(text, "double")
    return float(text)


def text_of_bytes(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError("the bytes are not UTF-8") from None


def bytes_of_text(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise EvaluationError("half a surrogate pair is not text") from None


def bool_of_text(text: str) -> bool:
    if text not in _BOOLS:
        raise _refuse(text, "bool")
    return _BOOLS[text]


def same(value: Value) -> Value:
    return value


def type_of(value: Value) -> TypeValue:
    return TypeValue(type_name(value))


OVERLOADS: Final[tuple[Overload, ...]] = (
    function("int", (INT,), INT, same),
    function("int", (UINT,), INT, int_of_uint),
    function("int", (DOUBLE,), INT, int_of_double),
    function("int", (STRING,), INT, int_of_text),
    function("int", (TIMESTAMP,), INT, unix_seconds),
    function("uint", (UINT,), UINT, same),
    function("uint", (INT,), UINT, UInt),
    function("uint", (DOUBLE,), UINT, uint_of_double),
    function("uint", (STRING,), UINT, uint_of_text),
    function("double", (DOUBLE,), DOUBLE, same),
    function("double", (INT,), DOUBLE, float),
    function("double", (UINT,), DOUBLE, lambda value: float(value.value)),
    function("double", (STRING,), DOUBLE, double_of_text),
    function("string", (STRING,), STRING, same),
    function("string", (BOOL,), STRING, lambda value: "true" if value else "false"),
    function("string", (INT,), STRING, str),
    function("string", (UINT,), STRING, lambda value: str(value.value)),
    function("string", (DOUBLE,), STRING, double_text),
    function("string", (BYTES,), STRING, text_of_bytes),
    function("string", (TIMESTAMP,), STRING, timestamp_text),
    function("string", (DURATION,), STRING, duration_text),
    function("bytes", (BYTES,), BYTES, same),
    function("bytes", (STRING,), BYTES, bytes_of_text),
    function("bool", (BOOL,), BOOL, same),
    function("bool", (STRING,), BOOL, bool_of_text),
    function("dyn", (T,), DYN, same, partial=True),
    function("type", (T,), TYPE, type_of, partial=True),
)
