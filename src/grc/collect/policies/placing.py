"""Puts computed values into a record's body: of what the body holds, and never of what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grc.collect.policies.analysis import Analysis
from grc.collect.policies.statements import UnreadableError
from grc.model.evidence import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """One computed section: its name, its analysis, and the paths of the sources in the body.

    A path is names joined by dots, ``[]`` where a list is entered.
    """

    name: str
    analysis: Analysis
    sources: tuple[str, ...]


Unreadable = Callable[[Computed, str], Gap]
"""From a section and what is wrong with its source to the gap that this leaves."""


def place(
    body: dict[str, Any], computed: Iterable[Computed], account: str, gaps: list[Gap], unreadable: Unreadable
) -> None:
    """Put each computed section into the body, or note why there is none: a gap in a source is a gap in it."""
    for one in computed:
        missed = [replace(gap, path=one.name) for gap in gaps if any(_hides(gap, source) for source in one.sources)]
        if missed:
            gaps.extend(dict.fromkeys(missed))
            continue
        try:
            body[one.name] = one.analysis.compute([_at(body, _names(source)) for source in one.sources], account)
        except UnreadableError as error:
            gaps.append(unreadable(one, str(error)))


def _hides(gap: Gap, source: str) -> bool:
    """Whether what a gap hides may stand in a source: the gap lies on its path, below it, or above it."""
    missing, wanted = _names(gap.path), _names(source)
    shorter = min(len(missing), len(wanted))
    return missing[:shorter] == wanted[:shorter]


def _names(path: str) -> tuple[str, ...]:
    """The names of a path without indexes: ``Policies[0].Document`` is ``("Policies", "Document")``."""
    return tuple(step.partition("[")[0] for step in path.split(".")) if path else ()


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """What stands at a path, of each element where a list is on the way."""
    if not path:
        return value
    if isinstance(value, list):
        return [found for element in value if (found := _at(element, path)) is not None]
    return _at(value[path[0]], path[1:]) if isinstance(value, Mapping) and path[0] in value else None
