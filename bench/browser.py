"""Chromium, spoken to over its debugging pipe: loads a page and asks it how long that took."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Any, Final

OPTIONS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
READS: Final = 3
WRITES: Final = 4
"""The descriptors that the browser expects."""
TIMING: Final = "JSON.stringify(performance.getEntriesByType('navigation')[0])"


def load_seconds(browser: str, page: Path) -> float:
    """Seconds from the start of navigation to the end of the load event, as the page's own clock says."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, _Pipe(browser, profile) as chromium:
        target = chromium.ask("Target.createTarget", url="about:blank")["targetId"]
        session = chromium.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        chromium.ask("Page.enable", session)
        chromium.ask("Page.navigate", session, url=page.as_uri())
        chromium.wait("Page.loadEventFired")
        told = chromium.ask("Runtime.evaluate", session, expression=TIMING)["result"]["value"]
        return float(json.loads(told)["loadEventEnd"]) / 1000


class _Pipe:
    """The debugging protocol: JSON messages, each ended by a zero octet, on descriptors 3 and 4 of the browser."""

    def __init__(self, browser: str, profile: str) -> None:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()

        def hand_over() -> None:
            os.dup2(theirs_in, READS)
            os.dup2(theirs_out, WRITES)

        command = [browser, *OPTIONS, f"--user-data-dir={profile}"]
        self._process = subprocess.Popen(  # noqa: S603 - the installed browser; no other thread runs here
            command,
            preexec_fn=hand_over,  # noqa: PLW1509 - no other thread runs here
            pass_fds=(READS, WRITES),
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._numbers = count(1)
        self._rest = b""
        self._events: list[str] = []

    def __enter__(self) -> _Pipe:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and give its answer."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                found: dict[str, Any] = answer["result"]
                return found

    def wait(self, event: str) -> None:
        """Wait until an event has come."""
        while event not in self._events:
            self._next()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            self._rest += os.read(self._in, 1 << 16)
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._events.append(message.get("method", ""))
        return message
