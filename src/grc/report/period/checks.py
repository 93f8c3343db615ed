"""The checks of a period: a sheet for each that did not hold in every run, a row for each of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from grc.model.catalogue import Severity
from grc.model.identifiers import CheckId
from grc.model.overtime import CheckOverTime, Ending, Lapse
from grc.report import anchors
from grc.report.charts.timeline import Span, span
from grc.report.period.charts import STATES, Drawing, check_chart, state
from grc.report.period.lookup import Lookup
from grc.report.period.told import lasted
from grc.report.text import number
from grc.report.views.marks import Link

MOST: Final = 100
"""Failures that are shown of one check; the rest are counted, and JSON has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseRow:
    """One failure of one subject, with its times and a drawing of it."""

    subject: str
    place: str
    before: str
    seen: tuple[str, ...]
    ended: str
    lasted: str
    drawn: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSheet:
    """One check that did not hold in every run.

    ``short``: in how many runs it fell short, of those that ran it. ``still`` are the failures not seen to end.
    """

    anchor: str
    id: str
    title: str
    severity: str
    short: str
    failures: str
    still: str
    extent: tuple[str, ...]
    chart: Drawing
    bears_on: tuple[Link, ...]
    lapses: tuple[LapseRow, ...]
    left_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundRow:
    """One check that no run saw fall short, and what the runs show of it."""

    anchor: str
    id: str
    title: str
    severity: str
    ran: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityRow:
    """The failures of the checks of one severity, by how they ended."""

    severity: str
    numbers: tuple[str, ...]
    longest: str


def sheet(held: Lookup, check: CheckOverTime) -> CheckSheet:
    """The sheet of one check."""
    left = len(check.lapses) - MOST
    chart = check_chart(held.words, held.scale, check, held.found.missed)
    still = sum(lapse.ending is Ending.OPEN for lapse in check.lapses)
    return CheckSheet(
        anchor=anchors.anchor(check.check),
        id=check.check,
        title=held.title(check.check),
        severity=held.words.say(f"severity_{check.severity.value}"),
        short=held.words.say("period_of", n=number(check.fell_short), total=number(check.ran)),
        failures=number(len(check.lapses)),
        still=number(still),
        extent=tuple(_extent(held, check, chart.told)),
        chart=chart,
        bears_on=tuple(map(held.link, held.answers.get(check.check, ()))),
        lapses=tuple(_row(held, lapse) for lapse in check.lapses[:MOST]),
        left_out=held.words.say("lapses_left", n=number(left)) if left > 0 else "",
    )


def sound_row(held: Lookup, check: CheckOverTime) -> SoundRow:
    """The row of a check that held, or applied to nothing, in every run that ran it."""
    times = Counter(map(state, check.runs))
    shown = [held.words.say(f"run_{it.value}", n=number(times[it])) for it in STATES if times[it]]
    return SoundRow(
        anchor=anchors.anchor(check.check),
        id=check.check,
        title=held.title(check.check),
        severity=held.words.say(f"severity_{check.severity.value}"),
        ran=held.words.say("period_of", n=number(check.ran), total=number(len(held.found.runs))),
        shown=", ".join(shown),
    )


def severity_rows(held: Lookup, short: tuple[CheckOverTime, ...]) -> tuple[SeverityRow, ...]:
    """The failures by severity, the worst first; severities without any are left out."""
    rows = ((it, [check for check in short if check.severity is it]) for it in Severity)
    return tuple(_severity(held, severity, checks) for severity, checks in rows if checks)


def longest(lapses: Iterable[tuple[CheckOverTime, Lapse]]) -> tuple[CheckOverTime, Lapse] | None:
    """The failure that runs saw for longest, of those that were put right; None where none was."""
    mended = [(check, lapse) for check, lapse in lapses if lapse.ending is Ending.MENDED]
    return max(mended, key=lambda it: (it[1].at_least, it[1].at_most or it[1].at_least), default=None)


def _severity(held: Lookup, severity: Severity, checks: list[CheckOverTime]) -> SeverityRow:
    lapses = [(check, lapse) for check in checks for lapse in check.lapses]
    endings = Counter(lapse.ending for _, lapse in lapses)
    found = longest(lapses)
    return SeverityRow(
        severity=held.words.say(f"severity_{severity.value}"),
        numbers=tuple(map(number, (len(checks), len(lapses), *(endings[it] for it in Ending)))),
        longest=lasted(held.words, found[1]) if found else held.words.say("lapse_none_mended"),
    )


def _extent(held: Lookup, check: CheckOverTime, told: str) -> Iterator[str]:
    """In how many runs it stood how, how far it fell short at worst, and what was undecided beside a failure."""
    words = held.words
    yield told
    if check.ran < len(held.found.runs):
        yield words.say("period_ran", n=number(check.ran), runs=words.count(len(held.found.runs), "run"))
    worst = max(check.runs, key=lambda run: (run.failed, -run.collected.timestamp()))
    if worst.failed:
        total, at = number(worst.subjects), held.moment(worst.collected)
        yield words.say("period_worst", n=number(worst.failed), total=total, at=at)
    if beside := sum(run.fell_short and run.undecided for run in check.runs):
        yield words.say("period_beside", runs=words.count(beside, "run"))


def _row(held: Lookup, lapse: Lapse) -> LapseRow:
    _, place, subject = lapse.subject
    words = held.words
    seen = [held.moment(lapse.first)]
    if lapse.last != lapse.first:
        seen.append(words.say("lapse_to", at=held.moment(lapse.last)))
    return LapseRow(
        subject=subject,
        place=place,
        before=held.moment(lapse.sound_before) if lapse.sound_before else words.say("lapse_before_unknown"),
        seen=tuple(seen),
        ended=words.say(f"lapse_{lapse.ending.value}", at=held.moment(lapse.ended_by) if lapse.ended_by else ""),
        lasted=lasted(words, lapse),
        drawn=span(held.scale, lapse),
    )


def links(held: Lookup, checks: frozenset[CheckId]) -> tuple[Link, ...]:
    """Links to those of some checks that fell short in some run."""
    return tuple(Link(anchor=anchors.anchor(it), text=it) for it in sorted(checks & held.short))
