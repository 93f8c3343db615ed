"""Runs the worked examples of a check: does it say of each what its author expects?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from grc.model.catalogue import Example
from grc.model.evidence import Gap, GapReason
from grc.model.identifiers import Place, SubjectId
from grc.model.status import Verdict
from grc.model.types import Field, ListType, MapType, ObjectType, Primitive, Type
from grc.policy import binding
from grc.policy.checker import did_you_mean
from grc.policy.explain import Seen, explain
from grc.policy.program import CheckProgram
from grc.policy.unification import show
from grc.policy.values import PartialList, Value, unknown_at

CLOCK: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The examples' clock where they do not name one."""
SUBJECT: Final = SubjectId("example")
PLACE: Final = Place("example")
At = tuple[str | int, ...]
"""Where in an example: ``("resource", "Rules", 0)``."""


@dataclass(frozen=True, slots=True, order=True)
class ExampleProblem:
    """One thing wrong with an example. ``index`` counts the check's examples from 0."""

    index: int
    at: At
    message: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExampleResult:
    """What a check said of one example."""

    example: Example
    index: int
    seen: Seen

    @property
    def as_expected(self) -> bool:
        """Whether it is what the author expects."""
        return self.seen.verdict is self.example.expected


def run_examples(program: CheckProgram) -> tuple[ExampleResult, ...]:
    """Evaluate every example of a check."""
    return tuple(
        ExampleResult(example=example, index=index, seen=explain(program, bindings(program, example)))
        for index, example in enumerate(program.check.examples)
    )


def example_problems(program: CheckProgram) -> tuple[ExampleProblem, ...]:
    """What is wrong with the examples of a check: not as their kind declares, or not as expected."""
    found: list[ExampleProblem] = []
    for index, example in enumerate(program.check.examples):
        misshapen = [ExampleProblem(index, at, message) for at, message in _misshapen(program, example)]
        found += misshapen or _unexpected(program, index, example)
    return tuple(sorted(found, key=lambda each: (each.index, tuple(map(str, each.at)), each.message)))


def missing_verdicts(program: CheckProgram) -> tuple[Verdict, ...]:
    """The verdicts that a check can give and that no example shows."""
    needed = {Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN}
    if program.when is not None:
        needed.add(Verdict.NOT_APPLICABLE)
    return tuple(sorted(needed - {example.expected for example in program.check.examples}))


def _unexpected(program: CheckProgram, index: int, example: Example) -> list[ExampleProblem]:
    seen = explain(program, bindings(program, example))
    if seen.verdict is example.expected:
        return []
    why = f": {seen.reason}" if seen.reason else ""
    decided = f" (decided by {seen.deciding})" if seen.deciding else ""
    message = f"is expected to be {example.expected} and is {seen.verdict}{why}{decided}"
    return [ExampleProblem(index, ("expect",), message)]


def bindings(program: CheckProgram, example: Example) -> Mapping[str, Value]:
    """The values of all variables for an example."""
    gaps = [Gap(path=path, reason=GapReason(reason)) for path, reason in sorted(example.gaps.items())]
    shape = program.kind.shape
    found = program.bindings(
        resource=binding.record(resource_body(program, example), shape, gaps=gaps),
        subject=binding.subject(SUBJECT, PLACE, example.origin, example.tags),
        as_of=CLOCK if example.as_of is None else msgspec.convert(example.as_of, binding.TIMESTAMP),
        org=example.org,
        related={each.name: _related(program, example, each.name) for each in program.related},
    )
    params = binding.parameters(program.check.parameters, program.params.shape, example.params)
    return {**found, "params": params}


def resource_body(program: CheckProgram, example: Example) -> Mapping[str, object]:
    """The record's body of an example."""
    return _body(example.resource, program.kind.shape)


def related_bodies(program: CheckProgram, example: Example, name: str) -> tuple[Mapping[str, object], ...]:
    """The bodies of the records joined in an example."""
    shape = next(each.kind.shape for each in program.related if each.name == name)
    return tuple(_body(body, shape) for body in example.related.get(name, ()))


def _related(program: CheckProgram, example: Example, name: str) -> Value:
    shape = next(each.kind.shape for each in program.related if each.name == name)
    records = [binding.record(body, shape) for body in related_bodies(program, example, name)]
    if name not in example.holes:
        return records
    return PartialList(records, unknown_at(Gap(path=name, reason=GapReason.NOT_PROVIDED)))


def _body(body: Mapping[str, object], shape: ObjectType) -> Mapping[str, object]:
    """The body with what YAML cannot say made what the kind declares: our YAML has no numbers with a fraction."""
    return {
        name: _number(value, shape.fields[name].type) if name in shape.fields else value for name, value in body.items()
    }


def _number(value: object, kind: Type) -> object:
    match kind:
        case Primitive.DOUBLE if isinstance(value, str):
            return _float(value)
        case ListType() if isinstance(value, list):
            return [_number(each, kind.element) for each in value]
        case MapType() if isinstance(value, Mapping):
            return {key: _number(each, kind.value) for key, each in value.items()}
        case ObjectType() if isinstance(value, Mapping):
            return _body(value, kind)
        case _:
            return value


def _float(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _misshapen(program: CheckProgram, example: Example) -> Iterator[tuple[At, str]]:
    """Where an example is not as its kinds declare."""
    yield from _object_problems(example.resource, program.kind.shape, ("resource",))
    shapes = {each.name: each.kind.shape for each in program.related}
    for name, bodies in sorted(example.related.items()):
        if name in shapes:
            for index, body in enumerate(bodies):
                yield from _object_problems(body, shapes[name], ("related", name, index))
    for path, reason in sorted(example.gaps.items()):
        if reason not in set(GapReason):
            yield ("gaps", path), f"{reason!r} is no reason for a gap{did_you_mean(reason, sorted(GapReason))}"
        problem = _path_problem(path, program.kind.shape)
        if problem:
            yield ("gaps", path), problem


def _path_problem(path: str, shape: ObjectType) -> str | None:
    found: Type = shape
    for step in binding.steps(path):
        while isinstance(found, ListType):
            found = found.element
        if isinstance(step, int) or not isinstance(found, ObjectType):
            continue
        if step not in found.fields:
            return f"{found.name} has no field {step!r}{did_you_mean(step, sorted(found.fields))}"
        found = found.fields[step].type
    return None


def _problems(value: object, kind: Type, at: At) -> Iterator[tuple[At, str]]:
    match kind:
        case ObjectType() if isinstance(value, Mapping):
            yield from _object_problems(value, kind, at)
        case ListType() if isinstance(value, list):
            for index, each in enumerate(value):
                yield from _problems(each, kind.element, (*at, index))
        case MapType() if isinstance(value, Mapping):
            for key, each in value.items():
                yield from _problems(each, kind.value, (*at, str(key)))
        case _ if not binding.conforms(_number(value, kind), kind):
            yield at, f"is not {show(kind)}, as the kind declares"


def _object_problems(body: Mapping[str, object], shape: ObjectType, at: At) -> Iterator[tuple[At, str]]:
    for name, value in body.items():
        declared = shape.fields.get(name)
        if declared is None:
            yield (*at, name), f"{shape.name} has no field {name!r}{did_you_mean(name, sorted(shape.fields))}"
            continue
        yield from _problems(value, declared.type, (*at, name))
        yield from _enum_problems(value, declared, (*at, name))
    for name in _lacking(body, shape.fields):
        yield at, f"lacks {name!r}, which {shape.name} always has"


def _enum_problems(value: object, declared: Field, at: At) -> Iterator[tuple[At, str]]:
    if declared.enum and isinstance(value, str) and value not in declared.enum:
        yield at, f"is never {value!r}{did_you_mean(value, declared.enum) or ': one of ' + ', '.join(declared.enum)}"


def _lacking(body: Mapping[str, object], fields: Mapping[str, Field]) -> Iterable[str]:
    return (name for name, field in sorted(fields.items()) if not field.nullable and name not in body)
