"""Tokens: every form of literal, and what is refused with its place."""

from __future__ import annotations

import pytest

from grc.policy.ast import UIntValue
from grc.policy.errors import CompileError
from grc.policy.lexer import MAX_SOURCE, Kind, tokens

LITERALS = (
    ("0", 0),
    ("007", 7),
    ("0x1F", 31),
    ("9223372036854775807", 2**63 - 1),
    ("0xFFu", UIntValue(value=255)),
    ("3U", UIntValue(value=3)),
    ("18446744073709551615u", UIntValue(value=2**64 - 1)),
    ("1.5", 1.5),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("1.5E-3", 0.0015),
    ("true", True),
    ("false", False),
    ("null", None),
    ("'a'", "a"),
    ('"a"', "a"),
    ("''", ""),
    ("'\"'", '"'),
    ("'''a'b''c'''", "a'b''c"),
    ('"""a\nb"""', "a\nb"),
    ("''''''", ""),
    (r"'\a\b\f\n\r\t\v\\\?\"\'\`'", "\a\b\f\n\r\t\v\\?\"'`"),
    (r"'\x41\X42\103\u00e9\U0001F600'", "ABCé😀"),
    (r"r'\n'", "\\n"),
    ("b'é'", "é".encode()),
    (r"b'\xff\377\x00'", b"\xff\xff\x00"),
    (r"br'\x'", b"\\x"),
    (r"BR'\x'", b"\\x"),
    ("'\0'", "\0"),
)

REFUSED = (
    ("'abc", 0, "not closed"),
    ("'a\nb'", 0, "not closed"),
    ("'''a''", 0, "not closed"),
    (r"'\d'", 1, "not an escape"),
    (r"'\x4'", 1, "not an escape"),
    (r"'\400'", 1, "not an escape"),
    (r"'\ud800'", 1, "is not a character"),
    (r"'\U00110000'", 1, "is not a character"),
    (r"b'\u0041'", 2, "bytes take"),
    ("1x", 1, "runs into a name"),
    ("0xg", 1, "runs into a name"),
    ("1_000", 1, "runs into a name"),
    ("9223372036854775809", 0, "does not fit an int"),
    ("18446744073709551616u", 0, "does not fit a uint"),
    ("1e999", 0, "does not fit a double"),
    ("9" * 5000, 0, "too many digits"),
    ("a $ b", 2, "unexpected character"),
    ("a & b", 2, "unexpected character"),
    ("a = b", 2, "unexpected character"),
    ("é", 0, "unexpected character"),
    ("'\ud800'", 1, "surrogate"),
    ("a." + "`a\nb`", 2, "unexpected character"),
)


@pytest.mark.parametrize(("source", "value"), LITERALS)
def test_literals(source: str, value: object) -> None:
    token, end = tokens(source)
    assert (token.value, type(token.value)) == (value, type(value))
    assert (token.start, token.end, end.kind) == (0, len(source), Kind.END)


@pytest.mark.parametrize(("source", "offset", "message"), REFUSED)
def test_refused(source: str, offset: int, message: str) -> None:
    with pytest.raises(CompileError, match=message) as caught:
        tokens(source)
    assert caught.value.offset == offset


def test_space_and_comments_are_skipped() -> None:
    assert [token.text for token in tokens("\t a // b\n\f+\r\n c//")] == ["a", "+", "c", ""]


def test_source_is_bounded() -> None:
    assert len(tokens("1" + " " * (MAX_SOURCE - 1))) == 2
    with pytest.raises(CompileError, match="longer than"):
        tokens(" " * (MAX_SOURCE + 1))


def test_places_count_characters_from_one() -> None:
    with pytest.raises(CompileError) as caught:
        tokens("'é😀' +\n  'ok' + $")
    assert (caught.value.line, caught.value.column) == (2, 10)
    assert str(caught.value) == "2:10: unexpected character '$'"
