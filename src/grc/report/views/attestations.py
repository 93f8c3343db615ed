"""The statements by which people answer for what no system shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from grc.model.assessment import Assessment
from grc.model.attestation import Attestation, AttestationResult, AttestedFile, AttestedPart, Conclusion, Standing
from grc.report import anchors
from grc.report.index import Index
from grc.report.text import number, size
from grc.report.views import days
from grc.report.views.marks import Link
from grc.report.views.requirements import requirement_link
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file that a statement rests on. ``state`` is empty where it is the one of the statement, ``size`` where nobody
    knows it."""

    path: str
    size: str
    digest: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """A part that a statement is about. ``state`` is empty where its status comes from the statement."""

    requirement: Link
    part: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationView:
    """One statement: who says what of which parts, on what it rests, and whether it counts."""

    anchor: str
    id: str
    control: Link
    counts: bool
    standing: str
    reason: str
    conclusion: str
    statement: str
    who: str
    signed_on: str
    period: str
    until: str
    reviewed_by: str
    files: tuple[FileLine, ...]
    parts: tuple[PartLine, ...]


def attestations(index: Index, words: Words) -> tuple[AttestationView, ...]:
    """Every statement of the assessment, by id."""
    return tuple(_view(index, words, result) for result in index.input.assessment.attestations)


def standings(assessment: Assessment, words: Words) -> str:
    """How many statements count, and how many do not for what reason; empty where there is none."""
    counts = Counter(result.standing for result in assessment.attestations)
    return ", ".join(f"{number(counts[it])} {_word(words, it)}" for it in Standing if counts[it])


def _view(index: Index, words: Words, result: AttestationResult) -> AttestationView:
    made = result.attestation
    return AttestationView(
        anchor=anchors.attestation(made.id),
        id=made.id,
        control=Link(anchor=anchors.anchor(made.control), text=made.control),
        counts=result.standing is Standing.COUNTS,
        standing=_word(words, result.standing),
        reason=result.reason,
        conclusion=words.say("attested_met" if made.conclusion is Conclusion.MET else "attested_not_met"),
        statement=made.statement,
        who=words.say("attested_who", who=made.who, role=made.role),
        signed_on=made.signed_on.isoformat(),
        period=words.say("period", first=made.period.first.isoformat(), last=made.period.last.isoformat()),
        until=days.until(index, words, made.valid_until),
        reviewed_by=_reviewed(words, made),
        files=tuple(_file(words, file) for file in made.files),
        parts=tuple(
            _part(index, words, result, about) for about in made.parts if about.requirement in index.requirements
        ),
    )


def _reviewed(words: Words, made: Attestation) -> str:
    """Who has reviewed it, and when where that is told."""
    if not made.reviewed_by:
        return words.say("attested_by_nobody")
    return f"{made.reviewed_by}, {made.reviewed_on}" if made.reviewed_on else made.reviewed_by


def _word(words: Words, standing: Standing) -> str:
    return words.say(f"attested_{standing.value.replace('-', '_')}")


def _file(words: Words, file: AttestedFile) -> FileLine:
    state = "" if file.unchanged else words.say("file_missing" if file.found is None else "file_changed")
    told = "" if file.bytes is None else size(file.bytes)
    return FileLine(path=file.path, size=told, digest=file.sha256, state=state)


def _part(index: Index, words: Words, result: AttestationResult, about: AttestedPart) -> PartLine:
    return PartLine(
        requirement=requirement_link(index, about.requirement),
        part=about.part,
        state="" if about in result.answers else words.say("attested_otherwise"),
    )
