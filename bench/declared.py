"""``grc scan`` of 10,000 declared resources, the whole command, beside checkov on the same input in the same run.

``python -m bench.declared [RESOURCES [SECONDS]]``. checkov is measured where it is installed (``CHECKOV`` names it, or
it is on the path), and stopped after so many seconds on the wall.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench import kubernetes, terraform

ROOT: Final = Path(__file__).parent.parent
RESOURCES: Final = 10_000
SECONDS: Final = 480
"""On the wall: as long as the first measurement of this kind let it run."""
OUTCOMES: Final = frozenset({0, 1, 3, 4})
"""Exit codes of both that say that it ran to its end: nothing found, failures, something undecided."""
OFFLINE: Final = ("--compact", "--quiet", "--skip-download", "-o", "json", "--framework")


def measure(resources: int = RESOURCES, seconds: float = SECONDS) -> dict[str, Any]:
    """Files, a plan and manifests: each by both, one after the other."""
    rival = os.environ.get("CHECKOV") or shutil.which("checkov")
    found: dict[str, Any] = {"resources": resources, "checkov": _version(rival) if rival else "not installed: left out"}
    for name, (write, framework) in INPUTS.items():
        with tempfile.TemporaryDirectory() as folder:
            given, kept = Path(folder) / "given", Path(folder) / "cache"
            given.mkdir()
            write(given, resources)
            ours = [str(Path(sys.executable).with_name("grc")), "scan", str(given), "--quiet", "--out"]
            sides = {way: _run([*ours, f"{folder}/{way}"], seconds, kept) for way in ("grc, first run", "grc, again")}
            if rival:
                sides["checkov"] = _run([rival, "-d", str(given), *OFFLINE, framework], seconds, kept)
            found[name] = sides
    return found


def _plan(folder: Path, resources: int) -> None:
    """With what checkov reads besides: each resource before and after."""
    path = folder / "plan.json"
    terraform.write_plan(path, resources)
    plan = json.loads(path.read_bytes())
    planned = plan["planned_values"]["root_module"]["resources"]
    after = {one["address"]: one["values"] for one in planned}
    named = {one["address"]: {"type": one["type"], "name": one["name"]} for one in planned}
    for change in plan["resource_changes"]:
        change["change"] |= {"before": None, "after": after[change["address"]]}
        change |= {"mode": "managed", **named[change["address"]]}
    for block in plan["configuration"]["root_module"]["resources"]:
        block["type"], _, block["name"] = block["address"].partition(".")
    path.write_text(json.dumps(plan), encoding="utf-8")


INPUTS: Final[Mapping[str, tuple[Callable[[Path, int], None], str]]] = {
    "Terraform files": (terraform.write_files, "terraform"),
    "a Terraform plan": (_plan, "terraform_plan"),
    "Kubernetes manifests": (kubernetes.write, "kubernetes"),
}
"""How each input is written, and what checkov calls it."""


def _version(rival: str) -> str:
    told = subprocess.run([rival, "--version"], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - chosen by who runs it
    return told.stdout.strip()


def _run(command: Sequence[str], seconds: float, cache: Path) -> dict[str, float] | str:
    """Processor seconds, seconds on the wall and the largest process, in a process that does this alone."""
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    alone = [sys.executable, "-m", "bench.declared", "--", str(seconds), *command]
    done = subprocess.run(alone, cwd=ROOT, check=True, stdout=subprocess.PIPE, env=env)  # noqa: S603 - our own module
    told: dict[str, float] | str = json.loads(done.stdout)
    return told


def _timed(seconds: float, command: Sequence[str]) -> dict[str, float] | str:
    started = time.monotonic()
    try:
        ended = subprocess.run(  # noqa: S603 - one of the two commands above
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"did not finish in {seconds:g} s"
    if ended.returncode not in OUTCOMES:
        return f"failed with {ended.returncode}"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "seconds": round(time.monotonic() - started, 2),
        "memory_mb": round(used.ru_maxrss / 1024),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        sys.stdout.write(json.dumps(_timed(float(sys.argv[2]), sys.argv[3:])))
    else:
        sizes = [*map(int, sys.argv[1:3])]
        sys.stdout.write(json.dumps(measure(*sizes), indent=1) + "\n")
