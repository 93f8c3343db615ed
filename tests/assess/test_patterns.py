"""Patterns of subjects: each form, and hostile ones; held against another way of saying the same."""

from __future__ import annotations

import re
import time

import pytest
from assess_samples import waiver
from hypothesis import given
from hypothesis import strategies as st

from grc.assess.patterns import covers, matches

texts = st.text("ab/*?.[]\\é", max_size=12)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("arn:aws:s3:::public-*", "arn:aws:s3:::public-web", True),
        ("arn:aws:s3:::public-*", "arn:aws:s3:::public-", True),
        ("arn:aws:s3:::public-*", "arn:aws:s3:::private-public-web", False),
        ("arn:aws:s3:::public-*", "x arn:aws:s3:::public-web", False),
        ("*-web", "arn:aws:s3:::public-web", True),
        ("*-web", "arn:aws:s3:::public-web/", False),
        ("arn:*:role/*", "arn:aws:iam::1:role/team/ci", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a?c", "a\nc", True),
        ("a*", "a\nb", True),
        ("a", "a", True),
        ("a", "A", False),
        ("", "", True),
        ("", "a", False),
        ("[ab]", "a", False),
        ("[ab]*", "[ab]c", True),
        ("a.c", "abc", False),
        ("(a+)+$", "(a+)+$", True),
        ("\\*", "\\anything", True),
        ("é?", "é\U0001f600", True),
    ],
)
def test_a_pattern_fits_the_whole_text_or_not(pattern: str, text: str, *, fits: bool) -> None:
    assert matches(pattern, text) is fits


@given(pattern=texts, text=texts)
def test_it_says_what_an_expression_says(pattern: str, text: str) -> None:
    signs = {"*": ".*", "?": "."}
    expression = "".join(signs.get(sign, re.escape(sign)) for sign in pattern)
    assert matches(pattern, text) is (re.fullmatch(expression, text, re.DOTALL) is not None)


@pytest.mark.parametrize("pattern", ["*a" * 500 + "*b", "*" * 5_000 + "b", "a*" * 1_000 + "?b", "?" * 5_000])
def test_a_hostile_pattern_takes_no_time(pattern: str) -> None:
    began = time.process_time()
    assert not matches(pattern, "a" * 3_000)
    assert time.process_time() - began < 5


def test_a_waiver_is_about_one_subject_a_pattern_or_all() -> None:
    assert covers(waiver("c", subject="a*"), "a*")
    assert not covers(waiver("c", subject="a*"), "ab")
    assert covers(waiver("c", subjects="a*"), "ab")
    assert not covers(waiver("c", subjects="a*"), "b")
    assert covers(waiver("c"), "anything")
