"""Where a vault's files lie: the seam between what a vault means and a folder or a bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from grc.evidence.faults import Fault
from grc.evidence.guarded import open_inside, sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file to be kept: its digest, its size, and how to read it."""

    digest: str
    bytes: int
    open: Callable[[], BinaryIO]


def blob_of(data: bytes) -> Blob:
    """Bytes as a file to be kept."""
    return Blob(digest=sha256(data), bytes=len(data), open=lambda: BytesIO(data))


def blob_inside(root: Path, name: str, digest: str, size: int) -> Blob:
    """A file of a pack as a file to be kept; a link on its way is not followed."""
    return Blob(digest=digest, bytes=size, open=lambda: open_inside(root, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What lies in a store: the names of files, sorted, and what should not be there."""

    names: tuple[str, ...]
    faults: tuple[Fault, ...]


class Store(Protocol):
    """Files by name, each put once. Every method raises EvidenceError when the store refuses or cannot be reached."""

    @property
    def called(self) -> str:
        """The store's address, for messages."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep other writers of this machine out, where the store can, while the block lasts."""

    def list(self) -> Listed:
        """Everything that lies in the store."""

    def read(self, name: str, limit: int) -> bytes:
        """A file, whole; refused if larger."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file, piece by piece."""

    def put(self, name: str, blob: Blob, until: datetime) -> bool:
        """Keep a file until then, whole or not at all. False: there is one of that name, which was left as it is."""

    def keep(self, name: str, until: datetime) -> None:
        """See that a file that is there is kept at least until then."""

    def hold(self, name: str, on: bool) -> None:
        """Forbid that a file is removed, whatever its age; or end that."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no error."""

    def unlocked(self, name: str, until: datetime, held: bool) -> str | None:
        """In what a file's lock differs from what it must be; None: in nothing, or the store has no locks."""
