"""The units of a run, account after account: an account is entered when there is somebody to read it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from grc.collect.aws.context import Account
from grc.collect.aws.plan import Planned
from grc.collect.aws.sessions import Clients
from grc.collect.aws.work import Job, Work
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink

AT_ONCE: Final = 4
"""Accounts read side by side: AWS throttles each account by itself, and each takes memory for its clients."""


@dataclass(slots=True)
class Entered:
    """An account that can be read, or whose units say why not. ``clients`` are closed with its last unit."""

    account: Account
    units: deque[Planned]
    clients: Clients | None
    at_work: int = 0


class Entering:
    """A unit of work of its own: one account is entered, and what is to be read there is planned."""

    def __init__(self, enter: Callable[[], Entered]) -> None:
        self.announce: Callable[[], None] = _nobody
        self.entered: Entered | None = None
        self._enter = enter
        self._given = False

    def next_job(self) -> Job | None:
        """The one job, once."""
        given, self._given = self._given, True
        return None if given else self._open

    def run(self, job: Job) -> None:
        """Run it."""
        job()

    @property
    def finished(self) -> bool:
        """Whether it ran."""
        return self.entered is not None

    def _open(self) -> None:
        self.entered = self._enter()


class Supply:
    """Gives a crew its units, from a few accounts in turn. Meets what ``Crew`` asks for."""

    def __init__(
        self,
        accounts: Iterator[Callable[[], Entered]],
        schemas: Mapping[KindName, Kind],
        sink: Sink,
        progress: Progress,
    ) -> None:
        self._accounts = accounts
        self._schemas = schemas
        self._sink = sink
        self._progress = progress
        self._lock = Lock()
        self._open: deque[Entered] = deque()
        self._entering = 0
        self._of: dict[int, Entered] = {}

    def next(self) -> Work | Entering | None:
        """The next unit: of an account that is open, or the entering of another; None where there is none now."""
        with self._lock:
            while len(self._open) + self._entering < AT_ONCE:
                enter = next(self._accounts, None)
                if enter is None:
                    break
                self._entering += 1
                return Entering(enter)
            return self._next_work()

    def finish(self, unit: Work | Entering) -> None:
        """Take in what a unit that ended has brought."""
        if isinstance(unit, Entering):
            self._take(unit.entered)
            return
        population, records = unit.result()
        self._sink.write(population, records)
        self._progress.done(population.unit)
        with self._lock:
            entered = self._of.pop(id(unit))
            entered.at_work -= 1
            self._close(entered)

    def close(self) -> None:
        """Close what an interrupted run left open."""
        with self._lock:
            for entered in self._open:
                if entered.clients is not None:
                    entered.clients.close()

    def _take(self, entered: Entered | None) -> None:
        assert entered is not None
        self._progress.planned(len(entered.units))
        with self._lock:
            self._entering -= 1
            self._open.append(entered)

    def _next_work(self) -> Work | None:
        for _ in range(len(self._open)):
            entered = self._open[0]
            self._open.rotate(-1)
            while entered.units:
                planned = entered.units.popleft()
                if not self._sink.has(planned.unit):
                    work = Work(planned, entered.account, self._schemas[planned.resource.name])
                    self._of[id(work)] = entered
                    entered.at_work += 1
                    return work
                self._progress.done(planned.unit)
            self._close(entered)
        return None

    def _close(self, entered: Entered) -> None:
        if not entered.units and not entered.at_work and entered in self._open:
            self._open.remove(entered)
            if entered.clients is not None:
                entered.clients.close()


def _nobody() -> None:
    """Tell nobody."""
