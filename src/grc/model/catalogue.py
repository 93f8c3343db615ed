"""What publishers ask, what the organisation does, and how one fact is tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from grc.model.evidence import Origin
from grc.model.identifiers import CheckId, ControlId, FrameworkId, KindName, PartId, RequirementId
from grc.model.status import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an entry stands in its file; line and column count from 1."""

    path: str
    line: int
    column: int


class RequirementKind(StrEnum):
    """What a row of a catalogue is."""

    HEADING = "heading"
    ASSESSABLE = "assessable"
    CONTENT = "content"
    """An addressable id that is part of its parent's duty, such as GDPR Art. 30(1)(a)."""


class Method(StrEnum):
    """How a part is shown."""

    TECHNICAL = "technical"
    DOCUMENT = "document"
    RECORD = "record"
    INTERVIEW = "interview"


class Relation(StrEnum):
    """What a mapping claims. ``meets``: with the other ``meets`` controls of that part it is enough."""

    MEETS = "meets"
    SUPPORTS = "supports"


class Severity(StrEnum):
    """The impact if a check fails."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that must be shown for a requirement."""

    id: PartId
    method: Method
    show: str
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One row of a catalogue.

    ``parts`` is None while content is being written (``parts: pending``): such a row is never assessed.
    ``counted_in`` names the counted set of its framework that holds it, or is None.
    ``attributes`` holds the publisher's own facts: chapter, control type, capability activities.
    """

    id: RequirementId
    framework: FrameworkId
    code: str
    title: str
    kind: RequirementKind
    parent: RequirementId | None
    group: str
    counted_in: str | None
    parts: tuple[Part, ...] | None
    designation: str | None = None
    duty_holder: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    note: str | None = None
    attributes: Mapping[str, object]
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedSet:
    """A set of requirements that a framework's figures are stated over, with the publisher's own count."""

    id: str
    title: str
    count: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyHolder:
    """Whom a row can bind. ``organisation`` False: an authority or a state, whose duties are never assessed."""

    code: str
    title: str
    organisation: bool


class View(StrEnum):
    """A table that a framework is known by."""

    SOA = "soa"
    """The statement of applicability: every row of the set, whether it applies, why, and how it is carried out."""
    ADDRESSABLE = "addressable"
    """The decisions on rows whose designation is ``addressable``."""
    ACCOUNTABILITY = "accountability"
    """Every duty of the set, what must be shown for it, and what is at hand."""
    CAPABILITY = "capability"
    """Every objective above the set, its target and its rated level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One framework in one edition. ``requirements`` stand in the publisher's order.

    ``views`` names the tables that it is known by, each with the counted set that the table is about.
    """

    id: FrameworkId
    title: str
    publisher: str
    edition: str
    licence: str
    sources: tuple[str, ...]
    counted_sets: tuple[CountedSet, ...]
    requirements: tuple[Requirement, ...]
    duty_holders: tuple[DutyHolder, ...] = ()
    views: Mapping[View, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One claim: this control covers that much of this part, because.

    ``checks`` are those of the control's deciding checks that answer the part: None for all of them, empty where a
    person answers.
    """

    control: ControlId
    requirement: RequirementId
    part: PartId
    relation: Relation
    covers: str
    rationale: str
    position: Position
    checks: tuple[CheckId, ...] | None = None

    def answered_by(self, deciding: tuple[CheckId, ...]) -> tuple[CheckId, ...]:
        """The checks that answer the part, of a control with these deciding checks."""
        return deciding if self.checks is None else self.checks


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the organisation does. ``deciding`` checks move its status, ``advisory`` ones do not.

    ``four_eyes``: a statement on one of its parts counts only when a second person has reviewed it.
    """

    id: ControlId
    title: str
    statement: str
    owner: str
    theme: str
    frequency: str
    maps: tuple[Mapped, ...]
    deciding: tuple[CheckId, ...]
    advisory: tuple[CheckId, ...]
    aliases: tuple[str, ...] = ()
    four_eyes: bool = False
    position: Position


class ParameterType(Enum):
    """The declared type of a check's parameter. ``days`` binds as a CEL duration."""

    INT = "int"
    STRING = "string"
    BOOL = "bool"
    LIST = "list"
    DAYS = "days"


ParameterValue = int | str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that an organisation may set, within bounds. ``value`` is the effective one."""

    name: str
    type: ParameterType
    value: ParameterValue
    minimum: int | None = None
    maximum: int | None = None
    one_of: tuple[str, ...] = ()
    subset_of: tuple[str, ...] = ()


class Within(StrEnum):
    """How far a join reaches."""

    PLACE = "place"
    ACCOUNT = "account"
    ORGANIZATION = "organization"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A list of related records. ``match`` pairs a field path of the related kind with a CEL expression."""

    name: str
    kind: KindName
    match: Mapping[str, str]
    within: Within | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A tool cannot put the failure right, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """How to fix a failure: in words, and as code for a tool; None where nothing is said of that tool."""

    text: str
    cli: str | Declined | None = None
    terraform: str | Declined | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked case of a check. ``gaps`` maps a path of the resource to a gap reason.

    ``related`` maps a related name to the bodies of the records joined; ``holes`` names the related lists that
    are incomplete. ``as_of`` is RFC 3339 text or None for the examples' default clock. ``origin`` is the resource's.
    """

    expected: Verdict
    note: str | None
    resource: Mapping[str, object]
    related: Mapping[str, tuple[Mapping[str, object], ...]]
    holes: tuple[str, ...]
    gaps: Mapping[str, str]
    params: Mapping[str, ParameterValue]
    tags: Mapping[str, str]
    org: Mapping[str, object]
    as_of: str | None
    origin: Origin = Origin.LIVE
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One test of one kind of subject. Knows no framework."""

    id: CheckId
    title: str
    severity: Severity
    kind: KindName
    parameters: tuple[Parameter, ...]
    relate: tuple[Related, ...]
    when: str | None
    assertion: str
    fail: str
    remedy: Remedy
    sources: tuple[str, ...]
    equivalents: Mapping[str, tuple[str, ...]]
    absent_passes: Mapping[str, str]
    examples: tuple[Example, ...]
    aliases: tuple[str, ...] = ()
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that judges: catalogues, controls and checks, by id, in a fixed order."""

    catalogues: Mapping[FrameworkId, Catalogue]
    controls: Mapping[ControlId, Control]
    checks: Mapping[CheckId, Check]
