"""Declared resources as a source: the records that a live scan would give, as far as the declaration tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from grc.collect.translated.body import Body, tags_of
from grc.collect.translated.owners import Index
from grc.collect.translated.reading import Wording
from grc.collect.translated.resource import Declared, DeclaredResource
from grc.collect.translated.translation import Translation
from grc.garbage import collector_paused
from grc.model.evidence import Coverage, Demand, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.ports import Progress, Sink


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """One plan, state, module or template: what stands or falls together. ``root`` names it: ``file/<root>``."""

    root: str
    origin: Origin
    query: str
    parameters: Mapping[str, object]
    wording: Wording
    declared: Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredSource:
    """Estates, translated kind by kind."""

    name: str
    version: str
    estates: tuple[Estate, ...]
    translations: tuple[Translation, ...]
    clock: Callable[[], datetime]

    def kinds(self) -> frozenset[KindName]:
        """The kinds that there are translations to."""
        return frozenset(translation.kind for translation in self.translations)

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Translate the demanded kinds, a unit for each estate; a kind without resources is a proven empty one."""
        units = [
            (Unit(source=self.name, place=Place(f"file/{estate.root}"), kind=kind), estate)
            for estate in self.estates
            for kind in sorted(demand.keys() & self.kinds())
        ]
        progress.planned(len(units))
        index: Index | None = None
        for unit, estate in units:
            if not sink.has(unit):
                if index is None or index.declared is not estate.declared:
                    index = Index(estate.declared)
                with collector_paused():
                    self._write(unit, estate, index, sink)
            progress.done(unit)

    def _write(self, unit: Unit, estate: Estate, index: Index, sink: Sink) -> None:
        started = self.clock()
        translations = [one for one in self.translations if one.kind == unit.kind]
        paths = frozenset(path for one in translations for path in one.paths())
        records = [record for one in translations for record in _records(unit, estate, index, one, paths, started)]
        gaps = tuple(gap for one in translations for gap in _population_gaps(estate, index, one))
        population = Population(
            unit=unit,
            origin=estate.origin,
            query=estate.query,
            parameters=estate.parameters,
            caller="file",
            started=started,
            finished=self.clock(),
            count=len(records),
            complete=not gaps,
            coverage=Coverage(paths=paths, otherwise=GapReason.NOT_TRANSLATED),
            gaps=tuple(sorted(set(gaps))),
            facts=estate.declared.facts,
        )
        sink.write(population, records)


def _records(
    unit: Unit, estate: Estate, index: Index, translation: Translation, covered: frozenset[str], collected: datetime
) -> Iterator[Record]:
    """The records of one type. ``covered`` are the paths of all types that give the kind: some give others alone."""
    lacking = [_lacking(path, estate.wording) for path in sorted(covered - translation.paths())]
    owners = [index.owners(translation.type, one) for one in translation.attached]
    hole = estate.declared.holes[0].detail if estate.declared.holes else None
    for resource in index.of(translation.type):
        body = Body(resource, estate.wording, hole)
        body.translate(translation, owners)
        yield Record(
            kind=unit.kind,
            subject=SubjectId(resource.address),
            place=unit.place,
            origin=estate.origin,
            collected=collected,
            body=body.values,
            tags=tags_of(resource),
            gaps=tuple(sorted((*body.gaps, *lacking))),
            file=resource.file,
            line=resource.line,
        )


def _population_gaps(estate: Estate, index: Index, translation: Translation) -> Iterator[Gap]:
    """Where resources of this kind may stand that no record tells of."""
    yield from estate.declared.holes
    yield from (one.gap for one in estate.declared.uncertain if one.resource.type == translation.type)
    perhaps = (one.resource for one in estate.declared.uncertain if one.resource.type in translation.siblings)
    certain = (resource for type_ in sorted(translation.siblings) for resource in index.of(type_))
    yield from (_sibling(resource, translation, estate.wording) for resource in (*certain, *perhaps))


def _sibling(resource: DeclaredResource, translation: Translation, wording: Wording) -> Gap:
    where = resource.file if resource.line is None else f"{resource.file}:{resource.line}"
    detail = f"{where}: AWS tells {resource.address} as {translation.kind} too, and {resource.type} is not translated"
    return Gap(path="", reason=GapReason.NOT_TRANSLATED, call=wording.call, detail=detail)


def _lacking(path: str, wording: Wording) -> Gap:
    detail = "the resource type does not set it"
    return Gap(path=path, reason=GapReason.NOT_TRANSLATED, call=wording.call, detail=detail)
