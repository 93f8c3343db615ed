"""Threads over units: all are used, each unit ends once, a bug or an interrupt stops everything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from aws_cassette import Cassette, Held, Told

from grc.collect.aws import AwsSource
from grc.collect.aws.crew import Crew
from grc.errors import EvidenceError
from grc.model.evidence import Demand
from grc.model.identifiers import KindName

Make = Callable[..., AwsSource]


class Jobs:
    """A unit of ``count`` jobs; each first job makes the rest ready."""

    def __init__(self, count: int, act: Callable[[], None]) -> None:
        self.ready: list[Callable[[], None]] = [lambda: None]
        self.left = 1
        self.count = count
        self.act = act
        self.lock = threading.Lock()
        self.announce: Callable[[], None] = lambda: None
        self.first = True

    def next_job(self) -> Callable[[], None] | None:
        with self.lock:
            return self.ready.pop() if self.ready else None

    def run(self, job: Callable[[], None]) -> None:
        with self.lock:
            first, self.first = self.first, False
        if first:
            with self.lock:
                self.ready += [self.act] * self.count
                self.left += self.count
            self.announce()
        job()
        with self.lock:
            self.left -= 1

    @property
    def finished(self) -> bool:
        with self.lock:
            return self.left == 0


def run(units: list[Any], size: int, finish: Callable[[Any], None]) -> None:
    def each() -> Iterator[Any]:
        yield from units

    with ThreadPoolExecutor(size) as executor:
        Crew(partial(next, each(), None), finish).run(executor, size)


@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize("counts", [[], [0], [5], [0, 3, 0, 9], [1] * 20])
def test_each_unit_ends_once_with_all_its_jobs_done(size: int, counts: list[int]) -> None:
    done: list[int] = []
    ended: list[Any] = []
    units = [Jobs(count, lambda: done.append(1)) for count in counts]
    run(units, size, ended.append)
    assert sorted(map(id, ended)) == sorted(map(id, units))
    assert len(done) == sum(counts)


def test_one_unit_uses_every_thread() -> None:
    meeting = threading.Barrier(4, timeout=120)
    run([Jobs(4, lambda: meeting.wait() and None)], 4, lambda _: None)


def test_a_bug_stops_everything_and_is_raised() -> None:
    def bug() -> None:
        raise KeyError("bug")

    ended: list[Any] = []
    with pytest.raises(KeyError, match="bug"):
        run([Jobs(3, bug), *(Jobs(1, lambda: None) for _ in range(100))], 2, ended.append)
    assert len(ended) < 100


def test_a_sink_that_cannot_write_stops_the_run(source: Make, everything: Demand) -> None:
    class Full(Held):
        def write(self, population: Any, records: Any) -> None:
            raise EvidenceError("the disk is full")

    with pytest.raises(EvidenceError, match="the disk is full"):
        source().collect(everything, Full(), Told())


def test_an_interrupt_ends_the_calls_under_way_and_no_more(tape: Cassette, source: Make, everything: Demand) -> None:
    def interrupt() -> None:
        if sum(tape.asked.values()) >= 10:
            raise KeyboardInterrupt

    tape.delay = interrupt
    sink = Held()
    with pytest.raises(KeyboardInterrupt):
        source().collect(everything, sink, Told())
    assert sum(tape.asked.values()) < 30
    tape.delay = lambda: None
    resumed = Held(already=frozenset(sink.units))
    source().collect(everything, resumed, Told())
    assert not sink.units.keys() & resumed.units.keys()


def test_calls_of_one_kind_go_side_by_side(tape: Cassette, source: Make) -> None:
    """Twelve section calls, of two buckets, that wait for each other in fours."""
    meeting = threading.Barrier(4, timeout=120)

    def meet() -> None:
        if sum(tape.asked.values()) >= 2:  # after the identity and the listing
            meeting.wait()

    tape.delay = meet
    sections = frozenset({"encryption", "policy", "versioning", "logging", "acl", "tags"})
    source(concurrency=4).collect({KindName("aws.s3.bucket"): sections}, Held(), Told())
    assert sum(tape.asked.values()) == 2 + 12


def test_an_executor_of_the_caller_is_used(source: Make, whole: Held, everything: Demand) -> None:
    sink = Held()
    with ThreadPoolExecutor(3, thread_name_prefix="mine") as executor:
        source(executor=executor, concurrency=3).collect(everything, sink, Told())
    assert sink.units.keys() == whole.units.keys()
