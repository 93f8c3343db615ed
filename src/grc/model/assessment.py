"""What was concluded, from one check on one subject up to a framework."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from grc.model.attestation import Attestation, AttestationResult
from grc.model.catalogue import Method, ParameterValue, Relation, Severity
from grc.model.evidence import Gap, Origin
from grc.model.identifiers import (
    CheckId,
    ControlId,
    FrameworkId,
    KindName,
    PartId,
    Place,
    RequirementId,
    SubjectId,
    SubjectKey,
)
from grc.model.raised import RaisedFinding, RaisedResult
from grc.model.status import Status, Verdict
from grc.model.tailoring import Implementation, Inclusion, Tailoring
from grc.model.waiver import Compensation, WaiverResult
from grc.model.workspace import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One value that decided. ``value`` is redacted, bounded text; None means that the path was absent."""

    path: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one check made of a record.

    A pass carries no more than its verdict; a failing or unknown one says why: ``reads``, ``deciding`` (the
    sub-expression) and, for a failure, the check's own ``message``. ``reason`` says why a verdict is unknown; ``gaps``
    are those met on the way.
    """

    check: CheckId
    verdict: Verdict
    message: str | None = None
    reason: str | None = None
    deciding: str | None = None
    reads: tuple[Read, ...] = ()
    gaps: tuple[Gap, ...] = ()
    waiver: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Outcome):
    """What one check saw on one subject. ``digest`` is the SHA-256 of the record's canonical line; None: not told."""

    kind: KindName
    subject: SubjectId
    place: Place
    origin: Origin
    digest: str | None = None

    @property
    def key(self) -> SubjectKey:
        """Which subject it is about."""
        return self.kind, self.place, self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What the checks of its kind saw on one subject, in order of their ids: a line of an assessment.

    ``digest`` is the SHA-256 of the record's canonical line, where some check fails or is unknown. Of a subject that
    simply passed, the pack's one record of it stands for itself: the assessment names the evidence by its digest.
    """

    digest: str | None = None
    kind: KindName
    observations: tuple[Outcome, ...]
    origin: Origin
    place: Place
    subject: SubjectId

    def each(self) -> Iterator[Observation]:
        """One observation a check."""
        for outcome in self.observations:
            yield Observation(
                kind=self.kind,
                subject=self.subject,
                place=self.place,
                origin=self.origin,
                digest=self.digest,
                check=outcome.check,
                verdict=outcome.verdict,
                message=outcome.message,
                reason=outcome.reason,
                deciding=outcome.deciding,
                reads=outcome.reads,
                gaps=outcome.gaps,
                waiver=outcome.waiver,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A failure accepted by a named person until a date. Never makes anything satisfied.

    ``subject`` is an exact subject id or None for all; ``subjects`` a pattern of ids, and then ``subject`` is None.
    ``until`` is exclusive: the instant from which the waiver counts as absent. Four eyes: the approver is not the
    requester. With ``compensating`` it counts only while that check is satisfied. ``risk`` is an id of the risk
    register.
    """

    id: str
    check: CheckId
    subject: SubjectId | None
    reason: str
    requested_by: str
    approved_by: str
    approved_on: date
    until: datetime
    tracking: str | None = None
    subjects: str | None = None
    risk: str | None = None
    compensating: Compensation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicability:
    """A person's decision that a requirement applies, or does not.

    ``implemented`` is what the organisation says itself, and None where it says nothing; ``planned_for`` is there
    exactly where that is planned. ``how`` says how it is carried out, ``references`` name documents, ``risks`` and
    ``evidence`` ids in other files.
    """

    requirement: RequirementId
    applicable: bool
    reason: str
    approved_by: str
    approved_on: date
    included_for: tuple[Inclusion, ...] = ()
    implemented: Implementation | None = None
    planned_for: date | None = None
    how: str | None = None
    owner: str | None = None
    references: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    reviewed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an assessment is about. ``providers`` are those in scope (``aws``, ``register``): a check on a kind of
    another provider is out of scope and listed, not counted. ``checks`` is the selection that ran; what a control
    requires never narrows with it."""

    frameworks: tuple[FrameworkId, ...]
    providers: frozenset[str]
    checks: frozenset[CheckId]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """What an assessment is performed under, beside the policy's files: all that is needed to perform it again.

    ``parameters`` holds the effective value of each parameter of each check. The age limit of a kind is its entry in
    ``max_age_days``, else the kind's own, else ``default_max_age_days``. ``org`` is bound to ``org`` in expressions.
    ``period`` is the one that the evidence was collected for, or None for a point in time.
    """

    as_of: datetime
    scope: Scope
    parameters: Mapping[CheckId, Mapping[str, ParameterValue]]
    org: Mapping[str, object]
    waivers: tuple[Waiver, ...] = ()
    applicability: tuple[Applicability, ...] = ()
    tailoring: Tailoring | None = None
    attestations: tuple[Attestation, ...] = ()
    raised: tuple[RaisedFinding, ...] = ()
    period: Period | None = None
    max_age_days: Mapping[KindName, int]
    default_max_age_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationResult:
    """What one check found in one population."""

    place: Place
    origin: Origin
    subjects: int
    passed: int
    failed: int
    unknown: int
    not_applicable: int
    waived: int
    complete: bool
    oldest: datetime | None
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check over its whole population, evidence of record only; other origins stand in ``ahead``.

    ``failed`` counts failures not waived, ``waived`` the waived ones. ``in_scope`` False: its source is not in scope.
    ``ran`` False: in scope, but not among the selected checks.
    """

    check: CheckId
    severity: Severity
    status: Status
    reason: str
    in_scope: bool
    ran: bool
    subjects: int
    passed: int
    failed: int
    unknown: int
    not_applicable: int
    waived: int
    populations: tuple[PopulationResult, ...]
    ahead: tuple[PopulationResult, ...] = ()
    ahead_status: Status | None = None
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlResult:
    """One control over its deciding checks."""

    control: ControlId
    status: Status
    reason: str
    deciding: tuple[CheckId, ...]
    advisory: tuple[CheckId, ...]
    out_of_scope: tuple[CheckId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedResult:
    """What one mapped control contributes to a part: the status of those of its checks that answer it.

    Where no check answers it, ``attestation`` names the statement that the status comes from, and ``reason`` says what
    became of it.
    """

    control: ControlId
    relation: Relation
    covers: str
    rationale: str
    status: Status
    checks: tuple[CheckId, ...] = ()
    attestation: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """One part over its mapped controls."""

    part: PartId
    method: Method
    status: Status
    reason: str
    controls: tuple[MappedResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The conclusion on one requirement; may be positive. The engine proposes, a person concludes."""

    requirement: RequirementId
    engine_status: Status
    reason: str
    assessor_conclusion: str | None
    counted_in: str | None
    parts: tuple[PartResult, ...]
    applicability: Applicability | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSummary:
    """Counts over a whole counted set, and a range: never one percentage.

    Ratios are from 0 to 1, and None when nothing is applicable.
    """

    id: str
    title: str
    total: int
    counts: Mapping[Status, int]
    applicable: int
    floor: float | None
    ceiling: float | None
    assessed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkSummary:
    """One framework's vector."""

    framework: FrameworkId
    sets: tuple[SetSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything concluded from one pack of evidence under one policy at one instant."""

    as_of: datetime
    scope: Scope
    evidence_digest: str
    policy_digest: str
    frameworks: tuple[FrameworkSummary, ...]
    findings: tuple[Finding, ...]
    controls: tuple[ControlResult, ...]
    checks: tuple[CheckResult, ...]
    waivers: tuple[Waiver, ...]
    attestations: tuple[AttestationResult, ...] = ()
    waiver_results: tuple[WaiverResult, ...] = ()
    raised: tuple[RaisedResult, ...] = ()
