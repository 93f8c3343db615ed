"""Where things stand in a line each: the checks, what could not be seen, and what people put on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grc.model.assessment import CheckResult
from grc.model.catalogue import Severity
from grc.model.status import Status
from grc.report.index import Index
from grc.report.text import number
from grc.report.views.attestations import standings
from grc.report.views.raised import raised_line
from grc.report.views.waivers import waivers_line
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is said, and the anchor where to read on. ``link`` None: it is said nowhere else."""

    text: str
    link: str | None = None


def standing(index: Index, words: Words, gaps: int) -> tuple[Line, ...]:
    """The checks by status and severity, how many kinds of gap there are, and what people decided."""
    return (*_checks(index, words), *_gaps(words, gaps), *persons(index, words))


def persons(index: Index, words: Words) -> Iterator[Line]:
    """What people put on record, concluded, accepted and answer for, where there is any of it to look at."""
    if found := raised_line(index.input.assessment.raised, words):
        yield Line(text=found, link="report/raised")
    if concluded := tuple((index.input.concluded or {}).values()):
        others = number(sum(each.overrides for each in concluded))
        said = {"requirements": words.count(len(concluded), "requirement"), "others": others}
        yield Line(text=words.say("concluded_line", **said))
    if waived := waivers_line(index, words):
        yield Line(text=waived, link="report/waivers")
    if stated := standings(index.input.assessment, words):
        yield Line(text=words.say("attestations_line", stated=stated), link="report/attestations")


def checks_line(results: Iterable[CheckResult], words: Words) -> str:
    """How many checks came out how, in the order of the statuses."""
    statuses = [result.status for result in results if result.in_scope]
    told = [f"{number(statuses.count(it))} {words.status(it).word}" for it in Status if it in statuses]
    return f"{words.count(len(statuses), 'check')}: {', '.join(told) or words.say('none_listed')}"


def ahead_line(results: Iterable[CheckResult], words: Words) -> str:
    """What a run over plans alone says: no requirement is concluded, so none is counted."""
    found = [population for result in results for population in result.ahead]
    counts = {
        "passed": sum(population.passed for population in found),
        "failed": sum(population.failed for population in found),
        "waived": sum(population.waived for population in found),
        "unknown": sum(population.unknown for population in found),
    }
    return words.say("only_ahead", **{name: number(count) for name, count in counts.items()})


def _checks(index: Index, words: Words) -> Iterator[Line]:
    results = index.input.assessment.checks
    if not index.input.assessment.scope.providers:
        yield Line(text=ahead_line(results, words), link="report/ahead")
        return
    failing = [it.severity for it in results if it.in_scope and it.status is Status.NOT_SATISFIED]
    told = [
        words.say("standing_severity", n=number(failing.count(it)), severity=words.say(f"severity_{it.value}"))
        for it in Severity
        if it in failing
    ]
    severe = " " + words.say("standing_severe", severe=words.series(told)) if told else ""
    yield Line(text=f"{checks_line(results, words)}.{severe}", link="report/findings")


def _gaps(words: Words, gaps: int) -> Iterator[Line]:
    if gaps:
        text = words.say("standing_gaps", gaps=words.count(gaps, "gap"))
        yield Line(text=text, link="report/basis")
