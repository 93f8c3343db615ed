"""Which subjects a waiver is about."""

from __future__ import annotations

from grc.model.assessment import Waiver


def covers(waiver: Waiver, subject: str) -> bool:
    """Whether a waiver is about a subject: this very one, one of its pattern, or any."""
    if waiver.subjects is not None:
        return matches(waiver.subjects, subject)
    return waiver.subject in (None, subject)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is of the pattern, in which ``*`` stands for any characters and ``?`` for one.

    Nothing else is special. Takes time in proportion to both lengths at worst, whatever the pattern is.
    """
    at = place = 0
    star, resumed = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resumed = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resumed += 1
            at, place = star + 1, resumed
        else:
            return False
    return not pattern[at:].strip("*")
