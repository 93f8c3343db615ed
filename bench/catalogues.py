"""How long it takes to load and check every catalogue, control and check, cold and warm, with the process's start."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROUNDS: Final = 9
LOAD_AND_CHECK: Final = """
from grc import catalogue, kinds
from grc.garbage import collector_paused, end_without_search
from grc.policy import compile_check
end_without_search()
with collector_paused():
    known = kinds.load()
    policy = catalogue.load([catalogue.shipped()], known)
    for check in policy.checks.values():
        compile_check(check, known)
"""
"""Every file read and held against its schema, every reference followed, every expression typed. Without examples, and
without the cyclic collector, in the end too, as `grc lint` does it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one run. What else the machine does makes ``wall`` longer, ``processor`` less so."""

    wall: float
    processor: float


def measure() -> dict[str, dict[str, float]]:
    """Seconds by turns: the median on the wall, and the median and the least of the processor's.

    Cold is without anything kept, warm with what an earlier run kept.
    """
    grc = str(Path(sys.executable).with_name("grc"))
    with tempfile.TemporaryDirectory() as cache:
        kept = {**os.environ, "XDG_CACHE_HOME": cache}
        kept.pop("GRC_NO_CACHE", None)
        commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
            "load and check, cold": ([sys.executable, "-c", LOAD_AND_CHECK], os.environ),
            "grc lint, cold, with examples": ([grc, "lint", "--no-cache"], os.environ),
            "grc lint, warm": ([grc, "lint"], kept),
            "grc list mappings, warm": ([grc, "list", "mappings", "--format", "json"], kept),
        }
        for command, environment in commands.values():
            _run(command, environment)
        taken: dict[str, list[Taken]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, (command, environment) in commands.items():
                taken[name].append(_run(command, environment))
    return {name: _summary(runs) for name, runs in taken.items()}


def _summary(runs: Sequence[Taken]) -> dict[str, float]:
    processor = [run.processor for run in runs]
    found = {
        "wall, median": statistics.median(run.wall for run in runs),
        "processor, median": statistics.median(processor),
        "processor, least": min(processor),
    }
    return {name: round(seconds, 3) for name, seconds in found.items()}


def _run(command: Sequence[str], environment: Mapping[str, str]) -> Taken:
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own commands
    after, wall = os.times(), time.perf_counter() - started
    children = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return Taken(wall=wall, processor=children)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=1) + "\n")
