"""How long the long tail looks."""

from __future__ import annotations

import os


def in_turn(number: int, one_in: int) -> bool:
    """Whether a case has its turn: one in twice so many, more where a longer tail is asked for, in the end all."""
    step = max(1, 2 * one_in // int(os.environ.get("GRC_LENGTH", "1")))
    return number % step == 0


def at_length(examples: int) -> int:
    """So many generated examples; ``GRC_LENGTH=10`` looks at ten times as many, as a nightly run may."""
    return examples * int(os.environ.get("GRC_LENGTH", "1"))
