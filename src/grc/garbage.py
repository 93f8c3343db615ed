"""The search for cyclic garbage, held back where there is none to find."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SELDOM: Final = 100_000
"""Values made between two searches, where the search is not held back altogether; Python's own measure is 700."""
COUNTING: Final = "_duckdb"
"""An extension that counts at the end what of it was not given back, and complains on standard error."""


def end_without_search() -> None:
    """Have this process end at once: for whoever owns it, the command line, never for a library.

    All memory is given back then anyway, and the last searches, which go through every value that is held, take as long
    as reading half the policy does.
    """
    atexit.unregister(_hold_everything)
    atexit.register(_hold_everything)


def _hold_everything() -> None:
    if COUNTING not in sys.modules:
        gc.freeze()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cyclic collector: where many values without cycles are made, the search costs as much as they do."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def collector_seldom() -> Iterator[None]:
    """The cyclic collector, called seldom: where very many values are made and kept, cycles among them."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
