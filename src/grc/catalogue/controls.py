"""Makes controls of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grc.catalogue.files import JsonPath, Source, stands_twice
from grc.errors import Problem
from grc.model.catalogue import Control, Mapped, Relation
from grc.model.identifiers import CheckId, ControlId, PartId, RequirementId


@dataclass(frozen=True, slots=True)
class PlacedControl:
    """One control, and where it stands."""

    control: Control
    source: Source
    at: JsonPath

    def problem(self, message: str, *below: str | int) -> Problem:
        """A problem with this control, or with an entry of it."""
        return self.source.problem((*self.at, *below), message)


def controls_of(sources: Sequence[Source], problems: list[Problem]) -> dict[ControlId, PlacedControl]:
    """The controls of all files, by id. Problems are added to the list."""
    controls: dict[ControlId, PlacedControl] = {}
    for placed in _all(sources, problems):
        first = controls.setdefault(placed.control.id, placed)
        if first is not placed:
            message = stands_twice(placed.control.id, first.source, first.control.position, placed.source)
            problems.append(placed.problem(message, "id"))
    problems.extend(_alias_problems(controls))
    return dict(sorted(controls.items()))


def _all(sources: Sequence[Source], problems: list[Problem]) -> Iterator[PlacedControl]:
    for source in sources:
        if source.schema == "controls":
            for index, value in enumerate(source.value["controls"]):
                at = ("controls", index)
                theme = value.get("theme") or source.value.get("theme")
                if theme is None:
                    problems.append(source.problem(at, "has no theme: give it one, or give one to the whole file"))
                yield PlacedControl(_control(value, theme or "", source, at), source, at)


def _control(value: Mapping[str, Any], theme: str, source: Source, at: JsonPath) -> Control:
    checks = value.get("checks", {})
    return Control(
        id=ControlId(value["id"]),
        title=value["title"],
        statement=value["statement"],
        owner=value["owner"],
        theme=theme,
        frequency=value["frequency"],
        maps=tuple(
            _mapped(ControlId(value["id"]), mapped, source, (*at, "maps", index))
            for index, mapped in enumerate(value["maps"])
        ),
        deciding=tuple(CheckId(check) for check in checks.get("deciding", ())),
        advisory=tuple(CheckId(check) for check in checks.get("advisory", ())),
        aliases=tuple(value.get("aliases", ())),
        four_eyes=value.get("four-eyes", False),
        position=source.position(at),
    )


def _mapped(control: ControlId, value: Mapping[str, Any], source: Source, at: JsonPath) -> Mapped:
    return Mapped(
        control=control,
        requirement=RequirementId(value["requirement"]),
        part=PartId(value["part"]),
        relation=Relation(value["relation"]),
        covers=value["covers"],
        rationale=value["rationale"],
        checks=tuple(map(CheckId, value["checks"])) if "checks" in value else None,
        position=source.position(at),
    )


def _alias_problems(controls: Mapping[ControlId, PlacedControl]) -> Iterator[Problem]:
    taken: dict[str, ControlId] = {control: control for control in controls}
    for placed in controls.values():
        for index, alias in enumerate(placed.control.aliases):
            owner = taken.get(alias)
            if owner is not None:
                yield placed.problem(f"the alias {alias!r} is taken: it names {owner!r}", "aliases", index)
            taken[alias] = placed.control.id
