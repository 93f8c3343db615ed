"""Attestations by which a named person answers for what no system shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from grc.model.catalogue import Method
from grc.model.identifiers import ControlId, PartId, RequirementId
from grc.model.workspace import Period

ATTESTABLE: Final = frozenset({Method.DOCUMENT, Method.RECORD, Method.INTERVIEW})
"""The methods of the parts that a person may answer for; of a record only with the record itself, a file."""


class Conclusion(StrEnum):
    """What the person says of the parts."""

    MET = "met"
    NOT_MET = "not-met"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class AttestedPart:
    """A part that a statement is about."""

    requirement: RequirementId
    part: PartId


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedFile:
    """A file that a statement rests on: its path in the workspace, its SHA-256 as declared and as found.

    ``found``, and ``bytes``, its size, are None where the file could not be read. The file itself is not kept.
    **Shape**: hexadecimal digits.
    """

    path: str
    sha256: str
    found: str | None
    bytes: int | None = None

    @property
    def unchanged(self) -> bool:
        """Whether the file is the one that was declared."""
        return self.found == self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A person's statement on parts that a control meets. Both days of ``period`` are within.

    ``valid_until`` is exclusive: the instant from which the statement is stale. ``reviewed_by`` is another person, who
    reviewed it on ``reviewed_on``, where a day is told.
    """

    id: str
    control: ControlId
    parts: tuple[AttestedPart, ...]
    conclusion: Conclusion
    statement: str
    who: str
    role: str
    signed_on: date
    period: Period
    valid_until: datetime
    files: tuple[AttestedFile, ...] = ()
    reviewed_by: str | None = None
    reviewed_on: date | None = None


class Standing(StrEnum):
    """Whether a statement counts at an instant, and if not, why not: what would have to change first."""

    COUNTS = "counts"
    NOT_YET = "not-yet"
    """Its day of signature has not begun."""
    CHANGED = "changed"
    """A file that it rests on is missing, or is another one now."""
    UNREVIEWED = "unreviewed"
    """Its control asks for four eyes, and nobody but the person who signed has seen it by then."""
    OUTSIDE = "outside"
    """It is about days outside of the period that is assessed."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationResult:
    """One statement at the instant of an assessment. ``answers`` are the parts whose status comes from it."""

    attestation: Attestation
    standing: Standing
    reason: str
    answers: tuple[AttestedPart, ...]
