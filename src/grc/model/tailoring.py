"""What an organisation decides about a framework: what applies, what stands in for it, and how far it aims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from grc.model.identifiers import RequirementId


class Inclusion(StrEnum):
    """Why a requirement was taken in."""

    RISK = "risk"
    LAW = "law"
    CONTRACT = "contract"
    BUSINESS = "business"


class Implementation(StrEnum):
    """How far something is carried out, as the organisation says itself; what was tested is another matter."""

    YES = "yes"
    PARTLY = "partly"
    PLANNED = "planned"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The head of a statement of applicability: its version, who approved it, and the risk assessment it rests on."""

    version: str
    on: date
    approved_by: str
    risk_assessment: str


class AddressableChoice(StrEnum):
    """What was decided on an addressable specification. Source: 45 CFR 164.306(d)(3)."""

    IMPLEMENT = "implement"
    ALTERNATIVE = "alternative"
    NOT_REASONABLE = "not-reasonable"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressableDecision:
    """A recorded decision on an addressable specification. It has to be looked at again on ``review_on``.

    ``rationale`` is None only where the specification is implemented as written; ``alternative`` is the equivalent
    measure, and is there exactly where that was chosen.
    """

    requirement: RequirementId
    choice: AddressableChoice
    factors: tuple[str, ...]
    rationale: str | None = None
    alternative: str | None = None
    evidence: tuple[str, ...] = ()
    approved_by: str
    approved_on: date
    review_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityTarget:
    """The capability that is aimed at for one objective, from 0 to 5, and the one person accountable for it."""

    objective: RequirementId
    level: int
    accountable: str
    approved_by: str
    approved_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityRating:
    """How far the activities of one practice on one level are carried out, as a person rated it.

    **Units**: ``achieved`` is per cent of the activities, from 0 to 100.
    """

    practice: RequirementId
    level: int
    achieved: int
    basis: str
    assessor: str
    rated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Tailoring:
    """Everything that an organisation decided beside the scope itself, each in the order of its requirements."""

    statement: Statement | None = None
    addressable: tuple[AddressableDecision, ...] = ()
    targets: tuple[CapabilityTarget, ...] = ()
    ratings: tuple[CapabilityRating, ...] = ()
