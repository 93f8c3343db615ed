"""The engine at work on a generated estate."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from itertools import islice
from typing import Final

import msgspec
import zstandard

from bench.evaluation.checks import checks
from bench.evaluation.estate import AS_OF, FileStore
from bench.evaluation.kinds import kinds
from grc.assess import Processes, observe
from grc.evidence import pack_lines
from grc.model.identifiers import KindName
from grc.policy.compiler import compile_kind
from grc.policy.program import compile_check

BATCH: Final = 100
"""Records that are decoded and judged at once, so that they stay in the processor's cache."""


class Output:
    """Where observations go: compressed and digested, as in a pack, and then forgotten."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=1).compressobj()
        self.content = hashlib.sha256()
        self.stored = 0

    def __call__(self, lines: bytes) -> None:
        """Take lines in."""
        self.content.update(lines)
        self.stored += len(self.compressor.compress(lines))

    def packed(self, frame: bytes) -> None:
        """Take in lines that another process compressed."""
        self.content.update(zstandard.ZstdDecompressor().decompress(frame))
        self.stored += len(frame)


def judge(store: FileStore, executor: Executor | None = None, jobs: int = 1) -> int:
    """Compile the checks and judge the estate; the number of evaluations."""
    output = Output()
    processes = executor and Processes(executor=executor, jobs=jobs, pack=pack_lines, write=output.packed)
    held = kinds()
    programs = [compile_check(check, held) for check in checks().values()]
    results = observe(store, programs, held, (), AS_OF, {}, output, processes=processes)
    return sum(result.subjects for found in results.values() for result in found)


Sample = Mapping[KindName, Sequence[bytes]]
"""Lines of each kind, in memory."""


def sample(store: FileStore, each: int) -> Sample:
    """The first lines of every population."""
    found: dict[KindName, list[bytes]] = {}
    for population in store.populations():
        lines = (line for chunk in store.lines(population) for line in chunk.splitlines())
        found.setdefault(population.unit.kind, []).extend(islice(lines, each))
    return found


def decider(store: FileStore) -> Callable[[Sample], int]:
    """What decodes and judges lines and does nothing else; it gives the number of evaluations."""
    held = kinds()
    programs = [compile_check(check, held) for check in checks().values()]
    compiled = {
        kind: compile_kind([each for each in programs if each.kind.name == kind], AS_OF, {})
        for kind in {population.unit.kind for population in store.populations()}
    }

    def decide(lines: Sample) -> int:
        evaluations = 0
        for kind, texts in lines.items():
            made = compiled[kind]
            decode = msgspec.json.Decoder(made.line).decode
            for start in range(0, len(texts), BATCH):
                answers = made.judge([decode(text) for text in texts[start : start + BATCH]], "place", "live", ())
                evaluations += len(answers) * len(made.programs)
        return evaluations

    return decide
