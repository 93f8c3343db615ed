"""The gate: what the exit code of a scan says, of all or of what became worse."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from results import CHECK, NOW, POPULATION, assessment

from grc.assess.comparing import StatusChange
from grc.model.assessment import CheckResult, Finding
from grc.model.catalogue import Severity
from grc.model.evidence import Gap, GapReason, Origin
from grc.model.identifiers import CheckId, FrameworkId, RequirementId
from grc.model.status import Status
from grc.run.comparing import Difference, Side
from grc.run.gate import Gated, gate_checks, gate_requirements

GAP = Gap(path="", reason=GapReason.ACCESS_DENIED)


def with_population(**changes: object) -> CheckResult:
    return replace(CHECK, populations=(replace(POPULATION, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (CHECK, Gated.NOTHING_FAILED),
        (with_population(waived=1, passed=2), Gated.NOTHING_FAILED),
        (with_population(failed=1, passed=2), Gated.FAILED),
        (with_population(failed=1, unknown=1, passed=1), Gated.FAILED),
        (with_population(unknown=1, passed=2), Gated.UNDECIDED),
        (with_population(gaps=(GAP,), complete=False), Gated.UNDECIDED),
        (with_population(subjects=0, passed=0, gaps=(GAP,), complete=False), Gated.UNDECIDED),
        (with_population(subjects=0, passed=0), Gated.NOTHING_TO_ASSESS),
        (replace(CHECK, status=Status.STALE), Gated.UNDECIDED),
        (replace(CHECK, populations=(), status=Status.NOT_ASSESSED), Gated.NOTHING_TO_ASSESS),
        (replace(CHECK, ran=False, populations=(), status=Status.NOT_ASSESSED), Gated.NOTHING_TO_ASSESS),
    ],
)
def test_what_one_check_makes_of_the_gate(check: CheckResult, expected: Gated) -> None:
    assert gate_checks(assessment(check), Severity.LOW) is expected


def test_a_failure_in_a_plan_is_a_failure_of_the_gate() -> None:
    planned = replace(POPULATION, origin=Origin.PLAN, failed=1, passed=2)
    check = replace(CHECK, populations=(), in_scope=False, status=Status.NOT_ASSESSED, ahead=(planned,))
    assert gate_checks(assessment(check), Severity.LOW) is Gated.FAILED


def test_the_severity_narrows_the_gate_and_not_the_other_way() -> None:
    failing = with_population(failed=1, passed=2)
    assert gate_checks(assessment(failing), Severity.MEDIUM) is Gated.FAILED
    assert gate_checks(assessment(failing), Severity.HIGH) is Gated.NOTHING_TO_ASSESS
    other = replace(CHECK, check=CheckId("x"), severity=Severity.HIGH)
    assert gate_checks(assessment(failing, other), Severity.HIGH) is Gated.NOTHING_FAILED


def test_nothing_at_all_is_not_a_pass() -> None:
    assert gate_checks(assessment(), Severity.LOW) is Gated.NOTHING_TO_ASSESS
    assert gate_requirements(assessment(), [FrameworkId("gdpr")]) is Gated.NOTHING_TO_ASSESS


@pytest.mark.parametrize("statuses", list(product(Status, repeat=2)))
def test_requirements_gate_by_their_worst_status(statuses: tuple[Status, Status]) -> None:
    findings = tuple(
        Finding(
            requirement=RequirementId(f"gdpr:{number}"),
            engine_status=status,
            reason="",
            assessor_conclusion=None,
            counted_in="duties",
            parts=(),
        )
        for number, status in enumerate(statuses)
    )
    found = gate_requirements(assessment(findings=findings), [FrameworkId("gdpr")])
    if {Status.NOT_SATISFIED, Status.PARTIAL} & set(statuses):
        assert found is Gated.FAILED
    elif {Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED} & set(statuses):
        assert found is Gated.UNDECIDED
    elif set(statuses) == {Status.NOT_APPLICABLE}:
        assert found is Gated.NOTHING_TO_ASSESS
    else:
        assert found is Gated.NOTHING_FAILED
    assert gate_requirements(assessment(findings=findings), [FrameworkId("hipaa")]) is Gated.NOTHING_TO_ASSESS


NOTHING = Difference(
    earlier=Side(path="a", pack="", assessment="", as_of=NOW),
    later=Side(path="b", pack="", assessment="", as_of=NOW),
    policy=None,
    dropped=(),
    added=(),
    lost=(),
    apart=None,
    changes=(),
    checks=(),
    requirements=(),
    titles={},
    severities={CHECK.check: Severity.MEDIUM},
    timezone="UTC",
)


def turned(before: Status | None, now: Status) -> StatusChange:
    return StatusChange(id=CHECK.check, before=before, now=now)


@pytest.mark.parametrize(
    ("changed", "gated"),
    [
        ({}, Gated.NOTHING_FAILED),
        ({"lost": ((CHECK.check, POPULATION.place),)}, Gated.UNDECIDED),
        ({"dropped": (CHECK.check,)}, Gated.UNDECIDED),
        ({"checks": (turned(None, Status.UNKNOWN),)}, Gated.UNDECIDED),
        ({"checks": (turned(Status.SATISFIED, Status.STALE),)}, Gated.UNDECIDED),
        ({"checks": (turned(Status.UNKNOWN, Status.STALE),)}, Gated.NOTHING_FAILED),
        ({"checks": (turned(Status.UNKNOWN, Status.SATISFIED),)}, Gated.NOTHING_FAILED),
    ],
)
def test_less_sight_is_never_nothing_worse(changed: dict[str, Any], gated: Gated) -> None:
    assert replace(NOTHING, **changed).gate(Severity.LOW) is gated
    assert replace(NOTHING, **changed).gate(Severity.HIGH) is Gated.NOTHING_FAILED
