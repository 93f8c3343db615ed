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
from grc.kinds import is_regional
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
        """Translate the demanded kinds, a unit for each estate; a kind without resources is a proven empty one.

        What an estate makes in further regions or accounts is a place for each, of the kinds that stand there.
        """
        units = [
            (Unit(source=self.name, place=place, kind=kind), estate, within)
            for estate, place, within in self._places()
            for kind in sorted(demand.keys() & self._kinds_in(estate, within))
        ]
        progress.planned(len(units))
        index: Index | None = None
        with collector_paused():
            for unit, estate, within in units:
                if not sink.has(unit):
                    if index is None or index.declared is not estate.declared:
                        index = Index(estate.declared)
                    self._write(unit, estate, within, index, sink)
                progress.done(unit)

    def _places(self) -> Iterator[tuple[Estate, Place, str]]:
        taken = {f"file/{estate.root}" for estate in self.estates}
        for estate in self.estates:
            yield estate, Place(f"file/{estate.root}"), ""
            for within in sorted({one.within for one in _all_of(estate.declared)} - {""}):
                place = f"file/{estate.root}@{within}"
                while place in taken:
                    place += "@"
                taken.add(place)
                yield estate, Place(place), within

    def _kinds_in(self, estate: Estate, within: str) -> frozenset[KindName]:
        if not within:
            return self.kinds()
        types = {one.type for one in _all_of(estate.declared) if one.within == within}
        found = (one.kind for one in self.translations if not types.isdisjoint({one.type, *one.siblings}))
        return frozenset(kind for kind in found if is_regional(kind))

    def _write(self, unit: Unit, estate: Estate, within: str, index: Index, sink: Sink) -> None:
        started = self.clock()
        translations = [one for one in self.translations if one.kind == unit.kind]
        paths = frozenset(path for one in translations for path in one.paths())
        records = [
            record for one in translations for record in _records(unit, estate, within, index, one, paths, started)
        ]
        gaps = tuple(gap for one in translations for gap in _population_gaps(estate, within, index, one))
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


def _all_of(declared: Declared) -> Iterator[DeclaredResource]:
    """Every resource, also those that may not be there."""
    yield from declared.resources
    yield from (one.resource for one in declared.uncertain)


def _stands_in(resource: DeclaredResource, kind: KindName) -> str:
    """What is global stands with the rest, whichever region it is made through."""
    return resource.within and (resource.within if is_regional(kind) else "")


def _records(
    unit: Unit,
    estate: Estate,
    within: str,
    index: Index,
    translation: Translation,
    covered: frozenset[str],
    collected: datetime,
) -> Iterator[Record]:
    """The records of one type. ``covered`` are the paths of all types that give the kind: some give others alone."""
    lacking = [_lacking(path, estate.wording) for path in sorted(covered - translation.paths())]
    owners = [index.owners(translation.type, one) for one in translation.attached]
    hole = estate.declared.holes[0].detail if estate.declared.holes else None
    for resource in (one for one in index.of(translation.type) if _stands_in(one, unit.kind) == within):
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


def _population_gaps(estate: Estate, within: str, index: Index, translation: Translation) -> Iterator[Gap]:
    """Where resources of this kind may stand that no record tells of."""
    yield from estate.declared.holes
    kind = translation.kind
    uncertain = [one for one in estate.declared.uncertain if _stands_in(one.resource, kind) == within]
    yield from (one.gap for one in uncertain if one.resource.type == translation.type)
    perhaps = (one.resource for one in uncertain if one.resource.type in translation.siblings)
    certain = (resource for type_ in sorted(translation.siblings) for resource in index.of(type_))
    apart = (resource for resource in (*certain, *perhaps) if _stands_in(resource, kind) == within)
    yield from (_sibling(resource, translation, estate.wording) for resource in apart)


def _sibling(resource: DeclaredResource, translation: Translation, wording: Wording) -> Gap:
    where = resource.file if resource.line is None else f"{resource.file}:{resource.line}"
    detail = f"{where}: AWS tells {resource.address} as {translation.kind} too, and {resource.type} is not translated"
    return Gap(path="", reason=GapReason.NOT_TRANSLATED, call=wording.call, detail=detail)


def _lacking(path: str, wording: Wording) -> Gap:
    detail = "the resource type does not set it"
    return Gap(path=path, reason=GapReason.NOT_TRANSLATED, call=wording.call, detail=detail)
