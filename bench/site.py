"""How large the folder of a pack of 100,000 observations is, and how long making it and showing its first page take.

Made in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from bench.browser import load_seconds

ROOT: Final = Path(__file__).parent.parent
OBSERVATIONS: Final = 102_000
ROUNDS: Final = 5


def measure(observations: int = OBSERVATIONS) -> dict[str, Any]:
    """Megabytes, seconds and MiB to make, and seconds until the first page's load event has ended in Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.site", folder, str(observations)]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own module
        found: dict[str, Any] = json.loads(done.stdout)
        browser = shutil.which("chromium")
        return found if browser is None else {**found, **_shown(browser, Path(folder) / "report" / "index.html")}


def _shown(browser: str, page: Path) -> dict[str, float]:
    taken = [load_seconds(browser, page) for _ in range(ROUNDS)]
    return {"load_seconds": round(statistics.median(taken), 2), "slowest_load_seconds": round(max(taken), 2)}


def make(out: Path, observations: int) -> dict[str, Any]:
    """Write the folder and say what that took."""
    sys.path.insert(0, str(ROOT / "tests" / "report"))
    from report_sample import shipped_sample, with_every  # the tests' own sample, hostile names included

    from grc.report import render_site, write_folder

    gathered = with_every(shipped_sample(observations))
    wall, cpu = time.perf_counter(), time.process_time()
    write_folder(render_site(gathered, (ROOT / "reports" / "templates",)), out)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    sizes = {path.relative_to(out).as_posix(): path.stat().st_size for path in out.rglob("*") if path.is_file()}
    every = gathered.every
    return {
        "observations": sum(1 for _ in every()) if every is not None else 0,
        "files": len(sizes),
        "megabytes": round(sum(sizes.values()) / 1e6, 1),
        "first_page_megabytes": round(sizes["index.html"] / 1e6, 2),
        "largest_page_megabytes": round(max(size for name, size in sizes.items() if name.endswith(".html")) / 1e6, 2),
        "seconds": round(wall, 1),
        "cpu_seconds": round(cpu, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make(Path(sys.argv[1]) / "report", int(sys.argv[2]))))
