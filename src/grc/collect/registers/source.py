"""Registers as a source: each row a record, each cell that cannot be understood a gap at its column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from grc.collect.persons import Pseudonyms
from grc.collect.registers.cells import Reader
from grc.collect.registers.columns import columns_of, identity_of
from grc.collect.registers.opening import open_table
from grc.collect.registers.recorded import Recorded
from grc.collect.registers.references import References, references_among
from grc.collect.registers.tables import SUFFIXES, TableRefused, not_provided, parse_error
from grc.garbage import collector_paused
from grc.model.evidence import Coverage, Demand, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink
from grc.model.types import Redaction
from grc.model.workspace import RegisterFile

PROVIDER: Final = "register"
PLAIN: Final = RegisterFile(file=None, encoding="utf-8", delimiter=",", columns={})
OTHERS: Final = (".xls", ".xlsm", ".ods")
"""Spreadsheets of other formats."""
NOT_FOUND: Final = (*OTHERS, ".yml", ".tsv", ".txt", ".json")
MAX_GAPS: Final = 100
"""How many rows that could not be read are named; the rest are counted."""


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
    version: str = "2"

    def kinds(self) -> frozenset[KindName]:
        """Every declared register."""
        return frozenset(self.registers)

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Read the demanded registers, one unit each: first those that most others refer to.

        Each reference is followed, also into a register that is not demanded.
        """
        among = references_among(self.registers, self.redact)
        references = References(among=among, read=lambda kind: self._read(self._unit(kind)))
        kinds = sorted(demand.keys() & self.kinds(), key=lambda kind: (-references.pointed_at(kind), kind))
        progress.planned(len(kinds))
        for unit in map(self._unit, kinds):
            if not sink.has(unit):
                with collector_paused():
                    population, records = self._read(unit)
                    references.take(population, records)
                    sink.write(population, references.followed(unit.kind, records))
            progress.done(unit)

    def _unit(self, kind: KindName) -> Unit:
        return Unit(source=self.name, place=Place(f"register/{kind.partition('.')[2]}"), kind=kind)

    def _read(self, unit: Unit) -> tuple[Population, Sequence[Record]]:
        started = self.clock()
        register = unit.place.rpartition("/")[2]
        told = self.files.get(register, PLAIN)
        kind = self.registers[unit.kind]
        path = self._find(register, told)
        if isinstance(path, Gap):
            return self._population(unit, started, register, frozenset(), (path,)), ()
        try:
            table = open_table(path, told, register)
            columns = table.columns or (frozenset(kind.shape.fields) if path.suffix == ".yaml" else frozenset())
            rows = Recorded(unit=unit, file=path.name, collected=started)
            if required_of(kind) <= columns:
                rows.take(table.rows, self._reader(kind, path.name))
        except TableRefused as refused:
            return self._population(unit, started, path.name, frozenset(), (refused.gap,)), ()
        gaps = (*_shape_gaps(kind, columns, rows, path.name), *_bounded(rows.gaps, path.name))
        population = self._population(unit, started, path.name, columns, gaps, rows.examples)
        return replace(population, count=len(rows.records)), rows.records

    def _find(self, register: str, told: RegisterFile) -> Path | Gap:
        names = [told.file] if told.file else [register + suffix for suffix in SUFFIXES]
        found = [path for path in (self.folder / name for name in names) if path.is_file()]
        if len(found) > 1:
            return parse_error(f"{register} is kept twice: {found[0].name} and {found[1].name}; keep one of them")
        if found and found[0].suffix in OTHERS:
            return parse_error(f"{found[0].name} is not read: save it as {', '.join(SUFFIXES)}")
        if not found:
            other = [register + suffix for suffix in NOT_FOUND if (self.folder / (register + suffix)).is_file()]
            advice = f"; {other[0]} is not read: save it as one of these" if other else ""
            return not_provided(f"there is no {' or '.join(names)} among the registers{advice}")
        return found[0]

    def _reader(self, kind: Kind, file: str) -> Reader:
        columns = columns_of(kind, self.timezone, self.pseudonyms, self.redact.get(kind.name, {}))
        required = tuple(column.name for column in columns if column.required)
        return Reader({column.name: column.holds for column in columns}, required, tuple(identity_of(kind)), file)

    def _population(
        self,
        unit: Unit,
        started: datetime,
        file: str,
        columns: frozenset[str],
        gaps: Sequence[Gap],
        examples: int = 0,
    ) -> Population:
        declared = self.registers[unit.kind].shape.fields
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
            facts=tuple(_facts(declared.keys(), columns, examples)),
        )


def _shape_gaps(kind: Kind, columns: frozenset[str], rows: Recorded, file: str) -> list[Gap]:
    missing = sorted(required_of(kind) - columns)
    foreign = sorted(columns - kind.shape.fields.keys())
    if not columns or not (missing or rows.records or rows.gaps or _may_be_empty(kind, rows)):
        only = "only its example row" if rows.examples else "no rows"
        return [not_provided(f"{file} has {only}")]
    return [parse_error(f"{file}: the column {name} is missing{_meant(name, foreign)}") for name in missing]


def required_of(kind: Kind) -> frozenset[str]:
    """The columns without which no row can be understood."""
    return frozenset(name for name, declared in kind.shape.fields.items() if not declared.nullable)


def _may_be_empty(kind: Kind, rows: Recorded) -> bool:
    """Whether no row is a fact. A template that nobody has touched says nothing."""
    return kind.document.get("may_be_empty") is True and not rows.examples


def _meant(name: str, others: Iterable[str]) -> str:
    close = get_close_matches(name, others, n=1, cutoff=0.7)
    if close:
        return f": is it {close[0]!r}? Rename it there, or say so in grc.yaml (registers: files: columns)"
    return ": add it, or say what it is called there in grc.yaml (registers: files: columns)"


def _bounded(gaps: Sequence[Gap], file: str) -> list[Gap]:
    more = len(gaps) - MAX_GAPS
    rest = [parse_error(f"{file}: {more:,} more rows could not be read")] if more > 0 else []
    return [*gaps[:MAX_GAPS], *rest]


def _facts(declared: Iterable[str], columns: frozenset[str], examples: int) -> list[Fact]:
    names = frozenset(declared)
    unread = sorted(columns - names)
    absent = sorted(names - columns)
    facts = [Fact(fact="column-not-declared", detail=f"{name} is not read{_like(name, absent)}") for name in unread]
    return [*facts, Fact(fact="example-row", detail="the row of the template was left out")] if examples else facts


def _like(name: str, others: Iterable[str]) -> str:
    close = get_close_matches(name, others, n=1, cutoff=0.8)
    return f"; there is a column {close[0]}" if close else ""
