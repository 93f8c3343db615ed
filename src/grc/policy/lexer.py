"""Source text to tokens (google/cel-spec, language definition, "Syntax")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from grc.policy.ast import UIntValue
from grc.policy.errors import CompileError
from grc.policy.escapes import unquote

MAX_SOURCE: Final = 100_000
"""Characters. The limit that the public implementations have by default."""

MAX_INT: Final = 2**63 - 1
MIN_INT: Final = -(2**63)
MAX_UINT: Final = 2**64 - 1

RESERVED: Final = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop"}
    | {"package", "namespace", "return", "var", "void", "while"}
)
CONSTANTS: Final = {"true": True, "false": False, "null": None}


class Kind(Enum):
    """What a token is. Reserved words are ``NAME``: they may name a field."""

    NAME = "name"
    QUOTED_NAME = "quoted name"
    NUMBER = "number"
    LITERAL = "literal"
    OPERATOR = "operator"
    END = "end of the expression"


class Token(NamedTuple):
    """One token. ``value`` is a literal's value. The value of an int literal may be 2**63, for a minus before it."""

    kind: Kind
    text: str
    start: int
    end: int
    value: bool | int | UIntValue | float | str | bytes | None = None


_TOKEN: Final = re.compile(
    r"""
      [ \t\n\f\r]*+
      (?:
        (?P<name>[_a-zA-Z][_a-zA-Z0-9]*+(?!["']))
      | (?P<operator>&&|\|\||<=|>=|==|!=|[-+*%<>!?:,()\[\]{}]|\.(?![0-9])|/(?!/))
      | (?P<text>(?:[bB][rR]?|[rR])?(?:\"{3}|'{3}|["']))
      | (?P<float>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
      | (?P<int>(?:0x[0-9a-fA-F]+|[0-9]+)[uU]?)
      | (?P<word>[_a-zA-Z][_a-zA-Z0-9]*)
      | (?P<quoted>`[a-zA-Z0-9_./\ -]+`)
      | //[^\n]*  # a comment has no name: it is no token
      | \Z
      )
    """,
    re.VERBOSE,
)
"""White space, and what stands behind it. A name before a quote may be a text's prefix; where not, it is a ``word``."""
_WORDS: Final[Mapping[str, tuple[Kind, bool | None]]] = {
    "in": (Kind.OPERATOR, None),
    **{text: (Kind.LITERAL, value) for text, value in CONSTANTS.items()},
}
_NAME: Final = (Kind.NAME, None)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CLOSERS: Final = {
    "'": re.compile(r"(?:[^'\\\n\r]|\\[^\n\r])*(')"),
    '"': re.compile(r'(?:[^"\\\n\r]|\\[^\n\r])*(")'),
    "'''": re.compile(r"(?:[^'\\]|\\[\s\S]|'(?!''))*(''')"),
    '"""': re.compile(r'(?:[^"\\]|\\[\s\S]|"(?!""))*(""")'),
}
_RAW_CLOSERS: Final = {
    "'": re.compile(r"[^'\n\r]*(')"),
    '"': re.compile(r'[^"\n\r]*(")'),
    "'''": re.compile(r"(?:[^']|'(?!''))*(''')"),
    '"""': re.compile(r'(?:[^"]|"(?!""))*(""")'),
}


def tokens(source: str) -> tuple[Token, ...]:
    """Split the source; the last token is always ``END``.

    Raises:
        CompileError: the source is too long, holds half a surrogate pair, or something that is no token.
    """
    if len(source) > MAX_SOURCE:
        raise CompileError(f"the expression is longer than {MAX_SOURCE} characters", MAX_SOURCE, source)
    surrogate = _SURROGATE.search(source)
    if surrogate:
        raise CompileError("half a surrogate pair is not text", surrogate.start(), source)
    found: list[Token] = []
    at, end = 0, len(source)
    while at < end:
        match = _TOKEN.match(source, at)
        if match is None:
            raise _unexpected(source, at)
        group, at = match.lastgroup, match.end()
        if group == "name":
            text = match["name"]
            kind, value = _WORDS.get(text, _NAME)
            found.append(Token(kind, text, at - len(text), at, value))
        elif group == "operator":
            text = match["operator"]
            found.append(Token(Kind.OPERATOR, text, at - len(text), at))
        elif group is not None:
            found.append(_other(group, match[group], at, source))
            at = found[-1].end
    return (*found, Token(Kind.END, "", at, at))


def _unexpected(source: str, at: int) -> CompileError:
    while source[at] in " \t\n\f\r":
        at += 1
    return CompileError(f"unexpected character {source[at]!r}", at, source)


def _other(group: str, text: str, end: int, source: str) -> Token:
    at = end - len(text)
    match group:
        case "text":
            return _text(source, at, end)
        case "float":
            return Token(Kind.NUMBER, text, at, end, _float(text, at, source))
        case "int":
            _refuse_tail(source, end)
            return Token(Kind.NUMBER, text, at, end, _int(text, at, source))
        case "quoted":
            return Token(Kind.QUOTED_NAME, text[1:-1], at, end)
        case _:
            kind, value = _WORDS.get(text, _NAME)
            return Token(kind, text, at, end, value)


def _refuse_tail(source: str, end: int) -> None:
    if source[end : end + 1].isalnum() or source[end : end + 1] == "_":
        raise CompileError("a number runs into a name", end, source)


def _float(text: str, at: int, source: str) -> float:
    value = float(text)
    if value == float("inf"):
        raise CompileError(f"{text} does not fit a double", at, source)
    return value


def _int(text: str, at: int, source: str) -> int | UIntValue:
    digits = text.rstrip("uU")
    hexadecimal = digits.startswith("0x")
    if len(digits) > 64 and digits.removeprefix("0x").lstrip("0")[64:]:
        raise CompileError("the number has too many digits", at, source)
    value = int(digits.removeprefix("0x").lstrip("0") or "0", 16 if hexadecimal else 10)
    unsigned = digits != text
    if value > (MAX_UINT if unsigned else MAX_INT + 1):
        raise CompileError(f"{text} does not fit {'a uint' if unsigned else 'an int'}", at, source)
    return UIntValue(value=value) if unsigned else value


def _text(source: str, at: int, opened: int) -> Token:
    opening = source[at:opened]
    prefix = opening.rstrip("'\"").lower()
    quote = opening[len(prefix) :]
    match = (_RAW_CLOSERS if "r" in prefix else _CLOSERS)[quote].match(source, opened)
    if match is None:
        raise CompileError(f"the text that {quote} opens here is not closed", at, source)
    body = source[opened : match.start(1)]
    value = unquote(body, raw="r" in prefix, as_bytes="b" in prefix, offset=opened, source=source)
    return Token(Kind.LITERAL, source[at : match.end()], at, match.end(), value)
