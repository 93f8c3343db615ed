"""``python -m bench.registers [ROWS]``."""

from __future__ import annotations

import json
import sys

from bench.registers.measure import ROWS, measure

if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    sys.stdout.write(json.dumps(measure(rows), indent=1) + "\n")
