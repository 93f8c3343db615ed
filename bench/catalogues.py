"""How long it takes to load and check every catalogue, control and check, cold and warm, with the process's start."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROUNDS: Final = 9
LOAD_AND_CHECK: Final = """
from grc import catalogue, kinds
from grc.policy import compile_check
known = kinds.load()
policy = catalogue.load([catalogue.shipped()], known)
for check in policy.checks.values():
    compile_check(check, known)
"""
"""Every file read and held against its schema, every reference followed, every expression typed. Without examples."""


def measure() -> dict[str, float]:
    """Median seconds on the wall, by turns. Cold is without anything kept, warm with what an earlier run kept."""
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
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, (command, environment) in commands.items():
                started = time.perf_counter()
                _run(command, environment)
                taken[name].append(time.perf_counter() - started)
    return {name: round(statistics.median(seconds), 3) for name, seconds in taken.items()}


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own commands
