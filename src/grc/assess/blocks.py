"""Judging in other processes: blocks of records, each written at its place."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from grc.assess.exact import Circumstances
from grc.assess.judging import Judging
from grc.assess.records import split
from grc.assess.tally import Tally, results
from grc.assess.waivers import active, compensating
from grc.garbage import collector_paused
from grc.model.assessment import PopulationResult, Waiver
from grc.model.catalogue import Check
from grc.model.evidence import Population
from grc.model.identifiers import CheckId, KindName, Place
from grc.model.kind import Kind
from grc.model.ports import EvidenceStore
from grc.newlines import count_lines
from grc.policy.program import CheckProgram, compile_check

LARGE: Final = 5_000
"""Records of a block, and up to twice as many: the bound of what a process holds and hands back."""
MANY: Final = 100
"""Blocks that are handed to a process at once, when they are small."""
AHEAD: Final = 3
"""Batches of each process that are under way or wait for an earlier one: none is idle while one takes long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Where blocks are judged, and how their lines come back: packed, so that little goes between processes.

    ``executor`` runs ``jobs`` processes; the store and the organisation's facts must be such that they can be pickled,
    and so must ``pack``. ``write`` takes what it gave, in the order of one process.
    """

    executor: Executor
    jobs: int
    pack: Callable[[bytes], bytes]
    write: Callable[[bytes], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a process needs to judge: data alone, so that it can be pickled. It compiles the checks for itself."""

    store: EvidenceStore
    checks: tuple[Check, ...]
    kinds: Mapping[KindName, Kind]
    waivers: tuple[Waiver, ...]
    as_of: datetime
    org: Mapping[str, object]
    declared: tuple[Place, ...]

    def judging(self, programs: Iterable[CheckProgram]) -> Judging:
        """Bring it together with the compiled checks."""
        waivers: dict[CheckId, tuple[Waiver, ...]] = {}
        for waiver in active(self.waivers, self.as_of, compensating(self.waivers)):
            waivers[waiver.check] = (*waivers.get(waiver.check, ()), waiver)
        terms = Circumstances(as_of=self.as_of, org=self.org, waivers=waivers)
        return Judging(self.store, programs, self.kinds, self.declared, terms)


@dataclass(frozen=True, slots=True)
class Block:
    """Some records of a population, counted from 0. ``stop`` None: all that follow."""

    population: int
    start: int
    stop: int | None


@dataclass(frozen=True, slots=True)
class JudgedBlock:
    """What came of a block."""

    population: int
    packed: bytes
    records: int
    tallies: tuple[Tally, ...]


@dataclass(slots=True)
class Total:
    """What came of a population so far."""

    records: int = 0
    tallies: tuple[Tally, ...] = field(default_factory=tuple)

    def add(self, block: JudgedBlock) -> None:
        """Count a block in."""
        self.records += block.records
        if not self.tallies:
            self.tallies = tuple(Tally() for _ in block.tallies)
        for tally, found in zip(self.tallies, block.tallies, strict=True):
            tally.add(found)


def judged_by(processes: Processes, setup: Setup, judging: Judging) -> Iterator[tuple[CheckId, PopulationResult]]:
    """Judge in several processes; write the lines and give the results in the order of one process."""
    totals = [Total() for _ in judging.populations]
    for block in _in_order(processes, pickle.dumps((setup, processes.pack)), batches(judging.populations)):
        processes.write(block.packed)
        totals[block.population].add(block)
    for population, total in zip(judging.populations, totals, strict=True):
        yield from results(judging.checks(population), population, total.records, total.tallies)


def batches(populations: Sequence[Population]) -> Iterator[tuple[Block, ...]]:
    """The populations as blocks, small ones together."""
    batch: list[Block] = []
    held = 0
    for position, population in enumerate(populations):
        parts = max(1, population.count // LARGE)
        bounds = [population.count * part // parts for part in range(parts)]
        for start, stop in zip(bounds, [*bounds[1:], None], strict=True):
            batch.append(Block(position, start, stop))
            held += (population.count if stop is None else stop) - start
            if held >= LARGE or len(batch) == MANY:
                yield tuple(batch)
                batch, held = [], 0
    if batch:
        yield tuple(batch)


def _in_order(processes: Processes, task: bytes, work: Iterable[tuple[Block, ...]]) -> Iterator[JudgedBlock]:
    """The blocks in their order; never more under way than keeps the processes busy."""
    pending: deque[Future[list[JudgedBlock]]] = deque()
    for batch in work:
        if len(pending) >= AHEAD * processes.jobs:
            yield from pending.popleft().result()
        pending.append(processes.executor.submit(judge_batch, task, batch))
    while pending:
        yield from pending.popleft().result()


def judge_batch(task: bytes, batch: tuple[Block, ...]) -> list[JudgedBlock]:
    """Judge some blocks, in a process of their own."""
    workplace = _workplace(task)
    with collector_paused():
        return [workplace.judged(block) for block in batch]


@lru_cache(maxsize=1)
def _workplace(task: bytes) -> Workplace:
    setup, pack = pickle.loads(task)  # noqa: S301 - from our own process, never from a file
    return Workplace(setup, pack)


class Workplace:
    """What a process keeps between batches: compiled checks, and where it stands in the population it reads."""

    def __init__(self, setup: Setup, pack: Callable[[bytes], bytes]) -> None:
        self.pack = pack
        self.judging = setup.judging([compile_check(check, setup.kinds) for check in setup.checks])
        self._reading: tuple[int, int, Iterator[bytes]] | None = None

    def judged(self, block: Block) -> JudgedBlock:
        """Judge one block."""
        judge = self.judging.judge(self.judging.populations[block.population])
        lines = b"".join(judge.observed(chunk) for chunk in self._chunks(block))
        return JudgedBlock(block.population, self.pack(lines), judge.records, judge.tallies())

    def _chunks(self, block: Block) -> Iterator[bytes]:
        """The chunks of a block. Reading goes on where it stopped, when that was before the block."""
        population = self.judging.populations[block.population]
        position, chunks = self._from(block)
        self._reading = None
        for chunk in chunks:
            held = count_lines(chunk)
            first, last = block.start - position, held if block.stop is None else block.stop - position
            position += held
            if first >= held:
                continue
            yield chunk if first <= 0 and last >= held else _some(split(chunk, population), max(first, 0), last)
            if block.stop is not None and position >= block.stop:
                rest = _some(split(chunk, population), last, held)
                self._reading = block.population, block.stop, _before(rest, chunks)
                return

    def _from(self, block: Block) -> tuple[int, Iterator[bytes]]:
        if self._reading is not None and self._reading[0] == block.population and self._reading[1] <= block.start:
            return self._reading[1], self._reading[2]
        return 0, iter(self.judging.store.lines(self.judging.populations[block.population]))


def _some(lines: Sequence[bytes], first: int, last: int) -> bytes:
    return b"".join(lines[first:last])


def _before(chunk: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if chunk:
        yield chunk
    yield from chunks
