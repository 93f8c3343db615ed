"""One population of many subjects: what each call costs the client, and whether memory grows with them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from bench.collect.__main__ import THREADS, run
from bench.collect.estate import ROOT, free_port

SUBJECTS = 50_000
SECTION = "encryption"


def measure(subjects: int = SUBJECTS) -> dict[str, Any]:
    """Buckets with one section each, from a server that costs next to nothing: a tenth of them, and all."""
    few, many = _collect(subjects // 10), _collect(subjects)
    return {"subjects": subjects, "few": few, "many": many, "ms_a_call": 1000 * many["cpu"] / many["calls"]}


def _collect(subjects: int) -> dict[str, Any]:
    port = free_port()
    command = [sys.executable, "-m", "bench.collect.latency", str(port), "0", str(subjects)]
    server = subprocess.Popen(command, cwd=ROOT)  # noqa: S603
    try:
        time.sleep(1)
        return run("ours", f"http://127.0.0.1:{port}", str(THREADS), f"aws.s3.bucket.{SECTION}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(*(int(text) for text in sys.argv[1:2])), indent=1) + "\n")
