"""What a finding on record is about, subject by subject: where the checks that it rests on stand now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from grc.model.assessment import Observation
from grc.model.identifiers import CheckId
from grc.model.raised import RaisedFinding
from grc.report import anchors
from grc.report.index import NOTHING_SEEN, Index
from grc.report.text import number
from grc.report.views.gaps import gap_sentence
from grc.report.views.requirements import extent
from grc.report.words import Words

MOST: Final = 20
"""Subjects that a finding on record names for one check; all stand in the check's sheet and in the table."""
FATES: Final = ("failed", "unknown", "waived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One subject that a finding on record is about. ``fate``: ``failed``, ``unknown`` or ``waived``."""

    check: CheckId
    fate: str
    seen: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRow:
    """One subject as it is shown."""

    standing: str
    subject: str
    place: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedView:
    """The subjects of one check. ``left`` counts those not shown."""

    check: str
    link: str
    extent: str
    rows: tuple[SubjectRow, ...]
    left: str | None


def checks_of(index: Index, found: RaisedFinding) -> tuple[CheckId, ...]:
    """The checks that a finding names; where it names none, those that answer its requirement."""
    named = found.checks
    if not named and found.requirement is not None:
        named = index.answered_by.get(found.requirement, frozenset())
    return tuple(sorted(name for name in named if name in index.checks))


def affected(index: Index, found: RaisedFinding) -> Iterator[Affected]:
    """The subjects that fail, are undecided or fail under a waiver, of record, by check."""
    for name in checks_of(index, found):
        yield from _of_check(index, name)


def affected_views(index: Index, words: Words, found: RaisedFinding) -> tuple[AffectedView, ...]:
    """The subjects check by check. Of a requirement's checks only those that some subject falls short of."""
    several = not found.checks
    views = (_view(index, words, name) for name in checks_of(index, found))
    return tuple(view for view in views if view.rows or not several)


def affected_row(each: Affected) -> dict[str, object]:
    """One subject with the keys that programs rely on."""
    seen = each.seen
    return {
        "check": each.check,
        "standing": each.fate,
        "subject": seen.subject,
        "kind": seen.kind,
        "place": seen.place,
        "found": seen.message or seen.reason,
        "waiver": seen.waiver,
        "digest": seen.digest,
    }


def said(words: Words, seen: Observation) -> str:
    """What a check says of a subject: its message, why it is undecided, or what was missing."""
    return seen.message or seen.reason or "; ".join(gap_sentence(words, gap) for gap in seen.gaps)


def _of_check(index: Index, name: CheckId) -> Iterator[Affected]:
    seen = index.seen.get(name, NOTHING_SEEN)
    for fate in FATES:
        yield from (Affected(check=name, fate=fate, seen=each) for each in getattr(seen, fate))


def _view(index: Index, words: Words, name: CheckId) -> AffectedView:
    held = tuple(_of_check(index, name))
    return AffectedView(
        check=name,
        link=anchors.anchor(name),
        extent=extent(words, index.checks[name]),
        rows=tuple(_row(words, each) for each in held[:MOST]),
        left=words.say("raised_left", n=number(len(held) - MOST)) if len(held) > MOST else None,
    )


def _row(words: Words, each: Affected) -> SubjectRow:
    seen = each.seen
    return SubjectRow(
        standing=words.say(f"raised_{each.fate}"),
        subject=seen.subject,
        place=seen.place,
        said=said(words, seen),
    )
