"""The one way into a pack: everything that a source gives passes here, and what looks like a secret does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter, is_
from typing import Any, Final

from grc.collect.persons import LENGTH, PREFIX
from grc.collect.secrets.bodies import Cleaner, Removed
from grc.collect.secrets.texts import add_texts, suspicious
from grc.model.evidence import Fact, Gap, Population, Record, Removal, Unit
from grc.model.identifiers import KindName, SubjectId
from grc.model.kind import Kind
from grc.model.ports import Sink
from grc.model.types import Primitive

TOGETHER: Final = 64
"""So many records are looked at at once where one of them may hold a secret."""
MOST_TOGETHER: Final = 1024
"""So many where none does."""
REMEMBERED: Final = 32_768
"""So many texts that hold no secret are known again: days, choices and names of columns repeat."""
BODY, FILE, SUBJECT = map(attrgetter, ("body", "file", "subject"))
PSEUDONYM: Final = re.compile(rf"{PREFIX}[0-9a-f]{{{LENGTH}}}")
PSEUDONYM_LENGTH: Final = len(PREFIX) + LENGTH


class Redacting:
    """A sink that takes secrets out of what it hands on, and says in the population how often and where.

    Meets ``model.ports.Sink``. A place that held one is a gap too: what is not shown is not seen.
    """

    def __init__(self, sink: Sink, kinds: Mapping[KindName, Kind]) -> None:
        self._sink = sink
        self._kinds = kinds

    def has(self, unit: Unit) -> bool:
        """Whether this unit is already held whole."""
        return self._sink.has(unit)

    def write(self, population: Population, records: Sequence[Record]) -> None:
        """Hold one unit, without its secrets."""
        removed: Removed = Counter()
        kind = self._kinds.get(population.unit.kind)
        clean = _distinct(records, _records(records, kind, removed))
        told = _population(population, removed)
        counted = (Removal(path=path, how=how, rule=rule, count=n) for (path, how, rule), n in removed.items())
        self._sink.write(replace(told, removals=tuple(sorted(counted))), clean)


def _records(records: Sequence[Record], kind: Kind | None, removed: Removed) -> list[Record]:
    """The clean records: looked at together first, because nearly none holds a secret, and each text once."""
    clean: list[Record] = []
    harmless: set[object] = set()
    persons: set[object] = set()
    start, size = 0, TOGETHER
    while start < len(records):
        some = records[start : start + size]
        texts, flat = _distinct_texts(some)
        fresh = texts - harmless
        persons.update([text for text in fresh if len(text) == PSEUDONYM_LENGTH and PSEUDONYM.fullmatch(text)])
        doubtful = suspicious(fresh - persons)
        if doubtful and size > TOGETHER:
            size = TOGETHER
            continue
        if persons:
            removed.update(_persons_of(some, persons, flat))
        if doubtful:
            clean += [_record(record, kind, removed) for record in some]
        else:
            clean += some
            if len(harmless) > REMEMBERED:
                harmless.clear()
            harmless |= fresh
        start += size
        size = TOGETHER if doubtful else min(2 * size, MOST_TOGETHER)
    return clean


def _distinct_texts(records: Sequence[Record]) -> tuple[set[str], bool]:
    """Every text in some records, once, and whether their bodies hold no lists and no mappings."""
    found: set[object] = {*map(SUBJECT, records), *map(FILE, records)}
    for record in records:
        if record.tags is not None or record.gaps:
            found.update(_texts(record))
    bodies: list[Any] = [*map(BODY, records)]
    found.update(*bodies)
    try:
        found.update(*map(dict.values, bodies))
        flat = not any(issubclass(kind, tuple) for kind in set(map(type, found)))
    except TypeError:  # a list or a mapping is in one
        flat = False
    if not flat:
        found.update(text for record in records for text in _texts(record))
    return {text for text in found if isinstance(text, str)}, flat


def _persons_of(records: Iterable[Record], persons: Collection[object], flat: bool) -> Removed:
    """Where pseudonyms stand, and how many."""
    if not flat:
        return Counter((path, "pseudonym", "") for each in records for path in _pseudonyms(each.body, persons))
    found: Removed = Counter()
    for names, bodies in groupby(map(BODY, records), key=tuple):
        for name, values in zip(names, zip(*map(dict.values, bodies), strict=True), strict=True):
            if count := sum(map(persons.__contains__, values)):
                found[name, "pseudonym", ""] += count
    return found


def _record(record: Record, kind: Kind | None, removed: Removed) -> Record:
    if not suspicious(_texts(record)):
        return record
    cleaner = Cleaner(removed)
    body = cleaner.data(record.body, kind.shape if kind else Primitive.DYN)
    return replace(
        record,
        subject=SubjectId(cleaner.text(record.subject)),
        body=body,
        tags=None if record.tags is None else cleaner.tags(record.tags),
        gaps=tuple(sorted({*(_gap(gap, cleaner) for gap in record.gaps), *cleaner.gaps}, key=_gap_order)),
        file=None if record.file is None else cleaner.text(record.file),
    )


def _texts(record: Record) -> list[str]:
    texts = [record.subject, record.file or ""]
    add_texts(record.body, texts)
    add_texts(record.tags, texts)
    for gap in record.gaps:
        texts += (gap.path, gap.call or "", gap.permission or "", gap.detail or "")
    return texts


def _population(population: Population, removed: Removed) -> Population:
    cleaner = Cleaner(removed)
    return replace(
        population,
        query=cleaner.text(population.query),
        parameters=cleaner.data(population.parameters),
        caller=cleaner.text(population.caller),
        gaps=tuple(_gap(gap, cleaner) for gap in population.gaps),
        facts=tuple(Fact(fact=cleaner.text(one.fact), detail=cleaner.text(one.detail)) for one in population.facts),
    )


def _gap(gap: Gap, cleaner: Cleaner) -> Gap:
    call, permission, detail = (
        None if text is None else cleaner.text(text) for text in (gap.call, gap.permission, gap.detail)
    )
    return replace(gap, path=cleaner.text(gap.path), call=call, permission=permission, detail=detail)


def _gap_order(gap: Gap) -> tuple[str, str, str, str, str]:
    return gap.path, gap.reason, gap.call or "", gap.permission or "", gap.detail or ""


def _distinct(given: Sequence[Record], clean: list[Record]) -> list[Record]:
    """The clean records, with numbers where two subjects would otherwise bear one name."""
    if all(map(is_, given, clean)):
        return clean
    before: dict[SubjectId, set[SubjectId]] = {}
    for old, new in zip(given, clean, strict=True):
        if new is not old:
            before.setdefault(new.subject, set()).add(old.subject)
    numbers = {old: n for olds in before.values() for n, old in enumerate(sorted(olds), start=1)}
    return [
        new
        if numbers.get(old.subject, 1) == 1
        else replace(new, subject=SubjectId(f"{new.subject} ({numbers[old.subject]})"))
        for old, new in zip(given, clean, strict=True)
    ]


def _pseudonyms(value: Any, persons: Collection[object], path: str = "") -> Iterator[str]:
    """The path of each pseudonym of a body, list indexes left out."""
    if isinstance(value, str):
        yield from [path] if value in persons else []
    elif isinstance(value, Mapping):
        for name, below in value.items():
            if type(below) is not str:
                yield from _pseudonyms(below, persons, f"{path}.{name}" if path else name)
            elif below in persons:
                yield f"{path}.{name}" if path else name
    elif isinstance(value, (list, tuple)):
        for below in value:
            yield from _pseudonyms(below, persons, path)


def without_secrets(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """JSON data without secrets: for what stands beside the records."""
    clean: Mapping[str, Any] = Cleaner(Counter()).data(value)
    return clean
