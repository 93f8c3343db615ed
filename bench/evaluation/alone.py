"""Judges an estate that was built before and prints the process's peak memory in megabytes."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from bench.evaluation.engine import judge


def main() -> None:
    """Judge the estate in the folder named on the command line."""
    folder = Path(sys.argv[1])
    judge(pickle.loads((folder / "store.pickle").read_bytes()))  # noqa: S301 - written by the benchmark itself
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    sys.stdout.write(f"{int(status['VmHWM'].split()[0]) / 1024:.1f}\n")


if __name__ == "__main__":
    main()
