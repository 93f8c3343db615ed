"""The terminal's summary: the answer, what to do first, what could not be seen, and where the report is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Final

from grc.model.assessment import CheckResult
from grc.model.status import Status
from grc.report import effects
from grc.report.index import Index, build
from grc.report.input import ReportInput
from grc.report.text import instant, number, one_line
from grc.report.views.attestations import standings
from grc.report.views.frameworks import answer, figures
from grc.report.views.overview import Action, Limitation, actions, limitations
from grc.report.views.raised import raised_line
from grc.report.views.waivers import waivers_line
from grc.report.words import Words, load_words

MOST_LINES: Final = 40
MOST_GAPS: Final = 5
MOST_DETAILS: Final = 3
WIDTH: Final = 110


def summary_lines(
    report: ReportInput, *, written: Sequence[str] = (), templates: Sequence[Path] = ()
) -> tuple[str, ...]:
    """The summary in at most 40 lines of plain text, safe to print: no control character survives.

    ``written`` are the files made, to be named at the end. ``templates`` may hold a ``messages.yaml``.

    Raises:
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    words = load_words(templates)
    index = build(report)
    tail = [words.say("written_to", file=one_line(file)) for file in written]
    lines = ["  " * depth + one_line(text) for depth, text in _lines(index, words)]
    return (*lines[: MOST_LINES - len(tail)], *tail)


def _lines(index: Index, words: Words) -> Iterator[tuple[int, str]]:
    report = index.input
    failures, gaps = effects.failures(index), effects.missing(index)
    yield 0, f"{report.organisation.name or words.say('no_organisation')}, {instant(report.assessment.as_of)}"
    yield from _answer(words, report) if report.assessment.scope.providers else _ahead(words, report.assessment.checks)
    yield from _persons(words, index)
    yield from _actions(words, actions(index, words, failures, gaps))
    yield from _gaps(words, limitations(index, words, gaps))


def _persons(words: Words, index: Index) -> Iterator[tuple[int, str]]:
    """What people put on record, accepted and answer for, where there is any of it to look at."""
    found = raised_line(index.input.assessment.raised, words)
    if found:
        yield 0, found
    waived, stated = waivers_line(index, words), standings(index.input.assessment, words)
    concluded = tuple((index.input.concluded or {}).values())
    if concluded:
        others = number(sum(each.overrides for each in concluded))
        said = {"requirements": words.count(len(concluded), "requirement"), "others": others}
        yield 0, words.say("concluded_line", **said)
    if waived:
        yield 0, waived
    if stated:
        yield 0, words.say("attestations_line", stated=stated)


def _answer(words: Words, report: ReportInput) -> Iterator[tuple[int, str]]:
    yield 0, _checks(words, report.assessment.checks)
    for summary in report.assessment.frameworks:
        title = report.policy.catalogues[summary.framework].title
        for counted in summary.sets:
            yield 0, f"{title}, {counted.title}: {figures(words, counted)}"
            yield 1, answer(words, counted, summary.framework)


def _ahead(words: Words, results: Iterable[CheckResult]) -> Iterator[tuple[int, str]]:
    """What a run over plans alone says: no requirement is concluded, so none is counted."""
    found = [population for result in results for population in result.ahead]
    counts = {
        "passed": sum(population.passed for population in found),
        "failed": sum(population.failed for population in found),
        "waived": sum(population.waived for population in found),
        "unknown": sum(population.unknown for population in found),
    }
    yield 0, words.say("only_ahead", **{name: number(count) for name, count in counts.items()})


def _actions(words: Words, found: Sequence[Action]) -> Iterator[tuple[int, str]]:
    if found:
        yield 0, ""
        yield 0, words.say("actions_title")
    for place, action in enumerate(found, 1):
        yield 0, f"{place}. {_short(action.title)} ({action.severity_word}; {action.extent})"
        if action.remedy:
            yield 1, _short(words.say("remedy_line", remedy=action.remedy))
        yield 1, action.effect


def _gaps(words: Words, missed: Sequence[Limitation]) -> Iterator[tuple[int, str]]:
    if missed:
        yield 0, ""
        yield 0, words.say("limitations_title")
    for gap in missed[:MOST_GAPS]:
        permission = f", {words.say('gap_needs', permission=gap.permission)}" if gap.permission else ""
        call = f": {gap.call}" if gap.call else ""
        yield 0, _short(f"{gap.reason}{call}{permission}")
        for detail in gap.details[: 1 if gap.call else MOST_DETAILS]:
            yield 1, _short(detail)
        yield 1, words.say("undecided_checks", checks=words.count(len(gap.checks), "check"), places=gap.places_word)
    if len(missed) > MOST_GAPS:
        yield 0, words.say("more_gaps", n=number(len(missed) - MOST_GAPS))


def _checks(words: Words, results: Iterable[CheckResult]) -> str:
    """How many checks came out how, in the order of the statuses."""
    statuses = [result.status for result in results if result.in_scope]
    told = [f"{number(statuses.count(it))} {words.status(it).word}" for it in Status if it in statuses]
    return f"{words.count(len(statuses), 'check')}: {', '.join(told) or words.say('none_listed')}"


def _short(text: str) -> str:
    return shorten(one_line(text), WIDTH, placeholder=" …")
