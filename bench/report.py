"""How large a report of 10,000 observations over all that is shipped is, and how long making and showing it take."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from bench.browser import load_seconds

ROOT: Final = Path(__file__).parent.parent
ROUNDS: Final = 5


def measure() -> dict[str, Any]:
    """Megabytes, seconds to make, and seconds until the load event has ended in Chromium, where it is installed."""
    sys.path.insert(0, str(ROOT / "tests" / "report"))
    from report_sample import shipped_sample  # the tests' own sample, hostile names included

    from grc.report import render_html

    gathered = shipped_sample()
    started = time.process_time()
    page = render_html(gathered, (ROOT / "reports" / "templates",))
    made = {"megabytes": round(len(page) / 1e6, 2), "cpu_seconds": round(time.process_time() - started, 2)}
    browser = shutil.which("chromium")
    return made if browser is None else {**made, **_shown(browser, page)}


def _shown(browser: str, page: bytes) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_bytes(page)
        taken = [load_seconds(browser, path) for _ in range(ROUNDS)]
    return {"load_seconds": round(statistics.median(taken), 2), "slowest_load_seconds": round(max(taken), 2)}
