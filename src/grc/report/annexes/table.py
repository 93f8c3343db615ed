"""A table as both writers lay it out: columns by name, cells as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from grc.report.text import visible

Cell = str | int | bool | date | datetime | None
"""Instants are in UTC. None is an empty cell: nothing is known or nothing is to be said."""

Row = tuple[Cell, ...]

BETWEEN: Final = "; "
COUNT: Final = "n_"
"""How the name of a column begins that counts a status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. ``name`` is its file and its sheet, ``columns`` are the keys of its headings; ``rows`` begins anew."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Row]]


def several(texts: Iterable[str]) -> str:
    """Some texts in one cell."""
    return BETWEEN.join(texts)


def plain(cell: Cell) -> str:
    """A cell as text that shows all that it holds: instants as RFC 3339, truth as yes and no."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.replace(tzinfo=None).isoformat() + "Z"
        case date():
            return cell.isoformat()
        case _:
            return visible(str(cell))
