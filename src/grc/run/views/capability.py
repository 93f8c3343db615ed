"""The capability of each objective, from what people rated. Source: COBIT 2019, capability levels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from grc.catalogue import activities
from grc.model.catalogue import Catalogue, Policy, Relation, Requirement
from grc.model.identifiers import RequirementId
from grc.model.status import Status
from grc.model.tailoring import CapabilityRating, CapabilityTarget
from grc.model.views import CapabilityLevel, CapabilityRow, CapabilityView, Grade
from grc.run.views.given import Given, counted

LEVELS: Final = range(2, 6)
"""The levels on which the publisher gives activities."""
UP_TO: Final = ((15, Grade.NOT), (50, Grade.PARTLY), (85, Grade.LARGELY))
ENOUGH: Final = frozenset({Grade.LARGELY, Grade.FULLY})
UNSEEN: Final = frozenset({Status.NOT_ASSESSED, Status.NOT_APPLICABLE, Status.UNKNOWN})

Ratings = Mapping[tuple[RequirementId, int], CapabilityRating]


def capability_sheet(given: Given, catalogue: Catalogue, set_: str) -> CapabilityView:
    """Every objective above the practices of the set. Objectives are never averaged."""
    tailoring = given.decisions.tailoring
    made = {(each.practice, each.level): each for each in tailoring.ratings if each.rated_on <= given.today}
    targets = {target.objective: target for target in tailoring.targets}
    practices: dict[RequirementId, list[Requirement]] = {}
    for row in counted(catalogue, set_):
        if row.parent is not None:
            practices.setdefault(row.parent, []).append(row)
    seen = _with_evidence(given)
    rows = tuple(
        _row(row, practices[row.id], targets.get(row.id), made, seen)
        for row in catalogue.requirements
        if row.id in practices
    )
    return CapabilityView(
        framework=catalogue.id,
        title=catalogue.title,
        edition=catalogue.edition,
        total=len(rows),
        rated=sum(row.reached is not None for row in rows),
        seen=given.findings is not None,
        rows=rows,
    )


def _row(
    row: Requirement,
    practices: Sequence[Requirement],
    target: CapabilityTarget | None,
    made: Ratings,
    seen: Collection[RequirementId],
) -> CapabilityRow:
    levels = tuple(found for level in LEVELS if (found := capability_level(practices, level, made)).activities)
    return CapabilityRow(
        objective=row.id,
        code=row.code,
        title=row.title,
        group=row.group,
        accountable=None if target is None else target.accountable,
        target=None if target is None else target.level,
        reached=reached(levels),
        practices=len(practices),
        with_evidence=sum(practice.id in seen for practice in practices),
        levels=levels,
    )


def capability_level(practices: Iterable[Requirement], level: int, made: Ratings) -> CapabilityLevel:
    """One level of an objective: how many of all activities are carried out, once every practice is rated."""
    due = [(row, found) for row in practices if (found := activities(row, level))]
    rated = [(made[row.id, level].achieved, found) for row, found in due if (row.id, level) in made]
    total = sum(found for _, found in due)
    done = sum(achieved * found for achieved, found in rated)
    whole = bool(due) and len(rated) == len(due)
    return CapabilityLevel(
        level=level,
        activities=total,
        practices=len(due),
        rated=len(rated),
        achieved=done // total if whole else None,
        grade=grade(done, total) if whole else None,
    )


def grade(done: int, total: int) -> Grade:
    """The grade of ``done / total`` per cent, without rounding: 15 is still N, a little more is P."""
    return next((found for most, found in UP_TO if done <= most * total), Grade.FULLY)


def reached(levels: Sequence[CapabilityLevel]) -> int | None:
    """The highest level that is L or F while all below it are F; None where the lowest with activities is not rated.

    The publisher gives no activities for level 1: it is reached when those of the next are carried out in part.
    """
    if not levels or levels[0].grade is None:
        return None
    height = {Grade.NOT: 0, Grade.PARTLY: 1}.get(levels[0].grade, levels[0].level)
    for below, above in pairwise(levels):
        if below.grade is not Grade.FULLY or above.grade not in ENOUGH:
            break
        height = above.level
    return height


def _with_evidence(given: Given) -> frozenset[RequirementId]:
    """The requirements of which something was seen, or without a pack those of which something could be."""
    if given.findings is None:
        return _testable(given.policy)
    return frozenset(
        finding.requirement
        for finding in given.findings.values()
        if any(part.status not in UNSEEN for part in finding.parts)
    )


def _testable(policy: Policy) -> frozenset[RequirementId]:
    return frozenset(
        claim.requirement
        for control in policy.controls.values()
        for claim in control.maps
        if claim.relation is Relation.MEETS and claim.answered_by(control.deciding)
    )
