"""The drawings of a period: what the runs show of a check or a requirement, with the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from grc.model.identifiers import FrameworkId
from grc.model.overtime import CheckInRun, CheckOverTime, RequirementInRun, RequirementOverTime, Stretch
from grc.model.status import UNDECIDED, Status
from grc.report.charts.timeline import RUN, SHAPES, Scale, Shown, Timeline, timeline
from grc.report.text import number
from grc.report.views.marks import Mark
from grc.report.words import Words

STATES: Final = (
    Status.NOT_SATISFIED,
    Status.UNKNOWN,
    Status.WAIVED,
    Status.SATISFIED,
    Status.NOT_APPLICABLE,
)
"""What a run shows of a check, in the order in which a reader asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A timeline, and what it shows in words."""

    drawn: Timeline
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One shape of a tick, as a legend shows it."""

    mark: Mark
    drawn: Timeline


def check_chart(words: Words, scale: Scale, check: CheckOverTime, gaps: Sequence[Stretch]) -> Drawing:
    """What each run shows of a check: one state a run, the failure first."""
    states = [(run, state(run)) for run in check.runs]
    times = Counter(found for _, found in states)
    counted = [words.say(f"run_{it.value}", n=number(times[it])) for it in STATES if times[it]]
    shown = [Shown(at=run.collected, shape=SHAPES[found], code=words.status(found).code) for run, found in states]
    return Drawing(drawn=timeline(scale, shown, gaps), told=_told(words, len(shown), counted))


def requirement_chart(words: Words, scale: Scale, held: RequirementOverTime, gaps: Sequence[Stretch]) -> Drawing:
    """What each run concluded on a requirement."""
    framework = FrameworkId(held.requirement.partition(":")[0])
    counted = [
        words.say("run_status", status=words.status(status, framework).word, n=number(count))
        for status, count in in_order(held.runs)
    ]
    shown = [
        Shown(at=run.collected, shape=SHAPES[run.status], code=words.status(run.status, framework).code)
        for run in held.runs
    ]
    return Drawing(drawn=timeline(scale, shown, gaps), told=_told(words, len(shown), counted))


def runs_chart(words: Words, scale: Scale, runs: Iterable[datetime], gaps: Sequence[Stretch]) -> Drawing:
    """The runs themselves."""
    shown = [Shown(at=at, shape=RUN, code="run") for at in runs]
    told = words.count(len(shown), "run")
    if gaps:
        told = words.say("runs_missing", runs=told, missing=words.count(len(gaps), "missing"))
    return Drawing(drawn=timeline(scale, shown, gaps), told=told)


def state(run: CheckInRun) -> Status:
    """What one run shows of a check: a failure hides what could not be decided beside it."""
    if run.fell_short:
        return Status.NOT_SATISFIED
    if run.undecided or run.status in UNDECIDED:
        return Status.UNKNOWN
    return Status.SATISFIED if run.status is Status.INHERITED else run.status


def in_order(runs: Iterable[RequirementInRun]) -> list[tuple[Status, int]]:
    """The statuses that runs came to, in the order of the vocabulary, with how many came to each."""
    times = Counter(run.status for run in runs)
    return [(status, times[status]) for status in Status if times[status]]


def samples(words: Words, scale: Scale) -> tuple[Sample, ...]:
    """The legend of the checks' drawings."""
    middle = scale.period.begins + scale.period.length / 2
    return tuple(
        Sample(
            mark=Mark(words.status(it).code, "", words.say(f"shape_{it.value}")),
            drawn=timeline(scale, [Shown(at=middle, shape=SHAPES[it], code=words.status(it).code)], ()),
        )
        for it in STATES
    )


def _told(words: Words, runs: int, counted: Sequence[str]) -> str:
    return f"{words.count(runs, 'run')}: {', '.join(counted)}"
