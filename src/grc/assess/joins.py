"""Related records: found by the value of their match fields, and with a hole where one could be missing.

Of a related kind only what the checks read is kept. A record whose match fields were seen stands under their value even
where another part of it was not seen; one whose match fields were not makes a hole in every list.

A cell that names a row which is not there counts as it is written: what it says is known, and whom it means is not. So
what a list came to is told, and a check that goes by such a list leaves its population undecided unless it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import attrgetter
from typing import Any

import msgspec

from grc.assess.places import Reach, holes_in
from grc.assess.records import LARGEST, MALFORMED, Line, as_written, meet, pointless, read_line, split, top, tops
from grc.model.evidence import Gap, Population, Unit
from grc.model.ports import EvidenceStore
from grc.model.types import ObjectType
from grc.policy.binding import record
from grc.policy.compiler import CompiledKind, is_hashed
from grc.policy.equality import equal
from grc.policy.program import RelatedProgram
from grc.policy.projection import attribute, record_type, touched_by
from grc.policy.values import PartialList, RecordValue, Unknown, Value, merged, unknown_at

Member = msgspec.Struct | RecordValue
"""A related record: its projected fields, or its value where something in it was not seen.

Generated code that reads a field of the latter stumbles over it, and the interpreter decides.
"""
MOST_READ = 10_000
"""How many values of match fields, and related records under them, are kept as the interpreter reads them."""
MOST_NAMED = 10
"""So many rows that point at nothing are named for each field of a population."""
EVERYTHING = "*"
"""The one key of an index whose match fields are of a type that is only found by comparing."""


@dataclass(slots=True)
class Reached:
    """The related records that a join reaches from one place, by the value of their match fields."""

    related: RelatedProgram
    hashed: bool
    members: dict[Any, list[Member]] = field(default_factory=dict)
    holes: set[Unknown] = field(default_factory=set)
    doubts: tuple[Gap, ...] = ()
    """Where a record names a row that is not there in what is read of it."""
    keys: tuple[Callable[[Any], Any], ...] = field(init=False)
    """What gives each match field of a projected member."""
    read: dict[Any, list[RecordValue]] = field(default_factory=dict)
    """What the interpreter was given last, by the value of the match fields."""
    room: int = MOST_READ
    """How much more of it is kept before all of it is given up."""

    def __post_init__(self) -> None:
        shape = self.related.kind.shape
        self.keys = tuple(projected_at(shape, match.field) for match in self.related.matches)

    def lack(self, gaps: Iterable[Gap]) -> None:
        """Any list may lack members, for these reasons."""
        self.holes.update(unknown_at(gap, self.related.name) for gap in gaps)

    def add_all(self, members: Iterable[Member | Unknown]) -> None:
        """Take records in."""
        if len(self.keys) > 1 or not self.hashed:
            for member in members:
                self.add(member)
            return
        key_of, held = self.keys[0], self.members
        for member in members:
            if not isinstance(member, msgspec.Struct):
                self.add(member)
            elif (key := key_of(member)) is not None:
                held.setdefault(key, []).append(member)

    def add(self, member: Member | Unknown) -> None:
        """Take one record in."""
        if isinstance(member, Unknown):
            self.lack(gap for _, gap in member.causes)
            return
        if isinstance(member, RecordValue):
            values = [value_at(member, match.field) for match in self.related.matches]
        else:
            values = [read(member) for read in self.keys]
        unseen = [value for value in values if isinstance(value, Unknown)]
        if unseen:
            self.lack(gap for each in unseen for _, gap in each.causes)
        elif all(value is not None for value in values):
            key = (values[0] if len(values) == 1 else tuple(values)) if self.hashed else EVERYTHING
            self.members.setdefault(key, []).append(member)

    def index(self) -> Mapping[Any, Any] | None:
        """What generated code looks up; None where any list may have a hole."""
        return None if self.holes or not self.hashed else self.members

    def matching(self, values: Sequence[Value]) -> Value:
        """The related list for the values to match, as the interpreter reads it. Null matches nothing."""
        if any(value is None for value in values):
            return []
        items = self._items(values)
        return PartialList(items, merged(self.holes)) if self.holes else items

    def _items(self, values: Sequence[Value]) -> list[RecordValue]:
        if not self.hashed:
            every = map(self._value, self.members.get(EVERYTHING, ()))
            return [member for member in every if self._equal(member, values)]
        key = values[0] if len(values) == 1 else tuple(values)
        if key not in self.read:
            if self.room <= 0:
                self.read.clear()
                self.room = MOST_READ
            self.read[key] = [self._value(member) for member in self.members.get(key, ())]
            self.room -= 1 + len(self.read[key])
        return self.read[key]

    def _equal(self, held: RecordValue, values: Sequence[Value]) -> bool:
        pairs = zip(self.related.matches, values, strict=True)
        return all(equal(value_at(held, match.field), value) is True for match, value in pairs)

    def _value(self, member: Member) -> RecordValue:
        if isinstance(member, RecordValue):
            return member
        wanted = self.related.reads | self.related.message_reads
        found = record(msgspec.to_builtins(member), self.related.kind.shape, reads=wanted)
        assert isinstance(found, RecordValue)
        return found


def value_at(member: RecordValue, path: str) -> Value:
    """The value of a match field: None where it is absent, an unknown where it was not seen."""
    found: Value = member
    for step in path.split("."):
        if not isinstance(found, RecordValue):
            return found
        found = found.fields.get(step)
    return found


def projected_at(shape: ObjectType, path: str) -> Callable[[Any], Any]:
    """What gives the value of a match field of a projected record, None where it is absent."""
    names: list[str] = []
    for step in path.split("."):
        names.append(attribute(shape, step))
        declared = shape.fields[step].type
        shape = declared if isinstance(declared, ObjectType) else shape
    if len(names) == 1:
        return attrgetter(names[0])
    return lambda member: reduce(_inner, names, member)


def _inner(found: Any, name: str) -> Any:
    return None if found is None else getattr(found, name)


class Joins:
    """The joins of one kind's checks.

    What was reached last is kept: populations come by place, and those of one account reach the same.
    """

    def __init__(self, compiled: CompiledKind, store: EvidenceStore, reach: Reach) -> None:
        self.compiled = compiled
        self.store = store
        self.reach = reach
        self._loaded: dict[Unit, list[Member | Unknown]] = {}
        self._doubts: dict[Unit, dict[str, list[Gap]]] = {}
        self._last: dict[int, tuple[object, Reached]] = {}

    def from_place(self, population: Population) -> tuple[Reached, ...]:
        """What each join reaches from a population."""
        reaching = [self.reach.of(join, population) for join in self.compiled.joins]
        needed = {other.unit for found, _ in reaching for other in found}
        self._loaded = {unit: members for unit, members in self._loaded.items() if unit in needed}
        return tuple(self._join(position, *each) for position, each in enumerate(reaching))

    def _join(self, position: int, found: tuple[Population, ...], missing: tuple[Gap, ...]) -> Reached:
        key = (tuple(each.unit for each in found), missing)
        if position in self._last and self._last[position][0] == key:
            return self._last[position][1]
        related = self.compiled.joins[position]
        reached = Reached(related, is_hashed(related))
        reached.lack(missing)
        for other in found:
            reached.lack(holes_in(other))
            reached.add_all(self._members(other))
            reached.doubts += self._doubts_about(other, related)
        self._last[position] = key, reached
        return reached

    def _members(self, population: Population) -> list[Member | Unknown]:
        if population.unit not in self._loaded:
            self._loaded[population.unit] = list(self._load(population))
        return self._loaded[population.unit]

    def _doubts_about(self, population: Population, related: RelatedProgram) -> tuple[Gap, ...]:
        read = tops(related.reads)
        doubts = self._doubts[population.unit]
        return tuple(gap for name in sorted(doubts) if meet(frozenset({name}), read) for gap in doubts[name])

    def _doubt(self, population: Population, gaps: Iterable[Gap]) -> None:
        for gap in gaps:
            named = self._doubts[population.unit].setdefault(top(gap.path), [])
            if len(named) < MOST_NAMED:
                named.append(gap)

    def _load(self, population: Population) -> Iterator[Member | Unknown]:
        self._doubts[population.unit] = {}
        joins = [join for join in self.compiled.joins if join.kind.name == population.unit.kind]
        shape = joins[0].kind.shape
        reads = frozenset(path for join in joins for path in join.reads | join.message_reads)
        touched = frozenset(touched_by(shape, reads)).union(*self.compiled.touched)
        decoder = msgspec.json.Decoder(record_type(shape, touched, tags=False))
        seen = tops(reads)
        covered = all(population.coverage.covers(path) for path in reads)
        for chunk in self.store.lines(population):
            lines = split(chunk, population)
            bodies = _bodies(decoder, lines) if covered else None
            if bodies is not None:
                yield from bodies
                continue
            for line in lines:
                member = _projected(decoder, line, seen) if covered else None
                if member is not None:
                    yield member
                    continue
                whole = read_line(line, population)
                self._doubt(population, pointless(whole))
                yield _exact(as_written(whole), shape, reads, population)


def _bodies(decoder: msgspec.json.Decoder[Any], lines: list[bytes]) -> list[msgspec.Struct] | None:
    """The fields of records that were all seen as declared; None where one may not have been."""
    if len(max(lines, key=len, default=b"")) > LARGEST:
        return None
    try:
        found = [decoder.decode(line) for line in lines]
    except MALFORMED:
        return None
    return None if any(each.gaps is not None for each in found) else [each.body for each in found]


def _projected(decoder: msgspec.json.Decoder[Any], line: bytes, read: frozenset[str]) -> msgspec.Struct | None:
    """The fields of a record that was seen as declared in all that is read; else None."""
    if len(line) > LARGEST:
        return None
    try:
        found = decoder.decode(line)
    except MALFORMED:
        return None
    if found.gaps is not None and meet(tops(gap.path for gap in found.gaps), read):
        return None
    body: msgspec.Struct = found.body
    return body


def _exact(line: Line, shape: ObjectType, reads: frozenset[str], population: Population) -> RecordValue | Unknown:
    return record(line.body, shape, reads=reads, gaps=line.gaps, coverage=population.coverage)
