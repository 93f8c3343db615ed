"""What a workspace decided about the frameworks: what applies, what stands in for it, and how far it aims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grc import catalogue
from grc.model.assessment import Applicability, Effective
from grc.model.attestation import Attestation
from grc.model.identifiers import RequirementId
from grc.model.raised import RaisedFinding
from grc.model.tailoring import Tailoring
from grc.run.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The decisions by requirement, and everything else that was decided."""

    applicability: Mapping[RequirementId, Applicability]
    tailoring: Tailoring


def decisions_of(desk: Desk) -> Decisions:
    """The decisions in the files of a workspace; none where there is no workspace.

    Raises:
        DataError: with every problem of those files.
    """
    folder = desk.workspace.folder
    if desk.workspace.file is None:
        return Decisions(applicability={}, tailoring=Tailoring())
    made = catalogue.load_applicability(folder, desk.policy)
    return _decisions(made, catalogue.load_tailoring(folder, desk.policy))


def attestations_of(desk: Desk) -> tuple[Attestation, ...]:
    """The statements in the files of a workspace, by id; none where there is no workspace.

    Raises:
        DataError: with every problem of those files.
    """
    workspace = desk.workspace
    if workspace.file is None:
        return ()
    return catalogue.load_attestations(workspace.folder, desk.policy, workspace.organisation.timezone)


def findings_of(desk: Desk) -> tuple[RaisedFinding, ...]:
    """The findings on record in the files of a workspace, by id; none where there is no workspace.

    Raises:
        DataError: with every problem of those files.
    """
    workspace = desk.workspace
    if workspace.file is None:
        return ()
    return catalogue.load_findings(workspace.folder, desk.policy, workspace.organisation.timezone)


def sealed_decisions(effective: Effective) -> Decisions:
    """The decisions that an assessment was made under."""
    return _decisions(effective.applicability, effective.tailoring)


def _decisions(made: tuple[Applicability, ...], tailoring: Tailoring | None) -> Decisions:
    return Decisions(applicability={each.requirement: each for each in made}, tailoring=tailoring or Tailoring())
