"""What is concluded in worked cases, and the sentence that says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from assess_samples import (
    AS_OF,
    COLLECTED,
    DENIED,
    World,
    catalogue,
    check,
    claim,
    control,
    one_check,
    population,
    related,
    requirement,
    result,
    scoped_out,
    waiver,
)

from grc.errors import ConfigError, EvidenceError
from grc.model.assessment import CheckResult, Finding
from grc.model.catalogue import Relation, RequirementKind
from grc.model.evidence import Fact, GapReason, Origin
from grc.model.status import Status


def only_check(world: World) -> CheckResult:
    [found] = world.assess().checks
    return found


def findings(world: World) -> dict[str, Finding]:
    return {found.requirement: found for found in world.assess().findings}


def told(world: World) -> tuple[str, str]:
    found = only_check(world)
    return found.status.value, found.reason


# a check


@pytest.mark.parametrize(
    ("results", "status", "reason"),
    [
        ([result(passed=3)], "satisfied", "All 3 tested subjects pass."),
        ([result(passed=1)], "satisfied", "The one tested subject passes."),
        (
            [result(passed=3, not_applicable=2)],
            "satisfied",
            "All 3 tested subjects pass; the check does not apply to 2 others.",
        ),
        ([result(passed=999, failed=1)], "not_satisfied", "1 of 1,000 subjects fails."),
        ([result(passed=1), result("aws/1/us", failed=2)], "not_satisfied", "2 of 3 subjects fail."),
        (
            [result(failed=1, not_applicable=6)],
            "not_satisfied",
            "1 of 1 subject fails; the check does not apply to 6 others.",
        ),
        (
            [result(unknown=1, not_applicable=1)],
            "unknown",
            "1 of 1 subject could not be decided; the check does not apply to 1 other.",
        ),
        ([result(passed=1, failed=1, unknown=1)], "not_satisfied", "1 of 3 subjects fails."),
        ([result(failed=1, complete=False, gaps=(DENIED,))], "not_satisfied", "1 of 1 subject fails."),
        ([result(failed=1, oldest=AS_OF - timedelta(days=400))], "not_satisfied", "1 of 1 subject fails."),
        ([result(passed=3, unknown=2)], "unknown", "2 of 5 subjects could not be decided."),
        ([result(passed=3, subjects=4)], "unknown", "1 of 4 subjects could not be decided."),
        (
            [result(passed=3, complete=False, gaps=(DENIED,))],
            "unknown",
            "The evidence has a hole: aws/1/eu (access-denied, s3:ListAllMyBuckets is missing).",
        ),
        (
            [result(passed=3, gaps=(DENIED,))],
            "unknown",
            "The evidence has a hole: aws/1/eu (access-denied, s3:ListAllMyBuckets is missing).",
        ),
        (
            [result(passed=3, complete=False)],
            "unknown",
            "The evidence has a hole: aws/1/eu (the list is not whole).",
        ),
        ([result(complete=False)], "unknown", "The evidence has a hole: aws/1/eu (the list is not whole)."),
        ([result(passed=1, oldest=None)], "unknown", "The evidence does not say when it was collected."),
        (
            [result(passed=3, oldest=AS_OF - timedelta(days=7, seconds=1))],
            "stale",
            "The oldest evidence is 8 days old; the limit is 7 days.",
        ),
        ([result(passed=3, oldest=AS_OF - timedelta(days=7))], "satisfied", "All 3 tested subjects pass."),
        (
            [result(passed=3), result("aws/1/us", oldest=AS_OF - timedelta(days=9))],
            "stale",
            "The oldest evidence is 9 days old; the limit is 7 days.",
        ),
        ([result()], "not_applicable", "There is no subject: every list was read to its end and is empty."),
        ([result(not_applicable=2)], "not_applicable", "The check applies to none of 2 subjects."),
    ],
)
def test_a_check(results: list[object], status: str, reason: str) -> None:
    assert told(one_check(*results)) == (status, reason)  # type: ignore[arg-type]


def test_a_waived_failure_is_waived_and_never_satisfied() -> None:
    world = one_check(result(passed=3, waived=2), waivers=(waiver("c"),))
    assert told(world) == ("waived", "Failed and waived: 2 of 5 subjects. No other fails.")
    assert {found.engine_status for found in findings(world).values()} == {Status.WAIVED}
    assert [found.id for found in world.assess().waivers] == ["W"]


@pytest.mark.parametrize(
    "given",
    [
        (),
        (waiver("another"),),
        (waiver("c", until=AS_OF),),
        (waiver("c", approved_by="Ann"),),
        (waiver("c", approved_on=date(2026, 3, 10)),),
    ],
)
def test_a_failure_that_no_active_waiver_accepts_is_a_failure(given: tuple[object, ...]) -> None:
    found = only_check(one_check(result(passed=3, waived=2), waivers=given))
    assert (found.status, found.failed, found.waived) == (Status.NOT_SATISFIED, 2, 0)


def test_a_waiver_that_was_approved_today_where_the_day_has_begun_counts() -> None:
    assert told(one_check(result(waived=1), waivers=(waiver("c", approved_on=AS_OF.date()),)))[0] == "waived"


def test_a_check_that_was_not_selected_is_not_assessed() -> None:
    found = only_check(one_check(result(passed=3), selected=frozenset()))
    assert (found.status, found.ran, found.in_scope, found.subjects) == (Status.NOT_ASSESSED, False, True, 0)
    assert "not among those selected" in found.reason


def test_a_check_whose_source_is_not_in_scope_is_listed_and_does_not_count() -> None:
    world = one_check(result(failed=1), providers=frozenset({"register"}))
    assert told(world) == ("not_assessed", "The source of aws.vm is not in scope.")
    assert not only_check(world).in_scope
    [held] = world.assess().controls
    assert (held.status, held.out_of_scope) == (Status.NOT_ASSESSED, ("c",))
    assert held.reason == "Every deciding check reads a source that is not in scope: c."


def test_a_kind_that_the_pack_does_not_hold_is_not_assessed() -> None:
    assert told(one_check()) == ("not_assessed", "This pack holds no evidence of aws.vm.")
    elsewhere = one_check(populations=(population("aws.region", "aws/1/eu"),))
    assert told(elsewhere) == ("not_assessed", "This pack holds no evidence of aws.vm.")


def test_a_population_that_was_not_evaluated_is_a_hole() -> None:
    world = one_check(result(passed=3))
    assert told(world.but(results={}))[0] == "unknown"
    [hole] = only_check(world.but(results={})).populations
    assert (hole.complete, hole.gaps[0].reason) == (False, GapReason.NOT_PROVIDED)


def test_a_place_that_another_kind_was_seen_in_is_a_hole() -> None:
    world = one_check(result(passed=3))
    more = (*world.populations, population("aws.region", "aws/1/us"), population("aws.region", "aws/1/eu"))
    assert told(world.but(populations=more)) == ("unknown", "The evidence has a hole: aws/1/us (not-provided).")
    details = [gap.detail for found in only_check(world.but(populations=more)).populations for gap in found.gaps]
    assert details == ["this pack holds no evidence of aws.vm in aws/1/us"]


def test_an_account_whose_regions_were_seen_is_a_hole_for_a_global_kind() -> None:
    world = one_check(result("aws/1", 3), check={"kind_": "aws.bucket"})
    seen = (*world.populations, population("aws.vm", "aws/1/eu"))
    assert told(world.but(populations=seen))[0] == "satisfied"
    assert told(world.but(populations=(*seen, population("aws.vm", "aws/2/eu"))))[0] == "unknown"


def test_a_region_that_is_off_is_no_hole() -> None:
    world = one_check(result(passed=3))
    off = population("aws.region", "aws/1/ap", count=0, facts=(Fact(fact="region-off", detail=""),))
    assert told(world.but(populations=(*world.populations, off)))[0] == "satisfied"
    empty = population("aws.region", "aws/1/ap", count=0)
    assert told(world.but(populations=(*world.populations, empty)))[0] == "unknown"


@pytest.mark.parametrize(
    ("places", "status"),
    [
        ((), "satisfied"),
        (("aws/1",), "satisfied"),
        (("aws/1/eu",), "satisfied"),
        (("register/people",), "satisfied"),
        (("file/infra",), "satisfied"),
        (("aws/1", "aws/2"), "unknown"),
        (("aws/1/us",), "unknown"),
        (("aws/10",), "unknown"),
    ],
)
def test_a_declared_place_must_be_reached(places: tuple[str, ...], status: str) -> None:
    assert told(one_check(result(passed=3), places=places))[0] == status


def test_registers_stand_alone() -> None:
    world = one_check(result("register/people", 3), check={"kind_": "register.people"})
    more = population("register.people", "register/other", origin=Origin.REGISTER)
    assert told(world.but(populations=(*world.populations, population("aws.vm", "aws/1/eu"))))[0] == "satisfied"
    assert told(world.but(populations=(*world.populations, more)))[0] == "unknown"  # it is there, and was not evaluated


def test_the_limit_of_age_is_the_workspaces_else_the_kinds_else_the_default() -> None:
    old = AS_OF - timedelta(days=20)
    people = one_check(result("register/people", 3, oldest=old), check={"kind_": "register.people"})
    assert told(people)[0] == "satisfied"  # the kind's own limit is 30
    assert told(people.but(max_age_days={"register.people": 10}))[0] == "stale"
    vms = one_check(result(passed=3, oldest=old))
    assert told(vms)[0] == "stale"
    assert told(vms.but(max_age_days={"aws.vm": 20}))[0] == "satisfied"
    assert told(vms.but(max_age_days={"aws.vm": 0}))[0] == "stale"


def test_what_a_check_compares_with_may_be_stale_too() -> None:
    world = one_check(result("register/people", 3), check={"kind_": "register.people", "relate": (related("aws.vm"),)})
    fresh, old = (population("aws.vm", "aws/1/eu", started=AS_OF - timedelta(days=days)) for days in (2, 8))
    assert told(world.but(populations=(*world.populations, fresh)))[0] == "satisfied"
    assert told(world.but(populations=(*world.populations, old))) == (
        "stale",
        "The evidence that it is compared with is over its limit: aws.vm.",
    )


def test_a_plan_stands_in_its_own_column() -> None:
    plan = result("file/infra", 2, 1, origin=Origin.PLAN)
    only = only_check(one_check(plan))
    assert (only.status, only.ahead_status, only.subjects) == (Status.NOT_ASSESSED, Status.NOT_SATISFIED, 0)
    assert "from plans or templates only" in only.reason
    both = only_check(one_check(result(passed=4), plan))
    assert (both.status, both.ahead_status, both.subjects) == (Status.SATISFIED, Status.NOT_SATISFIED, 4)
    assert both.ahead == (plan,)
    assert only_check(one_check(result(passed=4))).ahead_status is None


def test_the_effective_parameters_are_recorded() -> None:
    assert only_check(one_check(result(passed=1))).parameters == {"days": 90}


# a control


def deciding(*names: str, **more: Status) -> World:
    """A control over checks of those statuses."""
    made = {
        Status.SATISFIED: (result(passed=1),),
        Status.NOT_SATISFIED: (result(failed=1),),
        Status.UNKNOWN: (result(unknown=1),),
        Status.STALE: (result(passed=1, oldest=AS_OF - timedelta(days=30)),),
        Status.NOT_APPLICABLE: (result(),),
        Status.WAIVED: (result(waived=1),),
    }
    return World(
        catalogues=(catalogue("f", requirement("f:1")),),
        controls=(control("k", names or tuple(more), (claim("k"),)),),
        checks=tuple(check(name) for name in more),
        populations=(population("aws.vm", "aws/1/eu"),),
        results={name: made[status] for name, status in more.items() if status in made},
        selected=frozenset(name for name, status in more.items() if status is not Status.NOT_ASSESSED),
        waivers=tuple(waiver(name, name) for name, status in more.items() if status is Status.WAIVED),
    )


@pytest.mark.parametrize(
    ("world", "status", "reason"),
    [
        (
            deciding(a=Status.SATISFIED, b=Status.NOT_APPLICABLE),
            "satisfied",
            "Satisfied: all of 1 deciding check with a subject.",
        ),
        (
            deciding(a=Status.SATISFIED, b=Status.NOT_SATISFIED, c=Status.UNKNOWN),
            "not_satisfied",
            "Not satisfied: b (1 of 3 deciding checks).",
        ),
        (
            deciding(a=Status.STALE, b=Status.UNKNOWN, c=Status.NOT_ASSESSED),
            "unknown",
            "Unknown: b (1 of 3 deciding checks).",
        ),
        (deciding(a=Status.STALE, c=Status.NOT_ASSESSED), "stale", "Stale: a (1 of 2 deciding checks)."),
        (deciding("a", "gone", a=Status.SATISFIED), "not_assessed", "Not assessed: gone (1 of 2 deciding checks)."),
        (deciding(a=Status.SATISFIED, b=Status.WAIVED), "waived", "Waived: b (1 of 2 deciding checks)."),
        (
            deciding(a=Status.NOT_APPLICABLE),
            "not_applicable",
            "No deciding check has a subject that it applies to.",
        ),
        (deciding(), "not_assessed", "No check decides this control."),
    ],
)
def test_a_control(world: World, status: str, reason: str) -> None:
    [found] = world.assess().controls
    assert (found.status.value, found.reason) == (status, reason)


def test_an_advisory_check_moves_nothing() -> None:
    world = deciding("a", a=Status.SATISFIED, b=Status.NOT_SATISFIED)
    world = world.but(controls=(control("k", ("a",), (claim("k"),), advisory=("b",)),))
    assert world.assess().controls[0].status is Status.SATISFIED
    assert world.assess().controls[0].advisory == ("b",)
    assert findings(world)["f:1"].engine_status is Status.SATISFIED


# a part


@pytest.mark.parametrize(
    ("checks", "status"),
    [
        (None, "not_satisfied"),
        (("a",), "satisfied"),
        (("b",), "not_satisfied"),
        (("c",), "unknown"),
        ((), "not_assessed"),
    ],
)
def test_a_part_is_concluded_over_those_checks_of_a_control_that_answer_it(
    checks: tuple[str, ...] | None, status: str
) -> None:
    world = deciding(a=Status.SATISFIED, b=Status.NOT_SATISFIED, c=Status.UNKNOWN)
    world = world.but(controls=(control("k", ("a", "b", "c"), (claim("k", checks=checks),)),))
    [part] = findings(world)["f:1"].parts
    assert part.status.value == part.controls[0].status.value == status
    assert part.controls[0].checks == (("a", "b", "c") if checks is None else checks)
    assert world.assess().controls[0].status is Status.NOT_SATISFIED


def test_a_support_whose_own_checks_read_what_is_not_in_scope_has_no_say() -> None:
    world = supported(Status.SATISFIED, Status.NOT_SATISFIED)
    support = claim("l", relation=Relation.SUPPORTS, checks=("r",))
    world = world.but(
        controls=(world.controls[0], control("l", ("b", "r"), (support,))),
        checks=(*world.checks, check("r", "register.people")),
        providers=frozenset({"aws"}),
    )
    assert findings(world)["f:1"].engine_status is Status.SATISFIED


def supported(meets: Status, supports: Status, **more: object) -> World:
    world = deciding(a=meets, b=supports)
    return world.but(
        controls=(
            control("k", ("a",), (claim("k"),)),
            control("l", ("b",), (claim("l", relation=Relation.SUPPORTS),)),
        ),
        **more,
    )


@pytest.mark.parametrize(
    ("supports", "status", "reason"),
    [
        (Status.SATISFIED, "satisfied", "Satisfied or not applicable: all of 1 meeting control."),
        (
            Status.NOT_SATISFIED,
            "partial",
            "Not satisfied: l (1 of 1 supporting control). What meets this part is satisfied.",
        ),
        (Status.UNKNOWN, "unknown", "Unknown: l (1 of 1 supporting control). What meets this part is satisfied."),
        (Status.WAIVED, "waived", "Waived: l (1 of 1 supporting control). What meets this part is satisfied."),
        (
            Status.NOT_ASSESSED,
            "not_assessed",
            "Not assessed: l (1 of 1 supporting control). What meets this part is satisfied.",
        ),
    ],
)
def test_a_part_with_a_support(supports: Status, status: str, reason: str) -> None:
    [part] = findings(supported(Status.SATISFIED, supports))["f:1"].parts
    assert (part.status.value, part.reason) == (status, reason)
    assert [(found.control, found.relation.value) for found in part.controls] == [("k", "meets"), ("l", "supports")]


def test_a_support_that_nothing_in_scope_tests_has_no_say() -> None:
    world = supported(Status.SATISFIED, Status.SATISFIED)
    untested = control("l", (), (claim("l", relation=Relation.SUPPORTS),))
    assert findings(world.but(controls=(world.controls[0], untested)))["f:1"].engine_status is Status.SATISFIED
    register = world.but(
        checks=(world.checks[0], check("b", "register.people")),
        providers=frozenset({"aws"}),
        results={"a": world.results["a"]},
    )
    assert findings(register)["f:1"].engine_status is Status.SATISFIED


def test_a_part_that_nothing_meets_is_not_assessed() -> None:
    world = supported(Status.SATISFIED, Status.SATISFIED)
    [part] = findings(world.but(controls=world.controls[1:]))["f:1"].parts
    assert (part.status, part.reason) == (Status.NOT_ASSESSED, "No control is mapped that meets this part.")


# a requirement


def parts_of(**more: Status) -> World:
    """A requirement whose parts have those statuses."""
    world = deciding(**more)
    return world.but(
        catalogues=(catalogue("f", requirement("f:1", tuple(more))),),
        controls=tuple(control(f"k-{name}", (name,), (claim(f"k-{name}", part=name),)) for name in more),
    )


@pytest.mark.parametrize(
    ("world", "status", "reason"),
    [
        (
            parts_of(a=Status.SATISFIED, b=Status.NOT_APPLICABLE),
            "satisfied",
            "Satisfied, inherited or not applicable: all of 2 parts.",
        ),
        (parts_of(a=Status.SATISFIED, b=Status.NOT_SATISFIED), "partial", "Not satisfied: b (1 of 2 parts)."),
        (parts_of(a=Status.UNKNOWN, b=Status.NOT_SATISFIED), "not_satisfied", "Not satisfied: b (1 of 2 parts)."),
        (parts_of(a=Status.SATISFIED, b=Status.NOT_ASSESSED), "not_assessed", "Not assessed: b (1 of 2 parts)."),
        (
            parts_of(a=Status.NOT_APPLICABLE),
            "not_assessed",
            "No part has anything to test; a person has not confirmed that the requirement is out of scope.",
        ),
    ],
)
def test_a_requirement(world: World, status: str, reason: str) -> None:
    found = findings(world)["f:1"]
    assert (found.engine_status.value, found.reason) == (status, reason)
    assert found.assessor_conclusion is None


def test_a_requirement_without_parts_is_not_assessed() -> None:
    world = World(catalogues=(catalogue("f", requirement("f:1", None), requirement("f:2", ())),))
    found = findings(world)
    assert {each.engine_status for each in found.values()} == {Status.NOT_ASSESSED}
    assert found["f:1"].reason == "What must be shown for this requirement has not been written down yet."
    assert found["f:2"].reason == "Nothing is declared that must be shown for this requirement."


def test_a_person_scopes_a_requirement_out() -> None:
    world = parts_of(a=Status.NOT_SATISFIED).but(applicability=(scoped_out("f:1"),))
    found = findings(world)["f:1"]
    assert found.engine_status is Status.NOT_APPLICABLE
    assert found.reason == "Scoped out by bob on 2026-01-01: not done here"
    assert found.parts[0].status is Status.NOT_SATISFIED  # and what was found stays to be seen
    [summary] = world.assess().frameworks[0].sets
    assert (summary.total, summary.applicable, summary.floor) == (1, 0, None)


@pytest.mark.parametrize(
    "decisions",
    [
        [scoped_out("f:1", approved_by=" ")],
        [scoped_out("f:1", reason="")],
        [scoped_out("f:1", approved_on=date(2026, 4, 1))],
        [scoped_out("f:1"), scoped_out("f:1", applicable=True, approved_on=date(2026, 2, 1))],
        [scoped_out("f:1"), scoped_out("f:1", applicable=True)],
        [scoped_out("f:2")],
    ],
)
def test_only_the_latest_decision_of_a_named_person_scopes_out(decisions: list[object]) -> None:
    world = parts_of(a=Status.NOT_SATISFIED).but(applicability=tuple(decisions))
    assert findings(world)["f:1"].engine_status is Status.NOT_SATISFIED


# headings, content rows, frameworks


def tree() -> World:
    world = parts_of(a=Status.SATISFIED, b=Status.NOT_SATISFIED)
    heading = {"kind": RequirementKind.HEADING, "counted_in": None}
    content = {"kind": RequirementKind.CONTENT, "counted_in": None}
    rows = (
        requirement("f:top", None, **heading),
        requirement("f:mid", None, parent="f:top", **heading),
        requirement("f:1", ("a",), parent="f:mid"),
        requirement("f:1(a)", None, parent="f:1", **content),
        requirement("f:2", ("b",), parent="f:mid"),
        requirement("f:bare", None, **heading),
    )
    controls = (
        control("k-a", ("a",), (claim("k-a", "f:1", "a"),)),
        control("k-b", ("b",), (claim("k-b", "f:2", "b"),)),
    )
    return world.but(catalogues=(catalogue("f", *rows),), controls=controls)


def test_a_heading_is_shown_over_its_children_in_the_publishers_order() -> None:
    found = findings(tree())
    assert list(found) == ["f:top", "f:mid", "f:1", "f:2", "f:bare"]
    assert [each.engine_status.value for each in found.values()] == [
        "partial",
        "partial",
        "satisfied",
        "not_satisfied",
        "not_assessed",
    ]
    assert found["f:mid"].reason == "Not satisfied: f:2 (1 of 2 requirements)."
    assert found["f:bare"].reason == "No requirement stands under this heading."


def test_a_heading_is_scoped_out_when_all_under_it_is() -> None:
    found = findings(tree().but(applicability=(scoped_out("f:1"), scoped_out("f:2"))))
    assert found["f:top"].engine_status is Status.NOT_APPLICABLE
    assert findings(tree().but(applicability=(scoped_out("f:2"),)))["f:top"].engine_status is Status.SATISFIED


def test_figures_are_over_the_publishers_own_number() -> None:
    world = tree()
    short = world.but(catalogues=(catalogue("f", *world.catalogues[0].requirements, count=5),))
    [summary] = short.assess().frameworks[0].sets
    assert (summary.total, summary.applicable) == (5, 5)
    assert summary.counts[Status.NOT_ASSESSED] == 3
    assert (summary.floor, summary.ceiling, summary.assessed) == (0.2, 0.8, 0.4)


def test_only_the_frameworks_in_scope_have_findings() -> None:
    world = World(catalogues=(catalogue("g", requirement("g:1")), catalogue("f", requirement("f:1"))))
    assert list(findings(world)) == ["f:1", "g:1"]
    assert list(findings(world.but(frameworks=("g",)))) == ["g:1"]
    with pytest.raises(ConfigError, match=r"no catalogue of x: the frameworks loaded are f, g"):
        world.but(frameworks=("x", "f")).assess()


def test_evidence_from_after_the_date_is_refused() -> None:
    world = one_check(result(passed=1))
    world.but(as_of=COLLECTED).assess()
    with pytest.raises(EvidenceError, match="nothing can be assessed as of 2026-03-06 23:59:59 UTC"):
        world.but(as_of=COLLECTED - timedelta(seconds=1)).assess()
