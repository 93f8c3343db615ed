"""Many observations of one check as one small table.

What is the same for all is said once: the sentence of the failure, the sub-expression that decided, the beginning of
the subjects' ids. A row holds what differs, and subjects that were seen alike share a row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from grc.model.assessment import Observation, Read
from grc.report.text import number
from grc.report.views.gaps import gap_sentence
from grc.report.words import Words

MOST_COLUMNS: Final = 3
A_FEW: Final = 12
MOST_WHOLE: Final = 20
"""A longer table gives as much of each digest as tells a record from all others of a pack."""
FULL: Final = 500
"""A page of more rows than this does not say again in each row what its table says once."""
DIGITS: Final = 12
SHORTEST_NAMED: Final = 3
"""A shorter value ("1", "22") stands in too many sentences by chance to be taken out of them."""
INDEX: Final = re.compile(r"\[\d+\]")
SEPARATORS: Final = re.compile(r"[:/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many rows all tables together may have, and any one of them; ``left`` is the message on those left out.

    ``coded`` is how many finding sheets there may be for each to have its expressions and the code of its remedy.
    """

    rows: int
    each: int
    left: str
    coded: int

    def share(self, sizes: Iterable[int]) -> Limit:
        """The most rows for each table so that all together stay within the room; large tables give way first."""
        held = tuple(sizes)
        return Limit(rows=min(fair_limit(held, self.rows), self.each), left=self.left, terse=sum(held) > FULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most rows of one table, the message on those left out, and whether rows of the page are many."""

    rows: int
    left: str
    terse: bool = False


ONE_FILE: Final = Room(rows=10_000, each=10_000, left="left_out", coded=150)
"""Observations shown in one file. What is left out is counted where it would stand, and is in the pack."""


def fair_limit(sizes: Iterable[int], room: int = ONE_FILE.rows) -> int:
    """The most rows for each table so that all together stay within the room; large tables give way first."""
    most, left = room, sorted(sizes)
    while left and left[0] * len(left) <= room:
        room -= left.pop(0)
    return max(room // len(left), 1) if left else most


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Subjects that were seen alike, by the end of their ids, and the cells beside them.

    ``records`` are the digests of the subjects' records, one each, in the same order: the SHA-256 alone, of a
    long table its beginning, and empty on a page of many rows.
    """

    subjects: tuple[str, ...]
    records: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRows:
    """The rows of one place. ``prefix`` is how the id of each subject here begins. Empty is what the table says."""

    place: str
    count: str
    prefix: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Observations of one check. ``sentences`` say the conditions found; ``left_out`` counts rows not shown.

    Where there is one place alone, the table says it, and its rows do not. ``prefix`` is how all ids begin, with names
    for the account and the region between guillemets where these are those of the place.
    """

    place: str
    prefix: str
    sentences: tuple[str, ...]
    deciding: tuple[str, ...]
    columns: tuple[str, ...]
    places: tuple[PlaceRows, ...]
    left_out: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and the text of its cell for an observation."""

    head: str
    cell: Callable[[Observation], str]


def failing_table(words: Words, observations: Sequence[Observation], limit: Limit) -> Table:
    """Failures: the condition in a sentence, and the values seen."""
    shown = observations[: limit.rows]
    sentence, found = _conditions(words, shown, 1 if limit.terse else A_FEW)
    columns = _value_columns(words, shown)
    if found is not None:
        columns.insert(0, Column(words.say("column_found"), found))
    if any(it.waiver for it in shown):
        columns.append(Column(words.say("column_waiver"), lambda it: it.waiver or ""))
    return _table(words, shown, columns, len(observations), sentence, limit)


def _conditions(
    words: Words, shown: Sequence[Observation], few: int
) -> tuple[tuple[str, ...], Callable[[Observation], str] | None]:
    """One sentence where it holds of all; else a column: the sentences of a few, the patterns of many."""
    messages = {it.message for it in shown if it.message}
    if len(messages) < 2:
        return tuple(messages), None
    if len(shown) <= few:
        return (), lambda it: it.message or ""
    patterns = {pattern(words, it) for it in shown}
    if len(patterns) == 1:
        return tuple(patterns), None
    return (), partial(pattern, words)


def unknown_table(words: Words, observations: Sequence[Observation], limit: Limit) -> Table:
    """Undecided subjects: what was missing for each."""
    shown = observations[: limit.rows]
    missing = partial(_missing, words)
    alike = limit.terse and len({missing(it) for it in shown}) == 1
    columns = [] if alike else [Column(words.say("column_missing"), missing)]
    return _table(words, shown, columns, len(observations), (missing(shown[0]),) if alike else (), limit)


def pattern(words: Words, observation: Observation) -> str:
    """The message with the subject's name and the values seen taken out, so that like failures read alike."""
    message = observation.message or ""
    found = {text: name for text, name in _named(words, observation).items() if text in message}
    return _take_out(message, sorted(found.items(), key=lambda pair: -len(pair[0])))


def _take_out(text: str, named: Sequence[tuple[str, str]]) -> str:
    """Put the names for the values, the longest value first, where a value stands as a word of its own."""
    if not named:
        return text
    (value, name), *rest = named
    pieces, start = [], 0
    at = text.find(value)
    while at >= 0:
        end = at + len(value)
        if _stands_alone(text[at - 1 : at], text[end : end + 1]):
            pieces.append(_take_out(text[start:at], rest))
            start = end
        at = text.find(value, max(end, start))
    return f"‹{name}›".join([*pieces, _take_out(text[start:], rest)])


def _stands_alone(before: str, after: str) -> bool:
    return not (before.isalnum() or before in tuple("_.-") or after.isalnum() or after in tuple("_-"))


def _named(words: Words, observation: Observation) -> dict[str, str]:
    named = dict.fromkeys(_names(observation.subject), words.say("the_subject"))
    for read in observation.reads:
        named.setdefault(_value(words, read), _leaf(read.path))
    return {text: name for text, name in named.items() if len(text) >= SHORTEST_NAMED}


def _leaf(path: str) -> str:
    return INDEX.sub("", path).rpartition(".")[2]


def _value_columns(words: Words, observations: Sequence[Observation]) -> list[Column]:
    paths = {INDEX.sub("", read.path): None for observation in observations for read in observation.reads}
    if not paths:
        return []
    if len(paths) > MOST_COLUMNS:
        return [Column(words.say("column_seen"), lambda it: _all_reads(words, it.reads))]
    return [Column(path, partial(_reads, words, path)) for path in paths]


def _reads(words: Words, path: str, observation: Observation) -> str:
    values = [_value(words, read) for read in observation.reads if INDEX.sub("", read.path) == path]
    return ", ".join(dict.fromkeys(values))


def _all_reads(words: Words, reads: Iterable[Read]) -> str:
    return "\n".join(f"{read.path} = {_value(words, read)}" for read in reads)


def _value(words: Words, read: Read) -> str:
    return words.say("not_set") if read.value is None else read.value


def _missing(words: Words, observation: Observation) -> str:
    told = [f"{gap.path or words.say('whole_record')}: {gap_sentence(words, gap)}" for gap in observation.gaps]
    return "\n".join(told) or observation.reason or words.say("no_reason")


def _table(
    words: Words,
    shown: Sequence[Observation],
    columns: Sequence[Column],
    total: int,
    sentences: tuple[str, ...],
    limit: Limit,
) -> Table:
    places: defaultdict[str, list[Observation]] = defaultdict(list)
    for observation in shown:
        places[observation.place].append(observation)
    left = total - len(shown)
    digits = 0 if limit.terse else None if len(shown) <= MOST_WHOLE else DIGITS
    found = tuple(_place(place, held, columns, digits) for place, held in sorted(places.items()))
    prefix = _said_of_all(words, found)
    return Table(
        place=_place_alone(found),
        prefix=prefix,
        sentences=sentences,
        deciding=tuple(sorted({it.deciding for it in shown if it.deciding}))[:MOST_COLUMNS],
        columns=tuple(column.head for column in columns),
        places=_less(found, prefix),
        left_out=words.say(limit.left, n=number(left)) if left else None,
    )


def _place_alone(places: Sequence[PlaceRows]) -> str:
    return f"{places[0].place}: {places[0].count}" if len(places) == 1 else ""


def _less(places: tuple[PlaceRows, ...], prefix: str) -> tuple[PlaceRows, ...]:
    """The places without what their table says of them."""
    if len(places) == 1:
        return (replace(places[0], place="", prefix=""),)
    return tuple(replace(place, prefix="") for place in places) if prefix else places


def _said_of_all(words: Words, places: Sequence[PlaceRows]) -> str:
    """How the ids of every place begin, where that differs by the account and the region of the place alone."""
    if len(places) == 1:
        return places[0].prefix
    prefixes = {_placeless(words, place) for place in places}
    return prefixes.pop() if len(prefixes) == 1 else ""


def _placeless(words: Words, place: PlaceRows) -> str:
    """The prefix of a place, with names for the account and the region that the place itself says."""
    said = dict(zip(place.place.split("/")[1:], (words.say("the_account"), words.say("the_region")), strict=False))
    return _take_out(place.prefix, sorted(said.items(), key=lambda pair: -len(pair[0])))


def _place(place: str, held: Sequence[Observation], columns: Sequence[Column], digits: int | None) -> PlaceRows:
    prefix = _prefix([observation.subject for observation in held])
    alike: defaultdict[tuple[str, ...], list[Observation]] = defaultdict(list)
    for observation in held:
        alike[tuple(column.cell(observation) for column in columns)].append(observation)
    rows = tuple(_row(prefix, cells, seen, digits) for cells, seen in alike.items())
    return PlaceRows(place=place, count=number(len(held)), prefix=prefix, rows=rows)


def _row(prefix: str, cells: tuple[str, ...], seen: Sequence[Observation], digits: int | None) -> Row:
    return Row(
        subjects=tuple(observation.subject[len(prefix) :] for observation in seen),
        records=tuple((observation.digest or "").rpartition(":")[2][:digits] for observation in seen),
        cells=cells,
    )


def _prefix(subjects: Sequence[str]) -> str:
    """How the ids of several subjects all begin, up to a separator and short of the whole of any."""
    if len(subjects) < 2:
        return ""
    first, last = min(subjects), max(subjects)  # what these two share, all share
    alike = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first) - 1)
    return first[: max((match.end() for match in SEPARATORS.finditer(first[:alike])), default=0)]


def _names(subject: str) -> list[str]:
    """What a message may call a subject: its id, or what follows one of the separators in it."""
    return [subject, *(subject[match.end() :] for match in SEPARATORS.finditer(subject))]
