"""Makes the examples of checks. They stand in files of their own, which a run does not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grc.catalogue.checks import PlacedCheck
from grc.catalogue.files import JsonPath, Source
from grc.catalogue.parameters import as_value, value_problem
from grc.catalogue.schema import meant
from grc.errors import Problem
from grc.model.catalogue import Example
from grc.model.evidence import Origin
from grc.model.identifiers import CheckId
from grc.model.status import Verdict


def with_examples(
    checks: Mapping[CheckId, PlacedCheck], sources: Sequence[Source], problems: list[Problem], *, whole: bool
) -> dict[CheckId, PlacedCheck]:
    """The checks with the examples of all example files. Problems are added to the list.

    ``whole``: every file could be read, so that an example of an unknown check is a problem.
    """
    complete = dict(checks)
    for source in sources:
        if source.schema == "examples":
            for name, values in source.value["examples"].items():
                check = CheckId(name)
                if check not in complete:
                    if not whole:
                        continue
                    near = meant(check, list(complete))
                    problems.append(source.problem(("examples", check), f"there is no check {check!r}{near}"))
                elif complete[check].check.examples:
                    problems.append(source.problem(("examples", check), f"{check!r} has its examples in another file"))
                else:
                    complete[check] = _with(complete[check], values, source, problems)
    return complete


def missing(placed: PlacedCheck) -> Iterator[Problem]:
    """The problem of a check that lacks an example of some verdict that it can give."""
    needed = {Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN}
    if placed.check.when is not None:
        needed.add(Verdict.NOT_APPLICABLE)
    lacking = sorted(needed - {example.expected for example in placed.check.examples})
    if lacking:
        yield placed.problem(f"lacks examples: none is expected to be {' or '.join(lacking)}")


def _with(placed: PlacedCheck, values: Sequence[Any], source: Source, problems: list[Problem]) -> PlacedCheck:
    examples = []
    for index, value in enumerate(values):
        at = ("examples", placed.check.id, index)
        examples.append(_example(value, source, at))
        problems.extend(_problems(placed, examples[-1], source, at))
    return placed.with_examples(tuple(examples), source)


def _example(value: Mapping[str, Any], source: Source, at: JsonPath) -> Example:
    return Example(
        expected=Verdict(value["expect"]),
        note=value.get("note"),
        resource=value["resource"],
        related={name: tuple(bodies) for name, bodies in value.get("related", {}).items()},
        holes=tuple(value.get("holes", ())),
        gaps=value.get("gaps", {}),
        params={name: as_value(given) for name, given in value.get("params", {}).items()},
        tags=value.get("tags", {}),
        org=value.get("org", {}),
        as_of=value.get("as-of"),
        origin=Origin(value.get("origin", Origin.LIVE)),
        position=source.position(at),
    )


def _problems(placed: PlacedCheck, example: Example, source: Source, at: JsonPath) -> Iterator[Problem]:
    related = {related.name for related in placed.check.relate}
    for name in example.related:
        if name not in related:
            yield source.problem((*at, "related", name), f"the check relates nothing called {name!r}")
    for index, name in enumerate(example.holes):
        if name not in related:
            yield source.problem((*at, "holes", index), f"the check relates nothing called {name!r}")
    parameters = {parameter.name: parameter for parameter in placed.check.parameters}
    for name, value in example.params.items():
        fault = value_problem(parameters[name], value) if name in parameters else f"the check has no parameter {name!r}"
        if fault:
            yield source.problem((*at, "params", name), fault)
    yield from _null_problems(example.resource, source, (*at, "resource"))


def _null_problems(value: object, source: Source, at: JsonPath) -> Iterator[Problem]:
    """Records hold no null: what is absent is left out, and what is not known is a gap."""
    if value is None:
        yield source.problem(at, "is null: leave an absent field out, or name it under `gaps`")
    items: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    for step, below in items:
        yield from _null_problems(below, source, (*at, step))
