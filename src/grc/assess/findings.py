"""Requirements over their parts, and headings over their children (DESIGN 4, rule 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grc.assess import words
from grc.assess.rollup import FAILING, over_parts
from grc.model.assessment import Applicability, Finding, PartResult
from grc.model.catalogue import Requirement, RequirementKind
from grc.model.status import Status
from grc.model.wording import counted


def conclude_requirement(
    requirement: Requirement, parts: Sequence[PartResult], applicability: Applicability | None
) -> Finding:
    """Conclude a requirement over its parts. Without parts, or with parts still to be written, it is not assessed."""
    status = over_parts(part.status for part in parts)
    return _finding(requirement, status, _reason(requirement, status, parts), parts, applicability)


def conclude_heading(
    requirement: Requirement, children: Sequence[Finding], applicability: Applicability | None
) -> Finding:
    """Show a heading over the findings under it. Scoped out when a person scoped out every one of them."""
    status = over_parts(child.engine_status for child in children)
    if children and all(child.engine_status is Status.NOT_APPLICABLE for child in children):
        status = Status.NOT_APPLICABLE
    return _finding(requirement, status, _heading_reason(status, children), (), applicability)


def has_finding(requirement: Requirement) -> bool:
    """Whether a row gets a finding of its own. A content row is part of its parent's duty and is shown with it."""
    return requirement.kind is not RequirementKind.CONTENT


def is_shown_over_children(requirement: Requirement) -> bool:
    """Whether a row is a heading with nothing of its own to show."""
    return requirement.kind is RequirementKind.HEADING and not requirement.parts and requirement.counted_in is None


def _finding(
    requirement: Requirement,
    status: Status,
    reason: str,
    parts: Iterable[PartResult],
    applicability: Applicability | None,
) -> Finding:
    scoped_out = applicability is not None and not applicability.applicable
    if applicability is not None and scoped_out:
        status = Status.NOT_APPLICABLE
        reason = f"Scoped out by {applicability.approved_by} on {applicability.approved_on}: {applicability.reason}"
    return Finding(
        requirement=requirement.id,
        engine_status=status,
        reason=reason,
        assessor_conclusion=None,
        counted_in=requirement.counted_in,
        parts=tuple(parts),
        applicability=applicability,
    )


def _reason(requirement: Requirement, status: Status, parts: Sequence[PartResult]) -> str:
    if requirement.parts is None:
        return "What must be shown for this requirement has not been written down yet."
    if not parts:
        return "Nothing is declared that must be shown for this requirement."
    statuses = {part.part: part.status for part in parts}
    if all(found is Status.NOT_APPLICABLE for found in statuses.values()):
        return "No part has anything to test; a person has not confirmed that the requirement is out of scope."
    return _which(status, statuses, "part")


def _heading_reason(status: Status, children: Sequence[Finding]) -> str:
    if not children:
        return "No requirement stands under this heading."
    if status is Status.NOT_APPLICABLE:
        return "Every requirement under this heading is scoped out."
    return _which(status, {child.requirement: child.engine_status for child in children}, "requirement")


def _which(status: Status, statuses: Mapping[words.Name, Status], noun: str) -> str:
    if status in FAILING:
        return words.which(statuses, FAILING, noun)
    if status is Status.SATISFIED:
        return f"Satisfied, inherited or not applicable: all of {counted(len(statuses), noun)}."
    return words.which(statuses, {status}, noun)
