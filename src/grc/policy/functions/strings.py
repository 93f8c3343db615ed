"""Text: the standard functions and the strings extension library, to its version 4."""

from __future__ import annotations

from typing import Final

from grc.model.types import ListType
from grc.policy.errors import EvaluationError
from grc.policy.functions.formatting import format_text
from grc.policy.functions.overload import (
    BOOL,
    DYN,
    INT,
    STRING,
    STRINGS,
    Overload,
    function,
    method,
    refuse_size,
)
from grc.policy.regex import matches
from grc.policy.values import Value

_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_UPPER: Final = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_QUOTED: Final = str.maketrans(
    {
        "\a": "\\a",
        "\b": "\\b",
        "\f": "\\f",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\v": "\\v",
        "\\": "\\\\",
        '"': '\\"',
    }
)


def _position(at: int, last: int) -> int:
    if 0 <= at <= last:
        return at
    raise EvaluationError(f"index out of range: {at}")


def char_at(text: str, at: int) -> str:
    """The character at an index; "" right behind the last."""
    return text[_position(at, len(text)) :][:1]


def index_of(text: str, part: str, start: int = 0) -> int:
    """The index of the first ``part`` at or after ``start``, -1 when there is none."""
    return text.find(part, _position(start, len(text)))


def last_index_of(text: str, part: str, start: int | None = None) -> int:
    """The index of the last ``part`` that begins at or before ``start``, -1 when there is none."""
    if start is None:
        return text.rfind(part)
    return text.rfind(part, 0, _position(start, len(text)) + len(part))


def substring(text: str, start: int, end: int | None = None) -> str:
    """The characters from ``start`` to before ``end``."""
    end = _position(len(text) if end is None else end, len(text))
    return text[_position(start, end) : end]


def replace(text: str, old: str, new: str, limit: int = -1) -> str:
    """``text`` with the first ``limit`` (all, when negative) ``old`` replaced."""
    count = text.count(old) if limit < 0 else min(limit, text.count(old))
    refuse_size(len(text) + count * (len(new) - len(old)))
    return text.replace(old, new, count)


def split(text: str, separator: str, limit: int = -1) -> list[str]:
    """At most ``limit`` parts (all, when negative). An empty separator splits into characters."""
    if limit == 0:
        return []
    if separator:
        return text.split(separator, max(limit - 1, -1))
    if not text:
        return [""]
    head = list(text) if limit < 0 else list(text[: limit - 1])
    return [*head, text[len(head) :]] if len(head) < len(text) else head


def join(parts: list[Value], separator: str = "") -> str:
    """The parts, with the separator between them."""
    if not all(isinstance(part, str) for part in parts):
        raise EvaluationError("join() needs a list of strings")
    refuse_size(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def lower_ascii(text: str) -> str:
    return text.translate(_LOWER)


def upper_ascii(text: str) -> str:
    return text.translate(_UPPER)


def trim(text: str) -> str:
    """Without Unicode white space at both ends."""
    return text.strip(_WHITE_SPACE)


def quote(text: str) -> str:
    """In double quotes, with what is special escaped."""
    whole = text.encode("utf-8", "replace").decode("utf-8") if _is_broken(text) else text
    return '"' + whole.translate(_QUOTED) + '"'


def _is_broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def reverse(text: str) -> str:
    return text[::-1]


OVERLOADS: Final[tuple[Overload, ...]] = (
    method("contains", (STRING, STRING), BOOL, lambda text, part: part in text),
    method("startsWith", (STRING, STRING), BOOL, str.startswith),
    method("endsWith", (STRING, STRING), BOOL, str.endswith),
    method("matches", (STRING, STRING), BOOL, matches),
    function("matches", (STRING, STRING), BOOL, matches),
    method("charAt", (STRING, INT), STRING, char_at),
    method("indexOf", (STRING, STRING), INT, index_of),
    method("indexOf", (STRING, STRING, INT), INT, index_of),
    method("lastIndexOf", (STRING, STRING), INT, last_index_of),
    method("lastIndexOf", (STRING, STRING, INT), INT, last_index_of),
    method("substring", (STRING, INT), STRING, substring),
    method("substring", (STRING, INT, INT), STRING, substring),
    method("replace", (STRING, STRING, STRING), STRING, replace),
    method("replace", (STRING, STRING, STRING, INT), STRING, replace),
    method("split", (STRING, STRING), STRINGS, split),
    method("split", (STRING, STRING, INT), STRINGS, split),
    method("join", (STRINGS,), STRING, join),
    method("join", (STRINGS, STRING), STRING, join),
    method("lowerAscii", (STRING,), STRING, lower_ascii),
    method("upperAscii", (STRING,), STRING, upper_ascii),
    method("trim", (STRING,), STRING, trim),
    method("reverse", (STRING,), STRING, reverse),
    method("format", (STRING, ListType(DYN)), STRING, format_text),
    function("strings.quote", (STRING,), STRING, quote),
)
