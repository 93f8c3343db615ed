"""What an assessor concludes: a person's word on one requirement, beside what the engine proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from grc.model.identifiers import RequirementId
from grc.model.status import Status

CONCLUDABLE: Final = (
    Status.SATISFIED,
    Status.PARTIAL,
    Status.NOT_SATISFIED,
    Status.NOT_ASSESSED,
    Status.NOT_APPLICABLE,
)
"""What a person may conclude; the other statuses say how evidence was had, or that somebody accepted a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """One conclusion on one finding of one assessment. A later one on the same requirement stands in its place.

    ``number`` counts from 1 within a pack, ``previous`` is the digest of the one before, as a file; None: it is the
    first. ``assessment`` is the digest of the manifest of the assessment that was looked at.
    """

    format: str
    number: int
    previous: str | None = None
    assessment: str
    requirement: RequirementId
    engine_status: Status
    conclusion: Status
    who: str
    role: str
    at: datetime
    reason: str

    @property
    def overrides(self) -> bool:
        """Whether the person says otherwise than the engine."""
        return self.conclusion is not self.engine_status
