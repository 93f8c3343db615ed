"""The addressable specifications and the decisions on them. Source: 45 CFR 164.306(d)(3)."""

from __future__ import annotations

from typing import Final

from grc.model.catalogue import Catalogue, Requirement
from grc.model.status import Status
from grc.model.tailoring import AddressableChoice, AddressableDecision
from grc.model.views import AddressableRow, AddressableView, Standing
from grc.run.views.given import Given, counted

ADDRESSABLE: Final = "addressable"
SHOWN: Final = frozenset({Status.SATISFIED, Status.INHERITED})
"""What proves a specification implemented as it stands; a waiver does not."""
DECIDED: Final = {
    AddressableChoice.IMPLEMENT: Standing.TO_BE_IMPLEMENTED,
    AddressableChoice.ALTERNATIVE: Standing.ALTERNATIVE,
    AddressableChoice.NOT_REASONABLE: Standing.NOT_REASONABLE,
}


def addressable_decisions(given: Given, catalogue: Catalogue, set_: str) -> AddressableView:
    """Every addressable row of the set."""
    made = {decision.requirement: decision for decision in given.decisions.tailoring.addressable}
    rows = tuple(
        _row(given, row, made.get(row.id)) for row in counted(catalogue, set_) if row.designation == ADDRESSABLE
    )
    return AddressableView(
        framework=catalogue.id,
        title=catalogue.title,
        edition=catalogue.edition,
        total=len(rows),
        undocumented=sum(row.standing is Standing.UNDOCUMENTED for row in rows),
        overdue=sum(row.review_overdue for row in rows),
        rows=rows,
    )


def _row(given: Given, row: Requirement, made: AddressableDecision | None) -> AddressableRow:
    status = given.status(row.id)
    standing = _standing(given, row, status, made)
    counts_as = Status.NOT_SATISFIED if standing is Standing.UNDOCUMENTED else status
    if made is None:
        return AddressableRow(
            requirement=row.id,
            code=row.code,
            title=row.title,
            group=row.group,
            standing=standing,
            engine_status=status,
            counts_as=counts_as,
        )
    return AddressableRow(
        requirement=row.id,
        code=row.code,
        title=row.title,
        group=row.group,
        standing=standing,
        choice=made.choice,
        factors=made.factors,
        rationale=made.rationale,
        alternative=made.alternative,
        evidence=made.evidence,
        approved_by=made.approved_by,
        approved_on=made.approved_on,
        review_on=made.review_on,
        review_overdue=made.review_on < given.today,
        engine_status=status,
        counts_as=counts_as,
    )


def _standing(given: Given, row: Requirement, status: Status | None, made: AddressableDecision | None) -> Standing:
    """A decision counts from the day of its approval."""
    scoped = given.decided(row.id)
    if scoped is not None and not scoped.applicable:
        return Standing.SCOPED_OUT
    if made is not None and made.choice is not AddressableChoice.IMPLEMENT and made.approved_on <= given.today:
        return DECIDED[made.choice]
    if status in SHOWN:
        return Standing.IMPLEMENTED
    return DECIDED[made.choice] if made is not None and made.approved_on <= given.today else Standing.UNDOCUMENTED
