"""``"%s is %d".format([a, b])``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from grc.policy.errors import EvaluationError
from grc.policy.functions.instants import duration_text
from grc.policy.functions.overload import refuse_size
from grc.policy.functions.texts import double_text
from grc.policy.values import TypeValue, UInt, Value, type_name, value_of

MAX_PRECISION: Final = 1000
DEFAULT_PRECISION: Final = 6

_CLAUSE: Final = re.compile(r"%(?:%|(?:\.([0-9]{1,9}))?([a-zA-Z])|)")
_NUMBER_WORDS: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def format_text(template: str, arguments: list[Value]) -> str:
    """Fill the clauses ``%s %d %f %e %x %X %o %b`` in order; ``%%`` is a percent sign.

    Raises:
        EvaluationError: a clause is unknown, has no argument, or has one of a wrong type.
        LimitError: the result would be too large.
    """
    parts: list[str] = []
    at = size = used = 0
    for match in _CLAUSE.finditer(template):
        parts.append(template[at : match.start()])
        at = match.end()
        if match.group() == "%%":
            parts.append("%")
        else:
            parts.append(_clause(match, arguments, used))
            used += 1
        size += len(parts[-1]) + len(parts[-2])
        refuse_size(size)
    return "".join((*parts, template[at:]))


def _clause(match: re.Match[str], arguments: list[Value], index: int) -> str:
    precision, letter = match.groups()
    if letter not in _CLAUSES:
        raise EvaluationError(f"{match.group()!r} is no formatting clause")
    if index >= len(arguments):
        raise EvaluationError(f"the formatting clause {match.group()!r} has no argument")
    if int(precision or 0) > MAX_PRECISION:
        raise EvaluationError(f"the precision of {match.group()!r} is above {MAX_PRECISION}")
    return _CLAUSES[letter](arguments[index], DEFAULT_PRECISION if precision is None else int(precision))


def _wrong(clause: str, value: Value) -> EvaluationError:
    return EvaluationError(f"%{clause} does not take the type {type_name(value)}")


def _word(value: float) -> str | None:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return None


def _string(value: Value, precision: int) -> str:
    parts: list[str] = []
    size = 0
    for part in _pieces(value):
        parts.append(part)
        size += len(part) + 1
        refuse_size(size)
    return "".join(parts)


def _pieces(value: Value) -> Iterator[str]:
    if isinstance(value, list):
        yield "["
        for index, item in enumerate(value):
            yield ", " if index else ""
            yield from _pieces(item)
        yield "]"
    elif isinstance(value, dict):
        entries = sorted(((_scalar(value_of(key)), entry) for key, entry in value.items()), key=lambda pair: pair[0])
        yield "{"
        for index, (name, entry) in enumerate(entries):
            yield f"{', ' if index else ''}{name}: "
            yield from _pieces(entry)
        yield "}"
    else:
        yield _scalar(value)


def _scalar(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case UInt():
            return str(value.value)
        case float():
            return _word(value) or double_text(value)
        case bytes():
            return value.decode("utf-8", "replace")
        case datetime():
            return _instant(value)
        case timedelta():
            return duration_text(value)
        case TypeValue():
            return value.name
        case _:
            raise _wrong("s", value)


def _instant(value: datetime) -> str:
    utc = value.astimezone(UTC)
    fraction = f".{utc.microsecond:06d}".rstrip("0").rstrip(".")
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}{fraction}Z"


def _decimal(value: Value, precision: int) -> str:
    if type(value) is float:
        word = _word(value)
        if word is None:
            raise _wrong("d", value)
        return word
    return str(_integer("d", value))


def _integer(clause: str, value: Value) -> int:
    if isinstance(value, UInt):
        return value.value
    if type(value) is int:
        return value
    raise _wrong(clause, value)


def _double(clause: str, value: Value) -> float:
    if isinstance(value, str) and value in _NUMBER_WORDS:
        return _NUMBER_WORDS[value]
    return value if type(value) is float else float(_integer(clause, value))


def _fixed(value: Value, precision: int) -> str:
    number = _double("f", value)
    return _word(number) or f"{number:.{precision}f}"


def _scientific(value: Value, precision: int) -> str:
    number = _double("e", value)
    return _word(number) or f"{number:.{precision}e}"


def _hexadecimal(value: Value, precision: int) -> str:
    if isinstance(value, str):
        refuse_size(2 * len(value))
        return value.encode("utf-8", "replace").hex()
    if isinstance(value, bytes):
        refuse_size(2 * len(value))
        return value.hex()
    return f"{_integer('x', value):x}"


def _binary(value: Value, precision: int) -> str:
    return str(int(value)) if isinstance(value, bool) else f"{_integer('b', value):b}"


_CLAUSES: Final[Mapping[str, Callable[[Value, int], str]]] = {
    "s": _string,
    "d": _decimal,
    "f": _fixed,
    "e": _scientific,
    "x": _hexadecimal,
    "X": lambda value, precision: _hexadecimal(value, precision).upper(),
    "o": lambda value, precision: f"{_integer('o', value):o}",
    "b": _binary,
}
