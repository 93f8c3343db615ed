"""What the script read of a machine: each file and command with what it held, or why it could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from grc.model.evidence import Gap, GapReason

ROOT: Final = "root"


class Status(StrEnum):
    """How a read went."""

    OK = "ok"
    NOT_FOUND = "not-found"
    DENIED = "denied"
    TIMEOUT = "timeout"
    FAILED = "failed"
    TRUNCATED = "truncated"
    NOT_LOADED = "not-loaded"


REASONS: Final = {
    Status.OK: GapReason.PARSE_ERROR,
    Status.NOT_FOUND: GapReason.NOT_PROVIDED,
    Status.DENIED: GapReason.ACCESS_DENIED,
    Status.TIMEOUT: GapReason.TIMEOUT,
    Status.FAILED: GapReason.NOT_PROVIDED,
    Status.TRUNCATED: GapReason.TRUNCATED,
    Status.NOT_LOADED: GapReason.NOT_PROVIDED,
}
SAID: Final = {
    Status.OK: "does not say what it is expected to say",
    Status.NOT_FOUND: "is not there",
    Status.DENIED: "was denied: run the script as root",
    Status.TIMEOUT: "took too long",
    Status.FAILED: "failed",
    Status.TRUNCATED: "is too long to be kept whole",
    Status.NOT_LOADED: "was not asked: the kernel module that it asks is not loaded",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One file or command. ``text`` is what it held; nothing where it was not read."""

    what: str
    status: Status
    exit: int = 0
    text: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was read whole."""
        return self.status is Status.OK

    @property
    def lines(self) -> list[str]:
        """Its lines without white space around them."""
        return [line.strip() for line in self.text.split("\n")]

    def gap(self, path: str) -> Gap:
        """Why what stands at ``path`` is not known."""
        permission = ROOT if self.status is Status.DENIED else None
        detail = f"{self.what.partition(' -')[0]} {SAID[self.status]}"
        return Gap(path=path, reason=REASONS[self.status], call=self.what, permission=permission, detail=detail)


@dataclass(frozen=True, slots=True)
class Reads:
    """The reads of one section."""

    reads: Sequence[Read]

    def of(self, what: str) -> Read:
        """The read of a file, or of a command that begins so; one that nobody made counts as failed."""
        for read in self.reads:
            if read.what == what or read.what.startswith(what + " "):
                return read
        return Read(what=what, status=Status.FAILED)

    def below(self, folder: str) -> Iterator[Read]:
        """The reads of the files in a folder, by path. A pattern that matched nothing is none of them."""
        found = [read for read in self.reads if read.what.startswith(folder) and not read.what.endswith("*")]
        yield from sorted((read for read in found if "*" not in read.what), key=lambda read: read.what)

    def unread(self, *names: str) -> Iterator[Read]:
        """The reads under these names that were there and could not be read, patterns among them."""
        for read in self.reads:
            if not read.ok and read.status is not Status.NOT_FOUND and read.what.startswith(names or ("",)):
                yield read


@dataclass(slots=True)
class Seen:
    """What a section says: values by field, and a gap for each that is not known."""

    fields: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def unknown(self, path: str, reason: GapReason, detail: str) -> None:
        """What stands at ``path`` was not seen."""
        self.gaps.append(Gap(path=path, reason=reason, detail=detail))

    def put(self, name: str, value: object) -> None:
        """Keep a value, unless there is none."""
        if value is not None:
            self.fields[name] = value


def whole(text: str) -> int | None:
    """The number that a text is, or None."""
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and 0 < len(text) <= 18 else None
