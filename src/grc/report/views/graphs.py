"""The charts of a report: what is counted in each, and in which words. ``charts`` says where it is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from grc.model.assessment import Assessment, CheckResult, SetSummary
from grc.model.catalogue import Requirement, Severity
from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.report import anchors
from grc.report.charts.stacked import Counted, Stack, stack
from grc.report.charts.trend import Reading, Trend, in_order, trend
from grc.report.index import Index
from grc.report.text import instant, number, share_down, share_up
from grc.report.views.bars import ORDER
from grc.report.views.marks import Mark, mark
from grc.report.words import Words

TESTERS: Final = {"technical": "tec", "register": "reg", "attestation": "att", "nothing": "non"}
"""What tests a part, and the class that colours it."""
FEWEST_RUNS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run in the table beside a trend."""

    at: str
    floor: str
    ceiling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendView:
    """The range of one counted set over the runs."""

    id: str
    title: str
    describes: str
    first: str
    last: str
    drawn: Trend
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphs:
    """The charts of the front page. ``trends_none`` says why there is no trend; empty where there is one."""

    severity: Stack | None
    coverage: Stack | None
    trends: tuple[TrendView, ...]
    trends_none: str


def graphs(index: Index, words: Words) -> Graphs:
    """The charts of the whole report."""
    runs = _runs(index)
    shown = len(runs) >= FEWEST_RUNS and in_order([run.as_of for run in runs])
    return Graphs(
        severity=_severity(index, words),
        coverage=_coverage(index, words),
        trends=tuple(_trends(index, words, runs)) if shown else (),
        trends_none="" if shown else words.say("trend_none", n=number(len(runs))),
    )


def themes_chart(index: Index, words: Words, framework: FrameworkId) -> Stack | None:
    """The statuses of one framework's counted requirements, a bar a group of the publisher's; None for one group."""
    catalogue = index.input.policy.catalogues[framework]
    rows = [row for row in catalogue.requirements if row.counted_in is not None]
    groups = [(title, list(run)) for title, run in groupby(rows, key=lambda row: row.group)]
    if len(groups) < 2:
        return None
    return stack(
        name=anchors.section(f"{framework}/chart"),
        title=words.say("chart_themes"),
        describes=words.say("chart_themes_means"),
        head=words.say("chart_theme"),
        end=words.say("column_total"),
        marks=[mark(words, status, framework) for status in ORDER],
        rows=[_theme(index, title, held) for title, held in groups],
    )


def _theme(index: Index, title: str, rows: Sequence[Requirement]) -> Counted:
    found = [index.findings.get(row.id) for row in rows]
    counts = Counter(finding.engine_status if finding else Status.NOT_ASSESSED for finding in found)
    return Counted(label=title, end=number(len(rows)), counts=tuple(counts[status] for status in ORDER))


def _severity(index: Index, words: Words) -> Stack | None:
    results = [result for result in index.checks.values() if result.in_scope]
    if not results:
        return None
    return stack(
        name=anchors.section("chart/severity"),
        title=words.say("chart_severity"),
        describes=words.say("chart_severity_means"),
        head=words.say("column_severity"),
        end=words.say("chart_failing"),
        marks=[mark(words, status) for status in ORDER],
        rows=[_of_severity(words, it, [result for result in results if result.severity is it]) for it in Severity],
    )


def _of_severity(words: Words, severity: Severity, results: Sequence[CheckResult]) -> Counted:
    counts = Counter(result.status for result in results)
    return Counted(
        label=words.say(f"severity_{severity.value}"),
        end=words.count(sum(result.failed for result in results), "failing_subject"),
        counts=tuple(counts[status] for status in ORDER),
    )


def _coverage(index: Index, words: Words) -> Stack | None:
    if index.input.coverage is None:
        return None
    marks = [Mark(code, words.say(f"letter_{name}"), words.say(f"tester_{name}")) for name, code in TESTERS.items()]
    held = [
        (summary.framework, index.input.coverage.get(summary.framework))
        for summary in index.input.assessment.frameworks
    ]
    rows = [
        Counted(
            label=index.input.policy.catalogues[framework].title,
            end=words.count(sum(counts.values()), "part"),
            counts=tuple(counts.get(name, 0) for name in TESTERS),
            link=anchors.anchor(framework),
        )
        for framework, counts in held
        if counts
    ]
    if not rows:
        return None
    return stack(
        name=anchors.section("chart/coverage"),
        title=words.say("chart_coverage"),
        describes=words.say("chart_coverage_means"),
        head=words.say("filter_framework"),
        end=words.say("chart_parts"),
        marks=marks,
        rows=rows,
    )


def _runs(index: Index) -> tuple[Assessment, ...]:
    """This assessment and the earlier ones, oldest first."""
    return (*(earlier.assessment for earlier in index.input.earlier), index.input.assessment)


def _trends(index: Index, words: Words, runs: Sequence[Assessment]) -> Iterator[TrendView]:
    for summary in index.input.assessment.frameworks:
        for held in summary.sets:
            found = [_set_then(run, summary.framework, held) for run in runs]
            yield _trend(index, words, summary.framework, held, list(zip(runs, found, strict=True)))


def _set_then(run: Assessment, framework: FrameworkId, now: SetSummary) -> SetSummary | None:
    """The same counted set in another run: of another size it is not the same set."""
    sets = (held for summary in run.frameworks if summary.framework == framework for held in summary.sets)
    return next((held for held in sets if (held.id, held.total) == (now.id, now.total)), None)


def _trend(
    index: Index,
    words: Words,
    framework: FrameworkId,
    held: SetSummary,
    runs: Sequence[tuple[Assessment, SetSummary | None]],
) -> TrendView:
    title = index.input.policy.catalogues[framework].title
    readings = [
        Reading(at=run.as_of, floor=found.floor if found else None, ceiling=found.ceiling if found else None)
        for run, found in runs
    ]
    return TrendView(
        id=anchors.section(f"{framework}/{held.id}/trend"),
        title=f"{title}, {held.title}",
        describes=words.say("trend_describes", n=number(len(runs))),
        first=readings[0].at.date().isoformat(),
        last=readings[-1].at.date().isoformat(),
        drawn=trend(readings),
        runs=tuple(
            Run(at=instant(each.at), floor=share_down(each.floor), ceiling=share_up(each.ceiling)) for each in readings
        ),
    )
