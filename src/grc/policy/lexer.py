"""Source text to tokens (google/cel-spec, language definition, "Syntax")."""

from __future__ import annotations

import re
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


_BEFORE_SPACE: Final = " \n\t\f\r/"
_SPACE: Final = re.compile(r"(?:[ \t\n\f\r]+|//[^\n]*)*")
_TOKEN: Final = re.compile(
    r"""
      (?P<text>(?:[bB][rR]?|[rR])?(?:\"{3}|'{3}|["']))
    | (?P<float>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    | (?P<int>(?:0x[0-9a-fA-F]+|[0-9]+)[uU]?)
    | (?P<name>[_a-zA-Z][_a-zA-Z0-9]*)
    | (?P<quoted>`[a-zA-Z0-9_./\ -]+`)
    | (?P<operator>&&|\|\||<=|>=|==|!=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE,
)
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
    surrogate = re.search("[\ud800-\udfff]", source)
    if surrogate:
        raise CompileError("half a surrogate pair is not text", surrogate.start(), source)
    found = []
    at, end = 0, len(source)
    while at < end:
        if source[at] in _BEFORE_SPACE:
            space = _SPACE.match(source, at)
            if space is not None and space.end() > at:
                at = space.end()
                continue
        token = _token(source, at)
        found.append(token)
        at = token.end
    return (*found, Token(Kind.END, "", at, at))


def _token(source: str, at: int) -> Token:
    match = _TOKEN.match(source, at)
    if match is None:
        raise CompileError(f"unexpected character {source[at]!r}", at, source)
    text, end = match.group(), match.end()
    match match.lastgroup:
        case "operator":
            return Token(Kind.OPERATOR, text, at, end)
        case "name" if text in CONSTANTS:
            return Token(Kind.LITERAL, text, at, end, CONSTANTS[text])
        case "name":
            return Token(Kind.OPERATOR if text == "in" else Kind.NAME, text, at, end)
        case "text":
            return _text(source, at, end)
        case "float":
            return Token(Kind.NUMBER, text, at, end, _float(text, at, source))
        case "int":
            _refuse_tail(source, end)
            return Token(Kind.NUMBER, text, at, end, _int(text, at, source))
        case _:
            return Token(Kind.QUOTED_NAME, text[1:-1], at, end)


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
