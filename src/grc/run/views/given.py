"""What every table is gathered from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from grc.model.assessment import Applicability, Assessment, Effective, Finding
from grc.model.catalogue import Catalogue, Policy, Requirement
from grc.model.identifiers import RequirementId
from grc.model.status import Status
from grc.run.decisions import Decisions, decisions_of, sealed_decisions
from grc.run.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A policy, what was decided, and what was found. ``findings`` None: no pack was looked at."""

    policy: Policy
    decisions: Decisions
    findings: Mapping[RequirementId, Finding] | None
    today: date

    def decided(self, requirement: RequirementId) -> Applicability | None:
        """The decision in force on a requirement: what the pack says, else what was approved by today."""
        if self.findings is not None and requirement in self.findings:
            return self.findings[requirement].applicability
        found = self.decisions.applicability.get(requirement)
        return found if found is not None and found.approved_on <= self.today else None

    def status(self, requirement: RequirementId) -> Status | None:
        """What the engine concluded on a requirement; None without a pack, or where the pack says nothing of it."""
        found = (self.findings or {}).get(requirement)
        return None if found is None else found.engine_status


def given_here(desk: Desk, today: date) -> Given:
    """What a workspace says as of a day, without a pack.

    Raises:
        DataError: the workspace's decisions are wrong.
    """
    return Given(policy=desk.policy, decisions=decisions_of(desk), findings=None, today=today)


def given_in(policy: Policy, effective: Effective, assessment: Assessment) -> Given:
    """What an assessment was made under and what it found; the day is that of the organisation's timezone."""
    zone = effective.org.get("timezone")
    today = assessment.as_of.astimezone(ZoneInfo(zone if isinstance(zone, str) else "UTC")).date()
    findings = {finding.requirement: finding for finding in assessment.findings}
    return Given(policy=policy, decisions=sealed_decisions(effective), findings=findings, today=today)


def counted(catalogue: Catalogue, set_: str) -> Iterator[Requirement]:
    """The rows of a counted set, in the publisher's order."""
    return (row for row in catalogue.requirements if row.counted_in == set_)
