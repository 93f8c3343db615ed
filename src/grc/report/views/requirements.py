"""A requirement sheet: what must be shown, and what was found for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from grc.model.assessment import Applicability, CheckResult, Finding, MappedResult, PartResult, PopulationResult
from grc.model.catalogue import Method, Part, Relation, Requirement, RequirementKind
from grc.model.evidence import OF_RECORD
from grc.model.identifiers import CheckId, ControlId, KindName, RequirementId
from grc.model.status import Status
from grc.report import anchors
from grc.report.index import NOTHING_SEEN, Index
from grc.report.text import instant, number
from grc.report.views.gaps import gap_sentence
from grc.report.views.marks import Link, Mark, mark
from grc.report.words import Words

DEEPEST: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A deciding check of a control: what it says of how many."""

    anchor: str
    id: str
    mark: Mark
    extent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLines:
    """Checks that stand under something: a line for each that is not satisfied, the others counted and named."""

    lines: tuple[CheckLine, ...]
    count: int
    sound: str
    satisfied: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedView:
    """A control mapped to a part. ``mark`` is None where the part's own status says it already.

    ``attestation`` is the statement that the status comes from, and ``attested`` says what became of it. ``told`` where
    a check or a statement answers for the control here.
    """

    anchor: str
    id: str
    supports: bool
    covers: str
    rationale: str
    mark: Mark | None
    checks: CheckLines | None
    attestation: Link | None
    attested: str
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """What must be shown, and what was found. ``reason`` is empty where the lines below the status say it.

    ``shared`` is the anchor of what must be shown where many requirements of the framework share the part.
    """

    id: str
    method: str
    show: str
    shared: str | None
    mark: Mark
    standing: str
    reason: str
    controls: tuple[MappedView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One row of a catalogue. ``mark`` is None for a row that has no conclusion of its own.

    ``alike`` where every part awaits a person and nothing else is to be said of any; ``control`` is then the one that
    is mapped to every part, if it is one.
    """

    anchor: str
    id: str
    code: str
    title: str
    depth: int
    heading: bool
    counted: bool
    mark: Mark | None
    tags: str
    note: str
    reason: str
    awaits: str
    alike: bool
    control: Link | None
    parts: tuple[PartView, ...]
    evidence: tuple[Link, ...]
    since: str
    gaps: tuple[str, ...]
    waivers: tuple[Link, ...]
    applicability: str | None
    conclusion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Requirements of one framework that a control or a check is mapped to."""

    framework: str
    requirements: tuple[Link, ...]


def sheet(index: Index, words: Words, row: Requirement) -> Sheet:
    """Lay out one row of a catalogue."""
    finding = index.findings.get(row.id)
    checks = tuple(dict.fromkeys(_checks(finding))) if finding else ()
    held = _evidence(index, checks)
    return Sheet(
        anchor=anchors.anchor(row.id),
        id=row.id,
        code=row.code,
        title=row.title,
        depth=_depth(index, row),
        heading=row.kind is RequirementKind.HEADING,
        counted=row.counted_in is not None,
        mark=mark(words, finding.engine_status, row.framework) if finding else _unconcluded(words, row),
        tags=_tags(index, words, row),
        note=row.note or "",
        reason=_reason(row, finding),
        awaits=_awaits(words, finding) if finding else "",
        alike=_alike(finding),
        control=_control_of_all(finding),
        parts=_parts(index, words, row, finding),
        evidence=tuple(Link(anchor=anchors.evidence(kind), text=kind) for kind in held),
        since=words.say("evidence_since", since=instant(min(held.values()))) if held else "",
        gaps=_gaps(index, words, checks),
        waivers=_waivers(index, checks),
        applicability=_applicability(words, finding.applicability) if finding and finding.applicability else None,
        conclusion=finding.assessor_conclusion if finding else None,
    )


def check_line(index: Index, words: Words, check: CheckId) -> CheckLine:
    """One check in one line."""
    result = index.checks.get(check)
    status = result.status if result else Status.NOT_ASSESSED
    return CheckLine(
        anchor=anchors.anchor(check),
        id=check,
        mark=mark(words, status),
        extent=extent(words, result) if result else words.say("no_result"),
    )


def check_lines(
    index: Index, words: Words, checks: Sequence[CheckId], of: ControlId | None = None
) -> CheckLines | None:
    """The checks that stand under something, or None where there is none.

    Where they are all that decide the control that they are ``of``, its own sheet names those that are satisfied.
    """
    if not checks:
        return None
    whole = of is not None and of in index.controls and set(checks) == set(index.controls[of].deciding)
    sound = [index.checks[check] for check in checks if _sound(index, check)]
    return CheckLines(
        lines=tuple(check_line(index, words, check) for check in checks if not _sound(index, check)),
        sound=_sound_extent(words, sound),
        count=len(sound),
        satisfied=() if whole else tuple(Link(anchor=anchors.anchor(it.check), text=it.check) for it in sound),
    )


def _sound(index: Index, check: CheckId) -> bool:
    return check in index.checks and index.checks[check].status is Status.SATISFIED


def _sound_extent(words: Words, results: Sequence[CheckResult]) -> str:
    """``3 checks satisfied, 412 of 412 pass``."""
    total = sum(tested(it) for it in results)
    passed = sum(it.passed for it in results)
    return words.say("sound", checks=words.count(len(results), "check"), n=number(passed), total=number(total))


def extent(words: Words, result: CheckResult | PopulationResult) -> str:
    """``12 of 500 fail, 3 unknown``: n of N, where N are the subjects that the check applies to."""
    total = tested(result)
    if not total:
        return words.say("extent_none")
    key = "extent_fail" if result.failed else "extent_pass"
    told = [words.say(key, n=number(result.failed or result.passed), total=number(total))]
    others = (
        ("extent_waived", result.waived),
        ("extent_unknown", result.unknown),
        ("extent_na", result.not_applicable),
    )
    told += [words.say(key, n=number(count)) for key, count in others if count]
    return ", ".join(told)


def tested(result: CheckResult | PopulationResult) -> int:
    """How many subjects a check applies to: the N of ``n of N``."""
    return result.passed + result.failed + result.waived + result.unknown


def _unconcluded(words: Words, row: Requirement) -> Mark | None:
    return mark(words, Status.NOT_ASSESSED, row.framework) if row.counted_in else None


def _depth(index: Index, row: Requirement) -> int:
    depth, parent = 0, row.parent
    while parent is not None and parent in index.requirements and depth < DEEPEST:
        depth, parent = depth + 1, index.requirements[parent].parent
    return depth


def _tags(index: Index, words: Words, row: Requirement) -> str:
    """What the publisher says of a row, in a few words: required or addressable, and whose duty it is."""
    titles = {holder.code: holder.title for holder in index.input.policy.catalogues[row.framework].duty_holders}
    tags = [
        row.designation or "",
        words.series([titles.get(code, code) for code in row.duty_holder]) if row.duty_holder else "",
    ]
    if row.counted_in is None and row.kind is not RequirementKind.HEADING:
        tags.append(words.say("not_counted"))
    return " · ".join(tag for tag in tags if tag)


def _reason(row: Requirement, finding: Finding | None) -> str:
    """Why, where it is more than the rows below or the note on pending parts say already."""
    if finding is None or row.parts is None or row.kind is RequirementKind.HEADING or finding.applicability:
        return ""
    return (
        ""
        if finding.engine_status is Status.NOT_ASSESSED and any(map(awaits_person, finding.parts))
        else finding.reason
    )


def awaits_person(part: PartResult) -> bool:
    """Whether a person still has to answer a part, or some of it: no check answers it, and nobody has."""
    if part.status is Status.NOT_APPLICABLE:
        return False
    return not _meeting(part) or any(map(_unanswered, _meeting(part)))


def _alike(finding: Finding | None) -> bool:
    return finding is not None and bool(finding.parts) and all(map(_only_awaits, finding.parts))


def _control_of_all(finding: Finding | None) -> Link | None:
    """The one control that meets every part of a requirement whose parts are alike."""
    if finding is None or not _alike(finding):
        return None
    mapped = {tuple((it.control, it.relation) for it in part.controls) for part in finding.parts}
    match list(mapped):
        case [((control, Relation.MEETS),)]:
            return Link(anchor=anchors.anchor(control), text=control)
    return None


def _only_awaits(part: PartResult) -> bool:
    """Whether nothing is known of a part but that a person has to answer it."""
    silent = not any(mapped.checks or mapped.attestation for mapped in part.controls)
    return awaits_person(part) and part.status is Status.NOT_ASSESSED and silent


def _meeting(part: PartResult) -> list[MappedResult]:
    return [mapped for mapped in part.controls if mapped.relation is Relation.MEETS]


def _unanswered(mapped: MappedResult) -> bool:
    return not mapped.checks and mapped.status is Status.NOT_ASSESSED


def _awaits(words: Words, finding: Finding) -> str:
    """Which parts a person still has to answer, in a sentence; empty where there is none."""
    waiting = [part.part for part in finding.parts if awaits_person(part)]
    if not waiting:
        return ""
    key = "awaits_all" if len(waiting) == len(finding.parts) else "awaits_some"
    return words.say(key, parts=", ".join(waiting), n=number(len(waiting)), total=number(len(finding.parts)))


def _parts(index: Index, words: Words, row: Requirement, finding: Finding | None) -> tuple[PartView, ...]:
    declared = {part.id: part for part in row.parts or ()}
    results = finding.parts if finding else ()
    return tuple(_part(index, words, row, declared.get(result.part), result) for result in results)


def _part(index: Index, words: Words, row: Requirement, part: Part | None, result: PartResult) -> PartView:
    return PartView(
        id=result.part,
        method=words.say(f"method_{result.method.value}"),
        show=part.show if part else "",
        shared=index.shared_at(row, part) if part else None,
        standing=_standing(words, row, result),
        mark=mark(words, result.status, row.framework),
        reason="" if _told_below(result) or _unmapped(result) else result.reason,
        controls=tuple(_mapped(index, words, result, mapped) for mapped in result.controls),
    )


def _standing(words: Words, row: Requirement, part: PartResult) -> str:
    """The status of a part in words, and whether it awaits a person: that alone says why it is not assessed."""
    if not awaits_person(part):
        return words.status(part.status, row.framework).word
    told = () if part.status is Status.NOT_ASSESSED else (words.status(part.status, row.framework).word,)
    return ", ".join((*told, words.say("awaits_test" if part.method is Method.TECHNICAL else "awaits")))


def _unmapped(part: PartResult) -> bool:
    """Whether no control is mapped to a part: then it awaits a person, and no line stands below it."""
    return not part.controls and part.status is Status.NOT_ASSESSED


def _told_below(part: PartResult) -> bool:
    """Whether the one control mapped to a part says all: the part has its status, for its reasons."""
    return [(mapped.relation, mapped.status) for mapped in part.controls] == [(Relation.MEETS, part.status)]


def _mapped(index: Index, words: Words, part: PartResult, mapped: MappedResult) -> MappedView:
    return MappedView(
        anchor=anchors.anchor(mapped.control),
        id=mapped.control,
        supports=mapped.relation is Relation.SUPPORTS,
        covers=mapped.covers,
        rationale=mapped.rationale,
        mark=None if _told_below(part) else mark(words, mapped.status),
        checks=check_lines(index, words, mapped.checks, of=mapped.control),
        attestation=Link(anchor=anchors.attestation(entry), text=entry) if (entry := mapped.attestation) else None,
        attested=mapped.reason or "",
        told=bool(mapped.checks or mapped.attestation),
    )


def _checks(finding: Finding) -> Iterator[CheckId]:
    for part in finding.parts:
        for mapped in part.controls:
            yield from mapped.checks


def _evidence(index: Index, checks: Iterable[CheckId]) -> Mapping[KindName, datetime]:
    """The kinds that checks read of which evidence is held, and since when the oldest of it is."""
    kinds = dict.fromkeys(kind for check in checks if (kind := index.kind(check)) is not None)
    held = {kind: [it for it in index.evidence.get(kind, ()) if it.population.origin in OF_RECORD] for kind in kinds}
    return {kind: min(it.population.started for it in items) for kind, items in held.items() if items}


def _gaps(index: Index, words: Words, checks: Iterable[CheckId]) -> tuple[str, ...]:
    found = {gap_sentence(words, gap) for check in checks if check in index.checks for _, gap in index.gaps(check)}
    return tuple(sorted(found))


def _waivers(index: Index, checks: Iterable[CheckId]) -> tuple[Link, ...]:
    used = {it.waiver for check in checks for it in index.seen.get(check, NOTHING_SEEN).waived if it.waiver}
    return tuple(Link(anchor=anchors.waiver(entry), text=entry) for entry in sorted(used))


def _applicability(words: Words, decision: Applicability) -> str:
    key = "applicable" if decision.applicable else "scoped_out"
    return words.say(
        key, reason=decision.reason.rstrip(". "), by=decision.approved_by, on=decision.approved_on.isoformat()
    )


def requirement_link(index: Index, entry: RequirementId) -> Link:
    """A link to a requirement's sheet, by the publisher's code."""
    return Link(anchor=anchors.anchor(entry), text=index.requirements[entry].code)


def answers(index: Index, entries: Iterable[RequirementId]) -> tuple[Answers, ...]:
    """Links to requirements, by framework, in the publishers' order."""
    wanted = set(entries)
    rows = [row for row in index.requirements.values() if row.id in wanted]
    return tuple(
        Answers(
            framework=index.input.policy.catalogues[framework].title,
            requirements=tuple(requirement_link(index, row.id) for row in run),
        )
        for framework, run in groupby(rows, key=lambda row: row.framework)
    )
