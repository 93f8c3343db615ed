"""Where the findings on record stand at an instant. They read what the checks came to, and move nothing.

A finding is closed by a person. Closed, it stays so while its checks hold on evidence from the day that was named; a
check that fails on evidence from after the closing opens it again; whatever was not seen shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from grc.assess.waivers import has_begun
from grc.model.assessment import CheckResult
from grc.model.identifiers import CheckId
from grc.model.raised import NONCONFORMITIES, Closing, FindingState, RaisedFinding, RaisedResult
from grc.model.status import Status

Checks = Mapping[CheckId, CheckResult]
GRAVEST: Final = tuple(FindingState)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one check shows of a closed finding."""

    state: FindingState
    reason: str


def raised_results(found: Iterable[RaisedFinding], checks: Checks | None, as_of: datetime) -> tuple[RaisedResult, ...]:
    """Every finding on record by id, each once, with where it stands. ``checks`` None: no evidence is looked at."""
    ordered = sorted(set(found), key=lambda each: (each.id, str(each)))
    return tuple(raised_result(each, checks, as_of) for each in ordered)


def raised_result(finding: RaisedFinding, checks: Checks | None, as_of: datetime) -> RaisedResult:
    """Where a finding on record stands at an instant."""
    shown = _stands(finding, checks, as_of)
    return RaisedResult(finding=finding, state=shown.state, reason=shown.reason)


def _stands(finding: RaisedFinding, checks: Checks | None, as_of: datetime) -> Shown:
    if not has_begun(finding.raised_on, as_of):
        return Shown(FindingState.NOT_YET, f"It is to be raised on {finding.raised_on}, which has not begun.")
    if finding.closed is not None and has_begun(finding.closed.on, as_of):
        return _closed(finding, finding.closed, checks)
    late = as_of >= finding.due
    return Shown(FindingState.OVERDUE if late else FindingState.OPEN, _open(finding, checks, late=late))


def _open(finding: RaisedFinding, checks: Checks | None, *, late: bool) -> str:
    told = f"{finding.owner} has it to do{', and it is overdue' if late else ''}."
    result = checks.get(finding.check) if checks and finding.check else None
    if result is None:
        return told
    return f"{told} {result.check} is {result.status.value.replace('_', ' ')}."


def _closed(finding: RaisedFinding, closed: Closing, checks: Checks | None) -> Shown:
    who = f"{closed.by} closed it on {closed.on}"
    found = [_shown(name, checks, finding, closed) for name in sorted(finding.checks)]
    worst = min(found, key=lambda each: GRAVEST.index(each.state), default=_without_check(finding))
    return Shown(worst.state, f"{who}. {worst.reason}")


def _without_check(finding: RaisedFinding) -> Shown:
    if finding.class_ in NONCONFORMITIES:
        return Shown(FindingState.UNSHOWN, "It names no check that could show that the corrective action worked.")
    return Shown(FindingState.CLOSED, "It names no check.")


def _shown(name: CheckId, checks: Checks | None, finding: RaisedFinding, closed: Closing) -> Shown:
    """What one check shows, on evidence from the day on that was named; else from after the day of the closing."""
    if checks is None:
        return Shown(FindingState.UNSHOWN, f"Whether {name} holds is for an assessment to say.")
    result = checks.get(name)
    since = finding.effectiveness.since if finding.effectiveness else closed.ended
    if result is None:
        return Shown(FindingState.UNSHOWN, f"There is no check {name} any more.")
    if result.status is Status.NOT_SATISFIED:
        return _failing(result, max(since, closed.ended))
    if result.status is not Status.SATISFIED:
        word = result.status.value.replace("_", " ")
        return Shown(FindingState.UNSHOWN, f"{name} is {word}, which shows nothing.")
    dated = [each.oldest for each in result.populations if each.passed]
    if all(oldest is not None and oldest >= since for oldest in dated):
        return Shown(FindingState.CLOSED, f"{name} is satisfied on evidence from {_said(since)} on.")
    return Shown(
        FindingState.UNSHOWN, f"{name} is satisfied on evidence from before {_said(since)}, which shows nothing."
    )


def _failing(result: CheckResult, since: datetime) -> Shown:
    dated = [each.oldest for each in result.populations if each.failed]
    if any(oldest is not None and oldest >= since for oldest in dated):
        return Shown(FindingState.REOPENED, f"{result.check} fails again, on evidence from after {_said(since)}.")
    return Shown(FindingState.UNSHOWN, f"{result.check} fails, on evidence from before {_said(since)}.")


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
