"""The structured files of a workspace as a source: a unit a declared kind, a record an item, with its file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any, Final

from grc.collect.files import Claim, Tree, UnreadableError
from grc.collect.persons import Pseudonyms
from grc.collect.structured.items import Item, items_of
from grc.collect.structured.shaping import Shaping
from grc.collect.structured.yamlvalues import UnsoundError
from grc.kinds.files import FileKind, file_kinds
from grc.model.evidence import Coverage, Demand, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink
from grc.model.types import Redaction

LARGEST: Final = 64 * 2**20  # bytes of one file
MAX_GAPS: Final = 1_000
MAX_NAMES: Final = 20
SHOWN: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")

Redact = Mapping[KindName, Mapping[str, Redaction]]


@dataclass(slots=True)
class Found:
    """The records of one kind, and where each subject stands."""

    records: list[Record] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    undeclared: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """The files of a directory that a workspace's own kinds name. ``root`` names it in places: ``file/<root>``.

    ``timezone`` is the organisation's: a day means 00:00 there.
    """

    tree: Tree
    claim: Claim
    root: str
    own: Mapping[KindName, Kind]
    clock: Callable[[], datetime]
    timezone: tzinfo = UTC
    pseudonyms: Pseudonyms | None = None
    redact: Redact = field(default_factory=dict)
    name: str = "files"
    version: str = "1"

    @property
    def is_of_record(self) -> bool:
        """Whether any of its kinds is evidence of record: the others only look ahead."""
        return any(one.of_record for one in file_kinds(self.own).values())

    def kinds(self) -> frozenset[KindName]:
        """The kinds over files that the workspace declares."""
        return frozenset(self.own)

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Read the files of the demanded kinds, one unit each."""
        place = Place(f"file/{self.root}")
        units = [Unit(source=self.name, place=place, kind=kind) for kind in sorted(self.own.keys() & demand.keys())]
        progress.planned(len(units))
        for unit in units:
            if not sink.has(unit):
                sink.write(*self._population(unit))
            progress.done(unit)

    def _population(self, unit: Unit) -> tuple[Population, Sequence[Record]]:
        started = self.clock()
        kind = self.own[unit.kind]
        declared = file_kinds({unit.kind: kind})[unit.kind]
        found = Found()
        paths = [path for path in self.claim.paths if matches(declared.globs, path)]
        for path in paths:
            self._read(unit, kind, declared, path, started, found)
        if not found.records and not found.gaps and not declared.may_be_empty:
            detail = f"no file of {self.root} matches {', '.join(declared.globs)}, or none holds a record"
            found.gaps.append(Gap(path="", reason=GapReason.NOT_PROVIDED, detail=detail))
        population = Population(
            unit=unit,
            origin=_origin(declared),
            query=f"read {', '.join(declared.globs)}",
            parameters={"format": declared.form, "items": declared.items},
            caller="workspace",
            started=started,
            finished=self.clock(),
            count=len(found.records),
            complete=not found.gaps,
            coverage=Coverage(paths=frozenset(kind.shape.fields), otherwise=GapReason.NOT_PROVIDED),
            gaps=tuple(_bounded(found.gaps)),
            facts=tuple(_facts(found.undeclared)),
        )
        return population, found.records

    def _read(self, unit: Unit, kind: Kind, declared: FileKind, path: str, collected: datetime, found: Found) -> None:
        shaping = Shaping(
            kind, self.timezone, self.pseudonyms, self.redact.get(unit.kind, {}), texts=declared.form == "csv"
        )
        try:
            for item in items_of(self.tree.read(path, LARGEST), declared.form, declared.items):
                self._take(unit, kind, declared, shaping, path, collected, item, found)
        except UnsoundError as error:
            found.gaps.append(_unread(f"{path}:{error}"))
        except UnreadableError as error:
            found.gaps.append(_unread(f"{path}:1: {error}"))

    def _take(
        self,
        unit: Unit,
        kind: Kind,
        declared: FileKind,
        shaping: Shaping,
        path: str,
        collected: datetime,
        item: Item,
        found: Found,
    ) -> None:
        where = f"{path}:{item.line}"
        if not isinstance(item.value, dict):
            found.gaps.append(_unread(f"{where}: a record is no mapping"))
            return
        value: dict[str, Any] = {**({kind.key: item.name} if item.name is not None else {}), **item.value}
        shaped = shaping.shape(value)
        found.undeclared |= shaped.undeclared
        names = [shaped.body.get(name) for name in declared.identity]
        if any(not isinstance(name, (str, int)) or isinstance(name, bool) or name == "" for name in names):
            found.gaps.append(_unread(f"{where}: a record has no {' and '.join(declared.identity)} that can name it"))
            return
        subject = "/".join(str(name) for name in names)
        if subject in found.places:
            found.gaps.append(_unread(f"{where}: the record of {found.places[subject]} stands here again"))
            return
        found.places[subject] = where
        found.records.append(
            Record(
                kind=unit.kind,
                subject=SubjectId(subject),
                place=unit.place,
                origin=_origin(declared),
                collected=collected,
                body=shaped.body,
                gaps=tuple(sorted(shaped.gaps, key=lambda gap: (gap.path, str(gap.detail)))),
                file=path,
                line=item.line,
            )
        )


def recognise(tree: Tree, own: Mapping[KindName, Kind]) -> Claim:
    """The files that a kind over files names. ``own`` are all kinds of the workspace."""
    globs = [glob for declared in file_kinds(own).values() for glob in declared.globs]
    return Claim(paths=tuple(path for path in tree.files if matches(globs, path)))


def open_files(
    tree: Tree,
    claim: Claim,
    root: str,
    clock: Callable[[], datetime],
    own: Mapping[KindName, Kind],
    *,
    timezone: tzinfo = UTC,
    pseudonyms: Pseudonyms | None = None,
    redact: Redact | None = None,
) -> FileSource:
    """Open what was recognised in a directory as a source. ``own`` are all kinds of the workspace."""
    return FileSource(
        tree=tree,
        claim=claim,
        root=root,
        own={name: own[name] for name in file_kinds(own)},
        clock=clock,
        timezone=timezone,
        pseudonyms=pseudonyms,
        redact=redact or {},
    )


def matches(globs: Sequence[str], path: str) -> bool:
    """Whether a path below the root is meant: ``*`` and ``?`` within a folder, ``**`` over any number of folders."""
    return any(_pattern(glob).fullmatch(path) for glob in globs)


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    found = re.escape(glob).replace(r"\*\*/", "(?:[^/]+/)*").replace(r"\*\*", ".*")
    return re.compile(found.replace(r"\*", "[^/]*").replace(r"\?", "[^/]"))


def _origin(declared: FileKind) -> Origin:
    return Origin.DOCUMENT if declared.of_record else Origin.MANIFEST


def _unread(detail: str) -> Gap:
    return Gap(path="", reason=GapReason.PARSE_ERROR, detail=detail)


def _bounded(gaps: Sequence[Gap]) -> Iterator[Gap]:
    yield from gaps[:MAX_GAPS]
    if len(gaps) > MAX_GAPS:
        yield _unread(f"{len(gaps) - MAX_GAPS:,} more records could not be read")


def _facts(undeclared: set[str]) -> Iterator[Fact]:
    """What files hold beyond the schema is not kept; names that are none are told by their number."""
    plain = sorted(name for name in undeclared if SHOWN.match(name))
    for name in plain[:MAX_NAMES]:
        yield Fact(fact="property-not-declared", detail=f"{name} is not read")
    more = len(undeclared) - len(plain[:MAX_NAMES])
    if more:
        yield Fact(fact="property-not-declared", detail=f"{more:,} more are not read")
