"""Operating effectiveness: what runs over a period show of each check, and how long each failure lasted.

A run is a moment; between two of them nothing is known. So a failure lasted at least from the first run that saw it to
the last one, and at most from the last run before that saw none to the first one after that saw none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from grc.assess.comparing import Standing, checks_run, seen_whole, standing
from grc.model.assessment import Assessment, CheckResult, Observed
from grc.model.catalogue import Severity
from grc.model.identifiers import CheckId, Place, RequirementId, SubjectKey
from grc.model.status import UNDECIDED, Status

FELL_SHORT: Final = frozenset({Status.NOT_SATISFIED, Status.PARTIAL})
SOUND: Final = frozenset({Standing.PASSED, Standing.NOT_APPLICABLE})
Key = tuple[CheckId, SubjectKey]
"""A subject before a check"""


class Ending(StrEnum):
    """How a lapse ended. ``OPEN``: it failed in the last run that saw it, and no run has seen it end."""

    MENDED = "mended"
    ACCEPTED = "accepted"
    GONE = "gone"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the period: when its evidence had been collected, what was concluded from it, and what gives its
    observations, by kind, place and subject."""

    collected: datetime
    assessment: Assessment
    observed: Callable[[], Iterable[Observed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """One subject that failed one check for a time.

    ``first`` and ``last`` are the runs that saw it fail. ``sound_before`` is the run right before, if that saw it not
    fail; ``ended_by`` the run that saw it end. Each is None where no run shows it.
    """

    subject: SubjectKey
    sound_before: datetime | None
    first: datetime
    last: datetime
    ended_by: datetime | None = None
    ending: Ending = Ending.OPEN

    @property
    def at_least(self) -> timedelta:
        """How long it failed for sure."""
        return self.last - self.first

    @property
    def at_most(self) -> timedelta | None:
        """How long it can have failed at the most; None where no run bounds it."""
        if self.sound_before is None or self.ended_by is None:
            return None
        return self.ended_by - self.sound_before


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOverTime:
    """One check over the runs: how many ran it, how many saw something fail, how many could not decide all of it, and
    how many came to each status."""

    check: CheckId
    severity: Severity
    ran: int
    fell_short: int
    undecided: int
    statuses: Mapping[Status, int]
    lapses: tuple[Lapse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementOverTime:
    """One counted requirement over the runs that assessed its framework: ``statuses`` counts runs by status."""

    requirement: RequirementId
    statuses: Mapping[Status, int]


def checks_over(runs: Sequence[Run]) -> Iterator[CheckOverTime]:
    """Every check that some run ran, by id. Takes memory for what does not pass, not for what does.

    ``runs`` are in order of time. A check that no run asked of evidence of record stands as its declarations do.
    """
    lapses = _lapses(runs)
    results: defaultdict[CheckId, list[CheckResult]] = defaultdict(list)
    for run in runs:
        ran = checks_run(run.assessment)
        for result in run.assessment.checks:
            if result.check in ran:
                results[result.check].append(result)
    for check, found in sorted(results.items()):
        yield CheckOverTime(
            check=check,
            severity=found[-1].severity,
            ran=len(found),
            fell_short=sum(map(_fell_short, found)),
            undecided=sum(map(_undecided, found)),
            statuses=Counter(map(_status, found)),
            lapses=tuple(sorted(lapses.get(check, ()), key=lambda lapse: (lapse.first, lapse.subject))),
        )


def requirements_over(runs: Sequence[Run]) -> Iterator[RequirementOverTime]:
    """Every counted requirement that some run assessed, in the order in which they came up."""
    statuses: dict[RequirementId, Counter[Status]] = {}
    for run in runs:
        for finding in run.assessment.findings:
            if finding.counted_in is not None:
                statuses.setdefault(finding.requirement, Counter())[finding.engine_status] += 1
    for requirement, counts in statuses.items():
        yield RequirementOverTime(requirement=requirement, statuses=dict(counts))


def _fell_short(result: CheckResult) -> bool:
    return _status(result) in FELL_SHORT or any(it.failed for it in (*result.populations, *result.ahead))


def _undecided(result: CheckResult) -> bool:
    """Whether something was not seen or not decided, also beside a failure, which hides it in the status."""
    populations = (*result.populations, *result.ahead)
    return _status(result) in UNDECIDED or any(it.unknown or it.gaps or not it.complete for it in populations)


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
