"""Holds generated code against the exact interpreter, on the examples of a check.

Generated code may say that it does not know; it must never say something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import msgspec

from grc.canonical import encode
from grc.model.catalogue import Example
from grc.model.status import Verdict
from grc.policy.compiler import NOT_APPLICABLE, CompiledKind, compile_kind
from grc.policy.examples import PLACE, SUBJECT, ExampleProblem, bindings, related_bodies, resource_body
from grc.policy.explain import judge
from grc.policy.program import CheckProgram
from grc.policy.projection import record_type

VERDICTS: Final[Mapping[object, Verdict]] = {
    True: Verdict.PASS,
    False: Verdict.FAIL,
    NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}


def disagreements(program: CheckProgram) -> tuple[ExampleProblem, ...]:
    """The examples on which generated code and the interpreter differ."""
    return tuple(_differing(program))


def _differing(program: CheckProgram) -> Iterator[ExampleProblem]:
    made: dict[str, CompiledKind] = {}
    for index, example in enumerate(program.check.examples):
        given = bindings(program, example)
        said = compiled_verdict(replace(program, params=given["params"]), example, given["as_of"], made)
        exact = judge(program, given)
        if said is not None and said is not exact:
            yield ExampleProblem(index, (), f"generated code says {said} where the interpreter says {exact}")


def compiled_verdict(
    program: CheckProgram, example: Example, as_of: datetime, made: dict[str, CompiledKind] | None = None
) -> Verdict | None:
    """What generated code says of an example; None where it leaves it to the interpreter, as with every gap.

    ``made`` keeps what was compiled for one check: most of its examples are alike in what is bound into the code.
    """
    if example.gaps or example.holes:
        return None
    made = {} if made is None else made
    bound = repr((program.params, as_of, example.org))
    compiled = made.get(bound)
    if compiled is None:
        compiled = made[bound] = compile_kind([program], as_of, example.org)
    try:
        line = _decoded(compiled.line, resource_body(program, example), example.tags)
        lists = [_Given(_related(compiled, program, example, each.name)) for each in compiled.joins]
    except msgspec.ValidationError:
        return None
    (answers,) = compiled.judge([line], PLACE, example.origin.value, lists)  # type: ignore[arg-type]
    return VERDICTS.get(answers if isinstance(answers, bool) else answers[0])


@dataclass(frozen=True, slots=True)
class _Given:
    """An index that finds the same records whatever is looked up: an example names those that are joined."""

    records: list[Any]

    def get(self, key: object, otherwise: object) -> list[Any]:
        return self.records


def _related(compiled: CompiledKind, program: CheckProgram, example: Example, name: str) -> list[Any]:
    shape = next(each.kind.shape for each in program.related if each.name == name)
    touched = frozenset().union(*compiled.touched)
    kind = record_type(shape, touched, tags=False)
    return [_decoded(kind, body, None).body for body in related_bodies(program, example, name)]


def _decoded(kind: type[msgspec.Struct], body: Mapping[str, object], tags: Mapping[str, str] | None) -> Any:
    line = {"body": body, "subject": SUBJECT} | ({} if tags is None else {"tags": tags})
    return msgspec.json.decode(encode(line), type=kind)
