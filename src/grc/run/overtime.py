"""A period: the runs that fall into it, those that were planned and are missing, and what they show together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from grc.assess.effectiveness import Run, checks_over, requirements_over
from grc.canonical import plain, plain_instant
from grc.errors import ConfigError, NothingToAssessError
from grc.evidence import AssessmentLayer, Pack, assessments_of, open_assessment, open_pack
from grc.model.catalogue import Severity
from grc.model.overtime import CheckOverTime, Lapse, OverTime, Ran, Stretch
from grc.model.status import Status
from grc.model.workspace import Organisation, Period
from grc.report import PeriodInput
from grc.run.gate import ORDER, Gated
from grc.run.judged import judge_of
from grc.run.sealed import sealed_policy

FORMAT: Final = "grc.period/1"
DAY: Final = timedelta(days=1)


def gate(found: OverTime, fail_on: Severity) -> Gated:
    """What an exit code is to say of the checks of this severity and above, and of the runs that are missing."""
    counted = [check for check in found.checks if ORDER.index(check.severity) >= ORDER.index(fail_on)]
    if any(check.short for check in counted):
        return Gated.FAILED
    return Gated.UNDECIDED if found.missed or any(check.undecided for check in counted) else Gated.NOTHING_FAILED


def document(found: OverTime) -> dict[str, Any]:
    """The period as JSON data, in the form of docs/comparing.md."""
    return {
        "format": FORMAT,
        "period": _stretch(found.period),
        "runs": [plain(run) for run in found.runs],
        "outside": list(found.outside),
        "planned": len(found.planned) or None,
        "missed": list(map(_stretch, found.missed)),
        "longest_gap": _stretch(found.longest_gap),
        "checks": list(map(_check, found.checks)),
        "requirements": [
            {"requirement": held.requirement, "statuses": _counts(held.statuses)} for held in found.requirements
        ],
    }


def over_time(
    packs: Sequence[Path], period: Period | None, every: int | None, zone: ZoneInfo, now: datetime
) -> OverTime:
    """Read what the runs that made some packs show of a period.

    A run is of the moment at which its evidence had been collected, and says what its first assessment does: to assess
    a pack again makes no run, and takes nothing back. ``period`` None: from the day of the first run to that of the
    last. ``every``: how many days are between planned runs; stretches that have not ended ``now`` are not missed yet.

    Raises:
        ConfigError: a pack is named twice, or no day is in the period.
        EvidenceError: a pack is not whole, or holds no assessment.
        NothingToAssessError: no pack is of the period.
    """
    held = sorted((_run(path) for path in packs), key=lambda it: it[0].collected)
    times = Counter(ran.pack for ran, _ in held)
    if again := [ran.path for ran, _ in held if times[ran.pack] > 1]:
        raise ConfigError(f"{', '.join(again)}: one pack, named more than once: a run counts once")
    days = [ran.collected.astimezone(zone).date() for ran, _ in held]
    stretch = _days(period or Period(first=days[0], last=days[-1]), zone)
    within = [(ran, run) for ran, run in held if ran.collected in stretch]
    if not within:
        raise NothingToAssessError(f"none of {len(held)} packs is of the period: name those of its runs")
    planned = tuple(_planned(stretch, every, zone, now)) if every else ()
    runs = [run for _, run in within]
    return OverTime(
        period=stretch,
        over=min(stretch.ends, max(now, within[-1][0].collected)),
        runs=tuple(ran for ran, _ in within),
        outside=tuple(ran.path for ran, _ in held if ran.collected not in stretch),
        planned=planned,
        missed=tuple(one for one in planned if not any(ran.collected in one for ran, _ in within)),
        checks=tuple(checks_over(runs)),
        requirements=tuple(requirements_over(runs)),
    )


def period_input(found: OverTime, zone: ZoneInfo, every: int | None) -> PeriodInput:
    """What the page of a period is made from: titles and the organisation are those of the last run's pack.

    Raises:
        EvidenceError: that pack is not whole, or this engine does not read its policy.
    """
    path = Path(found.runs[-1].path)
    pack = open_pack(path)
    layer = _first(path, pack)
    policy, _ = sealed_policy(layer, layer.effective())
    name = pack.manifest.run.scope.get("organisation")
    return PeriodInput(
        found=found,
        policy=policy,
        organisation=Organisation(name=name, timezone=zone.key, contacts={}),
        engine_version=layer.manifest.engine,
        every=every,
    )


def _first(path: Path, pack: Pack) -> AssessmentLayer:
    """The first assessment of a pack: that of the run."""
    return open_assessment(pack, next(iter(assessments_of(path)), None))


def _run(path: Path) -> tuple[Ran, Run]:
    pack = open_pack(path)
    layer = _first(path, pack)
    found, collected = layer.assessment(), pack.manifest.run.finished
    ran = Ran(path=str(path), pack=pack.digest, collected=collected, judge=judge_of(layer).digest, as_of=found.as_of)
    return ran, Run(collected=collected, assessment=found, observed=layer.subjects)


def _days(period: Period, zone: ZoneInfo) -> Stretch:
    """The days of a period as instants."""
    if period.last < period.first:
        raise ConfigError(f"the period ends on {period.last}, before it begins on {period.first}")
    first = datetime.combine(period.first, time(), zone)
    return Stretch(begins=first, ends=datetime.combine(period.last + DAY, time(), zone))


def _planned(stretch: Stretch, every: int, zone: ZoneInfo, now: datetime) -> Iterator[Stretch]:
    """The stretches of so many days that have ended. Days are those of the zone, whatever its clocks do."""
    day, last = stretch.begins.date(), stretch.ends.date()
    while day < last:
        end = min(day + every * DAY, last)
        found = Stretch(begins=datetime.combine(day, time(), zone), ends=datetime.combine(end, time(), zone))
        if found.ends <= now:
            yield found
        day = end


def _check(check: CheckOverTime) -> dict[str, Any]:
    return {
        "check": check.check,
        "severity": check.severity.value,
        "ran": check.ran,
        "fell_short": check.fell_short,
        "undecided": check.undecided,
        "statuses": _counts(check.statuses),
        "lapses": list(map(_lapse, check.lapses)),
    }


def _lapse(lapse: Lapse) -> dict[str, Any]:
    kind, place, subject = lapse.subject
    return {
        "kind": kind,
        "place": place,
        "subject": subject,
        "sound_before": _instant(lapse.sound_before),
        "first": plain_instant(lapse.first),
        "last": plain_instant(lapse.last),
        "ended_by": _instant(lapse.ended_by),
        "ending": lapse.ending.value,
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else plain_instant(moment)


def _stretch(stretch: Stretch) -> dict[str, str]:
    return {"begins": plain_instant(stretch.begins), "ends": plain_instant(stretch.ends)}


def _counts(statuses: Mapping[Status, int]) -> dict[str, int]:
    return {status.value: statuses[status] for status in Status if status in statuses}
