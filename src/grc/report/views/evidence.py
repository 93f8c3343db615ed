"""The evidence index: every population, how it was asked for, by whom, when, and whether it is whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from grc.canonical import encode
from grc.model.evidence import Coverage, Fact, Population
from grc.model.identifiers import KindName
from grc.report import anchors
from grc.report.index import Index
from grc.report.input import EvidenceItem
from grc.report.text import instant, number, size
from grc.report.views.gaps import gap_sentence
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationView:
    """One population. Its file in the pack is what stands ``before`` its place, the place, and what stands ``after``.

    ``short_of`` says what keeps it from being whole. ``rows`` is how many from here on were collected at the same time,
    and nought for those that come after the first of them.
    """

    anchor: str
    before: str
    place: str
    after: str
    size: str | None
    collected: str
    rows: int
    count: str
    short_of: tuple[str, ...]
    facts: tuple[str, ...]
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Populations that were asked for in the same way: that way is said once.

    ``by`` is where they come from and who asked, empty where that is what is usual in the report.
    """

    query: str
    parameters: str
    coverage: str
    by: str
    populations: tuple[PopulationView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindView:
    """The populations of one kind; none where checks ask for a kind that no evidence was collected of."""

    anchor: str
    kind: str
    title: str
    asked: tuple[Asked, ...]


def kinds(index: Index, words: Words) -> tuple[KindView, ...]:
    """Every kind that was collected or that a check asks for."""
    wanted = {kind for check in index.checks if (kind := index.kind(check)) is not None}
    by = usual(index, words)
    return tuple(_kind(index, words, kind, by) for kind in sorted(wanted | set(index.evidence)))


def usual(index: Index, words: Words) -> str:
    """Where most populations come from, and who asked for them."""
    times = Counter(_by(words, item.population) for items in index.evidence.values() for item in items)
    return max(sorted(times), key=times.__getitem__, default="")


def _by(words: Words, population: Population) -> str:
    origin = words.say(f"origin_{population.origin.value}")
    return words.say("evidence_by", origin=origin, caller=population.caller)


def _kind(index: Index, words: Words, kind: KindName, by: str) -> KindView:
    ways: defaultdict[tuple[str, ...], list[EvidenceItem]] = defaultdict(list)
    for item in index.evidence.get(kind, ()):
        ways[_way(words, item.population)].append(item)
    return KindView(
        anchor=anchors.evidence(kind),
        kind=kind,
        title=(index.input.kind_titles or {}).get(kind, ""),
        asked=tuple(_asked(words, way, items, by) for way, items in ways.items()),
    )


def _way(words: Words, population: Population) -> tuple[str, ...]:
    return (
        population.query,
        ", ".join(f"{name}={_value(value)}" for name, value in sorted(population.parameters.items())),
        _coverage(words, population.coverage),
        _by(words, population),
    )


def _asked(words: Words, way: tuple[str, ...], items: Iterable[EvidenceItem], usually: str) -> Asked:
    query, parameters, coverage, by = way
    runs = (tuple(run) for _, run in groupby(items, key=lambda item: _collected(item.population)))
    populations = tuple(
        _population(words, item, 0 if place else len(run)) for run in runs for place, item in enumerate(run)
    )
    by = "" if by == usually else by
    return Asked(query=query, parameters=parameters, coverage=coverage, by=by, populations=populations)


def _population(words: Words, item: EvidenceItem, rows: int) -> PopulationView:
    population = item.population
    before, _, after = (item.file or "").rpartition(population.unit.place)
    unfinished = () if population.complete else (words.say("paging_unfinished"),)
    return PopulationView(
        anchor=anchors.evidence(population.unit.kind, population.unit.place),
        before=before,
        place=population.unit.place,
        after=after,
        size=size(item.stored_bytes) if item.stored_bytes is not None else None,
        collected=_collected(population),
        rows=rows,
        count=number(population.count),
        short_of=(*unfinished, *(gap_sentence(words, gap) for gap in population.gaps)),
        facts=tuple(_fact(fact, population.unit.place) for fact in population.facts),
        digest=item.content_digest,
    )


def _fact(fact: Fact, place: str) -> str:
    """A fact, and what it is about where that is not the place itself."""
    return fact.fact if fact.detail == place else f"{fact.fact}: {fact.detail}"


def _value(value: object) -> str:
    return value if isinstance(value, str) else encode(value).decode()


def _collected(population: Population) -> str:
    started, finished = instant(population.started), instant(population.finished)
    if started == finished:
        return started
    same_day = population.started.date() == population.finished.date()
    return f"{started[: -len(' UTC')]} – {finished[len('2026-05-03 ') :] if same_day else finished}"


def _coverage(words: Words, coverage: Coverage) -> str:
    """The fields covered, those of one parent together: ``a, b.{c, d}``."""
    parents: dict[str, list[str]] = {}
    for path in sorted(coverage.paths):
        head, _, leaf = path.rpartition(".")
        parents.setdefault(head, []).append(leaf)
    told = [", ".join(leaves) if not head else _under(head, leaves) for head, leaves in parents.items()]
    return ", ".join(told) or words.say("covers_nothing")


def _under(head: str, leaves: list[str]) -> str:
    return f"{head}.{{{', '.join(leaves)}}}" if len(leaves) > 1 else f"{head}.{leaves[0]}"
