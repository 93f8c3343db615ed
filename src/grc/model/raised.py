"""Findings that people put on record: their class, what is done about them, and what shows that it worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from grc.model.identifiers import CheckId, RequirementId


class FindingClass(StrEnum):
    """How grave a person judges it to be. A class is given by a person, never by the engine."""

    MAJOR = "major"
    MINOR = "minor"
    OBSERVATION = "observation"
    OPPORTUNITY = "opportunity"


NONCONFORMITIES: Final = frozenset({FindingClass.MAJOR, FindingClass.MINOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Effectiveness:
    """What is to show that the corrective action worked. ``since`` is the instant from which the check has to hold."""

    check: CheckId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Who closed a finding, and when. ``ended`` is the instant at which that day was over."""

    by: str
    on: date
    ended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedFinding:
    """A finding on record. It is about a check, a requirement, or both.

    ``due`` is exclusive: the instant from which it is overdue while it is open. ``correction`` puts the failure itself
    right, ``corrective_action`` its cause. ``repeats`` is the id of an earlier finding that has come back.
    """

    id: str
    class_: FindingClass
    condition: str
    check: CheckId | None
    requirement: RequirementId | None
    raised_by: str
    raised_on: date
    owner: str
    due: datetime
    cause: str | None = None
    correction: str | None = None
    corrective_action: str | None = None
    effectiveness: Effectiveness | None = None
    closed: Closing | None = None
    repeats: str | None = None

    @property
    def checks(self) -> frozenset[CheckId]:
        """The check that it is about, and the one that is to show that its action worked."""
        named = (self.check, self.effectiveness.check if self.effectiveness else None)
        return frozenset(each for each in named if each is not None)


class FindingState(StrEnum):
    """Where a finding stands at an instant, the gravest first."""

    REOPENED = "reopened"
    """It was closed, and a check of it fails on evidence from after that."""
    OVERDUE = "overdue"
    OPEN = "open"
    UNSHOWN = "unshown"
    """It was closed, and nothing shows yet that the corrective action worked."""
    CLOSED = "closed"
    NOT_YET = "not-yet"
    """Its day has not begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedResult:
    """One finding on record at the instant of an assessment. No status moves because of it."""

    finding: RaisedFinding
    state: FindingState
    reason: str
