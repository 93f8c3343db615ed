"""What the statements of a workspace come to by themselves, without a pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grc.assess import Attestations, attestations_at
from grc.assess.attestations import Attested
from grc.assess.rollup import all_of
from grc.catalogue.attestations import parts_of
from grc.model.attestation import AttestedPart
from grc.model.catalogue import Control, Mapped, Part, Policy, Relation
from grc.model.identifiers import CheckId, ControlId
from grc.model.status import Status
from grc.run.coverage import Answered
from grc.run.decisions import attestations_of
from grc.run.desk import Desk


@dataclass(frozen=True, slots=True)
class Met:
    """A control that meets a part, by its checks or by a person."""

    control: Control
    claim: Mapped
    part: Part

    @property
    def checks(self) -> tuple[CheckId, ...]:
        """The checks that answer the part; none where a person does."""
        return self.claim.answered_by(self.control.deciding)

    def stated(self, statements: Attestations) -> Status:
        """What statements come to here; not assessed where checks answer."""
        found = None if self.checks else statements.on(self.claim, self.part)
        return Status.NOT_ASSESSED if found is None else found.status


Decided = Mapping[tuple[ControlId, AttestedPart], Attested]
"""The statement that decides a part, by the control that meets it."""
Meeting = Mapping[AttestedPart, Sequence[Met]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What statements come to on one part, before and after. ``waits_for`` names what else has to answer it."""

    about: AttestedPart
    before: Status
    after: Status
    waits_for: tuple[str, ...]


def meeting_of(policy: Policy) -> Meeting:
    """The controls that meet each part."""
    parts = parts_of(policy)
    found: dict[AttestedPart, list[Met]] = {}
    for control in policy.controls.values():
        for claim in control.maps:
            if claim.relation is Relation.MEETS:
                about = AttestedPart(requirement=claim.requirement, part=claim.part)
                found.setdefault(about, []).append(Met(control, claim, parts[claim.requirement, claim.part]))
    return found


def attested(desk: Desk, as_of: datetime) -> Answered:
    """The parts that statements of the workspace answer at an instant, each with the control that meets it.

    Raises:
        DataError: with every problem of the statements.
    """
    return frozenset(
        (control, about.requirement, about.part)
        for (control, about), found in decided_by(desk, as_of).items()
        if found.status is Status.SATISFIED
    )


def decided_by(desk: Desk, as_of: datetime) -> Decided:
    """The statement of the workspace that decides each part that a person answers, with the control that meets it.

    Raises:
        DataError: with every problem of the statements.
    """
    made = attestations_of(desk)
    statements = attestations_at(made, desk.policy.controls, as_of, desk.workspace.period)
    return {
        (met.control.id, about): found
        for about, meeting in (meeting_of(desk.policy).items() if made else ())
        for met in meeting
        if not met.checks and (found := statements.on(met.claim, met.part)) is not None
    }


def answered(meeting: Meeting, statements: Attestations) -> frozenset[AttestedPart]:
    """The parts that statements alone make satisfied."""
    return frozenset(about for about in meeting if _status(meeting, about, statements) is Status.SATISFIED)


def changes(
    meeting: Meeting, parts: Iterable[AttestedPart], before: Attestations, after: Attestations
) -> Iterator[Change]:
    """What becomes of these parts by other statements."""
    for about in parts:
        yield Change(
            about=about,
            before=_status(meeting, about, before),
            after=_status(meeting, about, after),
            waits_for=tuple(
                f"{met.control.id} ({'checks' if met.checks else 'a person'})"
                for met in meeting[about]
                if met.stated(after) not in (Status.SATISFIED, Status.NOT_SATISFIED)
            ),
        )


def _status(meeting: Meeting, about: AttestedPart, statements: Attestations) -> Status:
    return all_of(met.stated(statements) for met in meeting[about])
