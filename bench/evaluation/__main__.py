"""``python -m bench.evaluation [RECORDS [ROUNDS]]``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.evaluation.measure import RECORDS, ROUNDS, measure, show

if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), *(numbers or [RECORDS]), **({} if len(numbers) > 1 else {"rounds": ROUNDS}))
    sys.stdout.write(show(figures) + "\n")
