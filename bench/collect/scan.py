"""A whole scan of the demonstration's account, every check: what ``grc scan`` takes, beside a server that answers."""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.collect.estate import ROOT, environment

SERVER = "from bench.collect.scan import serve; serve()"
WORKSPACE = "format: grc.workspace/1\nscope:\n  aws: {tie-out: config}\n"


def serve() -> None:
    """Run the simulator with the demonstration's account on it until the input ends.

    The address goes out first, and at the end the CPU seconds that answering took.
    """
    from grc.run.demo.account import furnish
    from grc.run.demo.simulator import simulated_aws

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    with simulated_aws() as address:
        furnish(address)
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        before = time.process_time()
        sys.stdin.read()
        sys.stdout.write(f"{time.process_time() - before}\n")
        sys.stdout.flush()


def measure() -> dict[str, Any]:
    """Wall and CPU seconds and peak memory of one scan in a process of its own, and the CPU seconds of the server."""
    command = [sys.executable, "-c", SERVER]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        Path(folder, "grc.yaml").write_text(WORKSPACE, encoding="utf-8")
        found = _scan(server.stdout.readline().strip(), Path(folder))
        server.stdin.close()
        return {**found, "server_cpu": float(server.stdout.readline())}


def _scan(address: str, folder: Path) -> dict[str, Any]:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [str(Path(sys.executable).with_name("grc")), "scan", "aws", "--out", "pack", "--quiet"]
    env = {**environment(address), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    done = subprocess.run(command, cwd=folder, env=env, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "wall": time.monotonic() - started,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "memory_mb": after.ru_maxrss / 1024,
        "said": [line for line in done.stdout.splitlines() if "Second count" in line or line.startswith("Gate")],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=1) + "\n")
