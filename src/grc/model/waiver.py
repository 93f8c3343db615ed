"""What a waiver rests on, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grc.model.identifiers import CheckId


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation:
    """What is done instead, in words, and the check that tests it."""

    control: str
    check: CheckId


class WaiverStanding(StrEnum):
    """Whether a waiver counts at an instant, and if not, why not."""

    COUNTS = "counts"
    ONE_PERSON = "one-person"
    """Whoever asked for it also approved it, or nobody did."""
    NOT_YET = "not-yet"
    """The day of its approval has not begun."""
    EXPIRED = "expired"
    UNCOMPENSATED = "uncompensated"
    """The check of its compensating control is not satisfied over its population."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverResult:
    """One waiver at the instant of an assessment.

    ``risk_known``: whether the risk register holds the risk that it names; None where it names none, or the register
    was not read whole.
    """

    waiver: str
    standing: WaiverStanding
    reason: str
    risk_known: bool | None = None
