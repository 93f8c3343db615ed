"""One writer at a time: a lock that the system lets go of when its process ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grc.errors import EvidenceError


class Lock:
    """An exclusive lock on a file. ``wait``: until whoever holds it lets go.

    Raises:
        EvidenceError: another process, or this one, holds it.
    """

    def __init__(self, path: Path, *, wait: bool = False) -> None:
        self._descriptor: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(self._descriptor, wait)
        except OSError as error:
            self.release()
            raise EvidenceError(
                f"{path.parent}: another run is writing here: wait for it to end, or write to another pack"
            ) from error

    def release(self) -> None:
        """Let go of it. Doing so twice is harmless."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":

    def _take(descriptor: int, wait: bool) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:

    def _take(descriptor: int, wait: bool) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
