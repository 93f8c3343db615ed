"""One check over its whole population (DESIGN 4, rule 1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from grc.assess import words
from grc.assess.rollup import over_subjects
from grc.model.assessment import CheckResult, PopulationResult
from grc.model.catalogue import Check
from grc.model.evidence import OF_RECORD
from grc.model.identifiers import KindName
from grc.model.status import Status
from grc.model.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a check is concluded under.

    ``may_waive``: an active waiver is about this check; else what was marked as waived counts as failed.
    ``stale_related``: the kinds that the check joins whose evidence is older than their own limit.
    """

    as_of: datetime
    max_age: timedelta
    in_scope: bool
    ran: bool
    may_waive: bool
    stale_related: tuple[KindName, ...] = ()


def conclude_check(check: Check, results: Iterable[PopulationResult], terms: Terms) -> CheckResult:
    """Conclude one check over every population of its kind. Only evidence of record moves its status."""
    found = _settled(results, terms)
    record = tuple(result for result in found if result.origin in OF_RECORD)
    ahead = tuple(result for result in found if result.origin not in OF_RECORD)
    status, reason = _conclude(check, record, ahead, terms)
    return CheckResult(
        check=check.id,
        severity=check.severity,
        status=status,
        reason=reason,
        in_scope=terms.in_scope,
        ran=terms.ran,
        subjects=sum(result.subjects for result in record),
        passed=sum(result.passed for result in record),
        failed=sum(result.failed for result in record),
        unknown=sum(result.unknown for result in record),
        not_applicable=sum(result.not_applicable for result in record),
        waived=sum(result.waived for result in record),
        populations=record,
        ahead=ahead,
        ahead_status=_over(ahead, terms)[0] if ahead else None,
        parameters={parameter.name: parameter.value for parameter in check.parameters},
    )


def _conclude(
    check: Check, record: Sequence[PopulationResult], ahead: Sequence[PopulationResult], terms: Terms
) -> tuple[Status, str]:
    if not terms.in_scope:
        return Status.NOT_ASSESSED, f"The source of {check.kind} is not in scope."
    if not terms.ran:
        return Status.NOT_ASSESSED, "The check is in scope, and was not among those selected to run."
    if not record and ahead:
        return Status.NOT_ASSESSED, f"This pack holds {check.kind} from plans or templates only, none of record."
    if not record:
        return Status.NOT_ASSESSED, f"This pack holds no evidence of {check.kind}."
    return _over(record, terms)


def _over(results: Sequence[PopulationResult], terms: Terms) -> tuple[Status, str]:
    """Rule 1 over results of one sort, and the sentence that says why."""
    untold = sum(max(0, result.subjects - _told(result)) for result in results)
    unknown = sum(result.unknown for result in results) + untold
    holes = tuple(result for result in results if not result.complete or result.gaps)
    undated = any(result.oldest is None for result in results)
    oldest = min((result.oldest for result in results if result.oldest is not None), default=terms.as_of)
    age = terms.as_of - oldest
    status = over_subjects(
        failed=sum(result.failed for result in results),
        undecided=bool(holes) or unknown > 0 or undated,
        stale=age > terms.max_age or bool(terms.stale_related),
        passed=sum(result.passed for result in results),
        waived=sum(result.waived for result in results),
    )
    if status is Status.STALE and age <= terms.max_age:
        return status, f"The evidence that it is compared with is over its limit: {words.listed(terms.stale_related)}."
    return status, _reason(status, results, holes=holes, unknown=unknown, age=age, max_age=terms.max_age)


def _reason(
    status: Status,
    results: Sequence[PopulationResult],
    *,
    holes: Sequence[PopulationResult],
    unknown: int,
    age: timedelta,
    max_age: timedelta,
) -> str:
    left_out = sum(result.not_applicable for result in results)
    subjects = counted(sum(result.subjects for result in results) - left_out, "subject")
    match status:
        case Status.NOT_SATISFIED:
            failed = sum(result.failed for result in results)
            return f"{failed:,} of {subjects} {'fails' if failed == 1 else 'fail'}{_beside(left_out)}."
        case Status.UNKNOWN if holes:
            return f"The evidence has a hole: {_holes(holes)}."
        case Status.UNKNOWN if unknown:
            return f"{unknown:,} of {subjects} could not be decided{_beside(left_out)}."
        case Status.UNKNOWN:
            return "The evidence does not say when it was collected."
        case Status.STALE:
            return f"The oldest evidence is {words.days(age)} old; the limit is {words.days(max_age)}."
        case Status.NOT_APPLICABLE:
            return _nothing_tested(sum(result.subjects for result in results))
        case Status.WAIVED:
            waived = sum(result.waived for result in results)
            return f"Failed and waived: {waived:,} of {subjects}{_beside(left_out)}. No other fails."
        case _:
            return _all_pass(sum(result.passed for result in results), left_out)


def _holes(holes: Sequence[PopulationResult]) -> str:
    gaps = {f"{hole.place} ({words.gap(gap)})" for hole in holes for gap in hole.gaps}
    return words.listed(gaps | {f"{hole.place} (the list is not whole)" for hole in holes if not hole.gaps})


def _nothing_tested(subjects: int) -> str:
    if not subjects:
        return "There is no subject: every list was read to its end and is empty."
    return f"The check applies to none of {counted(subjects, 'subject')}."


def _all_pass(passed: int, left_out: int) -> str:
    if passed == 1:
        return f"The one tested subject passes{_beside(left_out)}."
    return f"All {counted(passed, 'tested subject')} pass{_beside(left_out)}."


def _beside(left_out: int) -> str:
    """The subjects that the check is not about: they are counted apart."""
    return f"; the check does not apply to {counted(left_out, 'other')}" if left_out else ""


def _settled(results: Iterable[PopulationResult], terms: Terms) -> tuple[PopulationResult, ...]:
    """Each result once, by place, with failures marked as waived counted as failed where no waiver is active."""
    found = frozenset(results) if terms.may_waive else frozenset(_unwaived(result) for result in results)
    return tuple(sorted(found, key=lambda result: (result.place, result.origin, str(result))))


def _unwaived(result: PopulationResult) -> PopulationResult:
    return replace(result, failed=result.failed + result.waived, waived=0) if result.waived else result


def _told(result: PopulationResult) -> int:
    return result.passed + result.failed + result.unknown + result.not_applicable + result.waived
