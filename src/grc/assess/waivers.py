"""Which waivers count at an instant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final, assert_never

from grc.assess import words
from grc.model.assessment import Applicability, Waiver
from grc.model.identifiers import CheckId
from grc.model.persons import two_persons
from grc.model.waiver import WaiverResult, WaiverStanding

AHEAD_OF_UTC: Final = timedelta(hours=14)
"""No place on earth is further ahead: a date that has begun anywhere is not in the future."""


def active(waivers: Iterable[Waiver], as_of: datetime, proven: Collection[CheckId]) -> tuple[Waiver, ...]:
    """The waivers that count, by id. ``proven`` are the checks that are satisfied without any waiver."""
    counting = (waiver for waiver in waivers if standing(waiver, as_of, proven) is WaiverStanding.COUNTS)
    return tuple(sorted(counting, key=lambda waiver: (waiver.id, str(waiver))))


def standing(waiver: Waiver, as_of: datetime, proven: Collection[CheckId]) -> WaiverStanding:
    """Whether a waiver counts: seen by four eyes, approved by now, not expired, and made up for as it says."""
    if not two_persons(waiver.requested_by, waiver.approved_by):
        return WaiverStanding.ONE_PERSON
    if not has_begun(waiver.approved_on, as_of):
        return WaiverStanding.NOT_YET
    if as_of >= waiver.until:
        return WaiverStanding.EXPIRED
    if waiver.compensating is not None and waiver.compensating.check not in proven:
        return WaiverStanding.UNCOMPENSATED
    return WaiverStanding.COUNTS


def compensating(waivers: Iterable[Waiver]) -> frozenset[CheckId]:
    """The checks that test what is done instead."""
    return frozenset(waiver.compensating.check for waiver in waivers if waiver.compensating is not None)


def waived_checks(waivers: Iterable[Waiver], as_of: datetime, proven: Collection[CheckId]) -> frozenset[CheckId]:
    """The checks that some waiver which counts is about."""
    return frozenset(waiver.check for waiver in active(waivers, as_of, proven))


def waiver_results(
    waivers: Iterable[Waiver], as_of: datetime, proven: Collection[CheckId], risks: Collection[str] | None
) -> tuple[WaiverResult, ...]:
    """What becomes of each waiver, by id. ``risks`` are the ids of the risk register, None if it was not read whole."""
    return tuple(
        WaiverResult(
            waiver=waiver.id,
            standing=standing(waiver, as_of, proven),
            reason=_reason(waiver, standing(waiver, as_of, proven)),
            risk_known=None if waiver.risk is None or risks is None else waiver.risk in risks,
        )
        for waiver in sorted(set(waivers), key=lambda waiver: (waiver.id, str(waiver)))
    )


def _reason(waiver: Waiver, found: WaiverStanding) -> str:
    match found:
        case WaiverStanding.COUNTS:
            return f"It was approved by {waiver.approved_by} on {waiver.approved_on}."
        case WaiverStanding.ONE_PERSON:
            return "It counts as absent: a waiver is approved by another person than the one who asks for it."
        case WaiverStanding.NOT_YET:
            return f"It counts from {waiver.approved_on}."
        case WaiverStanding.EXPIRED:
            return "It has expired and counts as absent."
        case WaiverStanding.UNCOMPENSATED:
            assert waiver.compensating is not None
            check = words.listed([waiver.compensating.check])
            return f"It counts as absent: {check}, which tests what is done instead, is not satisfied."
    assert_never(found)


def decision(decisions: Iterable[Applicability], as_of: datetime) -> Applicability | None:
    """The decision in force among those on one requirement: the latest, and on one day the one that keeps it in."""
    in_force = [found for found in decisions if _is_made(found) and has_begun(found.approved_on, as_of)]
    return max(in_force, key=lambda found: (found.approved_on, found.applicable, found.reason), default=None)


def has_begun(day: date, as_of: datetime) -> bool:
    """Whether a day without a time zone has begun somewhere."""
    return day <= (as_of + AHEAD_OF_UTC).date()


def _is_made(found: Applicability) -> bool:
    return bool(found.reason.strip()) and bool(found.approved_by.strip())
