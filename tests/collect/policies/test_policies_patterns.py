"""One pattern covers another only where each of its texts is certain to be one of the other's."""

from __future__ import annotations

import itertools
from functools import cache
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.collect.policies.patterns import covers, literal, matches

PATTERNS = st.text(alphabet="ab*?", max_size=6)
TEXTS = ["".join(letters) for size in range(6) for letters in itertools.product("ab", repeat=size)]


@given(PATTERNS, PATTERNS)
def test_what_covers_matches_every_text(wide: str, narrow: str) -> None:
    if covers(wide, narrow):
        assert all(matches(wide, text) for text in TEXTS if matches(narrow, text))


@given(PATTERNS)
def test_a_pattern_covers_itself_and_begins_as_its_texts_do(pattern: str) -> None:
    assert covers(pattern, pattern)
    assert covers("*", pattern)
    assert all(text.startswith(literal(pattern)) for text in TEXTS if matches(pattern, text))


@cache
def stands_for(pattern: str, text: str) -> bool:
    """The definition, a character at a time."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return stands_for(pattern[1:], text) or (bool(text) and stands_for(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and stands_for(pattern[1:], text[1:])


@given(PATTERNS)
def test_a_pattern_matches_what_it_stands_for(pattern: str) -> None:
    assert [matches(pattern, text) for text in TEXTS] == [stands_for(pattern, text) for text in TEXTS]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("s3:" + "*?" * 30 + "z", "s3:" + "a" * 100),
        ("*a" * 100 + "b", "a" * 6_000),
        ("${" * 100_000, "a"),
        ("a", "${" * 100_000),
    ],
    ids=["one", "letter", "variable", "variables"],
)
def test_no_pattern_takes_without_end(pattern: str, text: str) -> None:
    began = process_time()
    assert not matches(pattern, text)
    assert not covers(pattern, text)
    assert process_time() - began < 5


def test_one_character_does_not_cover_many_and_a_variable_is_anything() -> None:
    assert not covers("a?", "a*")
    assert not covers("a", "a*")
    assert covers("a*", "a?")
    assert covers("s3:::b/*", "s3:::b/${aws:username}/*")
    assert not covers("s3:::b/${aws:username}/*", "s3:::b/${aws:username}/*")
    assert not covers("s3:::b/x*", "s3:::b/${aws:username")
