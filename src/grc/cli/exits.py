"""Exit codes: the contract that scripts and CI jobs rely on (docs/command-line.md)."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code says. 1 is only ever a crash."""

    NOTHING_FAILED = 0
    USAGE = 2
    FAILED = 3
    UNDECIDED = 4
    NOTHING_TO_ASSESS = 5
    INTERRUPTED = 130
    UNREAD = 141
    """Whoever read the output went away; as a shell says of one that was ended for it."""
