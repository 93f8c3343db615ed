"""Where findings on record stand: open, overdue, closed, closed without proof, and opened again by a failing check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from assess_samples import AS_OF, COLLECTED, World, check, claim, control, one_check, population, raised, result, waiver

from grc.model.evidence import Origin
from grc.model.raised import Closing, Effectiveness, FindingClass, FindingState, RaisedFinding, RaisedResult

CLOSED = Closing(by="bob", on=date(2026, 3, 1), ended=datetime(2026, 3, 2, tzinfo=UTC))
BEFORE, AFTER = CLOSED.ended - timedelta(hours=1), COLLECTED
PASSES, FAILS = result(passed=1), result(passed=3, failed=1)


def stands(finding: RaisedFinding, *results: Any, **more: Any) -> RaisedResult:
    (only,) = one_check(*results, raised=(finding,), **more).assess().raised
    return only


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, FindingState.OPEN),
        ({"due": AS_OF + timedelta(microseconds=1)}, FindingState.OPEN),
        ({"due": AS_OF}, FindingState.OVERDUE),
        ({"raised_on": date(2026, 3, 10)}, FindingState.NOT_YET),
        ({"closed": replace(CLOSED, on=date(2026, 3, 10))}, FindingState.OPEN),
        ({"closed": replace(CLOSED, on=date(2026, 3, 10)), "due": AS_OF}, FindingState.OVERDUE),
        ({"closed": CLOSED}, FindingState.CLOSED),
        ({"closed": CLOSED, "due": AS_OF - timedelta(days=9)}, FindingState.CLOSED),
    ],
)
def test_the_life_of_a_finding_whose_check_holds(more: dict[str, Any], state: FindingState) -> None:
    assert stands(raised(**more), PASSES).state is state


def test_an_open_finding_is_closed_by_a_person_and_not_by_its_check() -> None:
    found = stands(raised(), PASSES)
    assert found.state is FindingState.OPEN
    assert found.reason == "ann has it to do. c is satisfied."


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (PASSES, FindingState.CLOSED),
        (FAILS, FindingState.REOPENED),
        (replace(PASSES, oldest=BEFORE), FindingState.UNSHOWN),
        (replace(FAILS, oldest=BEFORE), FindingState.UNSHOWN),
        (replace(PASSES, oldest=None), FindingState.UNSHOWN),
        (replace(FAILS, oldest=None), FindingState.UNSHOWN),
        (replace(PASSES, oldest=CLOSED.ended), FindingState.CLOSED),
        (replace(FAILS, oldest=CLOSED.ended), FindingState.REOPENED),
        (result(passed=1, unknown=1), FindingState.UNSHOWN),
        (result(not_applicable=1), FindingState.UNSHOWN),
        (result(), FindingState.UNSHOWN),
    ],
)
def test_what_a_check_shows_of_a_closed_finding(seen: Any, state: FindingState) -> None:
    assert stands(raised(closed=CLOSED), seen).state is state


@pytest.mark.parametrize("more", [{"selected": frozenset()}, {"providers": frozenset({"register"})}])
def test_a_check_that_was_not_run_shows_nothing(more: dict[str, Any]) -> None:
    found = stands(raised(closed=CLOSED), FAILS, **more)
    assert found.state is FindingState.UNSHOWN
    assert found.reason == "bob closed it on 2026-03-01. c is not assessed, which shows nothing."


def test_a_check_that_is_gone_shows_nothing() -> None:
    found = stands(raised(check="gone", closed=CLOSED), PASSES)
    assert found.reason == "bob closed it on 2026-03-01. There is no check gone any more."
    assert found.state is FindingState.UNSHOWN


def test_a_plan_shows_nothing() -> None:
    assert stands(raised(closed=CLOSED), replace(PASSES, origin=Origin.PLAN)).state is FindingState.UNSHOWN


def test_a_waiver_does_not_show_that_the_action_worked() -> None:
    waived = result(passed=3, waived=1)
    found = stands(raised(closed=CLOSED), waived, waivers=(waiver("c"),))
    assert (found.state, found.reason.endswith("c is waived, which shows nothing.")) == (FindingState.UNSHOWN, True)


def test_a_failure_in_one_place_opens_it_again_whatever_the_others_say() -> None:
    old = result("aws/1/us", failed=1, oldest=BEFORE)
    assert stands(raised(closed=CLOSED), old, FAILS).state is FindingState.REOPENED
    assert stands(raised(closed=CLOSED), old, PASSES).state is FindingState.UNSHOWN


@pytest.mark.parametrize(
    ("since", "state", "fails"),
    [
        (AFTER, FindingState.CLOSED, FindingState.REOPENED),
        (AFTER + timedelta(microseconds=1), FindingState.UNSHOWN, FindingState.UNSHOWN),
        (CLOSED.ended - timedelta(days=30), FindingState.CLOSED, FindingState.REOPENED),
    ],
)
def test_the_check_has_to_hold_from_the_day_that_was_named(
    since: datetime, state: FindingState, fails: FindingState
) -> None:
    finding = raised(closed=CLOSED, effectiveness=Effectiveness(check="c", since=since))
    assert stands(finding, PASSES).state is state
    assert stands(finding, FAILS).state is fails


def test_proof_may_be_older_than_the_closing_and_a_failure_that_opens_it_again_may_not() -> None:
    early = raised(closed=CLOSED, effectiveness=Effectiveness(check="c", since=BEFORE))
    assert stands(early, replace(PASSES, oldest=BEFORE)).state is FindingState.CLOSED
    assert stands(early, replace(FAILS, oldest=BEFORE)).state is FindingState.UNSHOWN


SEEN = {FindingState.CLOSED: PASSES, FindingState.UNSHOWN: result(unknown=1), FindingState.REOPENED: FAILS}


@pytest.mark.parametrize(("own", "other"), list(product(SEEN, SEEN)))
def test_the_graver_of_its_two_checks_counts(own: FindingState, other: FindingState) -> None:
    finding = raised(closed=CLOSED, effectiveness=Effectiveness(check="d", since=CLOSED.ended))
    found = World(
        checks=(check("c"), check("d")),
        controls=(control("k", ("c", "d"), (claim("k"),)),),
        populations=(population("aws.vm", "aws/1/eu"),),
        results={"c": (SEEN[own],), "d": (SEEN[other],)},
        raised=(finding,),
    ).assess()
    order = list(FindingState)
    assert found.raised[0].state is min(own, other, key=order.index)


@pytest.mark.parametrize(
    ("class_", "state"),
    [
        (FindingClass.MAJOR, FindingState.UNSHOWN),
        (FindingClass.MINOR, FindingState.UNSHOWN),
        (FindingClass.OBSERVATION, FindingState.CLOSED),
        (FindingClass.OPPORTUNITY, FindingState.CLOSED),
    ],
)
def test_without_a_check_nothing_shows_that_a_nonconformity_is_over(class_: FindingClass, state: FindingState) -> None:
    finding = raised(class_=class_, check=None, requirement="f:1", closed=CLOSED)
    assert stands(finding, PASSES).state is state


LIVES = [
    raised(due=due, closed=closed, check=name)
    for due, closed, name in product((AS_OF, AS_OF + timedelta(days=1)), (None, CLOSED), ("c", "gone", None))
]


@pytest.mark.parametrize("seen", SEEN.values())
@pytest.mark.parametrize("finding", LIVES)
def test_nothing_else_moves_because_of_a_finding_on_record(finding: RaisedFinding, seen: Any) -> None:
    without = one_check(seen).assess()
    assert replace(one_check(seen, raised=(finding,)).assess(), raised=()) == without


def test_order_and_duplicates_do_not_matter() -> None:
    one, other = raised(), raised(id="E", closed=CLOSED)
    found = one_check(PASSES, raised=(one, other, one)).assess()
    assert [each.finding.id for each in found.raised] == ["E", "F"]
    assert found == one_check(PASSES, raised=(other, one)).assess()
