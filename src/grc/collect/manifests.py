"""Files of a directory that each hold subjects with a line of their own, as a source.

What cannot be read is a gap in every kind that it could hold, and the rest is read all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from grc import kinds
from grc.collect.files import Claim, Tree, UnreadableError
from grc.model.evidence import Coverage, Demand, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink

LARGEST: Final = 512 * 1024
"""Bytes. What people write by hand is smaller."""


class ManifestError(Exception):
    """A file, or a part of it, is not of its form. ``line`` counts from 1; the text holds nothing of the file."""

    def __init__(self, line: int, why: str) -> None:
        self.line = line
        super().__init__(why)


@dataclass(slots=True, kw_only=True)
class Found:
    """One subject of a file."""

    kind: str
    id: str
    line: int
    body: dict[str, Any]
    gaps: list[Gap] = field(default_factory=list)

    def unknown(self, why: str, *paths: str) -> None:
        """Note that values cannot be told from the file."""
        self.gaps.extend(Gap(path=path, reason=GapReason.NOT_TRANSLATED, detail=why) for path in paths)


Extract = Callable[[str, bytes], Iterable[Found | ManifestError]]
"""The subjects of a file at a path; an error for each part that is not of its form, raised where it is the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestSource:
    """Files of one sort in a directory. Meets ``model.ports.Source``. ``query`` says what was looked for."""

    tree: Tree
    paths: Sequence[str]
    root: str
    clock: Callable[[], datetime]
    schemas: Mapping[KindName, Kind]
    extract: Extract
    query: str
    name: str
    version: str = "1"

    def kinds(self) -> frozenset[KindName]:
        """The kinds that these files hold."""
        return frozenset(self.schemas)

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Read the files once, and write the demanded kinds."""
        place = Place(f"file/{self.root}")
        units = [Unit(source=self.name, place=place, kind=kind) for kind in sorted(demand.keys() & self.kinds())]
        progress.planned(len(units))
        wanted = [unit for unit in units if not sink.has(unit)]
        if wanted:
            started = self.clock()
            found, gaps = self._read()
            for unit in wanted:
                sink.write(*self._written(unit, started, found, gaps))
        for unit in units:
            progress.done(unit)

    def _read(self) -> tuple[list[tuple[str, Found]], list[Gap]]:
        found: list[tuple[str, Found]] = []
        gaps: list[Gap] = []
        for path in self.paths:
            for one in self._of_file(path):
                if isinstance(one, Found):
                    found.append((path, one))
                else:
                    detail = f"{path}:{one.line}: {one}"
                    gaps.append(Gap(path="", reason=GapReason.PARSE_ERROR, call=self.query, detail=detail))
        return found, gaps

    def _of_file(self, path: str) -> Iterator[Found | ManifestError]:
        try:
            yield from self.extract(path, self.tree.read(path, LARGEST))
        except UnreadableError as error:
            yield ManifestError(1, str(error))
        except ManifestError as error:
            yield error

    def _written(
        self, unit: Unit, started: datetime, found: Sequence[tuple[str, Found]], gaps: Sequence[Gap]
    ) -> tuple[Population, Sequence[Record]]:
        records = [_record(unit, started, path, one) for path, one in found if one.kind == unit.kind]
        covered = frozenset(self.schemas[unit.kind].shape.fields)
        population = Population(
            unit=unit,
            origin=Origin.MANIFEST,
            query=self.query,
            parameters={"files": len(self.paths)},
            caller="file",
            started=started,
            finished=self.clock(),
            count=len(records),
            complete=not gaps,
            coverage=Coverage(paths=covered, otherwise=GapReason.NOT_TRANSLATED),
            gaps=tuple(gaps),
        )
        return population, records


def _record(unit: Unit, collected: datetime, path: str, found: Found) -> Record:
    return Record(
        kind=unit.kind,
        subject=SubjectId(found.id),
        place=unit.place,
        origin=Origin.MANIFEST,
        collected=collected,
        body=found.body,
        gaps=tuple(sorted(found.gaps, key=str)),
        file=path,
        line=found.line,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One sort of such files. ``provider`` is that of its kinds, ``name`` that of the source."""

    provider: str
    name: str
    query: str
    extract: Extract

    def schemas(self) -> Mapping[KindName, Kind]:
        """The kinds that these files hold."""
        return _schemas(self.provider)

    def open(self, tree: Tree, claim: Claim, root: str, clock: Callable[[], datetime]) -> ManifestSource:
        """Open the files of a directory that were recognised as such, as a source."""
        return ManifestSource(
            tree=tree,
            paths=claim.paths,
            root=root,
            clock=clock,
            schemas=self.schemas(),
            extract=self.extract,
            query=self.query,
            name=self.name,
        )


@cache
def _schemas(provider: str) -> Mapping[KindName, Kind]:
    return kinds.load((kinds.SHIPPED / provider,))
