"""Makes catalogues of their files, and holds them against the rules of a catalogue (docs/catalogue-format.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grc.catalogue.files import AS_IT_IS, HEAD, JsonPath, Source, at_file
from grc.catalogue.schema import meant
from grc.errors import Problem
from grc.model.catalogue import (
    Catalogue,
    CountedSet,
    DutyHolder,
    Method,
    Part,
    Requirement,
    RequirementKind,
    View,
)
from grc.model.identifiers import FrameworkId, PartId, RequirementId

PENDING: Final = "pending"
SHARED: Final = "shared-parts"
TITLE: Final = "{title}"
"""What stands for a row's own title in the text of a shared part."""


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement, and where it stands."""

    requirement: Requirement
    source: Source
    at: JsonPath

    def problem(self, message: str, *below: str | int) -> Problem:
        """A problem with this row, or with an entry of it."""
        return self.source.problem((*self.at, *below), message)


def catalogues_of(
    sources: Sequence[Source], failed: Collection[Path], problems: list[Problem]
) -> tuple[dict[FrameworkId, Catalogue], dict[RequirementId, Row]]:
    """The catalogues of all heads, by id, and every row with its place. Problems are added to the list.

    Rules over the rows of a framework wait until all its files can be read: ``failed`` are those that could not.
    """
    catalogues: dict[FrameworkId, Catalogue] = {}
    rows: dict[RequirementId, Row] = {}
    heads: dict[FrameworkId, Source] = {}
    bodies = {source.file: source for source in sources if source.schema == "requirements"}
    for head in (source for source in sources if source.schema == "catalogue"):
        listed = list(_listed(head, bodies, problems))
        heads.setdefault(FrameworkId(head.value["id"]), head)
        framework = FrameworkId(head.value["id"])
        if framework in catalogues:
            problems.append(head.problem(("id",), _taken(framework, heads[framework], head)))
            continue
        own = [row for body in listed for row in _rows(head, body, problems)]
        if not any(head.file.with_name(name) in failed for name in head.value["files"]):
            problems.extend(_row_problems(head, own))
        catalogues[framework] = _catalogue(head, own)
        rows.update({row.requirement.id: row for row in reversed(own)})
    unlisted = (body for body in sorted(bodies) if body.with_name(HEAD) not in failed)
    problems.extend(at_file(body, f"is not listed under `files` of the folder's {HEAD}") for body in unlisted)
    return dict(sorted(catalogues.items())), rows


def _taken(framework: str, first: Source, second: Source) -> str:
    if first.root != second.root:
        return f"the catalogue {framework!r} comes with the engine, and {AS_IT_IS}: choose another id for yours"
    return f"the catalogue {framework!r} is declared twice: choose another id"


def _listed(head: Source, bodies: dict[Path, Source], problems: list[Problem]) -> Iterator[Source]:
    for index, name in enumerate(head.value["files"]):
        file = head.file.with_name(name)
        if file in bodies:
            yield bodies.pop(file)
        elif not file.is_file():
            problems.append(head.problem(("files", index), f"there is no file {name!r} in this folder"))


def _catalogue(head: Source, rows: Sequence[Row]) -> Catalogue:
    value = head.value
    return Catalogue(
        id=FrameworkId(value["id"]),
        title=value["title"],
        publisher=value["publisher"],
        edition=value["edition"],
        licence=value["licence"],
        sources=tuple(value["sources"]),
        counted_sets=tuple(CountedSet(**counted) for counted in value["counted"]),
        requirements=tuple(row.requirement for row in rows),
        duty_holders=tuple(DutyHolder(code=code, **holder) for code, holder in value.get("duty-holders", {}).items()),
        views={View(name): counted for name, counted in value.get("views", {}).items()},
    )


def _rows(head: Source, body: Source, problems: list[Problem]) -> Iterator[Row]:
    for index, value in enumerate(body.value["requirements"]):
        at = ("requirements", index)
        group = value.get("group") or body.value.get("group")
        if group is None:
            problems.append(body.problem(at, "has no group: give it one, or give one to the whole file"))
        yield Row(_requirement(head, value, group or "", body, at), body, at)


def _requirement(head: Source, value: Mapping[str, Any], group: str, body: Source, at: JsonPath) -> Requirement:
    framework = head.value["id"]
    return Requirement(
        id=RequirementId(f"{framework}:{value['id']}"),
        framework=FrameworkId(framework),
        code=value["id"],
        title=value["title"],
        kind=RequirementKind(value["kind"]),
        parent=RequirementId(f"{framework}:{value['parent']}") if "parent" in value else None,
        group=group,
        counted_in=value.get("counted"),
        parts=_parts(value, head.value.get(SHARED, {})),
        designation=value.get("designation"),
        duty_holder=tuple(value.get("duty-holder", ())),
        aliases=tuple(value.get("aliases", ())),
        note=value.get("note"),
        attributes=value.get("attributes", {}),
        position=body.position(at),
    )


def _parts(row: Mapping[str, Any], shared: Mapping[str, Any]) -> tuple[Part, ...] | None:
    """A row's own parts, then those that every counted row has; a row still being written has none yet."""
    declared = row.get("parts", {})
    if isinstance(declared, str):
        return None
    every = {**declared, **(shared if declared and "counted" in row else {})}
    return tuple(_part(name, part, row["title"]) for name, part in every.items())


def _part(name: str, value: Mapping[str, Any], title: str) -> Part:
    show = value["show"].replace(TITLE, title)
    return Part(id=PartId(name), method=Method(value["method"]), show=show, evidence=value.get("evidence"))


def _row_problems(head: Source, rows: Sequence[Row]) -> Iterator[Problem]:
    yield from _name_problems(rows)
    yield from _count_problems(head, rows)
    holders = head.value.get("duty-holders", {})
    duty: dict[RequirementId, bool] = {}  # each row so far: whether it or a row above it is assessed
    for row in rows:
        requirement = row.requirement
        above = requirement.parent is not None and duty.get(requirement.parent, False)
        yield from _parent_problems(row, duty)
        yield from _kind_problems(row, above)
        yield from _holder_problems(row, holders)
        yield from _shared_problems(row, head.value.get(SHARED, {}))
        duty.setdefault(requirement.id, above or requirement.parts != ())


def _name_problems(rows: Sequence[Row]) -> Iterator[Problem]:
    """Codes and aliases are one set of names; the first row that bears a name owns it."""
    codes = {row.requirement.code: row for row in reversed(rows)}
    aliases: dict[str, Row] = {}
    for row in rows:
        first = codes[row.requirement.code]
        if first is not row:
            yield row.problem(f"the id {row.requirement.code!r} stands twice: first in {_place(first)}", "id")
        for index, alias in enumerate(row.requirement.aliases):
            other = codes.get(alias) or aliases.setdefault(alias, row)
            if other is not row or alias == row.requirement.code:
                yield row.problem(f"the alias {alias!r} is taken: it names a row in {_place(other)}", "aliases", index)


def _place(row: Row) -> str:
    return f"{row.requirement.position.path}:{row.requirement.position.line}"


def _count_problems(head: Source, rows: Sequence[Row]) -> Iterator[Problem]:
    counted = Counter(row.requirement.counted_in for row in rows)
    names = [declared["id"] for declared in head.value["counted"]]
    for index, declared in enumerate(head.value["counted"]):
        if declared["id"] in names[:index]:
            yield head.problem(("counted", index, "id"), f"the set {declared['id']!r} is declared twice")
        elif counted[declared["id"]] != declared["count"]:
            message = f"is {declared['count']}, but {counted[declared['id']]} rows are counted in {declared['id']!r}"
            yield head.problem(("counted", index, "count"), message)
    for view, counted_set in head.value.get("views", {}).items():
        if counted_set not in names:
            message = f"there is no counted set {counted_set!r} under `counted`"
            yield head.problem(("views", view), message + meant(counted_set, names))
    for row in rows:
        if row.requirement.counted_in not in (None, *names):
            message = f"there is no counted set {row.requirement.counted_in!r} in {HEAD}"
            yield row.problem(message + meant(row.requirement.counted_in, names), "counted")


def _parent_problems(row: Row, before: Mapping[RequirementId, bool]) -> Iterator[Problem]:
    parent = row.requirement.parent
    if parent is not None and parent not in before:
        code = parent.partition(":")[2]
        near = meant(code, [other.partition(":")[2] for other in before])
        yield row.problem(f"no row {code!r} stands before this one: a parent comes first" + near, "parent")


def _kind_problems(row: Row, has_duty_above: bool) -> Iterator[Problem]:
    requirement = row.requirement
    counted, has_parts = requirement.counted_in is not None, requirement.parts != ()
    match requirement.kind:
        case RequirementKind.ASSESSABLE:
            if not has_parts:
                yield row.problem(f"is assessable and has no parts: write them, or `parts: {PENDING}`")
            if not counted:
                yield row.problem("is assessable and not counted: name the counted set that it belongs to")
        case RequirementKind.HEADING:
            if has_parts and not counted:
                yield row.problem("a heading has parts only if it is counted", "parts")
            if counted and not has_parts:
                yield row.problem("a heading is counted only if it has parts of its own", "counted")
        case RequirementKind.CONTENT:
            if counted or has_parts:
                yield row.problem("a content row is part of its parent's duty: it has no parts and is not counted")
            if not has_duty_above:
                yield row.problem("a content row needs an assessable ancestor, whose duty it is part of")


def _holder_problems(row: Row, holders: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    requirement = row.requirement
    for index, code in enumerate(requirement.duty_holder):
        if code not in holders:
            message = f"there is no duty holder {code!r} in {HEAD}" + meant(code, list(holders))
            yield row.problem(message, "duty-holder", index)
    ours = [code for code in requirement.duty_holder if holders.get(code, {}).get("organisation", True)]
    assessed = requirement.kind is RequirementKind.ASSESSABLE or requirement.counted_in is not None
    if requirement.duty_holder and not ours and assessed:
        message = "binds nobody of the organisation: such a row is neither assessable nor counted"
        yield row.problem(message, "duty-holder")


def _shared_problems(row: Row, shared: Mapping[str, Any]) -> Iterator[Problem]:
    declared = row.source.value["requirements"][row.at[1]].get("parts", {})
    for name in shared if isinstance(declared, Mapping) else ():
        if name in declared:
            yield row.problem(f"is a shared part of every counted row, in {HEAD}: choose another id", "parts", name)
