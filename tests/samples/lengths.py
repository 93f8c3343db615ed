"""How long the long tail looks."""

from __future__ import annotations

import os

WHOLE = 10
"""At this length every case has its turn."""


def in_turn(number: int, apart: int) -> bool:
    """Whether a case has its turn: one in three times so many, more where a longer tail is asked for, at last all."""
    length = int(os.environ.get("GRC_LENGTH", "1"))
    step = 1 if length >= WHOLE else max(1, 3 * apart // length)
    return number % step == 0


def one_in(number: int) -> int:
    """How far apart the cases of a campaign over all places are: one in so many, at full length each."""
    return 1 if int(os.environ.get("GRC_LENGTH", "1")) >= WHOLE else number


EDGE = 16


def places(size: int, step: int, *, digested: bool) -> list[int]:
    """Which bytes of a file a campaign changes: one in so many.

    ``digested``: the file is held by its digest alone, to which every byte is as good as any other: eight times as far
    apart, and so many at both ends, where a format has its own.
    """
    if step == 1 or not digested:
        return list(range(0, size, step))
    return sorted({*range(0, size, 8 * step), *range(min(EDGE, size)), *range(max(0, size - EDGE), size)})


def at_length(examples: int) -> int:
    """So many generated examples; ``GRC_LENGTH=10`` looks at ten times as many, as a nightly run may."""
    return examples * int(os.environ.get("GRC_LENGTH", "1"))
