"""The journal of a collection: a line for each population that is held whole, so that an interrupted run can go on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence.durable import flush
from grc.evidence.manifest import Held, Resumption

FORMAT: Final = "grc.journal/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The first line: the run that began this collection."""

    format: str
    engine: str
    run: str
    started: datetime
    scope: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Any other line: a population held whole, or a run that went on."""

    held: Held | None = None
    resumed: Resumption | None = None


class Journal:
    """A file that only grows, by whole lines. A torn last line, from a kill in the middle of it, counts for nothing."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        self._size = 0

    def read(self) -> tuple[Begun | None, tuple[Entry, ...]]:
        """What the journal says, up to its last whole line.

        Raises:
            EvidenceError: a whole line is not of a journal.
        """
        data = _read_all(self._descriptor)
        self._size = data.rfind(b"\n") + 1
        lines = data[: self._size].splitlines()
        if not lines:
            return None, ()
        try:
            begun = msgspec.json.decode(lines[0], type=Begun)
            entries = tuple(msgspec.json.decode(line, type=Entry) for line in lines[1:])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise EvidenceError(f"the journal cannot be read: {error}") from error
        if begun.format != FORMAT:
            raise EvidenceError(f"the journal has the format {begun.format!r}: this engine reads {FORMAT}")
        return begun, entries

    def begin(self, begun: Begun) -> None:
        """Start afresh."""
        self._size = 0
        self._append(begun)

    def add(self, entry: Entry) -> None:
        """Add a line and have the disk hold it."""
        self._append(entry)

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _append(self, value: Begun | Entry) -> None:
        line = canonical.encode(value) + b"\n"
        os.ftruncate(self._descriptor, self._size)  # what a failed write left behind
        os.lseek(self._descriptor, self._size, os.SEEK_SET)
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        flush(self._descriptor)
        self._size += len(line)


def _read_all(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()
