"""``python -m bench.registers.work WORKSPACE``: collect and assess its registers, and print what that took."""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from grc.model.evidence import Unit
from grc.run import Reach, assess, collect, open_desk
from grc.run.collecting import Asked

CHECKS = (
    "register.people.complete",
    "register.people.trained-annually",
    "register.training.complete",
)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Silent:
    """Progress that nobody watches."""

    def planned(self, units: int) -> None:
        """Nothing to say."""

    def done(self, unit: Unit) -> None:
        """Nothing to say."""


def main(folder: Path) -> None:
    """Time the two steps, and the peak of memory after each."""
    desk = open_desk(folder)
    asked = Asked(checks=CHECKS)
    before = peak()
    started = time.perf_counter(), time.process_time()
    pack = collect(desk, Reach(names=("registers",)), folder / "pack", asked, clock=lambda: NOW, progress=Silent())
    collected, collected_peak = (time.perf_counter(), time.process_time()), peak()
    layer = assess(desk, folder / "pack", asked, as_of=NOW)
    assessed = time.perf_counter(), time.process_time()
    figures = {
        "rows": {population.unit.kind: population.count for population in pack.populations()},
        "gaps": sum(gap.count for gap in pack.manifest.gaps),
        "failed": sum(population.failed for result in layer.assessment().checks for population in result.populations),
        "read_seconds": round(collected[0] - started[0], 2),
        "judge_seconds": round(assessed[0] - collected[0], 2),
        "seconds": round(assessed[0] - started[0], 2),
        "cpu_seconds": round(assessed[1] - started[1], 2),
        "peak_mib_before": before,
        "peak_mib_read": collected_peak,
        "peak_mib": peak(),
    }
    sys.stdout.write(json.dumps(figures))


def peak() -> int:
    """The most memory that this process had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
