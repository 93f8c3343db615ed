"""The front of the report: whom it is about, what to do first, how far it reaches, and what limits it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from grc.model.assessment import Finding
from grc.model.evidence import OF_RECORD, GapReason
from grc.model.identifiers import CheckId, FrameworkId, RequirementId
from grc.model.status import Status
from grc.report import anchors
from grc.report.effects import RANK, Effect, Missing
from grc.report.index import Index
from grc.report.input import ReportInput
from grc.report.text import instant, number
from grc.report.views.marks import Link
from grc.report.views.requirements import awaits_person, requirement_link, tested
from grc.report.words import Words

FIRST: Final = 5
MOST_DETAILS: Final = 3
SEVERAL: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of document control. ``identifier`` facts are set in a monospace."""

    name: str
    value: str
    identifier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One of the things to do first: what ought to be true, how to make it so, its effect, and where to read on.

    ``remedy`` is empty where the title is what to do.
    """

    severity: str
    severity_word: str
    title: str
    remedy: str
    extent: str
    effect: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One place of the scope and what was reached of it."""

    place: str
    populations: str
    subjects: str
    state: str
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation:
    """One kind of gap over the whole assessment."""

    reason: str
    call: str
    permission: str
    places: str
    places_word: str
    subjects: str
    checks: tuple[Link, ...]
    bears_on: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassessed:
    """The counted requirements of one framework that were not assessed for one reason."""

    framework: str
    reason: str
    count: str
    requirements: tuple[Link, ...]


def control_facts(report: ReportInput, words: Words) -> tuple[Fact, ...]:
    """The facts of document control."""
    catalogues = [report.policy.catalogues[framework] for framework in report.assessment.scope.frameworks]
    editions = "; ".join(f"{it.title}, {it.edition}" for it in catalogues)
    sources = ", ".join(f"{source.name} {source.version}" for source in report.sources)
    plain = (
        ("fact_frameworks", editions),
        ("fact_period", _period(report, words)),
        ("fact_as_of", instant(report.assessment.as_of)),
        ("fact_generated", instant(report.generated_at)),
        ("fact_timezone", report.organisation.timezone),
        ("fact_classification", report.classification),
        ("fact_engine", report.engine_version),
        ("fact_sources", sources or words.say("none_listed")),
    )
    digests = (
        ("fact_pack", report.pack),
        ("fact_evidence", report.assessment.evidence_digest),
        ("fact_policy", report.assessment.policy_digest),
    )
    facts = [Fact(name=words.say(name), value=value) for name, value in plain]
    facts += [Fact(name=words.say(name), value=value, identifier=True) for name, value in digests]
    return tuple(facts)


def actions(index: Index, words: Words, effects: Sequence[Effect], gaps: Sequence[Missing]) -> tuple[Action, ...]:
    """The five things to do first: by severity, failures before gaps, then by the requirements they bear on."""
    ranked = [((RANK[it.severity], 0, -len(it.requirements)), _repair(index, words, it)) for it in effects]
    ranked += [((RANK[it.severity], 1, -len(it.requirements)), _look(index, words, it)) for it in gaps]
    ranked.sort(key=lambda entry: entry[0])
    return tuple(action for _, action in ranked[:FIRST])


def reaches(report: ReportInput, words: Words) -> tuple[Reach, ...]:
    """Every place that is in scope or that gave evidence of record."""
    places: defaultdict[str, list[tuple[int, bool]]] = defaultdict(list)
    for item in report.evidence:
        if item.population.origin in OF_RECORD:
            whole = item.population.complete and not item.population.gaps
            places[item.population.unit.place].append((item.population.count, whole))
    for place in report.expected:
        places.setdefault(place, [])
    return tuple(_reach(words, place, held) for place, held in sorted(places.items()))


def reached_sentence(report: ReportInput, words: Words) -> str:
    """``41 of 44 places gave evidence``."""
    seen = [item.population for item in report.evidence if item.population.origin in OF_RECORD]
    reached = {found.unit.place for found in seen if found.count or found.complete}
    declared = {found.unit.place for found in seen} | set(report.expected)
    return words.say("reached", n=number(len(reached)), total=words.count(len(declared), "place"))


def limitations(index: Index, words: Words, gaps: Iterable[Missing]) -> tuple[Limitation, ...]:
    """What could not be seen, by what would have to change."""
    return tuple(_limitation(index, words, gap) for gap in gaps)


def unassessed(index: Index, words: Words) -> tuple[Unassessed, ...]:
    """The counted requirements that were not assessed, by framework and what would have to come."""
    held: defaultdict[tuple[FrameworkId, str], list[RequirementId]] = defaultdict(list)
    for row in index.requirements.values():
        finding = index.findings.get(row.id)
        if row.counted_in and (finding is None or finding.engine_status is Status.NOT_ASSESSED):
            held[row.framework, _outstanding(words, finding)].append(row.id)
    return tuple(
        Unassessed(
            framework=index.input.policy.catalogues[framework].title,
            reason=reason,
            count=number(len(entries)),
            requirements=tuple(requirement_link(index, entry) for entry in entries),
        )
        for (framework, reason), entries in held.items()
    )


def _outstanding(words: Words, finding: Finding | None) -> str:
    """What a requirement waits for. Its sheet names the parts; here those that wait for alike stand together."""
    if finding is None or not finding.parts:
        return finding.reason if finding else ""
    waiting = [part for part in finding.parts if awaits_person(part)]
    if len(waiting) == len(finding.parts):
        return words.say("unassessed_person")
    return words.say("unassessed_some" if waiting else "unassessed_checks")


def _period(report: ReportInput, words: Words) -> str:
    if report.period is None:
        return words.say("point_in_time")
    return words.say("period", first=report.period.first.isoformat(), last=report.period.last.isoformat())


def _repair(index: Index, words: Words, effect: Effect) -> Action:
    total = tested(index.checks[effect.check])
    return Action(
        severity=effect.severity.value,
        severity_word=words.say(f"severity_{effect.severity.value}"),
        title=index.title(effect.check),
        remedy=_remedy(index, effect.check),
        extent=words.say("extent_fail", n=number(effect.failed), total=number(total)),
        effect=_bears_on(words, effect.requirements, effect.frameworks) + _alone(words, effect),
        links=(Link(anchor=anchors.anchor(effect.check), text=effect.check),),
    )


def _remedy(index: Index, check: CheckId) -> str:
    found = index.check(check)
    return found.remedy.text if found else ""


def _alone(words: Words, effect: Effect) -> str:
    if not effect.alone:
        return ""
    return " " + words.say("alone", requirements=words.count(len(effect.alone), "requirement"))


def _bears_on(words: Words, requirements: Sequence[RequirementId], frameworks: Sequence[FrameworkId]) -> str:
    if not requirements:
        return words.say("bears_on_none")
    return words.say(
        "bears_on",
        requirements=words.count(len(requirements), "requirement"),
        frameworks=words.count(len(frameworks), "framework"),
    )


def _look(index: Index, words: Words, gap: Missing) -> Action:
    reason = words.say(f"gap_{gap.reason.value.replace('-', '_')}")
    told = gap.call or (gap.details[0] if gap.details else words.say("no_call"))
    checks = words.count(len(gap.checks), "check")
    return Action(
        severity=gap.severity.value,
        severity_word=words.say(f"severity_{gap.severity.value}"),
        title=words.say(_closing(gap), permission=gap.permission, reason=reason, call=told, n=number(len(gap.details))),
        remedy="",
        extent=words.say("undecided_checks", checks=checks, places=words.count(len(gap.places), "place")),
        effect=_bears_on(words, gap.requirements, gap.frameworks),
        links=_check_links(gap.checks[:FIRST]),
    )


def _closing(gap: Missing) -> str:
    """Which sentence says how to close a gap: one that names what is told of one of many says that it does."""
    if gap.permission and gap.reason is GapReason.ACCESS_DENIED:
        return "grant"
    return "close_gap" if gap.call or len(gap.details) < SEVERAL else "close_gaps"


def _check_links(checks: Iterable[CheckId]) -> tuple[Link, ...]:
    return tuple(Link(anchor=anchors.anchor(check), text=check) for check in checks)


def _reach(words: Words, place: str, held: Sequence[tuple[int, bool]]) -> Reach:
    broken = sum(not whole for _, whole in held)
    state = "reach_none" if not held else ("reach_broken" if broken else "reach_whole")
    return Reach(
        place=place,
        populations=number(len(held)),
        subjects=number(sum(count for count, _ in held)),
        state=words.say(state, broken=number(broken)),
        whole=state == "reach_whole",
    )


def _limitation(index: Index, words: Words, gap: Missing) -> Limitation:
    return Limitation(
        reason=words.say(f"gap_{gap.reason.value.replace('-', '_')}"),
        call=gap.call or "",
        permission=gap.permission or "" if gap.reason is GapReason.ACCESS_DENIED else "",
        places=number(len(gap.places)),
        places_word=words.count(len(gap.places), "place"),
        subjects=number(gap.subjects),
        checks=_check_links(gap.checks),
        bears_on=_bears_on(words, gap.requirements, gap.frameworks),
        details=gap.details[:MOST_DETAILS],
    )
