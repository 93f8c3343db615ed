"""The counted requirements of a period, by framework, in the publisher's order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grc.model.identifiers import FrameworkId
from grc.model.overtime import RequirementOverTime
from grc.model.status import Status
from grc.report import anchors
from grc.report.period.charts import Drawing, in_order, requirement_chart
from grc.report.period.checks import links
from grc.report.period.lookup import Lookup
from grc.report.text import number
from grc.report.views.marks import Link, Mark, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """In how many runs a requirement had a status."""

    mark: Mark
    runs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementRow:
    """One requirement that had several statuses, that not every run assessed, or of which a check fell short."""

    anchor: str
    code: str
    title: str
    chart: Drawing
    counts: tuple[Count, ...]
    checks: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """Requirements with one status in every run, of which no check fell short."""

    mark: Mark
    count: str
    requirements: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkOverTime:
    """The counted requirements of one framework."""

    anchor: str
    title: str
    told: str
    rows: tuple[RequirementRow, ...]
    steady: tuple[Steady, ...]


def frameworks(held: Lookup) -> Iterator[FrameworkOverTime]:
    """The frameworks that some run assessed, by id."""
    order = {name: at for at, name in enumerate(held.requirements)}
    found = sorted(held.found.requirements, key=lambda it: (order.get(it.requirement, len(order)), it.requirement))
    for framework in sorted({it.requirement.partition(":")[0] for it in found}):
        own = [it for it in found if it.requirement.partition(":")[0] == framework]
        yield _framework(held, FrameworkId(framework), own)


def _framework(held: Lookup, framework: FrameworkId, found: Sequence[RequirementOverTime]) -> FrameworkOverTime:
    catalogue = held.given.policy.catalogues.get(framework)
    steady = [it for it in found if _is_steady(held, it)]
    several = sum(len(it.statuses) > 1 for it in found)
    return FrameworkOverTime(
        anchor=anchors.anchor(framework),
        title=catalogue.title if catalogue else framework,
        told=held.words.say(
            "period_requirements",
            n=held.words.count(len(found), "requirement"),
            same=number(len(found) - several),
            several=number(several),
        ),
        rows=tuple(_row(held, framework, it) for it in found if it not in steady),
        steady=tuple(_steady(held, framework, steady)),
    )


def _is_steady(held: Lookup, it: RequirementOverTime) -> bool:
    return len(it.statuses) == 1 and len(it.runs) == len(held.found.runs) and not it.checks & held.short


def _steady(held: Lookup, framework: FrameworkId, found: Sequence[RequirementOverTime]) -> Iterator[Steady]:
    for status in Status:
        own = [it.requirement for it in found if status in it.statuses]
        if own:
            yield Steady(
                mark=mark(held.words, status, framework),
                count=held.words.count(len(own), "requirement"),
                requirements=tuple(map(held.link, own)),
            )


def _row(held: Lookup, framework: FrameworkId, it: RequirementOverTime) -> RequirementRow:
    row, link = held.requirements.get(it.requirement), held.link(it.requirement)
    return RequirementRow(
        anchor=link.anchor,
        code=link.text,
        title=row.title if row else "",
        chart=requirement_chart(held.words, held.scale, it, held.found.missed),
        counts=tuple(
            Count(mark=mark(held.words, status, framework), runs=number(count)) for status, count in in_order(it.runs)
        ),
        checks=links(held, it.checks),
    )
