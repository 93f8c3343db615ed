"""The waivers: who accepted what until when, whether each counts, and what it covers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from grc.model.assessment import Waiver
from grc.model.waiver import WaiverResult, WaiverStanding
from grc.report import anchors
from grc.report.index import NOTHING_SEEN, Index
from grc.report.text import number
from grc.report.views import days
from grc.report.views.marks import Link
from grc.report.words import Words

SOON: Final = timedelta(days=30)
UNKNOWN: Final = WaiverResult(waiver="", standing=WaiverStanding.COUNTS, reason="")
"""Where an assessment says nothing of its waivers."""


class Use(Enum):
    """What a waiver does here."""

    COVERS = "covers"
    UNUSED = "unused"
    """It matches subjects, and none of them fails."""
    MATCHES_NOTHING = "matches_nothing"
    ABSENT = "absent"
    """It does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverView:
    """One waiver and how many failures it covers here. ``counts`` False: ``reason`` says why not."""

    anchor: str
    id: str
    check: Link
    subject: str
    reason: str
    requested_by: str
    approved_by: str
    approved_on: str
    until: str
    counts: bool
    standing: str
    used: str
    tracking: str | None
    risk: str | None
    compensating: str | None
    compensated_by: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an assessment says of a waiver. ``soon``: it expires within 30 days."""

    waiver: Waiver
    result: WaiverResult
    covers: int
    use: Use
    soon: bool


def told(index: Index) -> tuple[Told, ...]:
    """Every waiver of the assessment, by id."""
    assessment = index.input.assessment
    results = {result.waiver: result for result in assessment.waiver_results}
    return tuple(
        _told(index, waiver, results.get(waiver.id, UNKNOWN))
        for waiver in sorted(assessment.waivers, key=lambda it: it.id)
    )


def waivers(index: Index, words: Words) -> tuple[WaiverView, ...]:
    """The waivers of the policy, with the failures that each covers."""
    return tuple(_view(index, words, each) for each in told(index))


def waivers_line(index: Index, words: Words) -> str:
    """How many waivers count and how many do not, and those to look at; empty where there is nothing to do."""
    found = told(index)
    counts = Counter(each.result.standing for each in found)
    states = ", ".join(f"{number(counts[it])} {_word(words, it)}" for it in WaiverStanding if counts[it])
    groups = {
        "waivers_soon": [each for each in found if each.soon],
        "waivers_unused": [each for each in found if each.use is Use.UNUSED],
        "waivers_idle": [each for each in found if each.use is Use.MATCHES_NOTHING],
        "waivers_riskless": [each for each in found if each.result.risk_known is False],
    }
    named = [words.say(key, waivers=", ".join(it.waiver.id for it in held)) for key, held in groups.items() if held]
    if not named and counts.keys() <= {WaiverStanding.COUNTS}:
        return ""
    return "; ".join([words.say("waivers_line", states=states), *named])


def _told(index: Index, waiver: Waiver, result: WaiverResult) -> Told:
    seen = index.seen.get(waiver.check, NOTHING_SEEN)
    covers = sum(it.waiver == waiver.id for it in (*seen.waived, *seen.ahead))
    matched = (index.input.waiver_matches or {}).get(waiver.id, 0)
    as_of, counts = index.input.assessment.as_of, result.standing is WaiverStanding.COUNTS
    use = Use.COVERS if covers else Use.UNUSED if matched else Use.MATCHES_NOTHING
    return Told(
        waiver=waiver,
        result=result,
        covers=covers,
        use=use if counts else Use.ABSENT,
        soon=counts and waiver.until - as_of <= SOON,
    )


def _view(index: Index, words: Words, each: Told) -> WaiverView:
    waiver, instead = each.waiver, each.waiver.compensating
    return WaiverView(
        anchor=anchors.waiver(waiver.id),
        id=waiver.id,
        check=Link(anchor=anchors.anchor(waiver.check), text=waiver.check),
        subject=waiver.subjects or waiver.subject or words.say("all_subjects"),
        reason=waiver.reason,
        requested_by=waiver.requested_by,
        approved_by=waiver.approved_by,
        approved_on=waiver.approved_on.isoformat(),
        until=_until(index, words, each),
        counts=each.result.standing is WaiverStanding.COUNTS,
        standing=each.result.reason,
        used=words.count(each.covers, "failure") if each.use is Use.COVERS else words.say(f"waiver_{each.use.value}"),
        tracking=waiver.tracking,
        risk=_risk(words, each),
        compensating=instead.control if instead else None,
        compensated_by=Link(anchor=anchors.anchor(instead.check), text=instead.check) if instead else None,
    )


def _risk(words: Words, each: Told) -> str | None:
    if each.result.risk_known is False and each.waiver.risk:
        return words.say("waiver_riskless", risk=each.waiver.risk)
    return each.waiver.risk


def _until(index: Index, words: Words, each: Told) -> str:
    until = days.until(index, words, each.waiver.until)
    if each.waiver.until <= index.input.assessment.as_of:
        return words.say("waiver_expired", until=until)
    return words.say("waiver_soon", until=until) if each.soon else until


def _word(words: Words, standing: WaiverStanding) -> str:
    return words.say(f"waiver_is_{standing.value.replace('-', '_')}")
