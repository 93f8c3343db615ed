"""Registers as a source: each row a record, each cell that cannot be understood a gap at its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from grc.collect.persons import Pseudonyms
from grc.collect.registers.cells import read_row
from grc.collect.registers.tables import Row, Table, parse_error, read_table
from grc.model.evidence import Coverage, Demand, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink
from grc.model.types import Redaction
from grc.model.workspace import RegisterFile

PROVIDER: Final = "register"
SUFFIXES: Final = (".csv", ".yaml")
PLAIN: Final = RegisterFile(file=None, encoding="utf-8", delimiter=",", columns={})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSource:
    """The registers of a workspace: one file a register in ``folder``, named as the register (``people.csv``).

    ``files`` says how a register's file differs from that, ``redact`` what must not reach a pack beyond what the
    schemas say. ``timezone`` is the organisation's: a
    date in a register means 00:00 there. ``clock`` gives the time of collection.
    """

    folder: Path
    registers: Mapping[KindName, Kind]
    timezone: tzinfo
    pseudonyms: Pseudonyms
    clock: Callable[[], datetime]
    files: Mapping[str, RegisterFile]
    redact: Mapping[KindName, Mapping[str, Redaction]]
    name: str = "registers"
    version: str = "1"

    def kinds(self) -> frozenset[KindName]:
        """Every declared register."""
        return frozenset(self.registers)

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Read the demanded registers, one unit each."""
        units = [
            Unit(source=self.name, place=Place(f"register/{kind.partition('.')[2]}"), kind=kind)
            for kind in sorted(demand.keys() & self.kinds())
        ]
        progress.planned(len(units))
        for unit in units:
            if not sink.has(unit):
                sink.write(*self._read(unit))
            progress.done(unit)

    def _read(self, unit: Unit) -> tuple[Population, Sequence[Record]]:
        started = self.clock()
        register = unit.place.rpartition("/")[2]
        path = self._find(register)
        if isinstance(path, Gap):
            return self._population(unit, started, register, frozenset(), (path,)), ()
        table = read_table(path, self.files.get(register, PLAIN))
        if isinstance(table, Gap):
            return self._population(unit, started, path.name, frozenset(), (table,)), ()
        records, gaps = self._records(unit, table, started, path.name)
        gaps = (*_shape_gaps(self.registers[unit.kind], table, path.name), *gaps)
        population = self._population(unit, started, path.name, table.columns, gaps)
        return replace(population, count=len(records)), records

    def _find(self, register: str) -> Path | Gap:
        told = self.files.get(register, PLAIN).file
        names = [told] if told else [register + suffix for suffix in SUFFIXES]
        found = [path for path in (self.folder / name for name in names) if path.is_file()]
        if len(found) > 1:
            return parse_error(f"{register} is kept twice: {found[0].name} and {found[1].name}; keep one of them")
        if not found:
            detail = f"there is no {' or '.join(names)} among the registers"
            return Gap(path="", reason=GapReason.NOT_PROVIDED, detail=detail)
        return found[0]

    def _records(
        self, unit: Unit, table: Table, collected: datetime, file: str
    ) -> tuple[tuple[Record, ...], tuple[Gap, ...]]:
        records: dict[str, Record] = {}
        gaps: list[Gap] = []
        for row in table.rows:
            record = self._record(unit, row, collected, file)
            if isinstance(record, Gap):
                gaps.append(record)
            elif record.subject in records:
                first = records[record.subject].line
                gaps.append(
                    parse_error(f"{file}:{row.line}: the same row as in line {first}: rows need ids of their own")
                )
            else:
                records[record.subject] = record
        return tuple(records.values()), tuple(gaps)

    def _record(self, unit: Unit, row: Row, collected: datetime, file: str) -> Record | Gap:
        told = self.redact.get(unit.kind, {})
        read = read_row(self.registers[unit.kind], row, self.timezone, self.pseudonyms, file, told)
        if isinstance(read, Gap):
            return read
        return Record(
            kind=unit.kind,
            subject=read.subject,
            place=unit.place,
            origin=Origin.REGISTER,
            collected=collected,
            body=read.body,
            gaps=read.gaps,
            file=file,
            line=row.line,
        )

    def _population(
        self, unit: Unit, started: datetime, file: str, columns: frozenset[str], gaps: Sequence[Gap]
    ) -> Population:
        declared = self.registers[unit.kind].shape.fields
        foreign = sorted(columns - declared.keys())
        return Population(
            unit=unit,
            origin=Origin.REGISTER,
            query=f"read {file}",
            parameters={},
            caller="workspace",
            started=started,
            finished=self.clock(),
            count=0,
            complete=not gaps,
            coverage=Coverage(paths=frozenset(columns & declared.keys()), otherwise=GapReason.NOT_PROVIDED),
            gaps=tuple(gaps),
            facts=tuple(Fact(fact="column-not-declared", detail=f"{column} is not read") for column in foreign),
        )


def _shape_gaps(kind: Kind, table: Table, file: str) -> tuple[Gap, ...]:
    if not table.rows:
        return (Gap(path="", reason=GapReason.NOT_PROVIDED, detail=f"{file} has no rows"),)
    missing = sorted(
        name for name, field in kind.shape.fields.items() if not field.nullable and name not in table.columns
    )
    return tuple(parse_error(f"{file}: the column {name} is missing") for name in missing)
