"""The index of duties and of what answers for them. Source: GDPR Art. 5(2) and 24(1)."""

from __future__ import annotations

from collections.abc import Iterator

from grc.model.catalogue import Catalogue, Control, Part, Relation, Requirement, RequirementKind
from grc.model.identifiers import PartId, RequirementId
from grc.model.status import Status
from grc.model.views import AccountabilityRow, AccountabilityView, AccountPart, ContentItem
from grc.run.views.given import Given, counted

Meeting = dict[tuple[RequirementId, PartId], list[Control]]


def accountability_index(given: Given, catalogue: Catalogue, set_: str) -> AccountabilityView:
    """Every duty of the set, its parts, and the contents that it must have."""
    meeting = _meeting(given)
    rows = tuple(_row(given, catalogue, row, meeting) for row in counted(catalogue, set_))
    return AccountabilityView(
        framework=catalogue.id, title=catalogue.title, edition=catalogue.edition, total=len(rows), rows=rows
    )


def _meeting(given: Given) -> Meeting:
    found: Meeting = {}
    for control in given.policy.controls.values():
        for claim in control.maps:
            if claim.relation is Relation.MEETS:
                found.setdefault((claim.requirement, claim.part), []).append(control)
    return found


def _row(given: Given, catalogue: Catalogue, row: Requirement, meeting: Meeting) -> AccountabilityRow:
    titles = {holder.code: holder.title for holder in catalogue.duty_holders}
    finding = (given.findings or {}).get(row.id)
    statuses = {} if finding is None else {part.part: part.status for part in finding.parts}
    return AccountabilityRow(
        requirement=row.id,
        code=row.code,
        title=row.title,
        group=row.group,
        binds=tuple(titles.get(code, code) for code in row.duty_holder),
        parts=tuple(_part(row, part, meeting, statuses.get(part.id)) for part in row.parts or ()),
        contents=tuple(_contents(catalogue, row.id)),
        engine_status=given.status(row.id),
    )


def _part(row: Requirement, part: Part, meeting: Meeting, status: Status | None) -> AccountPart:
    controls = meeting.get((row.id, part.id), ())
    return AccountPart(
        part=part.id,
        method=part.method,
        show=part.show,
        evidence=part.evidence,
        controls=tuple(control.id for control in controls),
        owners=tuple(sorted({control.owner for control in controls})),
        engine_status=status,
    )


def _contents(catalogue: Catalogue, above: RequirementId) -> Iterator[ContentItem]:
    """The content rows below a duty, and below those."""
    for row in catalogue.requirements:
        if row.parent == above and row.kind is RequirementKind.CONTENT:
            yield ContentItem(code=row.code, title=row.title)
            yield from _contents(catalogue, row.id)
