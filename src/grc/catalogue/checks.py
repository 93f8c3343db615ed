"""Makes checks of their files, and holds them against the kinds. Expressions are the policy room's (``lint``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from grc.catalogue.files import JsonPath, Source, stands_twice
from grc.catalogue.parameters import bound_problems, parameter_of
from grc.catalogue.schema import meant
from grc.errors import Problem
from grc.model.catalogue import Check, Declined, Example, Related, Remedy, Severity, Within
from grc.model.identifiers import CheckId, KindName
from grc.model.kind import Kind
from grc.model.types import ListType, MapType, ObjectType, Primitive, Type

TAKEN: Final = frozenset({"resource", "params", "subject", "as_of", "org"})
"""The names that every expression has: a related list may not hide one."""

Kinds = Mapping[KindName, Kind]


@dataclass(frozen=True, slots=True)
class PlacedCheck:
    """One check, and where it and its examples stand."""

    check: Check
    source: Source
    at: JsonPath
    examples: Source | None = None

    def problem(self, message: str, *below: str | int) -> Problem:
        """A problem with this check, or with an entry of it."""
        return self.source.problem((*self.at, *below), message)

    def example_problem(self, message: str, index: int, *below: str | int) -> Problem:
        """A problem with an example of this check, or with an entry of it."""
        assert self.examples is not None
        return self.examples.problem(("examples", self.check.id, index, *below), message)

    def with_examples(self, examples: tuple[Example, ...], source: Source) -> PlacedCheck:
        """The same check with its examples."""
        return replace(self, check=replace(self.check, examples=examples), examples=source)


def checks_of(sources: Sequence[Source], kinds: Kinds, problems: list[Problem]) -> dict[CheckId, PlacedCheck]:
    """The checks of all files, by id. Problems are added to the list."""
    checks: dict[CheckId, PlacedCheck] = {}
    for placed in _all(sources):
        problems.extend(_problems(placed, kinds))
        first = checks.setdefault(placed.check.id, placed)
        if first is not placed:
            message = stands_twice(placed.check.id, first.source, first.check.position, placed.source)
            problems.append(placed.problem(message, "id"))
    problems.extend(_alias_problems(checks))
    return dict(sorted(checks.items()))


def _all(sources: Sequence[Source]) -> Iterator[PlacedCheck]:
    for source in sources:
        if source.schema == "checks":
            for index, value in enumerate(source.value["checks"]):
                at = ("checks", index)
                yield PlacedCheck(_check(value, source, at), source, at)


def _check(value: Mapping[str, Any], source: Source, at: JsonPath) -> Check:
    return Check(
        id=CheckId(value["id"]),
        title=value["title"],
        severity=Severity(value["severity"]),
        kind=KindName(value["kind"]),
        parameters=tuple(parameter_of(name, declared) for name, declared in value.get("params", {}).items()),
        relate=tuple(_related(name, declared) for name, declared in value.get("relate", {}).items()),
        when=value.get("when"),
        assertion=value["assert"],
        fail=value["fail"],
        remedy=_remedy(value["remedy"]),
        sources=tuple(value["source"]),
        equivalents={tool: tuple(ids) for tool, ids in sorted(value.get("equivalents", {}).items())},
        absent_passes=value.get("absent-passes", {}),
        examples=(),
        aliases=tuple(value.get("aliases", ())),
        position=source.position(at),
    )


def _remedy(value: Mapping[str, Any]) -> Remedy:
    return Remedy(text=value["text"], cli=_way(value.get("cli")), terraform=_way(value.get("terraform")))


def _way(value: str | Mapping[str, str] | None) -> str | Declined | None:
    return Declined(reason=value["none"]) if isinstance(value, Mapping) else value


def _related(name: str, value: Mapping[str, Any]) -> Related:
    within = Within(value["within"]) if "within" in value else None
    return Related(name=name, kind=KindName(value["kind"]), match=value["match"], within=within)


def _problems(placed: PlacedCheck, kinds: Kinds) -> Iterator[Problem]:
    check = placed.check
    if check.id.rpartition(".")[0] != check.kind:
        yield placed.problem(f"is {check.id!r}: must be its kind, a dot and a name: {check.kind}.…", "id")
    if check.kind not in kinds:
        yield placed.problem(f"there is no kind {check.kind!r}{meant(check.kind, list(kinds))}", "kind")
    yield from _parameter_problems(placed)
    yield from _related_problems(placed, kinds)


def _parameter_problems(placed: PlacedCheck) -> Iterator[Problem]:
    declared = placed.source.value["checks"][placed.at[1]].get("params", {})
    for parameter in placed.check.parameters:
        for key, message in bound_problems(parameter, declared[parameter.name]):
            yield placed.problem(message, "params", parameter.name, key)


def _related_problems(placed: PlacedCheck, kinds: Kinds) -> Iterator[Problem]:
    for related in placed.check.relate:
        here = ("relate", related.name)
        if related.name in TAKEN:
            yield placed.problem(f"the name {related.name!r} is taken in every expression: choose another", *here)
        kind = kinds.get(related.kind)
        if kind is None:
            message = f"there is no kind {related.kind!r}{meant(related.kind, list(kinds))}"
            yield placed.problem(message, *here, "kind")
            continue
        for path in related.match:
            fault = path_problem(kind, path)
            if fault:
                yield placed.problem(fault, *here, "match", path)


def path_problem(kind: Kind, path: str) -> str | None:
    """Why a dotted path is not a field of a kind, or None when it is one."""
    shape: Type = kind.shape
    for step in path.split("."):
        while isinstance(shape, ListType):
            shape = shape.element
        if isinstance(shape, MapType):
            shape = shape.value
        elif isinstance(shape, ObjectType):
            if step not in shape.fields:
                return f"{shape.name} has no field {step!r}{meant(step, shape.fields)}"
            shape = shape.fields[step].type
        elif shape is not Primitive.DYN:
            return f"{kind.name} has no field {path!r}: nothing stands below a plain value"
    return None


def _alias_problems(checks: Mapping[CheckId, PlacedCheck]) -> Iterator[Problem]:
    taken: dict[str, CheckId] = {check: check for check in checks}
    for placed in checks.values():
        for index, alias in enumerate(placed.check.aliases):
            owner = taken.get(alias)
            if owner is not None:
                yield placed.problem(f"the alias {alias!r} is taken: it names {owner!r}", "aliases", index)
            taken[alias] = placed.check.id
