"""Cells that name a row of another register: what becomes of a row that points at nothing.

It is read like any other, and keeps what it says. A gap at the cell says that the row which it names was asked for and
not had. Where the other register could not be read whole nothing is said: the row may be among those that were not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from grc.model.evidence import Gap, GapReason, Population, Record
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.types import Field, Redaction

MAX_SHOWN: Final = 80
"""So much of a value is shown."""

Read = Callable[[KindName], tuple[Population, Sequence[Record]]]


class Reference(NamedTuple):
    """A field of a register, and the field of a register in which its values stand too."""

    name: str
    target: KindName
    referred: str
    personal: bool


class Standing(NamedTuple):
    """The values that stand in a field which others refer to, and the file they stand in."""

    file: str
    values: frozenset[object]


Redact = Mapping[KindName, Mapping[str, Redaction]]


def references_among(registers: Mapping[KindName, Kind], redact: Redact) -> Mapping[KindName, tuple[Reference, ...]]:
    """The references of each register to another. ``redact`` is what the workspace withholds beyond the schemas.

    Left out are those whose values are not kept in the same way at both ends: they never meet.
    """
    return {kind: tuple(_references(kind, registers, redact)) for kind in registers}


@dataclass(slots=True, kw_only=True)
class References:
    """Follows the references of each register. ``read`` reads one that is referred to and was not read yet."""

    among: Mapping[KindName, tuple[Reference, ...]]
    read: Read
    _standing: dict[tuple[KindName, str], Standing | None] = field(default_factory=dict)

    def pointed_at(self, kind: KindName) -> int:
        """How many references lead to a register."""
        return sum(each.target == kind for references in self.among.values() for each in references)

    def take(self, population: Population, records: Sequence[Record]) -> None:
        """Keep what stands in the fields of a register that others refer to."""
        kind = population.unit.kind
        file = population.query.removeprefix("read ")
        for name in {each.referred for references in self.among.values() for each in references if each.target == kind}:
            held = _held(population, records, name)
            self._standing[kind, name] = None if held is None else Standing(file, held)

    def followed(self, kind: KindName, records: Sequence[Record]) -> Sequence[Record]:
        """The records, with a gap at each cell that names a row which is not there."""
        doubts: dict[int, list[Gap]] = {}
        for each in self.among[kind] if records else ():
            standing = self._stands(each.target, each.referred)
            if standing is not None:
                for position, gap in _pointing_at_nothing(records, each, standing):
                    doubts.setdefault(position, []).append(gap)
        if not doubts:
            return records
        return [
            replace(record, gaps=(*record.gaps, *doubts[position])) if position in doubts else record
            for position, record in enumerate(records)
        ]

    def _stands(self, kind: KindName, name: str) -> Standing | None:
        if (kind, name) not in self._standing:
            self.take(*self.read(kind))
        return self._standing[kind, name]


def _references(kind: KindName, registers: Mapping[KindName, Kind], redact: Redact) -> Iterator[Reference]:
    for name, declared in registers[kind].shape.fields.items():
        target, _, referred = (declared.references or "").rpartition(".")
        other = registers.get(KindName(target))
        there = None if other is None else other.shape.fields.get(referred)
        if other is None or there is None:
            continue
        kept = _kept(declared, redact.get(kind, {}).get(name))
        if kept is _kept(there, redact.get(other.name, {}).get(referred)) and kept is not Redaction.DROP:
            yield Reference(name, other.name, referred, personal=kept is not None)


def _kept(declared: Field, told: Redaction | None) -> Redaction | None:
    """How a field's values are kept; ``told`` is what the workspace says."""
    return Redaction.DROP if declared.secret else told or declared.personal


def _held(population: Population, records: Iterable[Record], name: str) -> frozenset[object] | None:
    """The values of a field; None where one may be missing."""
    if population.gaps or not population.coverage.covers(name):
        return None
    if any(gap.path == name and gap.reason is not GapReason.NO_SUCH_ROW for each in records for gap in each.gaps):
        return None
    return frozenset(each.body[name] for each in records if name in each.body)


def _pointing_at_nothing(
    records: Sequence[Record], reference: Reference, standing: Standing
) -> Iterator[tuple[int, Gap]]:
    """The positions of records whose field names what does not stand there, with a gap for each such value."""
    name = reference.name
    for position, record in enumerate(records):
        value = record.body.get(name)
        if isinstance(value, list):
            for index, one in enumerate(value):
                if one not in standing.values:
                    yield position, _gap(record, reference, f"{name}[{index}]", one, standing.file)
        elif value is not None and value not in standing.values:
            yield position, _gap(record, reference, name, value, standing.file)


def _gap(record: Record, reference: Reference, path: str, value: object, file: str) -> Gap:
    """What is somebody's is not repeated."""
    what = "somebody whom" if reference.personal else f"{str(value)[:MAX_SHOWN]!r}, which"
    advice = f"{file} does not have: correct it, or add that row there"
    detail = f"{record.file}:{record.line}: {reference.name} names {what} {advice}"
    return Gap(path=path, reason=GapReason.NO_SUCH_ROW, detail=detail)
