"""What was concluded, made of a few words: one population, one check over it, one assessment of some checks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from grc.model.assessment import Assessment, CheckResult, Finding, PopulationResult, Scope
from grc.model.catalogue import Severity
from grc.model.evidence import Origin
from grc.model.identifiers import CheckId, Place
from grc.model.status import Status

NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
POPULATION: Final = PopulationResult(
    place=Place("aws/1"),
    origin=Origin.LIVE,
    subjects=3,
    passed=3,
    failed=0,
    unknown=0,
    not_applicable=0,
    waived=0,
    complete=True,
    oldest=NOW,
    gaps=(),
)
CHECK: Final = CheckResult(
    check=CheckId("aws.s3.bucket.versioning"),
    severity=Severity.MEDIUM,
    status=Status.SATISFIED,
    reason="",
    in_scope=True,
    ran=True,
    subjects=3,
    passed=3,
    failed=0,
    unknown=0,
    not_applicable=0,
    waived=0,
    populations=(POPULATION,),
    parameters={},
)


def assessment(*checks: CheckResult, findings: tuple[Finding, ...] = (), as_of: datetime = NOW) -> Assessment:
    """An assessment that came to no more than these."""
    return Assessment(
        as_of=as_of,
        scope=Scope(frameworks=(), providers=frozenset({"aws"}), checks=frozenset()),
        evidence_digest="",
        policy_digest="",
        frameworks=(),
        findings=findings,
        controls=(),
        checks=checks,
        waivers=(),
    )
