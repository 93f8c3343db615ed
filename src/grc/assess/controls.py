"""Controls over their checks, and parts over their controls (DESIGN 4, rules 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grc.assess import words
from grc.assess.rollup import FAILING, all_of, lowered
from grc.model.assessment import CheckResult, ControlResult, MappedResult, PartResult
from grc.model.catalogue import Control, Mapped, Part, Relation
from grc.model.identifiers import CheckId, ControlId
from grc.model.status import Status


def conclude_control(control: Control, checks: Mapping[CheckId, CheckResult]) -> ControlResult:
    """Conclude a control over the deciding checks that it lists. One that no longer exists is not assessed."""
    deciding = tuple(sorted(set(control.deciding)))
    out_of_scope = tuple(check for check in deciding if check in checks and not checks[check].in_scope)
    counted = {
        check: checks[check].status if check in checks else Status.NOT_ASSESSED
        for check in deciding
        if check not in out_of_scope
    }
    status = all_of(counted.values())
    return ControlResult(
        control=control.id,
        status=status,
        reason=_control_reason(status, counted, deciding, out_of_scope),
        deciding=deciding,
        advisory=tuple(sorted(set(control.advisory))),
        out_of_scope=out_of_scope,
    )


def conclude_part(part: Part, maps: Iterable[Mapped], controls: Mapping[ControlId, ControlResult]) -> PartResult:
    """Conclude a part over the controls mapped to it."""
    mapped = tuple(
        sorted(
            {_mapped(claim, controls) for claim in maps},
            key=lambda result: (result.relation is not Relation.MEETS, result.control, result.covers, result.rationale),
        )
    )
    meets = {result.control: result.status for result in mapped if result.relation is Relation.MEETS}
    supports = {
        result.control: result.status
        for result in mapped
        if result.relation is Relation.SUPPORTS and _has_a_say(controls.get(result.control))
    }
    met = all_of(meets.values())
    status = lowered(met, supports.values())
    return PartResult(
        part=part.id,
        method=part.method,
        status=status,
        reason=_part_reason(status, met, meets, supports),
        controls=mapped,
    )


def _mapped(claim: Mapped, controls: Mapping[ControlId, ControlResult]) -> MappedResult:
    found = controls.get(claim.control)
    return MappedResult(
        control=claim.control,
        relation=claim.relation,
        covers=claim.covers,
        rationale=claim.rationale,
        status=Status.NOT_ASSESSED if found is None else found.status,
    )


def _has_a_say(control: ControlResult | None) -> bool:
    """Whether a supporting control counts: one that nothing in scope tests cannot lower what is met."""
    return control is None or len(control.deciding) > len(control.out_of_scope)


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
        return f"Satisfied: all of {words.counted(tested, 'deciding check')} with a subject."
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
        return f"Satisfied or not applicable: all of {words.counted(len(meets), 'meeting control')}."
    return words.which(meets, {status}, "meeting control")
