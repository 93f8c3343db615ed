"""The tables that frameworks are known by: laid out by reports and printed by the command line, decided by neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from grc.model.catalogue import Method
from grc.model.identifiers import ControlId, FrameworkId, PartId, RequirementId
from grc.model.status import Status
from grc.model.tailoring import AddressableChoice, Implementation, Inclusion, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicabilityRow:
    """One row of a statement of applicability.

    ``applicable`` None: nobody has decided yet, and the row counts as applicable. ``engine_status`` None: no pack.
    ``implemented`` is what the organisation says; what the engine saw stands beside it.
    """

    requirement: RequirementId
    code: str
    title: str
    group: str
    applicable: bool | None
    included_for: tuple[Inclusion, ...] = ()
    reason_for_inclusion: str | None = None
    reason_for_exclusion: str | None = None
    implemented: Implementation | None = None
    planned_for: date | None = None
    how: str | None = None
    references: tuple[str, ...] = ()
    owner: str | None = None
    risks: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    reviewed_on: date | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    engine_status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicabilityView:
    """The statement of applicability of one framework: every row of its set, decided or not."""

    framework: FrameworkId
    title: str
    edition: str
    statement: Statement | None
    total: int
    applicable: int
    excluded: int
    undecided: int
    rows: tuple[ApplicabilityRow, ...]


class Standing(StrEnum):
    """Where an addressable specification stands."""

    IMPLEMENTED = "implemented"
    """Every part of it was tested, and holds."""
    TO_BE_IMPLEMENTED = "to-be-implemented"
    """It is decided to carry it out; the tests do not show all of it."""
    ALTERNATIVE = "alternative"
    NOT_REASONABLE = "not-reasonable"
    SCOPED_OUT = "scoped-out"
    UNDOCUMENTED = "undocumented"
    """No decision is recorded, and the tests do not show all of it: not satisfied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressableRow:
    """One addressable specification and what was decided on it.

    ``counts_as`` is not_satisfied where nothing is documented, else what the engine saw (None without a pack).
    ``review_overdue``: the day on which the decision was to be looked at again has passed.
    """

    requirement: RequirementId
    code: str
    title: str
    group: str
    standing: Standing
    choice: AddressableChoice | None = None
    factors: tuple[str, ...] = ()
    rationale: str | None = None
    alternative: str | None = None
    evidence: tuple[str, ...] = ()
    approved_by: str | None = None
    approved_on: date | None = None
    review_on: date | None = None
    review_overdue: bool = False
    engine_status: Status | None = None
    counts_as: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressableView:
    """Every addressable specification of one framework."""

    framework: FrameworkId
    title: str
    edition: str
    total: int
    undocumented: int
    overdue: int
    rows: tuple[AddressableRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPart:
    """What must be shown for one duty, its typical evidence, and who carries out the controls that meet it."""

    part: PartId
    method: Method
    show: str
    evidence: str | None
    controls: tuple[ControlId, ...]
    owners: tuple[str, ...]
    engine_status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentItem:
    """A required content of a duty, such as a field of the record of processing."""

    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountabilityRow:
    """One duty: whom it binds, what must be shown for it, and what it has to hold."""

    requirement: RequirementId
    code: str
    title: str
    group: str
    binds: tuple[str, ...]
    parts: tuple[AccountPart, ...]
    contents: tuple[ContentItem, ...] = ()
    engine_status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountabilityView:
    """Every duty of one framework, and what is at hand to answer for it."""

    framework: FrameworkId
    title: str
    edition: str
    total: int
    rows: tuple[AccountabilityRow, ...]


class Grade(StrEnum):
    """How far activities are carried out. Source: ISO/IEC 33020, as COBIT 2019 uses it."""

    NOT = "N"
    """Up to 15 per cent."""
    PARTLY = "P"
    """Up to 50 per cent."""
    LARGELY = "L"
    """Up to 85 per cent."""
    FULLY = "F"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityLevel:
    """One level of one objective, over all practices that have activities on it.

    ``achieved`` and ``grade`` are None until each of those practices is rated. **Units**: per cent of the activities.
    """

    level: int
    activities: int
    practices: int
    rated: int
    achieved: int | None
    grade: Grade | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityRow:
    """One objective. ``reached`` None: not rated. ``with_evidence`` of its ``practices`` have something that was seen.

    Without a pack ``with_evidence`` counts the practices that something could test.
    """

    objective: RequirementId
    code: str
    title: str
    group: str
    accountable: str | None
    target: int | None
    reached: int | None
    practices: int
    with_evidence: int
    levels: tuple[CapabilityLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityView:
    """Every objective of one framework, never averaged. ``seen`` False: no pack, and so no evidence was looked at."""

    framework: FrameworkId
    title: str
    edition: str
    total: int
    rated: int
    seen: bool
    rows: tuple[CapabilityRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingRow:
    """One processing activity as its register says. None: the register does not say, or it is among the ``unread``.

    ``digest`` is the SHA-256 of the register row's record. Source: GDPR Art. 30(1)(a) to (g) and Art. 6(1).
    """

    activity: str
    title: str | None
    role: str | None
    controller: str | None
    purpose: str | None
    lawful_basis: str | None
    special_basis: str | None
    subject_categories: tuple[str, ...] | None
    data_categories: tuple[str, ...] | None
    recipients: tuple[str, ...] | None
    third_countries: bool | None
    safeguards: str | None
    retention: str | None
    security_measures: str | None
    updated_on: date | None
    review_on: date | None
    unread: frozenset[str]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingView:
    """The record of processing as the pack holds it. ``kept`` False: no such register is in the pack."""

    framework: FrameworkId
    title: str
    kept: bool
    whole: bool
    rows: tuple[ProcessingRow, ...]


AnyView = ApplicabilityView | AddressableView | AccountabilityView | CapabilityView
"""Those that the command line gathers with a pack or without."""

ReportView = AnyView | ProcessingView
