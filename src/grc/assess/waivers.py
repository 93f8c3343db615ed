"""Which waivers count at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from grc.model.assessment import Applicability, Waiver
from grc.model.identifiers import CheckId
from grc.model.persons import two_persons

AHEAD_OF_UTC: Final = timedelta(hours=14)
"""No place on earth is further ahead: a date that has begun anywhere is not in the future."""


def active(waivers: Iterable[Waiver], as_of: datetime) -> tuple[Waiver, ...]:
    """The waivers that count, by id: approved by now, not expired, and seen by four eyes."""
    return tuple(sorted((waiver for waiver in waivers if is_active(waiver, as_of)), key=lambda waiver: waiver.id))


def is_active(waiver: Waiver, as_of: datetime) -> bool:
    """Whether a waiver counts. One that its requester approved, or nobody, counts as absent."""
    four_eyes = two_persons(waiver.requested_by, waiver.approved_by)
    return four_eyes and has_begun(waiver.approved_on, as_of) and as_of < waiver.until


def waived_checks(waivers: Iterable[Waiver], as_of: datetime) -> frozenset[CheckId]:
    """The checks that some active waiver is about."""
    return frozenset(waiver.check for waiver in active(waivers, as_of))


def decision(decisions: Iterable[Applicability], as_of: datetime) -> Applicability | None:
    """The decision in force among those on one requirement: the latest, and on one day the one that keeps it in."""
    in_force = [found for found in decisions if _is_made(found) and has_begun(found.approved_on, as_of)]
    return max(in_force, key=lambda found: (found.approved_on, found.applicable, found.reason), default=None)


def has_begun(day: date, as_of: datetime) -> bool:
    """Whether a day without a time zone has begun somewhere."""
    return day <= (as_of + AHEAD_OF_UTC).date()


def _is_made(found: Applicability) -> bool:
    return bool(found.reason.strip()) and bool(found.approved_by.strip())
