"""The cyclic collector, held back while values are made and at the end of a process."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from grc.garbage import collector_paused, collector_seldom

TOLD_LAST = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 0))
from grc.garbage import end_without_search
end_without_search()
end_without_search()
"""


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_as_it_was_before(was_on: bool) -> None:
    (gc.enable if was_on else gc.disable)()
    try:
        with collector_paused():
            assert not gc.isenabled()
        assert gc.isenabled() is was_on
    finally:
        gc.enable()


def test_the_collector_is_called_seldom_and_then_as_before() -> None:
    before = gc.get_threshold()
    with collector_seldom():
        assert gc.isenabled()
        assert gc.get_threshold()[0] > 10 * before[0]
    assert gc.get_threshold() == before


def test_a_process_that_ends_searches_nothing() -> None:
    told = subprocess.run([sys.executable, "-c", TOLD_LAST], check=True, capture_output=True, text=True)
    assert told.stdout == "True\n"
