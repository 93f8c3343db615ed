"""What was found in the directories of a scan: what was taken, what was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from grc.model.evidence import OF_RECORD, GapReason, Population

FIRST: Final = 5
"""So many files that were left out are named on the terminal; the pack names more."""


MOST_UNREAD: Final = 20
UNREAD: Final = frozenset({GapReason.PARSE_ERROR, GapReason.MALFORMED, GapReason.NOT_PROVIDED})
"""Why a file, or a part of it, is not read that was taken: not what its resources leave unsaid."""


def directory_lines(scope: Mapping[str, Any], populations: Sequence[Population]) -> Iterator[str]:
    """The lines about each directory. ``scope`` is what a pack keeps of a run, ``populations`` what it holds."""
    for found in scope.get("directories", ()):
        taken = ", ".join(f"{name} {_files(number)}" for name, number in found["taken"].items())
        yield f"{found['root']}: {taken or 'nothing was taken'}"
        for each in found["skipped"][:FIRST]:
            yield f"  left out: {each['path']}: {each['reason']}"
        if found["skipped_in_all"] > FIRST:
            yield f"  left out: {found['skipped_in_all'] - FIRST} more"
        if found["not_known"]:
            yield f"  not known: {', '.join(f'{ending} {_files(n)}' for ending, n in _most(found['not_known']))}"
        unread = _unread(f"file/{found['root']}", populations)
        yield from (f"  not read: {detail}" for detail in unread[:MOST_UNREAD])
        if len(unread) > MOST_UNREAD:
            yield f"  not read: {len(unread) - MOST_UNREAD} more, which are in the pack"


def _unread(place: str, populations: Sequence[Population]) -> list[str]:
    """What was taken below a place and could not be read, each once, by file and line."""
    below = tuple(place + mark for mark in "/@:")
    return sorted(
        {
            gap.detail
            for each in populations
            if each.origin not in OF_RECORD and (each.unit.place == place or each.unit.place.startswith(below))
            for gap in each.gaps
            if gap.detail and not gap.path and gap.reason in UNREAD
        }
    )


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def _most(endings: Mapping[str, int]) -> list[tuple[str, int]]:
    """The commonest endings, and the rest as one."""
    ordered = sorted(endings.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(number for _, number in ordered[FIRST:])
    return [*ordered[:FIRST], *([("others", rest)] if rest else [])]
