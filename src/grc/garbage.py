"""The search for cyclic garbage, held back where there is none to find."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# A process that ends gives all its memory back at once: the searches that come before would go through every value
# that it holds, and take as long as reading half the policy does. Whoever needs a resource closed closes it.
atexit.register(gc.freeze)


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
