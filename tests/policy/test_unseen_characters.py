"""The characters that are not shown are a table of ours: the same on every Python, whatever Unicode it knows."""

from __future__ import annotations

import unicodedata

from grc.model.persons import two_persons
from grc.model.unseen import BREAKING, UNSEEN
from grc.policy.display import escaped

LATER = {chr(code) for code in range(0x13439, 0x13440)}
"""Format characters since Unicode 15, which Python 3.11 does not know."""


def test_the_table_is_what_unicode_says() -> None:
    every = [chr(code) for code in range(0x110000)]
    hidden = {char for char in every if unicodedata.category(char) in {"Cc", "Cf"}}
    assert {char for char in every if UNSEEN.match(char)} == hidden | LATER
    more = {char for char in every if unicodedata.category(char) in {"Zl", "Zp", "Cs"}}
    assert {char for char in every if BREAKING.match(char)} == hidden | LATER | more


def test_a_character_of_a_later_unicode_is_shown_as_that_one_shows_it() -> None:
    assert escaped("a\U00013439b") == "a\\u{13439}b"
    assert not two_persons("Ada", "A\U00013439da")
