"""The terminal's summary: the answer, what to do first, what could not be seen, and where the report is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Final

from grc.report import effects
from grc.report.index import Index, build
from grc.report.input import ReportInput
from grc.report.text import instant, number, one_line
from grc.report.views.frameworks import answer, figures
from grc.report.views.overview import Action, Limitation, actions, limitations
from grc.report.views.standing import ahead_line, checks_line, persons
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
    if report.assessment.scope.providers:
        yield from _answer(words, report)
    else:
        yield 0, ahead_line(report.assessment.checks, words)
    for line in persons(index, words):
        yield 0, line.text
    yield from _actions(words, actions(index, words, failures, gaps), len(failures) + len(gaps))
    yield from _gaps(words, limitations(index, words, gaps))


def _answer(words: Words, report: ReportInput) -> Iterator[tuple[int, str]]:
    yield 0, checks_line(report.assessment.checks, words)
    for summary in report.assessment.frameworks:
        title = report.policy.catalogues[summary.framework].title
        for counted in summary.sets:
            yield 0, f"{title}, {counted.title}: {figures(words, counted)}"
            yield 1, answer(words, counted, summary.framework)


def _actions(words: Words, found: Sequence[Action], total: int) -> Iterator[tuple[int, str]]:
    """What to do first, of the ``total`` failing checks and sorts of gap."""
    if found:
        title = words.say("actions_title")
        yield 0, ""
        yield 0, words.say("actions_of", title=title, n=number(total)) if total > len(found) else title
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


def _short(text: str) -> str:
    return shorten(one_line(text), WIDTH, placeholder=" …")
