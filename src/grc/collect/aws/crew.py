"""Threads that take jobs from the units at work: a new unit is opened when nobody else has a job ready.

So all threads are busy while there is anything to read, in one unit or in many, and few units are held at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Executor, wait
from threading import Condition
from typing import Generic, Protocol, TypeVar

from grc.collect.aws.work import Job


class Jobs(Protocol):
    """What a crew works at."""

    announce: Callable[[], None]
    """To be called when something made new jobs ready."""

    def next_job(self) -> Job | None:
        """A job that is ready to run, or None."""

    def run(self, job: Job) -> None:
        """Run one of this unit's jobs."""

    @property
    def finished(self) -> bool:
        """Whether no job is ready and none is running."""


Unit = TypeVar("Unit", bound=Jobs)


class Crew(Generic[Unit]):
    """Runs units to their end. ``finish`` is called once for each, by the thread that ended it.

    ``units`` gives the next unit, or None where there is none now: it is asked again when one has ended, and the work
    is done when none is left.
    """

    def __init__(self, units: Callable[[], Unit | None], finish: Callable[[Unit], None]) -> None:
        self._units = units
        self._finish = finish
        self._open: list[Unit] = []
        self._ending = 0
        self._changed = Condition()
        self._stopped = False

    def run(self, executor: Executor, size: int) -> None:
        """Work with ``size`` threads of the executor until every unit is finished.

        Raises:
            Exception: whatever a job or ``finish`` raised first; the others end what they do and stop.
        """
        members = [executor.submit(self._work) for _ in range(size)]
        try:
            wait(members, return_when=FIRST_EXCEPTION)
        finally:
            self._stop()
        for member in members:
            member.result()

    def _work(self) -> None:
        try:
            while (found := self._next()) is not None:
                work, job = found
                if job is not None:
                    work.run(job)
                self._close(work)
        except BaseException:
            self._stop()
            raise

    def _next(self) -> tuple[Unit, Job | None] | None:
        """A job of an open unit, else a new unit, else wait. None when all is done."""
        with self._changed:
            while not self._stopped:
                for work in self._open:
                    job = work.next_job()
                    if job is not None:
                        return work, job
                opened = self._units()
                if opened is not None:
                    opened.announce = self._wake
                    self._open.append(opened)
                    return opened, opened.next_job()
                if not self._open and not self._ending:
                    return None
                self._changed.wait()
            return None

    def _close(self, work: Unit) -> None:
        with self._changed:
            ended = work.finished and work in self._open
            if ended:
                self._open.remove(work)
            self._ending += ended
        if ended:
            self._finish(work)
        with self._changed:
            self._ending -= ended
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
