"""Parts that many requirements of a framework share but for their own titles: said once, and linked to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from grc.model.catalogue import Catalogue, Method, Part, Requirement
from grc.model.identifiers import PartId
from grc.report import anchors

MANY: Final = 20
"""Fewer requirements than this say their parts in full."""
TITLE: Final = "‹title›"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPart:
    """What must be shown for each of many requirements, with ``‹title›`` for the title of each."""

    anchor: str
    id: PartId
    method: Method
    show: str
    rows: int


def shared_parts(catalogue: Catalogue) -> Mapping[str, SharedPart]:
    """The shared parts of a catalogue by what they say, in the publisher's order."""
    times = Counter(
        (part.id, part.method, wording(row, part)) for row in catalogue.requirements for part in row.parts or ()
    )
    many = [(key, rows) for key, rows in times.items() if rows >= MANY]
    return {
        show: SharedPart(
            anchor=anchors.section(f"{catalogue.id}/shared/{place}"), id=name, method=method, show=show, rows=rows
        )
        for place, ((name, method, show), rows) in enumerate(many, 1)
    }


def wording(row: Requirement, part: Part) -> str:
    """What a part says, with the title of its requirement taken out."""
    return part.show.replace(row.title, TITLE) if row.title else part.show
