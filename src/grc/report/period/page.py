"""The page of a period as a value: what each section says, in order. The template lays it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from grc.model.overtime import Ending, Ran, Sorted, by_worst, worst_first
from grc.report.charts.timeline import Box, Label, box, labels
from grc.report.period.charts import Drawing, Sample, runs_chart, samples
from grc.report.period.checks import CheckSheet, SeverityRow, SoundRow, longest, severity_rows, sheet, sound_row
from grc.report.period.input import PeriodInput
from grc.report.period.lookup import Lookup, lookup
from grc.report.period.requirements import FrameworkOverTime, frameworks
from grc.report.period.told import days, lasted, length
from grc.report.text import number
from grc.report.views.overview import Fact
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A stretch without the run that was planned."""

    days: str
    length: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run. ``judge``: whether the same judged it as the run before."""

    collected: str
    as_of: str
    pack: str
    path: str
    judge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPage:
    """Everything that the template of a period needs."""

    organisation: str
    subtitle: str
    citation: str
    classification: str
    facts: tuple[Fact, ...]
    answer: tuple[str, ...]
    warnings: tuple[str, ...]
    runs_chart: Drawing
    rest: Box | None
    labels: tuple[Label, ...]
    legend: tuple[Sample, ...]
    missed: tuple[Missed, ...]
    missed_none: str
    severities: tuple[SeverityRow, ...]
    short: tuple[CheckSheet, ...]
    undecided: tuple[CheckSheet, ...]
    waived: tuple[CheckSheet, ...]
    sound: tuple[SoundRow, ...]
    frameworks: tuple[FrameworkOverTime, ...]
    runs: tuple[RunRow, ...]
    outside: tuple[str, ...]


def period_page(given: PeriodInput, words: Words) -> PeriodPage:
    """Lay out what the runs of a period show."""
    held = lookup(given, words)
    sorted_by, period = by_worst(given.found), days(words, given.found.period, held.zone)
    organisation = given.organisation.name or words.say("no_organisation")
    return PeriodPage(
        organisation=organisation,
        subtitle=words.say("period_subtitle", period=period),
        citation=words.say("period_citation", organisation=organisation, period=period, pack=given.found.runs[-1].pack),
        classification=given.classification,
        facts=tuple(_facts(held)),
        answer=tuple(_answer(held, sorted_by)),
        warnings=tuple(_warnings(held)),
        runs_chart=runs_chart(words, held.scale, (run.collected for run in given.found.runs), given.found.missed),
        rest=_rest(held),
        labels=labels(held.scale),
        legend=samples(words, held.scale),
        missed=tuple(
            Missed(days=days(words, it, held.zone), length=length(words, it.length)) for it in given.found.missed
        ),
        missed_none=words.say("missed_none" if given.found.planned else "missed_unplanned"),
        severities=severity_rows(held, sorted_by.short),
        short=tuple(sheet(held, check) for check in worst_first(sorted_by.short)),
        undecided=tuple(sheet(held, check) for check in worst_first(sorted_by.undecided)),
        waived=tuple(sheet(held, check) for check in worst_first(sorted_by.waived)),
        sound=tuple(sound_row(held, check) for check in worst_first(sorted_by.sound)),
        frameworks=tuple(frameworks(held)),
        runs=tuple(_runs(held)),
        outside=given.found.outside,
    )


def _rest(held: Lookup) -> Box | None:
    """What of the period is still to come."""
    over, ends = held.found.over, held.found.period.ends
    return box(held.scale, over, ends) if over < ends else None


def _facts(held: Lookup) -> Iterator[Fact]:
    words, found = held.words, held.found
    every = held.given.every
    plain = (
        ("fact_period", days(words, found.period, held.zone)),
        ("fact_timezone", held.zone.key),
        (
            "fact_planned",
            words.say("planned_every", days=words.count(every, "day")) if every else words.say("unplanned"),
        ),
        ("fact_runs", words.count(len(found.runs), "run")),
        ("fact_first_run", held.moment(found.runs[0].collected)),
        ("fact_last_run", held.moment(found.runs[-1].collected)),
        ("fact_gap", _gap(held)),
        ("fact_classification", held.given.classification),
        ("fact_engine", held.given.engine_version),
    )
    yield from (Fact(name=words.say(name), value=value) for name, value in plain)


def _gap(held: Lookup) -> str:
    gap = held.found.longest_gap
    return held.words.say(
        "gap_between",
        length=length(held.words, gap.length),
        begins=held.moment(gap.begins),
        ends=held.moment(gap.ends),
    )


def _answer(held: Lookup, checks: Sorted) -> Iterator[str]:
    words, found = held.words, held.found
    if found.planned:
        made = len(found.planned) - len(found.missed)
        yield words.say(
            "period_planned",
            planned=words.count(len(found.planned), "planned_run"),
            made=words.count(made, "made"),
            missing=words.count(len(found.missed), "missing"),
            runs=words.count(len(found.runs), "run"),
        )
    else:
        yield words.say("period_unplanned", runs=words.count(len(found.runs), "run"))
    yield words.say("period_gap", gap=_gap(held))
    yield words.say(
        "period_checks",
        checks=words.count(len(found.checks), "check"),
        short=number(len(checks.short)),
        undecided=number(len(checks.undecided)),
        waived=number(len(checks.waived)),
        sound=number(len(checks.sound)),
    )
    yield from _failures(held, checks)
    several = sum(len(it.statuses) > 1 for it in found.requirements)
    yield words.say(
        "period_requirements",
        n=words.count(len(found.requirements), "requirement"),
        same=number(len(found.requirements) - several),
        several=number(several),
    )


def _failures(held: Lookup, checks: Sorted) -> Iterator[str]:
    words = held.words
    lapses = [(check, lapse) for check in checks.short for lapse in check.lapses]
    if not lapses:
        return
    endings = Counter(lapse.ending for _, lapse in lapses)
    yield words.say(
        "period_lapses",
        lapses=words.count(len(lapses), "lapse"),
        **{ending.value: number(endings[ending]) for ending in Ending},
    )
    if worst := longest(lapses):
        check, lapse = worst
        yield words.say(
            "period_longest", lasted=lasted(words, lapse), subject=lapse.subject[2], title=held.title(check.check)
        )


def _warnings(held: Lookup) -> Iterator[str]:
    words, found = held.words, held.found
    if found.over < found.period.ends:
        yield words.say("period_not_over", at=held.moment(found.over))
    judges = len({run.judge for run in found.runs})
    if judges > 1:
        yield words.say("period_judges", n=number(judges))
    if partly := sum(check.ran < len(found.runs) for check in found.checks):
        yield words.say("period_partly", checks=words.count(partly, "check"))
    if found.outside:
        yield words.say("period_outside", packs=words.count(len(found.outside), "pack"))


def _runs(held: Lookup) -> Iterator[RunRow]:
    runs = held.found.runs
    yield _run(held, runs[0], "judge_first")
    for before, run in pairwise(runs):
        yield _run(held, run, "judge_same" if run.judge == before.judge else "judge_other")


def _run(held: Lookup, run: Ran, judged: str) -> RunRow:
    return RunRow(
        collected=held.moment(run.collected),
        as_of=held.moment(run.as_of),
        pack=run.pack,
        path=run.path,
        judge=held.words.say(judged),
    )
