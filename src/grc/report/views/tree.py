"""A framework's requirements as a tree in one table: status, the parts of each, and who owns what answers it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grc.model.identifiers import CheckId, ControlId
from grc.report.effects import RANK
from grc.report.index import Index
from grc.report.views.frameworks import FrameworkView, Group
from grc.report.views.marks import Mark
from grc.report.views.requirements import PartView, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """One row of a catalogue. ``severities`` are those of the failing checks that bear on it."""

    anchor: str
    code: str
    title: str
    depth: int
    heading: bool
    mark: Mark | None
    parts: tuple[PartView, ...]
    owners: tuple[str, ...]
    severities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeGroup:
    """The rows under one of the publisher's headings."""

    anchor: str
    title: str
    rows: tuple[TreeRow, ...]


def tree(index: Index, framework: FrameworkView) -> tuple[TreeGroup, ...]:
    """The groups of a framework, in the publisher's order."""
    return tuple(_group(index, group) for group in framework.groups)


def owners(index: Index, controls: Iterable[ControlId]) -> tuple[str, ...]:
    """Who owns some controls, each once, by name."""
    held = index.input.policy.controls
    return tuple(sorted({held[control].owner for control in controls if control in held}))


def _group(index: Index, group: Group) -> TreeGroup:
    return TreeGroup(anchor=group.anchor, title=group.title, rows=tuple(_row(index, sheet) for sheet in group.sheets))


def _row(index: Index, sheet: Sheet) -> TreeRow:
    failing = {index.checks[check].severity for check in _short_of(sheet) if index.fails(check)}
    return TreeRow(
        anchor=sheet.anchor,
        code=sheet.code,
        title=sheet.title,
        depth=sheet.depth,
        heading=sheet.heading,
        mark=sheet.mark,
        parts=sheet.parts,
        owners=owners(index, (ControlId(control.id) for part in sheet.parts for control in part.controls)),
        severities=tuple(severity.value for severity in sorted(failing, key=RANK.__getitem__)),
    )


def _short_of(sheet: Sheet) -> Iterator[CheckId]:
    """The checks of a sheet that are not satisfied."""
    for part in sheet.parts:
        for held in (control.checks for control in part.controls if control.checks):
            yield from (CheckId(line.id) for line in held.lines)
