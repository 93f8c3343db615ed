"""One pattern covers another only where each of its texts is certain to be one of the other's."""

from __future__ import annotations

import itertools

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


def test_one_character_does_not_cover_many_and_a_variable_is_anything() -> None:
    assert not covers("a?", "a*")
    assert not covers("a", "a*")
    assert covers("a*", "a?")
    assert covers("s3:::b/*", "s3:::b/${aws:username}/*")
    assert not covers("s3:::b/${aws:username}/*", "s3:::b/${aws:username}/*")
    assert not covers("s3:::b/x*", "s3:::b/${aws:username")
