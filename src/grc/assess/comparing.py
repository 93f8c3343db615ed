"""Two assessments compared, subject by subject: what fails that did not, what was mended, what is seen no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Final

from grc.model.assessment import Assessment, Observed, Outcome
from grc.model.evidence import Origin
from grc.model.identifiers import CheckId, Place, SubjectKey
from grc.model.status import Status, Verdict


class Standing(StrEnum):
    """How a subject stood before a check. A waived failure is its own; so is a check that was not run at all."""

    PASSED = "pass"
    FAILED = "fail"
    WAIVED = "waived"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    ABSENT = "absent"
    NOT_RUN = "not_run"


class Turn(StrEnum):
    """What became of a subject before a check, in the order in which it wants attention."""

    BROKEN = "broken"
    UNDECIDED = "undecided"
    UNSEEN = "unseen"
    ACCEPTED = "accepted"
    MENDED = "mended"
    DECIDED = "decided"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One subject that stands otherwise before one check. ``message`` and ``reason`` are the later assessment's."""

    turn: Turn
    check: CheckId
    subject: SubjectKey
    origin: Origin
    before: Standing
    now: Standing
    message: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A check or a requirement whose status is another. ``before`` None: it was not there."""

    id: str
    before: Status | None
    now: Status


FELL_SHORT: Final = frozenset({Standing.FAILED, Standing.WAIVED})
SETTLED: Final = FELL_SHORT | {Standing.PASSED, Standing.NOT_APPLICABLE}


def compare(
    then: Assessment, now: Assessment, before: Iterable[Observed], after: Iterable[Observed]
) -> Iterator[Change]:
    """Every subject that stands otherwise, in the order of packs. Takes constant memory.

    ``before`` and ``after`` are all observations of ``then`` and ``now``, by kind, place and subject as packs hold
    them. A failure whose subject is there no more is gone only where its population was seen whole; else nobody knows,
    and it is unseen. Nothing is said of checks that the later assessment did not run: see ``checks_run``.
    """
    ran_then, ran_now, whole = checks_run(then), checks_run(now), seen_whole(now)
    for old, new in _paired(before, after):
        line = new or old
        assert line is not None
        stood, stands = _by_check(old), _by_check(new)
        for check in sorted((stood.keys() | stands.keys()) & ran_now):
            outcome = stands.get(check)
            was = standing(stood.get(check)) if check in ran_then else Standing.NOT_RUN
            comes = standing(outcome)
            if turn := turned(was, comes, whole=(check, line.place) in whole):
                yield Change(
                    turn=turn,
                    check=check,
                    subject=(line.kind, line.place, line.subject),
                    origin=line.origin,
                    before=was,
                    now=comes,
                    message=outcome.message if outcome else None,
                    reason=outcome.reason if outcome else None,
                )


def turned(was: Standing, now: Standing, *, whole: bool) -> Turn | None:
    """What such a change is called; None where there is nothing to tell. ``whole``: all of its place was seen now."""
    if was is now:
        return None
    match now:
        case Standing.FAILED:
            return Turn.BROKEN
        case Standing.WAIVED:
            return Turn.ACCEPTED
        case Standing.UNKNOWN:
            return Turn.UNDECIDED
        case Standing.ABSENT if not whole:
            return Turn.UNSEEN if was in SETTLED else None
        case Standing.ABSENT:
            return Turn.GONE if was in FELL_SHORT else None
        case _:
            return Turn.MENDED if was in FELL_SHORT else Turn.DECIDED if was is Standing.UNKNOWN else None


def standing(outcome: Outcome | None) -> Standing:
    """How its subject stands; absent where there is none."""
    if outcome is None:
        return Standing.ABSENT
    if outcome.verdict is Verdict.FAIL and outcome.waiver is not None:
        return Standing.WAIVED
    return Standing(outcome.verdict.value)


def seen_whole(assessment: Assessment) -> frozenset[tuple[CheckId, Place]]:
    """The places of which a check saw everything."""
    return frozenset(
        (result.check, population.place)
        for result in assessment.checks
        for population in (*result.populations, *result.ahead)
        if population.complete and not population.gaps
    )


def checks_run(assessment: Assessment) -> frozenset[CheckId]:
    """The checks that an assessment ran, on evidence of record or on declarations."""
    return frozenset(result.check for result in assessment.checks if result.ran or result.ahead)


def sight_lost(then: Assessment, now: Assessment) -> Iterator[tuple[CheckId, Place]]:
    """The places of which a check that both ran saw everything, and does not any more: whatever comes up there is not
    seen, also where nothing was."""
    ran = checks_run(now)
    yield from sorted((check, place) for check, place in seen_whole(then) - seen_whole(now) if check in ran)


def folders_apart(then: Assessment, now: Assessment) -> tuple[tuple[Place, ...], tuple[Place, ...]] | None:
    """The folders of declarations that each is about, where none is in both: what is in them cannot be compared."""
    before, after = _folders(then), _folders(now)
    return (tuple(sorted(before)), tuple(sorted(after))) if before and after and not before & after else None


def _folders(assessment: Assessment) -> frozenset[Place]:
    """The places of files, without the region that a provider may name within them."""
    held = {population.place for result in assessment.checks for population in (*result.populations, *result.ahead)}
    return frozenset(Place(place.partition("@")[0]) for place in held if place.startswith("file/"))


def check_changes(then: Assessment, now: Assessment) -> Iterator[StatusChange]:
    """The checks that the later assessment ran, where their status is another."""
    ran_then, ran_now = checks_run(then), checks_run(now)
    before = {result.check: result.status for result in then.checks if result.check in ran_then}
    for result in now.checks:
        if result.check in ran_now and before.get(result.check) is not result.status:
            yield StatusChange(id=result.check, before=before.get(result.check), now=result.status)


def requirement_changes(then: Assessment, now: Assessment) -> Iterator[StatusChange]:
    """The counted requirements of the later assessment, where their status is another."""
    before = {finding.requirement: finding.engine_status for finding in then.findings}
    for finding in now.findings:
        was = before.get(finding.requirement)
        if finding.counted_in is not None and was is not finding.engine_status:
            yield StatusChange(id=finding.requirement, before=was, now=finding.engine_status)


def _paired(before: Iterable[Observed], after: Iterable[Observed]) -> Iterator[tuple[Observed | None, Observed | None]]:
    """The lines of each subject, from either side; None where it has none there."""
    olds = ((_key(line), line, None) for line in before)
    news = ((_key(line), None, line) for line in after)
    for _, lines in groupby(merge(olds, news, key=itemgetter(0)), key=itemgetter(0)):
        old: Observed | None = None
        new: Observed | None = None
        for _, first, second in lines:
            old, new = first or old, second or new
        yield old, new


def _key(line: Observed) -> SubjectKey:
    return line.kind, line.place, line.subject


def _by_check(line: Observed | None) -> Mapping[CheckId, Outcome]:
    return {outcome.check: outcome for outcome in line.observations} if line else {}
