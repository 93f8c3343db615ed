"""Operating effectiveness: what runs over a period show of each check, and how long each failure lasted.

A run is a moment; between two of them nothing is known. So a failure lasted at least from the first run that saw it to
the last one, and at most from the last run before that saw none to the first one after that saw none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from grc.assess.comparing import Standing, checks_run, seen_whole, standing
from grc.model.assessment import Assessment, CheckResult, Finding, Observed
from grc.model.catalogue import Severity
from grc.model.identifiers import CheckId, Place, RequirementId, SubjectKey
from grc.model.overtime import CheckInRun, CheckOverTime, Ending, Lapse, RequirementInRun, RequirementOverTime
from grc.model.status import UNDECIDED, Status

FELL_SHORT: Final = frozenset({Status.NOT_SATISFIED, Status.PARTIAL})
SOUND: Final = frozenset({Standing.PASSED, Standing.NOT_APPLICABLE})
Key = tuple[CheckId, SubjectKey]
"""A subject before a check"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the period: when its evidence had been collected, what was concluded from it, and what gives its
    observations, by kind, place and subject."""

    collected: datetime
    assessment: Assessment
    observed: Callable[[], Iterable[Observed]]


def checks_over(runs: Sequence[Run]) -> Iterator[CheckOverTime]:
    """Every check that some run ran, by id. Of subjects, takes memory for what does not pass, not for what does.

    ``runs`` are in order of time. A check that no run asked of evidence of record stands as its declarations do.
    """
    lapses = _lapses(runs)
    severities: dict[CheckId, Severity] = {}
    shown: defaultdict[CheckId, list[CheckInRun]] = defaultdict(list)
    for run in runs:
        ran = checks_run(run.assessment)
        for result in run.assessment.checks:
            if result.check in ran:
                severities[result.check] = result.severity
                shown[result.check].append(_in_run(run.collected, result))
    for check, found in sorted(shown.items()):
        yield CheckOverTime(
            check=check,
            severity=severities[check],
            runs=tuple(found),
            lapses=tuple(sorted(lapses.get(check, ()), key=lambda lapse: (lapse.first, lapse.subject))),
        )


def requirements_over(runs: Sequence[Run]) -> Iterator[RequirementOverTime]:
    """Every counted requirement that some run assessed, in the order in which they came up."""
    shown: defaultdict[RequirementId, list[RequirementInRun]] = defaultdict(list)
    checks: defaultdict[RequirementId, set[CheckId]] = defaultdict(set)
    for run in runs:
        for finding in run.assessment.findings:
            if finding.counted_in is not None:
                found = RequirementInRun(collected=run.collected, status=finding.engine_status)
                shown[finding.requirement].append(found)
                checks[finding.requirement].update(_answering(finding))
    for requirement, held in shown.items():
        yield RequirementOverTime(requirement=requirement, runs=tuple(held), checks=frozenset(checks[requirement]))


def _answering(finding: Finding) -> Iterator[CheckId]:
    """The checks that answer its parts."""
    for part in finding.parts:
        for mapped in part.controls:
            yield from mapped.checks


def _in_run(collected: datetime, result: CheckResult) -> CheckInRun:
    populations = (*result.populations, *result.ahead)
    failed, status = sum(it.failed for it in populations), _status(result)
    return CheckInRun(
        collected=collected,
        status=status,
        fell_short=failed > 0 or status in FELL_SHORT,
        undecided=status in UNDECIDED or any(it.unknown or it.gaps or not it.complete for it in populations),
        failed=failed,
        subjects=sum(it.passed + it.failed + it.waived + it.unknown for it in populations),
    )


def _status(result: CheckResult) -> Status:
    if result.ahead_status is None or result.populations:
        return result.status
    return result.ahead_status


@dataclass(frozen=True, slots=True)
class _Sight:
    """How far one run saw, and what it did not see stand well."""

    moment: datetime
    whole: frozenset[tuple[CheckId, Place]]
    doubtful: frozenset[Key]

    def sound(self, key: Key) -> bool:
        """Whether it shows that the subject did not fail: it stood well, or was not there where all was seen."""
        return key not in self.doubtful and _place(key) in self.whole


def _lapses(runs: Sequence[Run]) -> Mapping[CheckId, Sequence[Lapse]]:
    found: defaultdict[CheckId, list[Lapse]] = defaultdict(list)
    going_on: dict[Key, Lapse] = {}
    before: _Sight | None = None
    for run in runs:
        moment, whole = run.collected, seen_whole(run.assessment)
        doubtful: set[Key] = set()
        missing = set(going_on)
        for key, stands in _standings(run):
            missing.discard(key)
            if stands not in SOUND:
                doubtful.add(key)
            if stands is Standing.FAILED:
                going_on[key] = replace(going_on.get(key) or _begun(key, moment, before), last=moment)
            elif key in going_on and stands is not Standing.UNKNOWN:
                ending = Ending.ACCEPTED if stands is Standing.WAIVED else Ending.MENDED
                found[key[0]].append(replace(going_on.pop(key), ended_by=moment, ending=ending))
        for key in sorted(missing):
            if _place(key) in whole:
                found[key[0]].append(replace(going_on.pop(key), ended_by=moment, ending=Ending.GONE))
        before = _Sight(moment, whole, frozenset(doubtful))
    for (check, _), lapse in going_on.items():
        found[check].append(lapse)
    return found


def _begun(key: Key, moment: datetime, before: _Sight | None) -> Lapse:
    sound_before = before.moment if before is not None and before.sound(key) else None
    return Lapse(subject=key[1], sound_before=sound_before, first=moment, last=moment)


def _standings(run: Run) -> Iterator[tuple[Key, Standing]]:
    ran = checks_run(run.assessment)
    for line in run.observed():
        subject = line.kind, line.place, line.subject
        for outcome in line.observations:
            if outcome.check in ran:
                yield (outcome.check, subject), standing(outcome)


def _place(key: Key) -> tuple[CheckId, Place]:
    check, (_, place, _) = key
    return check, place
