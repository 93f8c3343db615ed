"""The collector over the demand, into memory. Prints what it took."""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime
from typing import Any

from bench.collect.demand import DEMAND
from grc import canonical
from grc.collect.aws import AwsSource, from_profile
from grc.model.identifiers import KindName


class Lines:
    """A sink that encodes each record, as a pack would, and keeps none."""

    records = gaps = 0

    def has(self, unit: Any) -> bool:
        return False

    def write(self, population: Any, records: Any) -> None:
        self.records += len([canonical.encode(record) for record in records])
        self.gaps += len(population.gaps) + sum(len(record.gaps) for record in records)


class Silent:
    """A progress that says nothing."""

    def planned(self, units: int) -> None: ...

    def done(self, unit: Any) -> None: ...


def _demand(name: str) -> tuple[KindName, frozenset[str]]:
    """The demand for a kind, or for one section of it."""
    if name in DEMAND:
        return KindName(name), DEMAND[name]
    kind, _, section = name.rpartition(".")
    return KindName(kind), frozenset({section})


def main(concurrency: int, kinds: tuple[str, ...]) -> None:
    """Collect, and print calls, records, wall seconds, CPU seconds and peak memory as JSON."""
    started = time.monotonic()
    sink = Lines()
    source = AwsSource(from_profile(), clock=lambda: datetime.now(UTC), regions=("us-east-1",), concurrency=concurrency)
    source.collect(dict(_demand(kind) for kind in kinds or DEMAND), sink, Silent())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "calls": sum(source.tally.values()),
        "records": sink.records,
        "gaps": sink.gaps,
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory_mb": usage.ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), tuple(sys.argv[2:]))
