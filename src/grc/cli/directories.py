"""What was found in the directories of a scan: what was taken, what was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

FIRST: Final = 5
"""So many files that were left out are named on the terminal; the pack names more."""


def directory_lines(scope: Mapping[str, Any]) -> Iterator[str]:
    """The lines about each directory. ``scope`` is what a pack keeps of a run."""
    for found in scope.get("directories", ()):
        taken = ", ".join(f"{name} {_files(number)}" for name, number in found["taken"].items())
        yield f"{found['root']}: {taken or 'nothing was taken'}"
        for each in found["skipped"][:FIRST]:
            yield f"  left out: {each['path']}: {each['reason']}"
        if found["skipped_in_all"] > FIRST:
            yield f"  left out: {found['skipped_in_all'] - FIRST} more"
        if found["not_known"]:
            yield f"  not known: {', '.join(f'{ending} {_files(n)}' for ending, n in _most(found['not_known']))}"


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def _most(endings: Mapping[str, int]) -> list[tuple[str, int]]:
    """The commonest endings, and the rest as one."""
    ordered = sorted(endings.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(number for _, number in ordered[FIRST:])
    return [*ordered[:FIRST], *([("others", rest)] if rest else [])]
