"""What was found without a problem before, kept in the user's cache folder by the digest of all that it came from.

Plain data, never code. A file that is not whole, not of this engine or not the user's own counts as absent.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grc import __version__

MAGIC: Final = b"grc.cache/1\n"
KEPT: Final = 8
"""How many results of one sort are kept: those of a few workspaces, and of the last changes."""
READERS: Final = ("model", "yamltext", "kinds", "catalogue", "policy")
"""The rooms whose code a result depends on."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Results by sort and key. ``folder`` None keeps nothing."""

    folder: Path | None

    def get(self, sort: str, key: str) -> bytes | None:
        """What was kept under this key, or None."""
        if self.folder is None:
            return None
        try:
            with (self.folder / f"{sort}-{key}").open("rb") as file:
                if not _is_own(file.fileno()):
                    return None
                data = file.read()
        except OSError:
            return None
        head = MAGIC + hashlib.sha256(data[len(MAGIC) + 32 :]).digest()
        return data[len(head) :] if data[: len(head)] == head else None

    def put(self, sort: str, key: str, payload: bytes) -> None:
        """Keep a result. A folder that cannot be written is none: the result is worked out again next time."""
        if self.folder is None:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial = self.folder / f"{sort}.{os.getpid()}.partial"
            try:
                partial.write_bytes(MAGIC + hashlib.sha256(payload).digest() + payload)
                partial.chmod(0o600)
                partial.replace(self.folder / f"{sort}-{key}")
            finally:
                partial.unlink(missing_ok=True)
            _forget_old(self.folder, sort)


NO_CACHE: Final = Cache(None)


def key_of(files: Iterable[Path], *more: str) -> str | None:
    """The digest of the engine, of every file with its name, and of what else a result depends on.

    None where a file cannot be read: such a result is not kept.
    """
    digest = hashlib.sha256()
    try:
        for piece in (__version__, *_engine(), *more, *_contents(files)):
            data = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
            digest.update(len(data).to_bytes(8, "big") + data)
    except OSError:
        return None
    return digest.hexdigest()


def _contents(files: Iterable[Path]) -> Iterator[str | bytes]:
    for path in files:
        yield str(path)
        yield path.read_bytes()


def _engine() -> Iterator[str]:
    """The code of the rooms that read and check, by time and size: a checkout changes without a new version."""
    package = Path(__file__).parents[1]
    for room in READERS:
        for folder, _, names in sorted(os.walk(package / room)):
            for name in sorted(names):
                if name.endswith((".py", "-1.json")):
                    found = (Path(folder) / name).stat()
                    yield f"{folder}/{name} {found.st_size} {found.st_mtime_ns}"


def _is_own(descriptor: int) -> bool:
    """Whether a file is the user's own and nobody else may write it, where the system knows of users."""
    if not hasattr(os, "geteuid"):
        return True
    found = os.fstat(descriptor)
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _forget_old(folder: Path, sort: str) -> None:
    kept = sorted(folder.glob(f"{sort}-*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in kept[KEPT:]:
        path.unlink(missing_ok=True)
