"""Runs one check on one record and says why: the verdict, what decided it, and the values seen there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from grc.model.assessment import Read
from grc.model.evidence import Gap
from grc.model.status import EXPLAINED, Verdict
from grc.policy.ast import Expression
from grc.policy.checker import Checked
from grc.policy.deciding import Point, deciding
from grc.policy.display import WITHHELD, shown
from grc.policy.locating import Located, Places
from grc.policy.program import CheckProgram
from grc.policy.seeing import look
from grc.policy.shared import RESOURCE
from grc.policy.usage import names
from grc.policy.values import Failure, Unknown, Value

MAX_CAUSES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one check saw on one record. The fields are those of ``model.Observation``."""

    verdict: Verdict
    message: str | None = None
    reason: str | None = None
    deciding: str | None = None
    reads: tuple[Read, ...] = ()
    gaps: tuple[Gap, ...] = ()


def observe_one(program: CheckProgram, bindings: Mapping[str, Value], *, failed: bool = False) -> Seen:
    """The verdict; where it is a failure or unknown, also why. ``failed``: it is known to be a failure."""
    if failed:
        return _explained(program, bindings, Verdict.FAIL, program.assertion, False)
    verdict, checked, value = _judge(program, bindings)
    if verdict not in EXPLAINED:
        return Seen(verdict=verdict)
    return _explained(program, bindings, verdict, checked, value)


def explain(program: CheckProgram, bindings: Mapping[str, Value]) -> Seen:
    """The verdict and why, whatever it is."""
    return _explained(program, bindings, *_judge(program, bindings))


def judge(program: CheckProgram, bindings: Mapping[str, Value]) -> Verdict:
    """The verdict alone."""
    return _judge(program, bindings)[0]


def applies(program: CheckProgram, bindings: Mapping[str, Value]) -> bool:
    """Whether it is certain that the check applies to the record: only its assertion is left to be seen."""
    return program.when is None or program.when.outcome(bindings) is True


def _judge(program: CheckProgram, bindings: Mapping[str, Value]) -> tuple[Verdict, Checked, Value]:
    """The verdict, the expression that gave it, and its value."""
    if program.when is not None:
        applies = program.when.outcome(bindings)
        if applies is False:
            return Verdict.NOT_APPLICABLE, program.when, applies
        if applies is not True:
            return Verdict.UNKNOWN, program.when, applies
    value = program.assertion.outcome(bindings)
    if value is True or value is False:
        return (Verdict.PASS if value else Verdict.FAIL), program.assertion, value
    return Verdict.UNKNOWN, program.assertion, value


def _explained(
    program: CheckProgram, bindings: Mapping[str, Value], verdict: Verdict, checked: Checked, value: Value
) -> Seen:
    point = deciding(checked, value, bindings, _places(program, bindings))
    return Seen(
        verdict=verdict,
        message=program.fail.render(bindings) if verdict is Verdict.FAIL else None,
        reason=_reason(value, private=program.private) if verdict is Verdict.UNKNOWN else None,
        deciding=_text(checked, point),
        reads=_reads(checked, point),
        gaps=_gaps(value),
    )


def _places(program: CheckProgram, bindings: Mapping[str, Value]) -> Places:
    """The variables that hold evidence. A path of the resource has no prefix; others begin with their variable."""
    places = {RESOURCE: Located(bindings[RESOURCE], ""), "subject": Located(bindings["subject"], "subject")}
    for each in program.related:
        places[each.name] = Located(bindings[each.name], each.name)
    return places


def _text(checked: Checked, point: Point) -> str:
    """The source text that decided, and which elements the macros' variables stood for there."""
    text, local = _local(checked, point.node)
    places = ((name, point.places[name].path) for name in local if name in point.places)
    standing = ", ".join(f"{name} = {path}" for name, path in places if path is not None)
    return f"{text} [{standing}]" if standing else text


def _local(checked: Checked, node: Expression) -> tuple[str, tuple[str, ...]]:
    """The text of a part, and the names in it that are not the expression's variables."""
    ready: tuple[str, tuple[str, ...]] | None = checked.prepared.get((_local, id(node)))
    if ready is None:
        ready = checked.text(node), tuple(sorted(names(node) - checked.variables.keys()))
        checked.prepared[_local, id(node)] = ready
    return ready


def _reason(value: Value, *, private: bool) -> str:
    """Why there is no verdict. An error's text may hold what it was given."""
    if isinstance(value, Unknown):
        causes = sorted({f"{gap.reason} at {path}" if path else str(gap.reason) for path, gap in value.causes})
        more = f" and {len(causes) - MAX_CAUSES} more" if len(causes) > MAX_CAUSES else ""
        return "; ".join(causes[:MAX_CAUSES]) + more
    if isinstance(value, Failure):
        return f"error: {WITHHELD if private else shown(value.message)}"
    return "error: the value is not a bool"


def _gaps(value: Value) -> tuple[Gap, ...]:
    if not isinstance(value, Unknown):
        return ()
    gaps = {replace(gap, path=path) for path, gap in value.causes}
    return tuple(sorted(gaps, key=lambda gap: (gap.path, gap.reason, gap.call or "", gap.permission or "")))


def _reads(checked: Checked, point: Point) -> tuple[Read, ...]:
    """The values seen where it was decided, by path."""
    seen = look(checked, point.node, point.bindings, point.places)
    return tuple(Read(path=path, value=_written(seen[path])) for path in sorted(seen))


def _written(located: Located) -> str | None:
    if located.value is None:
        return None
    return WITHHELD if located.private else shown(located.value)
