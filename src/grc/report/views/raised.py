"""The findings on record: what was found, who has it to do, what was done, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from grc.model.identifiers import CheckId, RequirementId
from grc.model.raised import FindingState, RaisedFinding, RaisedResult
from grc.report import anchors
from grc.report.index import Index
from grc.report.text import number
from grc.report.views import days
from grc.report.views.affected import AffectedView, affected_views
from grc.report.views.requirements import requirement_link
from grc.report.words import Words

URGENT: Final = frozenset({FindingState.REOPENED, FindingState.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that is said of a finding. ``link`` None: it is text alone."""

    name: str
    text: str
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedView:
    """One finding on record. ``urgent``: it is overdue, or has come back. ``affected``: its subjects, by check."""

    anchor: str
    id: str
    classed: str
    condition: str
    state: str
    urgent: bool
    reason: str
    facts: tuple[Fact, ...]
    affected: tuple[AffectedView, ...]


def raised(index: Index, words: Words) -> tuple[RaisedView, ...]:
    """Every finding on record of the assessment, the gravest state first."""
    order = list(FindingState)
    found = sorted(index.input.assessment.raised, key=lambda it: (order.index(it.state), it.finding.id))
    return tuple(_view(index, words, result) for result in found)


def raised_on(index: Index, words: Words, check: CheckId) -> tuple[RaisedView, ...]:
    """The findings on record that are about a check, or rest on it."""
    kept = {it.finding.id for it in index.input.assessment.raised if check in it.finding.checks}
    return tuple(view for view in raised(index, words) if view.id in kept) if kept else ()


def raised_line(results: Iterable[RaisedResult], words: Words) -> str:
    """How many findings on record stand where; empty where there is none."""
    counts = Counter(result.state for result in results)
    late, undone = counts[FindingState.OVERDUE], counts[FindingState.OPEN] + counts[FindingState.OVERDUE]
    told = []
    if undone:
        told.append(words.say("raised_some_open", n=number(undone)))
    if late:
        told[-1] += " " + words.say("raised_some_overdue", n=number(late))
    others = (FindingState.REOPENED, FindingState.UNSHOWN, FindingState.CLOSED, FindingState.NOT_YET)
    told += [f"{number(counts[state])} {_word(words, state)}" for state in others if counts[state]]
    return words.say("raised_line", stated=", ".join(told)) if told else ""


def raised_row(result: RaisedResult) -> dict[str, object]:
    """One finding on record with the keys that programs rely on."""
    found = result.finding
    return {
        "id": found.id,
        "class": found.class_,
        "state": result.state,
        "reason": result.reason,
        "condition": found.condition,
        "check": found.check,
        "requirement": found.requirement,
        "raised_by": found.raised_by,
        "raised_on": found.raised_on,
        "owner": found.owner,
        "due": found.due,
        "repeats": found.repeats,
        "cause": found.cause,
        "correction": found.correction,
        "corrective_action": found.corrective_action,
        "effective_check": found.effectiveness.check if found.effectiveness else None,
        "effective_from": found.effectiveness.since if found.effectiveness else None,
        "closed_by": found.closed.by if found.closed else None,
        "closed_on": found.closed.on if found.closed else None,
    }


def _view(index: Index, words: Words, result: RaisedResult) -> RaisedView:
    found = result.finding
    return RaisedView(
        anchor=anchors.raised(found.id),
        id=found.id,
        classed=words.say(f"raised_{found.class_.value}"),
        condition=found.condition,
        state=_word(words, result.state),
        urgent=result.state in URGENT,
        reason=result.reason,
        facts=_facts(index, words, found),
        affected=affected_views(index, words, found),
    )


def _facts(index: Index, words: Words, found: RaisedFinding) -> tuple[Fact, ...]:
    """What is known of a finding, in the order of its life; what is not known is left out."""
    proof, closed = found.effectiveness, found.closed
    told: tuple[tuple[str, str | None, str | None], ...] = (
        ("check", found.check, _of_check(index, found.check)),
        ("requirement", found.requirement, _of_requirement(index, found.requirement)),
        ("by", f"{found.raised_by}, {found.raised_on}", None),
        ("repeats", found.repeats, _of_finding(index, found.repeats)),
        ("owner", found.owner, None),
        ("due", days.until(index, words, found.due), None),
        ("cause", found.cause, None),
        ("correction", found.correction, None),
        ("action", found.corrective_action, None),
        ("effective", proof.check if proof else None, _of_check(index, proof.check if proof else None)),
        ("effective_from", days.since(index, words, proof.since) if proof else None, None),
        ("closed_by", f"{closed.by}, {closed.on}" if closed else None, None),
    )
    return tuple(Fact(name=words.say(f"raised_{name}"), text=text, link=link) for name, text, link in told if text)


def _of_check(index: Index, check: CheckId | None) -> str | None:
    return anchors.anchor(check) if check is not None and check in index.checks else None


def _of_requirement(index: Index, row: RequirementId | None) -> str | None:
    return requirement_link(index, row).anchor if row is not None and row in index.requirements else None


def _of_finding(index: Index, earlier: str | None) -> str | None:
    known = {result.finding.id for result in index.input.assessment.raised}
    return anchors.raised(earlier) if earlier is not None and earlier in known else None


def _word(words: Words, state: FindingState) -> str:
    return words.say(f"raised_{state.value.replace('-', '_')}")
