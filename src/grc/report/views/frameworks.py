"""A framework: its answer in a sentence, its bar, its map, and its requirements in the publisher's order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from grc.model.assessment import FrameworkSummary, SetSummary
from grc.model.catalogue import Catalogue, CountedSet, Requirement
from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.report.anchors import anchor, section
from grc.report.index import Index
from grc.report.shared import SharedPart
from grc.report.text import number, share_down, share_up
from grc.report.views.bars import ORDER, Bar, bar
from grc.report.views.marks import Mark, mark
from grc.report.views.requirements import Sheet, sheet
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One requirement in the map."""

    anchor: str
    label: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGroup:
    """A run of tiles under the publisher's heading."""

    title: str
    count: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many requirements have one status."""

    mark: Mark
    number: str
    some: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetView:
    """One counted set: the answer, the bar, the figures and the map."""

    title: str
    rule: str
    answer: str
    figures: str
    total: str
    floor: str
    ceiling: str
    assessed: str
    counts: tuple[Count, ...]
    bar: Bar
    map: tuple[TileGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A run of requirement sheets under the publisher's heading."""

    anchor: str
    title: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A part that many requirements share, said once."""

    anchor: str
    means: str
    show: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkView:
    """One framework."""

    id: str
    anchor: str
    title: str
    edition: str
    publisher: str
    licence: str
    digest: str | None
    sources: tuple[str, ...]
    sets: tuple[SetView, ...]
    pending: str | None
    legend: tuple[tuple[Mark, str], ...]
    shared: tuple[Shared, ...]
    groups: tuple[Group, ...]


def framework_view(index: Index, words: Words, summary: FrameworkSummary) -> FrameworkView:
    """Lay out one framework of the assessment."""
    catalogue = index.input.policy.catalogues[summary.framework]
    return FrameworkView(
        id=catalogue.id,
        anchor=anchor(catalogue.id),
        title=catalogue.title,
        edition=catalogue.edition,
        publisher=catalogue.publisher,
        licence=catalogue.licence,
        digest=(index.input.policy_digests or {}).get(catalogue.id),
        sources=catalogue.sources,
        sets=tuple(_set_view(index, words, catalogue, counted) for counted in summary.sets),
        pending=_pending(words, catalogue),
        legend=tuple((mark(words, status, catalogue.id), words.status(status, catalogue.id).means) for status in ORDER),
        shared=tuple(_shared(words, part) for part in index.shared[catalogue.id].values()),
        groups=_groups(index, words, catalogue),
    )


def _shared(words: Words, part: SharedPart) -> Shared:
    method = words.say(f"method_{part.method.value}")
    rows = words.count(part.rows, "requirement")
    return Shared(
        anchor=part.anchor, means=words.say("shared_mean", id=part.id, method=method, rows=rows), show=part.show
    )


def answer(words: Words, summary: SetSummary, framework: FrameworkId) -> str:
    """The answer in a sentence. What was decided is always said, also where it is nought."""
    told = [Status.SATISFIED, Status.PARTIAL, Status.NOT_SATISFIED]
    told += [it for it in (Status.WAIVED, Status.INHERITED, Status.NOT_APPLICABLE) if summary.counts.get(it)]
    left = [it for it in (Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED) if summary.counts.get(it)]

    def clauses(statuses: Sequence[Status]) -> str:
        return words.series([words.clause(it, summary.counts.get(it, 0), framework) for it in statuses])

    decided = words.say("answer", n=number(summary.total), decided=clauses(told))
    return decided + (words.say("answer_left", left=clauses(left)) if left else "") + "."


def figures(words: Words, summary: SetSummary) -> str:
    """``35 of 93 · floor 38 % · ceiling 71 % · assessed 67 %``."""
    sound = summary.counts.get(Status.SATISFIED, 0) + summary.counts.get(Status.INHERITED, 0)
    return words.say(
        "figures",
        n=number(sound),
        total=number(summary.total),
        floor=share_down(summary.floor),
        ceiling=share_up(summary.ceiling),
        assessed=share_down(summary.assessed),
    )


def _set_view(index: Index, words: Words, catalogue: Catalogue, summary: SetSummary) -> SetView:
    rules = {counted.id: counted for counted in catalogue.counted_sets}
    counted: CountedSet | None = rules.get(summary.id)
    return SetView(
        title=summary.title,
        rule=counted.rule if counted else "",
        answer=answer(words, summary, catalogue.id),
        figures=figures(words, summary),
        total=number(summary.total),
        floor=share_down(summary.floor),
        ceiling=share_up(summary.ceiling),
        assessed=share_down(summary.assessed),
        counts=tuple(_count(words, summary, status, catalogue.id) for status in ORDER),
        bar=bar(words, summary, catalogue.id),
        map=_map(index, words, [row for row in catalogue.requirements if row.counted_in == summary.id]),
    )


def _count(words: Words, summary: SetSummary, status: Status, framework: FrameworkId) -> Count:
    count = summary.counts.get(status, 0)
    return Count(mark=mark(words, status, framework), number=number(count), some=count > 0)


def _map(index: Index, words: Words, rows: Iterable[Requirement]) -> tuple[TileGroup, ...]:
    groups = []
    for title, run in groupby(rows, key=lambda row: row.group):
        tiles = tuple(_tile(index, words, row) for row in run)
        groups.append(TileGroup(title=title, count=number(len(tiles)), tiles=tiles))
    return tuple(groups)


def _tile(index: Index, words: Words, row: Requirement) -> Tile:
    finding = index.findings.get(row.id)
    shown = mark(words, finding.engine_status if finding else Status.NOT_ASSESSED, row.framework)
    return Tile(anchor=anchor(row.id), label=f"{row.code}: {shown.word}", mark=shown)


def _pending(words: Words, catalogue: Catalogue) -> str | None:
    pending = sum(row.parts is None and row.counted_in is not None for row in catalogue.requirements)
    return words.say("pending", rows=words.count(pending, "requirement")) if pending else None


def _groups(index: Index, words: Words, catalogue: Catalogue) -> tuple[Group, ...]:
    groups: list[Group] = []
    for title, run in groupby(catalogue.requirements, key=lambda row: row.group):
        place = section(f"{catalogue.id}/{len(groups) + 1}")
        groups.append(Group(anchor=place, title=title, sheets=tuple(sheet(index, words, row) for row in run)))
    return tuple(groups)
