"""A status as it is shown: colour, letter and word, always the three together."""

from __future__ import annotations

from dataclasses import dataclass

from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.report.words import Words


@dataclass(frozen=True, slots=True)
class Mark:
    """One status. ``code`` is the class that colours it and the word that filters use."""

    code: str
    letter: str
    word: str


def mark(words: Words, status: Status, framework: FrameworkId | None = None) -> Mark:
    """The mark of a status, in the words of the framework where it has its own."""
    word = words.status(status, framework)
    return Mark(word.code, word.letter, word.word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link within the report: the anchor without its ``#``, and the text."""

    anchor: str
    text: str
