"""Where our data files stand. Imports nothing, so that finding them costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

EXAMPLES: Final = ".examples.yaml"
FOLDERS: Final = {
    "controls": ("grc.catalogue/1", "grc.controls/1"),
    "checks": ("grc.checks/1", "grc.examples/1"),
}
"""The folders of a root, and the formats that each may hold."""


def shipped() -> Path:
    """The root of the data that comes with the engine: in the wheel, or in a checkout."""
    package = Path(__file__).parents[1]
    wheel = package / "data"
    return wheel if wheel.is_dir() else package.parents[1]


def distinct(roots: Sequence[Path]) -> list[Path]:
    """The roots, each once: a workspace may be our own checkout."""
    found: dict[Path, Path] = {}
    for root in roots:
        found.setdefault(root.resolve(), root)
    return list(found.values())


def data_files(roots: Sequence[Path]) -> tuple[Path, ...]:
    """Every file that is read from the roots, root by root, each root in the order of its paths."""
    return tuple(
        path
        for root in roots
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.yaml"))
        if path.is_file()
    )
