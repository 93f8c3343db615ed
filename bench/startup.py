"""How long ``grc --version`` takes, beside a Python that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROUNDS: Final = 15


def measure() -> dict[str, float]:
    """Median seconds on the wall, by turns."""
    commands = {
        "grc --version": [str(Path(sys.executable).with_name("grc")), "--version"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
            taken[name].append(time.perf_counter() - started)
    return {name: round(statistics.median(seconds), 3) for name, seconds in taken.items()}
