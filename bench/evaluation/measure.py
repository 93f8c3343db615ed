"""Measures evaluation beside its rivals, round by round, so that a noisy machine is noisy for all of them."""

from __future__ import annotations

import json
import pickle
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.evaluation import rivals
from bench.evaluation.checks import checks
from bench.evaluation.engine import Output, Sample, decider, judge, sample
from bench.evaluation.estate import FileStore, build
from bench.evaluation.kinds import kinds

RECORDS: Final = 100_000
ROUNDS: Final = 5
SAMPLE: Final = 300
"""Records of each population that the C++ engine judges; its time is scaled to all."""


@dataclass(slots=True)
class Figures:
    """Seconds of each round. ``cel`` is already scaled to the whole estate."""

    engine: list[float] = field(default_factory=list)
    handwritten: list[float] = field(default_factory=list)
    cel: list[float] = field(default_factory=list)
    parsing: list[float] = field(default_factory=list)
    one_process: list[float] = field(default_factory=list)
    two_processes: list[float] = field(default_factory=list)
    decide: list[float] = field(default_factory=list)
    decide_by_hand: list[float] = field(default_factory=list)
    decide_by_cel: list[float] = field(default_factory=list)


def seconds(clock: Callable[[], float], work: Callable[[], object]) -> float:
    """How long something takes."""
    started = clock()
    work()
    return clock() - started


def one_round(store: FileStore, executor: Executor, figures: Figures) -> None:
    """Everything once, one after the other."""
    cpu, wall = time.process_time, time.perf_counter
    figures.engine.append(seconds(cpu, lambda: judge(store)))
    figures.handwritten.append(seconds(cpu, lambda: rivals.handwritten(store, Output())))
    figures.parsing.append(seconds(cpu, lambda: rivals.parse_alone(store)))
    figures.cel.append(seconds(cpu, lambda: rivals.cel(store, Output(), SAMPLE)) * _scale(store))
    figures.one_process.append(seconds(wall, lambda: judge(store)))
    figures.two_processes.append(seconds(wall, lambda: judge(store, executor, 2)))


def deciding(held: Sample, decide: Callable[[Sample], int], figures: Figures) -> None:
    """Decoding and judging alone, once with each."""
    cpu = time.process_time
    figures.decide.append(seconds(cpu, lambda: decide(held)))
    figures.decide_by_hand.append(seconds(cpu, lambda: rivals.decide_by_hand(held)))
    figures.decide_by_cel.append(seconds(cpu, lambda: rivals.decide_by_cel(held)))


def _scale(store: FileStore) -> float:
    tests = {kind: sum(check.kind == kind for check in checks().values()) for kind in kinds()}
    populations = store.populations()
    whole = sum(each.count * tests[each.unit.kind] for each in populations)
    return whole / sum(min(each.count, SAMPLE) * tests[each.unit.kind] for each in populations)


def ratio(slower: Sequence[float], faster: Sequence[float]) -> float:
    """How many times slower, the median of the rounds."""
    return statistics.median(one / other for one, other in zip(slower, faster, strict=True))


def peak_megabytes(folder: Path) -> float:
    """The largest resident set of a process that judges the estate and does nothing else."""
    command = [sys.executable, "-m", "bench.evaluation.alone", str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return float(told.stdout)


def measure(folder: Path, records: int = RECORDS, rounds: int = ROUNDS) -> dict[str, float]:
    """Build an estate in an empty folder and measure."""
    store = build(folder, records)
    (folder / "store.pickle").write_bytes(pickle.dumps(store))
    figures = Figures()
    evaluations = judge(store)
    held, decide = sample(store, SAMPLE), decider(store)
    decided = decide(held)
    for _ in range(rounds):
        deciding(held, decide, figures)
    with ProcessPoolExecutor(2) as executor:
        judge(store, executor, 2)
        for _ in range(rounds):
            one_round(store, executor, figures)
    return {
        "records": records,
        "evaluations": evaluations,
        "evaluations a second": evaluations / statistics.median(figures.engine),
        "evaluations a second, best round": evaluations / min(figures.engine),
        "times cel-expr-python": ratio(figures.cel, figures.engine),
        "times hand-written Python over orjson": ratio(figures.handwritten, figures.engine),
        "times the cost of parsing alone": ratio(figures.engine, figures.parsing),
        "two processes, times one": ratio(figures.one_process, figures.two_processes),
        "decoding and judging alone: microseconds an evaluation": statistics.median(figures.decide) / decided * 1e6,
        "decoding and judging alone: times cel-expr-python": ratio(figures.decide_by_cel, figures.decide),
        "decoding and judging alone: times hand-written": ratio(figures.decide_by_hand, figures.decide),
        "megabytes": peak_megabytes(folder),
    }


def show(figures: dict[str, float]) -> str:
    """The figures as JSON, rounded to what they mean."""
    return json.dumps(
        {name: round(value, 2) if value < 100 else round(value) for name, value in figures.items()}, indent=1
    )
