"""The engine at work on a generated estate."""

from __future__ import annotations

import hashlib
from concurrent.futures import Executor

import zstandard

from bench.evaluation.checks import checks
from bench.evaluation.estate import AS_OF, FileStore
from bench.evaluation.kinds import kinds
from grc.assess.observe import observe
from grc.policy.program import compile_check


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


def judge(store: FileStore, executor: Executor | None = None, jobs: int = 1) -> int:
    """Compile the checks and judge the estate; the number of evaluations."""
    held = kinds()
    programs = [compile_check(check, held) for check in checks().values()]
    results = observe(store, programs, held, (), AS_OF, {}, Output(), executor=executor, jobs=jobs)
    return sum(result.subjects for found in results.values() for result in found)
