"""Holds catalogues, controls and checks against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from grc.catalogue.catalogues import Row
from grc.catalogue.checks import Kinds, PlacedCheck
from grc.catalogue.controls import PlacedControl
from grc.catalogue.schema import meant
from grc.errors import Problem
from grc.model.catalogue import Mapped, Method, Part, Relation
from grc.model.identifiers import CheckId, ControlId, FrameworkId, RequirementId

PEOPLE: Final = frozenset({Method.DOCUMENT, Method.INTERVIEW})
"""The methods that show what people wrote or know: no configuration shows it."""
PROVIDERS_OF_PAPER: Final = frozenset({"register", "document", "attestation"})
"""The providers whose evidence people keep; every other provider's is technical."""

Rows = Mapping[RequirementId, Row]
Controls = Mapping[ControlId, PlacedControl]
Checks = Mapping[CheckId, PlacedCheck]


def reference_problems(rows: Rows, controls: Controls, checks: Checks, kinds: Kinds) -> Iterator[Problem]:
    """Every reference that does not hold."""
    aliases = _aliases(rows)
    frameworks = frozenset(row.requirement.framework for row in rows.values())
    former = _former(checks)
    for placed in controls.values():
        yield from _check_problems(placed, checks, former)
        for index in range(len(placed.control.maps)):
            yield from _map_problems(placed, index, rows, frameworks, aliases)
            yield from _answer_problems(placed, index)
            yield from _method_problems(placed, index, rows, checks, kinds)
        yield from _idle_problems(placed)


def unlisted_problems(controls: Controls, checks: Checks) -> Iterator[Problem]:
    """The checks that stand in no control: they can be run by name, and decide nothing."""
    former = _former(checks)
    listed = {check for placed in controls.values() for check in (*placed.control.deciding, *placed.control.advisory)}
    listed |= {present for alias, present in former.items() if alias in listed}
    for check in checks.values():
        if check.check.id not in listed:
            yield check.problem("stands in no control: list it under a control's checks, deciding or advisory")


def _aliases(rows: Rows) -> dict[str, RequirementId]:
    return {
        f"{row.requirement.framework}:{alias}": row.requirement.id
        for row in rows.values()
        for alias in row.requirement.aliases
    }


def _former(checks: Checks) -> dict[CheckId, CheckId]:
    """Former names of checks, with the present ones."""
    aliases = ((alias, check.check.id) for check in checks.values() for alias in check.check.aliases)
    return {CheckId(alias): present for alias, present in aliases if alias not in checks}


def _check_problems(placed: PlacedControl, checks: Checks, former: Mapping[CheckId, CheckId]) -> Iterator[Problem]:
    for role, names in (("deciding", placed.control.deciding), ("advisory", placed.control.advisory)):
        for index, name in enumerate(names):
            if name in former:
                yield placed.problem(f"{name!r} is now {former[name]!r}: write that", "checks", role, index)
            elif name not in checks:
                yield placed.problem(f"there is no check {name!r}{meant(name, list(checks))}", "checks", role, index)
            if role == "advisory" and name in placed.control.deciding:
                yield placed.problem(f"{name!r} is deciding here too: it is one or the other", "checks", role, index)


def _map_problems(
    placed: PlacedControl,
    index: int,
    rows: Rows,
    frameworks: frozenset[FrameworkId],
    aliases: Mapping[str, RequirementId],
) -> Iterator[Problem]:
    mapped = placed.control.maps[index]
    if mapped.requirement not in rows:
        yield placed.problem(_no_requirement(mapped, rows, frameworks, aliases), "maps", index, "requirement")
        return
    parts = rows[mapped.requirement].requirement.parts
    if parts is None:
        yield placed.problem(
            f"{mapped.requirement} has no parts yet (pending): write them first", "maps", index, "part"
        )
    elif mapped.part not in (names := [part.id for part in parts]):
        known = f"; it has {', '.join(names)}" if names else "; it has none"
        message = f"{mapped.requirement} has no part {mapped.part!r}"
        yield placed.problem(message + meant(mapped.part, list(names), known), "maps", index, "part")
    for other in placed.control.maps[:index]:
        if (other.requirement, other.part) == (mapped.requirement, mapped.part):
            yield placed.problem(f"maps to {mapped.requirement} {mapped.part!r} a second time", "maps", index)


def _answer_problems(placed: PlacedControl, index: int) -> Iterator[Problem]:
    for at, name in enumerate(placed.control.maps[index].checks or ()):
        if name not in placed.control.deciding:
            message = f"{name!r} does not decide this control: list it under the control's deciding checks"
            yield placed.problem(message, "maps", index, "checks", at)


def _idle_problems(placed: PlacedControl) -> Iterator[Problem]:
    """A deciding check that answers no part would move the control and nothing else."""
    control = placed.control
    answering = {check for mapped in control.maps for check in mapped.answered_by(control.deciding)}
    for index, name in enumerate(control.deciding):
        if control.maps and name not in answering:
            message = f"{name!r} answers no map of this control: name it in one, or make it advisory"
            yield placed.problem(message, "checks", "deciding", index)


def _no_requirement(
    mapped: Mapped, rows: Rows, frameworks: frozenset[FrameworkId], aliases: Mapping[str, RequirementId]
) -> str:
    if mapped.requirement in aliases:
        return f"{mapped.requirement!r} is an alias of {aliases[mapped.requirement]!r}: write that"
    framework = mapped.requirement.partition(":")[0]
    if framework not in frameworks:
        return f"there is no catalogue {framework!r}{meant(framework, sorted(frameworks))}"
    near = meant(mapped.requirement, [row for row in rows if row.startswith(framework + ":")])
    return f"there is no requirement {mapped.requirement!r}{near}"


def _method_problems(placed: PlacedControl, index: int, rows: Rows, checks: Checks, kinds: Kinds) -> Iterator[Problem]:
    """No configuration shows that a policy is written or that people know it."""
    mapped = placed.control.maps[index]
    part = _part(mapped, rows)
    if part is None or part.method not in PEOPLE or mapped.relation is not Relation.MEETS:
        return
    answering = mapped.answered_by(placed.control.deciding)
    known = [checks[check].check.kind for check in answering if check in checks]
    providers = {kinds[kind].provider for kind in known if kind in kinds}
    if providers and not providers & PROVIDERS_OF_PAPER:
        message = f"technical checks alone cannot meet a {part.method} part: use supports, or add a register"
        yield placed.problem(message, "maps", index, "relation")


def _part(mapped: Mapped, rows: Rows) -> Part | None:
    row = rows.get(mapped.requirement)
    parts = row.requirement.parts if row else None
    return next((part for part in parts or () if part.id == mapped.part), None)
