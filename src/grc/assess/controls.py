"""Controls over their checks, and parts over their controls (DESIGN 4, rules 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grc.assess import words
from grc.assess.attestations import Attestations
from grc.assess.rollup import FAILING, all_of, lowered
from grc.model import wording
from grc.model.assessment import CheckResult, ControlResult, MappedResult, PartResult
from grc.model.catalogue import Control, Mapped, Part, Relation
from grc.model.identifiers import CheckId, ControlId
from grc.model.status import Status


@dataclass(frozen=True, slots=True)
class Tested:
    """What some deciding checks come to together. ``counted`` leaves out those whose source is not in scope."""

    status: Status
    counted: Mapping[CheckId, Status]
    out_of_scope: tuple[CheckId, ...]


def conclude_control(control: Control, checks: Mapping[CheckId, CheckResult]) -> ControlResult:
    """Conclude a control over the deciding checks that it lists. One that no longer exists is not assessed."""
    deciding = tuple(sorted(set(control.deciding)))
    tested = _tested(deciding, checks)
    return ControlResult(
        control=control.id,
        status=tested.status,
        reason=_control_reason(tested.status, tested.counted, deciding, tested.out_of_scope),
        deciding=deciding,
        advisory=tuple(sorted(set(control.advisory))),
        out_of_scope=tested.out_of_scope,
    )


def _tested(deciding: Iterable[CheckId], checks: Mapping[CheckId, CheckResult]) -> Tested:
    counted: dict[CheckId, Status] = {}
    out_of_scope: list[CheckId] = []
    for check in sorted(set(deciding)):
        if check in checks and not checks[check].in_scope:
            out_of_scope.append(check)
        else:
            counted[check] = checks[check].status if check in checks else Status.NOT_ASSESSED
    return Tested(all_of(counted.values()), counted, tuple(out_of_scope))


def conclude_part(
    part: Part,
    maps: Iterable[Mapped],
    controls: Mapping[ControlId, ControlResult],
    checks: Mapping[CheckId, CheckResult],
    statements: Attestations,
) -> PartResult:
    """Conclude a part over the controls mapped to it, each by those of its checks that answer the part.

    Where none answers it, by what a person states.
    """
    mapped = tuple(sorted({_mapped(claim, part, controls, checks, statements) for claim in maps}, key=_order))
    meets = _by_control(result for result in mapped if result.relation is Relation.MEETS)
    supports = _by_control(
        result for result in mapped if result.relation is Relation.SUPPORTS and _has_a_say(result, controls, checks)
    )
    met = all_of(meets.values())
    status = lowered(met, supports.values())
    return PartResult(
        part=part.id,
        method=part.method,
        status=status,
        reason=_part_reason(status, met, meets, supports),
        controls=mapped,
    )


def _mapped(
    claim: Mapped,
    part: Part,
    controls: Mapping[ControlId, ControlResult],
    checks: Mapping[CheckId, CheckResult],
    statements: Attestations,
) -> MappedResult:
    found = controls.get(claim.control)
    answering = () if found is None else tuple(sorted(set(claim.answered_by(found.deciding))))
    attested = None if answering else statements.on(claim, part)
    return MappedResult(
        control=claim.control,
        relation=claim.relation,
        covers=claim.covers,
        rationale=claim.rationale,
        status=_tested(answering, checks).status if attested is None else attested.status,
        checks=answering,
        attestation=None if attested is None else attested.by,
        reason=None if attested is None else attested.reason,
    )


def _order(mapped: MappedResult) -> tuple[object, ...]:
    return mapped.relation is not Relation.MEETS, mapped.control, mapped.covers, mapped.rationale, mapped.checks


def _by_control(mapped: Iterable[MappedResult]) -> dict[ControlId, Status]:
    """What each control comes to; where it is mapped twice, which lint refuses, the worse counts."""
    found: dict[ControlId, list[Status]] = {}
    for result in mapped:
        found.setdefault(result.control, []).append(result.status)
    return {control: all_of(statuses) for control, statuses in found.items()}


def _has_a_say(
    mapped: MappedResult, controls: Mapping[ControlId, ControlResult], checks: Mapping[CheckId, CheckResult]
) -> bool:
    """Whether what supports counts: where nothing in scope tests it, it cannot lower what is met."""
    return mapped.control not in controls or bool(_tested(mapped.checks, checks).counted)


def _control_reason(
    status: Status,
    counted: Mapping[CheckId, Status],
    deciding: Sequence[CheckId],
    out_of_scope: Sequence[CheckId],
) -> str:
    if not deciding:
        return "No check decides this control."
    if not counted:
        return f"Every deciding check reads a source that is not in scope: {words.listed(out_of_scope)}."
    if status is Status.NOT_APPLICABLE:
        return "No deciding check has a subject that it applies to."
    if status is Status.SATISFIED:
        tested = sum(found is Status.SATISFIED for found in counted.values())
        return f"Satisfied: all of {wording.counted(tested, 'deciding check')} with a subject."
    return words.which(counted, {status}, "deciding check")


def _part_reason(
    status: Status, met: Status, meets: Mapping[ControlId, Status], supports: Mapping[ControlId, Status]
) -> str:
    if not meets:
        return "No control is mapped that meets this part."
    if status is not met:
        lowering = FAILING if status is Status.PARTIAL else {status}
        return f"{words.which(supports, lowering, 'supporting control')} What meets this part is {words.status(met)}."
    if status is Status.NOT_APPLICABLE:
        return "No control that meets this part has a subject that it applies to."
    if status is Status.SATISFIED:
        return f"Satisfied or not applicable: all of {wording.counted(len(meets), 'meeting control')}."
    return words.which(meets, {status}, "meeting control")
