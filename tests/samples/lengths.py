"""How long the long tail looks."""

from __future__ import annotations

import os


def at_length(examples: int) -> int:
    """So many generated examples; ``GRC_LENGTH=10`` looks at ten times as many, as a nightly run may."""
    return examples * int(os.environ.get("GRC_LENGTH", "1"))
