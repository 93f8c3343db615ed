"""When two names name one person."""

from __future__ import annotations

import unicodedata
from typing import Final

from grc.model.unseen import UNSEEN

FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164" + "".join(map(chr, range(0xFE00, 0xFE10))))
"""Letters and marks that show nothing."""


def person(name: str) -> str:
    """A name as people tell persons apart: neither case, nor spaces, nor what cannot be seen counts."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(char for char in folded if not char.isspace() and not _unseen(char))


def two_persons(one: str, other: str) -> bool:
    """Whether both names name somebody, and not the same person."""
    first, second = person(one), person(other)
    return bool(first) and bool(second) and first != second


def _unseen(char: str) -> bool:
    return char in FILLERS or UNSEEN.match(char) is not None
