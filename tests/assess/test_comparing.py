"""Runs compared: generated runs against a plain reading of each subject by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from results import CHECK, POPULATION, assessment

from grc.assess.comparing import (
    Standing,
    Turn,
    check_changes,
    compare,
    folders_apart,
    requirement_changes,
    sight_lost,
    turned,
)
from grc.assess.effectiveness import Run, checks_over, requirements_over
from grc.model.assessment import Assessment, CheckResult, Finding, Observed, Outcome, PopulationResult
from grc.model.evidence import Gap, GapReason, Origin
from grc.model.identifiers import CheckId, KindName, Place, RequirementId, SubjectId, SubjectKey
from grc.model.overtime import Ending, Lapse
from grc.model.status import Status, Verdict

START = datetime(2026, 3, 1, tzinfo=UTC)
KIND = KindName("aws.s3.bucket")
CHECKS = (CheckId("aws.s3.bucket.a"), CheckId("aws.s3.bucket.b"))
PLACES = (Place("aws/1"), Place("aws/2"))
SUBJECTS = tuple(map(SubjectId, "xyz"))
SEEN = (Standing.PASSED, Standing.FAILED, Standing.WAIVED, Standing.UNKNOWN, Standing.NOT_APPLICABLE)
Where = tuple[Place, SubjectId]


@dataclass(frozen=True)
class World:
    """What one run saw: how each subject that is there stands before each check; which places were seen whole."""

    stands: Mapping[Where, tuple[Standing, ...]]
    whole: frozenset[Place]
    ran: tuple[CheckId, ...]


def outcome(check: CheckId, stands: Standing) -> Outcome:
    if stands is Standing.WAIVED:
        return Outcome(check=check, verdict=Verdict.FAIL, waiver="W-1")
    return Outcome(check=check, verdict=Verdict(stands.value))


def lines(world: World) -> list[Observed]:
    return [
        Observed(
            digest="sha256:0",
            kind=KIND,
            place=place,
            subject=subject,
            origin=Origin.LIVE,
            observations=tuple(outcome(CHECKS[n], it) for n, it in enumerate(stands) if CHECKS[n] in world.ran),
        )
        for (place, subject), stands in sorted(world.stands.items())
    ]


def result(check: CheckId, status: Status, *populations: PopulationResult, ran: bool = True) -> CheckResult:
    return replace(CHECK, check=check, status=status, ran=ran, populations=populations)


def finding(requirement: str, status: Status, counted_in: str | None = "all") -> Finding:
    return Finding(
        requirement=RequirementId(requirement),
        engine_status=status,
        reason="",
        assessor_conclusion=None,
        counted_in=counted_in,
        parts=(),
    )


def assessed(world: World) -> Assessment:
    populations = [replace(POPULATION, place=place, complete=place in world.whole) for place in PLACES]
    return assessment(*(result(check, Status.SATISFIED, *populations) for check in world.ran))


worlds = st.builds(
    World,
    stands=st.dictionaries(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(SUBJECTS)), st.tuples(*[st.sampled_from(SEEN)] * len(CHECKS))
    ),
    whole=st.frozensets(st.sampled_from(PLACES)),
    ran=st.sampled_from([CHECKS, CHECKS[:1], CHECKS[1:], ()]),
)


def how(world: World, number: int, where: Where) -> Standing:
    if CHECKS[number] not in world.ran:
        return Standing.NOT_RUN
    return world.stands[where][number] if where in world.stands else Standing.ABSENT


def key(where: Where) -> SubjectKey:
    return KIND, *where


@given(worlds, worlds)
def test_runs_compared_come_to_what_each_subject_by_itself_does(then: World, now: World) -> None:
    expected = {}
    for number, where in product(range(len(CHECKS)), sorted(then.stands.keys() | now.stands.keys())):
        was, comes = how(then, number, where), how(now, number, where)
        if comes is not Standing.NOT_RUN and (turn := turned(was, comes, whole=where[0] in now.whole)):
            expected[CHECKS[number], key(where)] = (turn, was, comes)
    found = list(compare(assessed(then), assessed(now), lines(then), lines(now)))
    assert {(it.check, it.subject): (it.turn, it.before, it.now) for it in found} == expected
    assert len(found) == len(expected)
    assert [it.subject for it in found] == sorted(it.subject for it in found)


@given(worlds)
def test_a_run_compared_with_itself_has_nothing_to_tell(world: World) -> None:
    assert not list(compare(assessed(world), assessed(world), lines(world), lines(world)))


@pytest.mark.parametrize("was", Standing)
def test_nothing_worse_is_ever_called_better(was: Standing) -> None:
    good = {Turn.MENDED, Turn.DECIDED, Turn.GONE}
    for whole in (True, False):
        for now in (Standing.FAILED, Standing.WAIVED, Standing.UNKNOWN):
            assert turned(was, now, whole=whole) not in good
        assert (turned(was, Standing.PASSED, whole=whole) or Turn.MENDED) in good
    assert turned(was, Standing.ABSENT, whole=False) in (None, Turn.UNSEEN)


@pytest.mark.parametrize(
    ("was", "now", "whole", "turn"),
    [
        (Standing.PASSED, Standing.FAILED, True, Turn.BROKEN),
        (Standing.ABSENT, Standing.FAILED, True, Turn.BROKEN),
        (Standing.NOT_RUN, Standing.FAILED, True, Turn.BROKEN),
        (Standing.WAIVED, Standing.FAILED, True, Turn.BROKEN),
        (Standing.FAILED, Standing.WAIVED, True, Turn.ACCEPTED),
        (Standing.FAILED, Standing.UNKNOWN, True, Turn.UNDECIDED),
        (Standing.ABSENT, Standing.UNKNOWN, True, Turn.UNDECIDED),
        (Standing.FAILED, Standing.PASSED, True, Turn.MENDED),
        (Standing.WAIVED, Standing.NOT_APPLICABLE, True, Turn.MENDED),
        (Standing.UNKNOWN, Standing.PASSED, True, Turn.DECIDED),
        (Standing.FAILED, Standing.ABSENT, True, Turn.GONE),
        (Standing.FAILED, Standing.ABSENT, False, Turn.UNSEEN),
        (Standing.PASSED, Standing.ABSENT, False, Turn.UNSEEN),
        (Standing.PASSED, Standing.ABSENT, True, None),
        (Standing.UNKNOWN, Standing.ABSENT, False, None),
        (Standing.ABSENT, Standing.PASSED, True, None),
        (Standing.PASSED, Standing.NOT_APPLICABLE, True, None),
    ],
)
def test_each_turn_has_its_name(was: Standing, now: Standing, whole: bool, turn: Turn | None) -> None:
    assert turned(was, now, whole=whole) is turn


def lapses_of(number: int, where: Where, runs: Sequence[World]) -> list[Lapse]:
    """The lapses of one subject before one check, read day by day."""
    found: list[Lapse] = []
    since: int | None = None
    last = 0
    for day, world in enumerate(runs):
        stands = how(world, number, where)
        ended = {
            Standing.PASSED: Ending.MENDED,
            Standing.NOT_APPLICABLE: Ending.MENDED,
            Standing.WAIVED: Ending.ACCEPTED,
            Standing.ABSENT: Ending.GONE if where[0] in world.whole else None,
        }.get(stands)
        if stands is Standing.FAILED:
            since, last = (day if since is None else since), day
        elif since is not None and ended is not None:
            found.append(lapse(runs, number, where, since, last, day, ended))
            since = None
    if since is not None:
        found.append(lapse(runs, number, where, since, last, None, Ending.OPEN))
    return found


def lapse(
    runs: Sequence[World], number: int, where: Where, since: int, last: int, until: int | None, ending: Ending
) -> Lapse:
    sound = since > 0 and (
        where[0] in runs[since - 1].whole
        and how(runs[since - 1], number, where) in (Standing.PASSED, Standing.NOT_APPLICABLE, Standing.ABSENT)
    )
    return Lapse(
        subject=key(where),
        sound_before=START + timedelta(days=since - 1) if sound else None,
        first=START + timedelta(days=since),
        last=START + timedelta(days=last),
        ended_by=None if until is None else START + timedelta(days=until),
        ending=ending,
    )


@given(st.lists(worlds, max_size=5))
def test_lapses_come_to_what_each_subject_read_day_by_day_does(runs: list[World]) -> None:
    def run(day: int) -> Run:
        return Run(
            collected=START + timedelta(days=day), assessment=assessed(runs[day]), observed=lambda: lines(runs[day])
        )

    found = {it.check: it for it in checks_over([run(day) for day in range(len(runs))])}
    assert set(found) == {check for world in runs for check in world.ran}
    for number, check in enumerate(CHECKS):
        expected = [it for where in product(PLACES, SUBJECTS) for it in lapses_of(number, where, runs)]
        if check in found:
            assert list(found[check].lapses) == sorted(expected, key=lambda it: (it.first, it.subject))
            assert found[check].ran == sum(check in world.ran for world in runs)
        else:
            assert not expected


def test_how_long_a_lapse_lasted_is_bounded_by_the_runs_around_it() -> None:
    day = timedelta(days=1)
    known = Lapse(
        subject=key((PLACES[0], SUBJECTS[0])),
        sound_before=START,
        first=START + day,
        last=START + 3 * day,
        ended_by=START + 4 * day,
        ending=Ending.MENDED,
    )
    assert (known.at_least, known.at_most) == (2 * day, 4 * day)
    assert (
        Lapse(subject=known.subject, sound_before=None, first=START, last=START, ended_by=START + day).at_most is None
    )
    assert Lapse(subject=known.subject, sound_before=START, first=START + day, last=START + day).at_most is None


def test_statuses_that_changed_are_told_and_no_others() -> None:
    a, b = CHECKS
    then = assessment(
        result(a, Status.SATISFIED),
        result(b, Status.NOT_SATISFIED),
        findings=(
            finding("x:1", Status.SATISFIED),
            finding("x:2", Status.UNKNOWN),
            finding("x:3", Status.PARTIAL, None),
        ),
    )
    now = assessment(
        result(a, Status.UNKNOWN),
        result(b, Status.NOT_ASSESSED, ran=False),
        findings=(
            finding("x:1", Status.PARTIAL),
            finding("x:2", Status.UNKNOWN),
            finding("x:3", Status.SATISFIED, None),
            finding("x:4", Status.UNKNOWN),
        ),
    )
    assert [(it.id, it.before, it.now) for it in check_changes(then, now)] == [(a, Status.SATISFIED, Status.UNKNOWN)]
    assert [(it.id, it.before, it.now) for it in requirement_changes(then, now)] == [
        ("x:1", Status.SATISFIED, Status.PARTIAL),
        ("x:4", None, Status.UNKNOWN),
    ]


def test_runs_are_counted_by_status() -> None:
    check = CHECKS[0]
    days = (Status.SATISFIED, Status.NOT_SATISFIED, Status.PARTIAL, Status.UNKNOWN, Status.STALE)
    runs = [
        Run(
            collected=START + timedelta(days=day),
            assessment=assessment(result(check, it), findings=(finding("x:1", it),)),
            observed=tuple,
        )
        for day, it in enumerate(days)
    ]
    (found,) = checks_over(runs)
    assert (found.ran, found.fell_short, found.undecided) == (5, 2, 2)
    assert found.statuses == dict.fromkeys(days, 1)
    (held,) = requirements_over(runs)
    assert held.statuses == dict.fromkeys(days, 1)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({}, (0, 0)),
        ({"failed": 1}, (1, 0)),
        ({"failed": 1, "unknown": 1}, (1, 1)),
        ({"failed": 1, "complete": False}, (1, 1)),
        ({"failed": 1, "gaps": (Gap(path="", reason=GapReason.ACCESS_DENIED),)}, (1, 1)),
    ],
)
@pytest.mark.parametrize("ahead", [False, True])
def test_a_failure_hides_nothing_that_was_not_seen(
    seen: dict[str, Any], expected: tuple[int, int], ahead: bool
) -> None:
    status = Status.NOT_SATISFIED if seen else Status.SATISFIED
    population = replace(POPULATION, **seen)
    live, declared = ((), (population,)) if ahead else ((population,), ())
    one = replace(
        CHECK,
        status=Status.NOT_ASSESSED if ahead else status,
        populations=live,
        ahead=declared,
        ahead_status=status if ahead else None,
    )
    (found,) = checks_over([Run(collected=START, assessment=assessment(one), observed=tuple)])
    assert (found.fell_short, found.undecided) == expected


@given(worlds, worlds)
def test_sight_is_lost_where_a_place_was_seen_whole_and_is_not(then: World, now: World) -> None:
    expected = {
        (check, place)
        for check, place in product(CHECKS, PLACES)
        if check in then.ran and check in now.ran and place in then.whole and place not in now.whole
    }
    found = list(sight_lost(assessed(then), assessed(now)))
    assert set(found) == expected
    assert len(found) == len(expected)


def of(*places: str) -> Assessment:
    """An assessment of declarations in these places."""
    ahead = tuple(replace(POPULATION, place=Place(place), origin=Origin.PLAN) for place in places)
    return assessment(replace(CHECK, populations=(), ahead=ahead))


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (["file/main"], ["file/infra", "file/deploy"], (("file/main",), ("file/deploy", "file/infra"))),
        (["file/infra@west"], ["file/infra"], None),
        (["file/infra", "file/old"], ["file/infra"], None),
        (["aws/1"], ["file/infra"], None),
        (["aws/1"], ["aws/2"], None),
        ([], [], None),
    ],
)
def test_folders_that_are_named_otherwise_are_told_where_none_is_in_both(
    then: list[str], now: list[str], expected: tuple[tuple[str, ...], tuple[str, ...]] | None
) -> None:
    assert folders_apart(of(*then), of(*now)) == expected
