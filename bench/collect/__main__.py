"""Measures collecting: CPU and memory against bare boto3, and wall time against the ideal under latency."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from bench.collect.demand import BUCKET
from bench.collect.estate import ROOT, environment, free_port, moto, seed

BUCKETS = 500
THREADS = 16
LATENCY = 0.05


def run(module: str, address: str, *arguments: str) -> dict[str, Any]:
    """Run a client in a process of its own, so that only its own CPU is counted."""
    command = [sys.executable, "-m", f"bench.collect.{module}", *arguments]
    done = subprocess.run(command, env=environment(address), cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def against_bare(buckets: int = BUCKETS, rounds: int = 2) -> dict[str, Any]:
    """The best of some rounds, by turns, of ours and of bare boto3 in a loop and with threads."""
    with moto() as address:
        seed(address, buckets)
        found: dict[str, list[dict[str, Any]]] = {"ours": [], "bare": [], "bare_threads": []}
        for _ in range(rounds):
            found["bare"].append(run("bare", address, "1"))
            found["ours"].append(run("ours", address, str(THREADS)))
            found["bare_threads"].append(run("bare", address, str(THREADS)))
    best = {name: min(runs, key=lambda one: float(one["cpu"])) for name, runs in found.items()}
    return {**best, "cpu_ratio": best["ours"]["cpu"] / best["bare"]["cpu"], "buckets": buckets}


def under_latency(buckets: int = BUCKETS, seconds: float = LATENCY) -> dict[str, Any]:
    """Ours against a server that takes ``seconds`` for each answer; ``ideal`` is calls × latency ÷ threads."""
    port = free_port()
    command = [sys.executable, "-m", "bench.collect.latency", str(port), str(seconds), str(buckets)]
    server = subprocess.Popen(command, cwd=ROOT)  # noqa: S603
    try:
        time.sleep(1)
        ours = run("ours", f"http://127.0.0.1:{port}", str(THREADS), "aws.s3.bucket")
    finally:
        server.terminate()
        server.wait()
    ideal = ours["calls"] * seconds / THREADS
    return {**ours, "ideal": ideal, "share_of_ideal": ideal / ours["wall"], "sections": len(BUCKET)}


if __name__ == "__main__":
    from bench.collect import scan

    measured = {"against_bare": against_bare(), "under_latency": under_latency(), "whole_scan": scan.measure()}
    sys.stdout.write(json.dumps(measured, indent=1) + "\n")
