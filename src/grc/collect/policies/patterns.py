"""The wildcards of policies: ``*`` for any text, ``?`` for one character.

Source: IAM user guide, IAM JSON policy elements: Resource; Using wildcards in condition values.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
UNCLOSED: Final = "${"
SIGNS: Final = re.compile(r"[*?]|\$\{")


@lru_cache(maxsize=20_000)
def _compiled(pattern: str, one: str) -> re.Pattern[str]:
    """Each piece between two stars is found where it first stands, and there alone: to try others finds no more."""
    pieces = ["".join(one if char == "?" else re.escape(char) for char in piece) for piece in pattern.split("*")]
    first, between, last = pieces[0], pieces[1:-1], pieces[1:][-1:]
    found = "".join(f"(?>.*?{piece})" for piece in between if piece)
    return re.compile("".join((first, found, *(f".*{piece}" for piece in last))), re.DOTALL)


def _squeezed(pattern: str) -> str:
    """The same pattern with runs of stars as one."""
    return re.sub(r"\*+", "*", pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a text is one of those that a pattern stands for."""
    return _compiled(pattern, ".").fullmatch(text) is not None


def covers(wide: str, narrow: str) -> bool:
    """Whether it is certain that every text of ``narrow`` is one of ``wide``.

    A policy variable stands for any text in ``narrow``, and for nothing certain in ``wide``.
    """
    if UNCLOSED in wide:
        return False
    return _compiled(wide, "[^*]").fullmatch(_squeezed(widened(narrow))) is not None


def widened(pattern: str) -> str:
    """The pattern with each policy variable taken for any text."""
    closed = pattern.rfind("}") + 1
    found = VARIABLE.sub("*", pattern[:closed]) + pattern[closed:]
    return found.partition(UNCLOSED)[0] + "*" if UNCLOSED in found else found


def is_fixed(value: str) -> bool:
    """Whether a value stands for itself alone: no wildcard and no policy variable."""
    return not any(sign in value for sign in ("*", "?", "$"))


def literal(pattern: str) -> str:
    """What every text of a pattern begins with."""
    return SIGNS.split(pattern, maxsplit=1)[0]
