"""The statement of applicability. Source: ISO/IEC 27001:2022, 6.1.3 d)."""

from __future__ import annotations

from grc.model.catalogue import Catalogue, Requirement
from grc.model.views import ApplicabilityRow, ApplicabilityView
from grc.run.views.given import Given, counted


def statement_of_applicability(given: Given, catalogue: Catalogue, set_: str) -> ApplicabilityView:
    """Every row of the set, decided or not: a row that nobody decided on counts as applicable and is told apart."""
    rows = tuple(_row(given, row) for row in counted(catalogue, set_))
    excluded = sum(row.applicable is False for row in rows)
    return ApplicabilityView(
        framework=catalogue.id,
        title=catalogue.title,
        edition=catalogue.edition,
        statement=given.decisions.tailoring.statement,
        total=len(rows),
        applicable=len(rows) - excluded,
        excluded=excluded,
        undecided=sum(row.applicable is None for row in rows),
        rows=rows,
    )


def _row(given: Given, row: Requirement) -> ApplicabilityRow:
    status = given.status(row.id)
    decided = given.decided(row.id)
    if decided is None:
        return ApplicabilityRow(
            requirement=row.id, code=row.code, title=row.title, group=row.group, applicable=None, engine_status=status
        )
    return ApplicabilityRow(
        requirement=row.id,
        code=row.code,
        title=row.title,
        group=row.group,
        applicable=decided.applicable,
        included_for=decided.included_for,
        reason_for_inclusion=decided.reason if decided.applicable else None,
        reason_for_exclusion=None if decided.applicable else decided.reason,
        implemented=decided.implemented,
        planned_for=decided.planned_for,
        how=decided.how,
        references=decided.references,
        owner=decided.owner,
        risks=decided.risks,
        evidence=decided.evidence,
        reviewed_on=decided.reviewed_on,
        approved_by=decided.approved_by,
        approved_on=decided.approved_on,
        engine_status=status,
    )
