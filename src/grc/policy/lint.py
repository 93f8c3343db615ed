"""The absent-passes rule: a check may pass because something is absent only if it says so.

Each example is evaluated again with each optional field that the check reads taken away, and once with all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from grc.model.catalogue import Example
from grc.model.status import Verdict
from grc.model.types import ListType, MapType, ObjectType, Type
from grc.policy.examples import bindings
from grc.policy.explain import judge
from grc.policy.program import CheckProgram, ExpressionProblem
from grc.policy.reads import covered, joined

Paths = Mapping[str, tuple[str, ...]]


def absent_passes_problems(program: CheckProgram) -> tuple[ExpressionProblem, ...]:
    """Absences that make the check pass and that it does not declare, and declared ones that never do."""
    declared = program.check.absent_passes
    candidates = optional_paths(program)
    passing = {path for path in candidates if _passes_without(program, (path,))}
    found = [ExpressionProblem(("assert",), None, _undeclared(path)) for path in sorted(passing - declared.keys())]
    for path in sorted(declared.keys() - passing):
        message = "never makes the check pass" if path in candidates else "is no optional field that the check reads"
        found.append(ExpressionProblem(("absent-passes", path), None, f"{message}: remove it"))
    if not passing and not declared and _passes_without(program, candidates):
        found.append(ExpressionProblem(("assert",), None, "passes when every optional field that it reads is absent"))
    return tuple(found)


def optional_paths(program: CheckProgram) -> tuple[str, ...]:
    """The optional fields that the verdict rests on, those above them included. Related ones begin with their list.

    A field that a join matches is always there: a record without it is not joined.
    """
    found = set(_optional(program.kind.shape, program.reads, ""))
    for related in program.related:
        matched = [joined(related.name, match.field) for match in related.matches]
        optional = _optional(related.kind.shape, related.reads, related.name)
        found.update(path for path in optional if not any(covered(field, [path]) for field in matched))
    return tuple(sorted(found))


def _undeclared(path: str) -> str:
    return f"passes when {path} is absent: make it fail, or say why under absent-passes: {{{path}: …}}"


def _optional(shape: ObjectType, reads: Iterable[str], prefix: str) -> Iterator[str]:
    for path in reads:
        owner: Type = shape
        above = prefix
        for step in path.split("."):
            inner = _object(owner)
            if inner is None or step not in inner.fields:
                break
            above = joined(above, step)
            if inner.fields[step].nullable:
                yield above
            owner = inner.fields[step].type


def _object(found: Type) -> ObjectType | None:
    while isinstance(found, (ListType, MapType)):
        found = found.element if isinstance(found, ListType) else found.value
    return found if isinstance(found, ObjectType) else None


def _passes_without(program: CheckProgram, paths: Iterable[str]) -> bool:
    """Whether some example passes where these fields are absent; an example that has no place for them says nothing."""
    removed = tuple(paths)
    for example in program.check.examples:
        without = _without(program, example, removed)
        if without is not None and judge(program, bindings(program, without)) is Verdict.PASS:
            return True
    return False


def _without(program: CheckProgram, example: Example, paths: Iterable[str]) -> Example | None:
    resource: object = example.resource
    related: dict[str, object] = dict(example.related)
    had_place = False
    for path in paths:
        name, _, below = path.partition(".")
        if any(each.name == name for each in program.related):
            related[name], had = _removed(related.get(name, ()), tuple(below.split(".")))
        else:
            resource, had = _removed(resource, tuple(path.split(".")))
        had_place = had_place or had
    gaps = {path: reason for path, reason in example.gaps.items() if not _within(path, paths)}
    changed = replace(example, resource=resource, related=related, gaps=gaps)  # type: ignore[arg-type]
    return changed if had_place else None


def _within(gap: str, paths: Iterable[str]) -> bool:
    """Whether a gap stands at a removed path or below it: then its absence is seen, and there is no gap."""
    return any(gap == path or gap.startswith((path + ".", path + "[")) for path in paths)


def _removed(value: object, way: tuple[str, ...]) -> tuple[object, bool]:
    """The value without a field, in every element of the lists on the way, and whether there was a place for it."""
    if isinstance(value, (list, tuple)):
        parts = [_removed(each, way) for each in value]
        return type(value)(part for part, _ in parts), any(had for _, had in parts)
    if not isinstance(value, Mapping):
        return value, False
    step, rest = way[0], way[1:]
    if not rest:
        return {name: each for name, each in value.items() if name != step}, True
    if step not in value:
        return value, False
    part, had = _removed(value[step], rest)
    return {**value, step: part}, had
