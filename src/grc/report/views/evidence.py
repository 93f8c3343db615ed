"""The evidence index: every population, how it was asked for, by whom, when, and whether it is whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from grc.canonical import encode
from grc.model.evidence import Coverage, Population
from grc.model.identifiers import KindName
from grc.report import anchors
from grc.report.index import Index
from grc.report.input import EvidenceItem
from grc.report.text import instant, number, size
from grc.report.views.gaps import gap_sentence
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationView:
    """One population."""

    anchor: str
    place: str
    collected: str
    count: str
    paging: str
    whole: bool
    gaps: tuple[str, ...]
    facts: tuple[str, ...]
    file: str | None
    size: str | None
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Populations that were asked for in the same way: that way is said once."""

    origin: str
    query: str
    parameters: str
    caller: str
    coverage: str
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
    return tuple(_kind(index, words, kind) for kind in sorted(wanted | set(index.evidence)))


def _kind(index: Index, words: Words, kind: KindName) -> KindView:
    ways: defaultdict[tuple[str, ...], list[EvidenceItem]] = defaultdict(list)
    for item in index.evidence.get(kind, ()):
        ways[_way(words, item.population)].append(item)
    return KindView(
        anchor=anchors.evidence(kind),
        kind=kind,
        title=(index.input.kind_titles or {}).get(kind, ""),
        asked=tuple(_asked(words, way, items) for way, items in ways.items()),
    )


def _way(words: Words, population: Population) -> tuple[str, ...]:
    return (
        words.say(f"origin_{population.origin.value}"),
        population.query,
        encode(population.parameters).decode() if population.parameters else "",
        population.caller,
        _coverage(words, population.coverage),
    )


def _asked(words: Words, way: tuple[str, ...], items: Iterable[EvidenceItem]) -> Asked:
    origin, query, parameters, caller, coverage = way
    populations = tuple(_population(words, item) for item in items)
    return Asked(
        origin=origin, query=query, parameters=parameters, caller=caller, coverage=coverage, populations=populations
    )


def _population(words: Words, item: EvidenceItem) -> PopulationView:
    population = item.population
    return PopulationView(
        anchor=anchors.evidence(population.unit.kind, population.unit.place),
        place=population.unit.place,
        collected=_collected(population),
        count=number(population.count),
        paging=words.say("paging_finished" if population.complete else "paging_unfinished"),
        whole=population.complete and not population.gaps,
        gaps=tuple(gap_sentence(words, gap) for gap in population.gaps),
        facts=tuple(f"{fact.fact}: {fact.detail}" for fact in population.facts),
        file=item.file,
        size=size(item.stored_bytes) if item.stored_bytes is not None else None,
        digests=tuple(digest for digest in (item.content_digest, item.stored_digest) if digest),
    )


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
