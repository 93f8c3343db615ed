"""Vaults of the tests' own, and stores that break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from evidence_samples import AS_OF, assess
from signed_samples import public, signer, write_signed

from grc.evidence import Trust
from grc.evidence.vault import FORMAT, Description, Store, Vault, Who, read_retention
from grc.evidence.vault.store import Blob, Listed

TRUSTED = Trust(keys=(public(),))
LATER = AS_OF + timedelta(days=365 * 7)


def described(mode: str | None = None) -> Description:
    return Description(format=FORMAT, chain="c" * 32, created=AS_OF, classes=read_retention(), mode=mode)


def pack(folder: Path, number: int = 1, *, assessed: bool = True) -> Path:
    """A pack of its own."""
    path = folder / f"P{number}"
    made = write_signed(path, None, id=f"run-{number}")
    if assessed:
        assess(made)
    return path


def who(folder: Path, at: datetime = AS_OF, *, signed: bool = True) -> Who:
    return Who(by="Ada Example", at=at, signer=signer(folder) if signed else None)


class CutError(Exception):
    """The moment at which a writer was cut off."""


class CutStore:
    """A store whose writer is cut off at its n-th act: before it, or after it."""

    def __init__(self, inner: Store, at: int, *, after: bool) -> None:
        self._inner, self._left, self._after = inner, at, after
        self.acts = 0

    @property
    def called(self) -> str:
        return self._inner.called

    def alone(self) -> Any:
        return self._inner.alone()

    def list(self) -> Listed:
        return self._inner.list()

    def read(self, name: str, limit: int) -> bytes:
        return self._inner.read(name, limit)

    def chunks(self, name: str) -> Iterator[bytes]:
        return self._inner.chunks(name)

    def put(self, name: str, blob: Blob, until: datetime) -> bool:
        with self._act():
            return self._inner.put(name, blob, until)

    def keep(self, name: str, until: datetime) -> None:
        with self._act():
            self._inner.keep(name, until)

    def hold(self, name: str, on: bool) -> None:
        with self._act():
            self._inner.hold(name, on)

    def remove(self, name: str) -> None:
        with self._act():
            self._inner.remove(name)

    def unlocked(self, name: str, until: datetime, held: bool) -> str | None:
        return self._inner.unlocked(name, until, held)

    @contextmanager
    def _act(self) -> Iterator[None]:
        self.acts += 1
        if self.acts == self._left and not self._after:
            raise CutError
        yield
        if self.acts == self._left:
            raise CutError


def begin(store: Store, mode: str | None = None) -> Vault:
    return Vault.begin(store, described(mode))
