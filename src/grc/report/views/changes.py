"""What is not as it was in an earlier pack: the figures, requirements, checks, and what people had signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from grc.model.assessment import Assessment, CheckResult, SetSummary
from grc.model.attestation import Attestation
from grc.model.identifiers import CheckId, FrameworkId, RequirementId
from grc.model.status import Status
from grc.report import anchors
from grc.report.index import Index
from grc.report.input import Earlier
from grc.report.text import instant, number
from grc.report.views.bars import OPEN
from grc.report.views.frameworks import figures
from grc.report.views.marks import Link, Mark, mark
from grc.report.views.requirements import requirement_link
from grc.report.words import Words

FALLS_SHORT: Final = (Status.NOT_SATISFIED, Status.PARTIAL)
GROUPS: Final = ("changed_short", "changed_open", "changed_shown")
"""In the order in which they want attention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One counted set, then and now; ``before`` is empty where it was not assessed then."""

    framework: str
    set: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One requirement or check whose status is another. ``before`` None: it was not there."""

    link: Link
    title: str
    before: Mark | None
    now: Mark
    extent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedGroup:
    """Changes that end alike."""

    title: str
    count: str
    rows: tuple[Changed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A person's statement, or a waiver, that stood in the earlier pack and does not stand so any more."""

    sort: str
    id: str
    said: str
    became: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that changed since an earlier pack."""

    since: str
    pack: str
    policy: str
    figures: tuple[Figures, ...]
    requirements: tuple[ChangedGroup, ...]
    checks: tuple[ChangedGroup, ...]
    withdrawn: tuple[Withdrawn, ...]


def changes(index: Index, words: Words) -> Changes | None:
    """What changed since the latest of the earlier packs; None where none was given."""
    if not index.input.earlier:
        return None
    earlier = index.input.earlier[-1]
    return Changes(
        since=instant(earlier.assessment.as_of),
        pack=earlier.pack,
        policy=words.say("unchanged_policy" if earlier.judged_alike else "changed_policy"),
        figures=tuple(_figures(index, words, earlier.assessment)),
        requirements=_grouped(words, _requirements(index, words, earlier)),
        checks=_grouped(words, _checks(index, words, earlier)),
        withdrawn=tuple(_withdrawn(words, earlier.assessment, index.input.assessment)),
    )


def _withdrawn(words: Words, then: Assessment, now: Assessment) -> Iterator[Withdrawn]:
    """What a person signed is not to vanish unseen: a statement that something is not met least of all."""
    reasons = {result.attestation.id: result.reason for result in then.attestations}
    statements = {result.attestation.id: _as_signed(result.attestation) for result in now.attestations}
    for made in (_as_signed(result.attestation) for result in then.attestations):
        if (present := statements.get(made.id)) != made:
            sort, said = words.say("withdrawn_statement"), f"{reasons[made.id]} {made.statement}"
            yield Withdrawn(sort=sort, id=made.id, said=said, became=_became(words, present))
    waivers = {waiver.id: waiver for waiver in now.waivers}
    for waiver in then.waivers:
        if (other := waivers.get(waiver.id)) != waiver:
            sort, said = words.say("withdrawn_waiver"), f"{waiver.check}: {waiver.reason}"
            yield Withdrawn(sort=sort, id=waiver.id, said=said, became=_became(words, other))


def _became(words: Words, present: object) -> str:
    return words.say("withdrawn_gone" if present is None else "withdrawn_rewritten")


def _as_signed(made: Attestation) -> Attestation:
    """A statement without what was found of its files, which is a fact of the day and none of the signature."""
    return replace(made, files=tuple(replace(file, found=None, bytes=None) for file in made.files))


def _figures(index: Index, words: Words, before: Assessment) -> Iterator[Figures]:
    then: dict[tuple[FrameworkId, str], SetSummary] = {
        (summary.framework, held.id): held for summary in before.frameworks for held in summary.sets
    }
    for summary in index.input.assessment.frameworks:
        for held in summary.sets:
            found = then.get((summary.framework, held.id))
            yield Figures(
                framework=index.input.policy.catalogues[summary.framework].title,
                set=held.title,
                before=figures(words, found) if found else words.say("not_then"),
                now=figures(words, held),
            )


def _requirements(index: Index, words: Words, earlier: Earlier) -> Iterator[tuple[Status, Changed]]:
    then = {finding.requirement: finding.engine_status for finding in earlier.assessment.findings}
    frameworks = set(earlier.assessment.scope.frameworks)
    for row in index.requirements.values():
        finding = index.findings.get(row.id)
        if finding is None or row.counted_in is None or row.framework not in frameworks:
            continue
        if (before := then.get(row.id)) is not finding.engine_status:
            yield finding.engine_status, _requirement(index, words, row.id, before, finding.engine_status)


def _requirement(index: Index, words: Words, entry: RequirementId, before: Status | None, now: Status) -> Changed:
    row = index.requirements[entry]
    return Changed(
        link=requirement_link(index, entry),
        title=row.title,
        before=None if before is None else mark(words, before, row.framework),
        now=mark(words, now, row.framework),
        extent=index.input.policy.catalogues[row.framework].title,
    )


def _checks(index: Index, words: Words, earlier: Earlier) -> Iterator[tuple[Status, Changed]]:
    then = {result.check: result for result in earlier.assessment.checks}
    for check in sorted(index.checks):
        now, before = index.checks[check], then.get(check)
        if before is None or (before.status, before.failed) != (now.status, now.failed):
            yield now.status, _check(index, words, check, before, now)


def _check(index: Index, words: Words, check: CheckId, before: CheckResult | None, now: CheckResult) -> Changed:
    return Changed(
        link=Link(anchor=anchors.anchor(check), text=check),
        title=index.title(check),
        before=None if before is None else mark(words, before.status),
        now=mark(words, now.status),
        extent=words.say("changed_extent", before=number(before.failed if before else 0), now=number(now.failed)),
    )


def _grouped(words: Words, found: Iterable[tuple[Status, Changed]]) -> tuple[ChangedGroup, ...]:
    groups: defaultdict[str, list[Changed]] = defaultdict(list)
    for status, row in found:
        groups[_group(status)].append(row)
    return tuple(
        ChangedGroup(title=words.say(name), count=number(len(groups[name])), rows=tuple(groups[name]))
        for name in GROUPS
        if groups[name]
    )


def _group(status: Status) -> str:
    if status in FALLS_SHORT:
        return "changed_short"
    return "changed_open" if status in OPEN else "changed_shown"
