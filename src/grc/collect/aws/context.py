"""What reading one account needs to know, and what is read once for all its kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from grc.collect.aws.calls import CallError, Calls
from grc.collect.aws.identity import Identity
from grc.collect.aws.redact import Redactor

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Once:
    """Values that several kinds need and one of them reads; a failure is shared as well."""

    _lock: Lock = field(default_factory=Lock)
    _values: dict[str, Future[Any]] = field(default_factory=dict)

    def get(self, name: str, read: Callable[[], Any]) -> Any:
        """The value under ``name``; the first to ask reads it, the others wait.

        Raises:
            CallError: reading it failed.
        """
        with self._lock:
            first = name not in self._values
            future = self._values.setdefault(name, Future())
        if first:
            self._read(future, read)
        return future.result()

    @staticmethod
    def _read(future: Future[Any], read: Callable[[], Any]) -> None:
        try:
            future.set_result(read())
        except CallError as failed:
            future.set_exception(failed)
        finally:
            if not future.done():
                future.cancel()  # a bug: nobody may wait for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as it is read in one run. ``tied_out``: its populations are counted by a second source as well."""

    identity: Identity
    calls: Calls
    clock: Clock
    redactor: Redactor
    tied_out: bool = False
    once: Once = field(default_factory=Once)

    def place(self, region: str) -> Mapping[str, str]:
        """What a listing may take of the place that it is asked in."""
        return {"Account": self.identity.account, "Partition": self.identity.partition, "Region": region}
