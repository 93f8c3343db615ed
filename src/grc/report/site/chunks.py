"""Observations by the hundred thousand: columns, compressed, in files of a bounded size that a page loads when asked.

A page that was opened as a file may not read other files, but may run scripts of its folder: so each file is a script
that hands over one text, zlib in base64. An index says which checks stand in which file.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from grc.model.assessment import Observation
from grc.model.identifiers import CheckId
from grc.model.status import Verdict
from grc.report.index import Index
from grc.report.text import visible
from grc.report.views.gaps import gap_sentence
from grc.report.views.listed import service
from grc.report.words import Words

FORMAT: Final = "grc.observations/1"
MOST_ROWS: Final = 4_000
"""In one file: about 0.2 MB, unpacked in some milliseconds."""
DIGITS: Final = 12
"""So much of a digest tells a record from all others of a pack."""
COLUMNS: Final = ("place", "subject", "origin", "verdict", "found", "seen", "missing", "waiver", "record")
ALIKE: Final = frozenset({"place", "origin", "verdict", "waiver"})
"""Columns of few different values: each value is said once, and the rows name its number."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One file: its rows by check, each check's in order."""

    checks: tuple[tuple[CheckId, Sequence[Row]], ...]

    @property
    def rows(self) -> int:
        """How many there are."""
        return sum(len(rows) for _, rows in self.checks)


def chunks(words: Words, observations: Iterable[Observation]) -> tuple[Chunk, ...]:
    """All observations, by check, place and subject, in as few files as the bound allows."""
    held: defaultdict[CheckId, list[Row]] = defaultdict(list)
    for observation in observations:
        held[observation.check].append(_row(words, observation))
    for rows in held.values():
        rows.sort()
    return tuple(_packed(held))


def chunk_script(number: int, chunk: Chunk) -> bytes:
    """The file of one chunk."""
    body: dict[str, Any] = {"format": FORMAT, "checks": [[check, len(rows)] for check, rows in chunk.checks]}
    rows = [row for _, found in chunk.checks for row in found]
    for place, name in enumerate(COLUMNS):
        body[name] = _column(name, [row[place] for row in rows])
    packed = base64.b64encode(zlib.compress(json.dumps(body, separators=(",", ":")).encode(), level=6)).decode()
    return f'grc.chunk({number},"{packed}");\n'.encode()


def index_script(index: Index, words: Words, files: Sequence[str], found: Sequence[Chunk]) -> bytes:
    """The file that says what there is: each check with its counts, and the checks of each file."""
    counts: defaultdict[CheckId, Counter[str]] = defaultdict(Counter)
    verdict = COLUMNS.index("verdict")
    for chunk in found:
        for check, rows in chunk.checks:
            counts[check].update(row[verdict] for row in rows)
    names = {check: number for number, check in enumerate(counts)}
    body = {
        "format": FORMAT,
        "verdicts": {it.value: words.say(f"verdict_{it.value}") for it in Verdict},
        "checks": [_check(index, check, count) for check, count in counts.items()],
        "chunks": [
            {"file": file, "rows": chunk.rows, "checks": [names[check] for check, _ in chunk.checks]}
            for file, chunk in zip(files, found, strict=True)
        ],
    }
    return f"grc.observations({json.dumps(body, separators=(',', ':'))});\n".encode()


def _check(index: Index, check: CheckId, count: Mapping[str, int]) -> list[object]:
    return [check, visible(index.title(check)), service(index, check), *(count.get(it.value, 0) for it in Verdict)]


def _row(words: Words, found: Observation) -> Row:
    return (
        visible(found.place),
        visible(found.subject),
        found.origin.value,
        found.verdict.value,
        visible(found.message or found.reason or ""),
        visible(
            "\n".join(f"{it.path} = {words.say('not_set') if it.value is None else it.value}" for it in found.reads)
        ),
        visible("\n".join(gap_sentence(words, gap) for gap in found.gaps)),
        visible(found.waiver or ""),
        (found.digest or "").rpartition(":")[2][:DIGITS],
    )


def _packed(held: Mapping[CheckId, Sequence[Row]]) -> Iterator[Chunk]:
    """Checks one after the other; a file is full at the bound, and a long check goes on in the next."""
    open_, room = [], MOST_ROWS
    for check in sorted(held):
        rows: Sequence[Row] = held[check]
        while len(rows) > room:
            open_.append((check, rows[:room]))
            rows = rows[room:]
            yield Chunk(checks=tuple(open_))
            open_, room = [], MOST_ROWS
        if rows:
            open_.append((check, rows))
            room -= len(rows)
    if open_:
        yield Chunk(checks=tuple(open_))


def _column(name: str, values: list[str]) -> object:
    if name not in ALIKE:
        return values
    numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return {"values": list(numbers), "rows": [numbers[value] for value in values]}
