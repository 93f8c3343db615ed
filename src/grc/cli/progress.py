"""Progress on stderr: a bar where somebody looks, a line now and then where a log is kept."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from grc.cli.output import printable
from grc.model.evidence import Unit
from grc.model.ports import Progress


class Quiet:
    """Says nothing."""

    def planned(self, units: int) -> None:
        """Do nothing."""

    def done(self, unit: Unit) -> None:
        """Do nothing."""


class Lines:
    """A line for every tenth of the work, or for every unit, as text or as JSON."""

    def __init__(self, log_format: str, *, every: bool) -> None:
        self._every = every
        self._json = log_format == "json"
        self._lock = threading.Lock()
        self._planned = 0
        self._done = 0

    def planned(self, units: int) -> None:
        """Count the work."""
        with self._lock:
            self._planned += units

    def done(self, unit: Unit) -> None:
        """Count the unit and say so when another tenth is done."""
        with self._lock:
            before, self._done = self._done, self._done + 1
            step = 1 if self._every else max(1, self._planned // 10)
            if before // step == self._done // step and self._done != self._planned:
                return
            event = {
                "event": "collected",
                "done": self._done,
                "planned": self._planned,
                "kind": unit.kind,
                "place": unit.place,
            }
        text = printable(f"collected {event['done']} of {event['planned']} ({unit.kind} in {unit.place})")
        click.echo(json.dumps(event) if self._json else text, err=True)


@contextmanager
def progress(*, quiet: bool, verbose: bool, log_format: str) -> Iterator[Progress]:
    """Give the progress that fits: silence, a live bar on a terminal, or lines."""
    if quiet:
        yield Quiet()
    elif verbose or log_format == "json" or not sys.stderr.isatty():
        yield Lines(log_format, every=verbose)
    else:
        with _bar() as bar:
            yield bar


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as rich:
        task = rich.add_task("collecting", total=0)

        class Bar:
            """The live bar."""

            def planned(self, units: int) -> None:
                rich.update(task, total=(rich.tasks[0].total or 0) + units)

            def done(self, unit: Unit) -> None:
                rich.update(task, advance=1, description=printable(f"{unit.kind} in {unit.place}"))

        yield Bar()
