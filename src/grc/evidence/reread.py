"""Reading a population's lines again: its entry of the manifest as the file itself gives it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import attrgetter, lt
from pathlib import Path
from typing import Any, Final

from grc.errors import EvidenceError
from grc.evidence.guarded import SMALL, read_lines
from grc.evidence.lines import record_from, record_line, split
from grc.evidence.manifest import Content, GapKey, Held, gap_counts, gap_key
from grc.evidence.quick import Lines, headed, moment, plainly_canonical
from grc.evidence.shapes import WORTH, RecordLook, Shape
from grc.model.evidence import Record

SUBJECT: Final = attrgetter("subject")
COLLECTED: Final = attrgetter("collected")
GAPS: Final = attrgetter("gaps")


def read_again(path: Path, held: Held, shape: Shape) -> Held:
    """The entry of a population as its file gives it: each line in its form, its order and its population.

    ``shape`` is what its kind is known by so far. Three ways, the quicker first, and each says yes only to what the
    last and exact one does: by the shape, by writing decoded lines again, by the record itself.

    Raises:
        EvidenceError: the file is cut or changed, or a line is not as it should be; says which.
    """
    hashed = hashlib.sha256()
    seen = _Seen(gaps=Counter(map(gap_key, held.population.gaps)))
    look = RecordLook(held.population, shape) if held.content.bytes >= WORTH else None
    size = 0
    for chunk in read_lines(path, held.file, held.content, held.stored, SMALL):
        hashed.update(chunk)
        size += len(chunk)
        if look is None or not _looked(look.lines(chunk), seen):
            plain = plainly_canonical(chunk)
            _see(held, chunk, plain, seen)
            if look is not None and plain is not None:
                shape.learn(plain)
    return Held(
        population=held.population,
        file=held.file,
        content=Content(digest="sha256:" + hashed.hexdigest(), bytes=size, lines=seen.lines),
        stored=held.stored,
        oldest=seen.oldest,
        newest=seen.newest,
        gaps=gap_counts(held.population.unit.kind, seen.gaps),
    )


@dataclass(slots=True)
class _Seen:
    """What was seen of a population's lines so far: counts and ends, not the lines."""

    gaps: Counter[GapKey]
    lines: int = 0
    last: str | None = None
    oldest: datetime | None = None
    newest: datetime | None = None

    def add(self, subject: str, collected: datetime) -> None:
        """Add the next line."""
        self.lines += 1
        if self.last is not None and self.last >= subject:
            raise EvidenceError(f"line {self.lines:,} is not in the order of subjects, or stands twice")
        self.last = subject
        self._span(collected, collected)

    def add_all(self, subjects: Sequence[str], moments: Iterable[datetime]) -> None:
        """Add lines that are in order, the first after the last so far."""
        self.lines += len(subjects)
        self.last = subjects[-1]
        self._span(min(moments), max(moments))

    def follows(self, subjects: Sequence[str]) -> bool:
        """Whether these are in order, each once, and come after the last."""
        after = bool(subjects) and (self.last is None or self.last < subjects[0])
        return after and all(map(lt, subjects, islice(subjects, 1, None)))

    def _span(self, first: datetime, last: datetime) -> None:
        self.oldest = first if self.oldest is None else min(first, self.oldest)
        self.newest = last if self.newest is None else max(last, self.newest)


def _looked(found: list[Any] | None, seen: _Seen) -> bool:
    """Take in lines that fit the shape; False: they do not, or must be looked at one by one to say what is wrong."""
    if found is None:
        return False
    subjects = list(map(SUBJECT, found))
    moments = [moment(text) for text in set(map(COLLECTED, found))]
    known = [each for each in moments if each is not None]
    if len(known) < len(moments) or not seen.follows(subjects):
        return False
    seen.add_all(subjects, known)
    for gaps in filter(None, map(GAPS, found)):
        seen.gaps.update(map(gap_key, gaps))
    return True


def _see(held: Held, chunk: bytes, plain: Lines | None, seen: _Seen) -> None:
    """Look at the lines of a chunk one by one: by their heads where they are plain, exactly where they are not."""
    for number, line in enumerate(split((chunk,))):
        head = None if plain is None else headed(held.population, plain[number])
        if head is not None:
            seen.add(*head)
        else:
            record = _record(held, line, seen.lines + 1)
            seen.add(record.subject, record.collected)
            seen.gaps.update(map(gap_key, record.gaps))


def _record(held: Held, line: bytes, number: int) -> Record:
    record = record_from(line)
    if record_line(record) != line:
        raise EvidenceError(f"line {number:,} is not in its one canonical form")
    population = held.population
    if (record.kind, record.place, record.origin) != (population.unit.kind, population.unit.place, population.origin):
        raise EvidenceError(f"line {number:,} is of another population")
    return record
