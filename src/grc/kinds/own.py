"""Registers, and kinds over files, that a workspace declares itself beside those that come with the engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grc.errors import DataError, Problem
from grc.kinds.files import FILE, refuse_unsound
from grc.kinds.loader import kind_from, load, reference_problems
from grc.model.identifiers import KindName
from grc.model.kind import Kind

PROVIDER: Final = "register"


def own_files(folder: Path) -> tuple[Path, ...]:
    """The schemas in a folder, in the order of their names; none where there is no folder."""
    return tuple(sorted(path for path in folder.glob("*.yaml") if path.is_file()))


def load_with(own: tuple[Path, ...]) -> Mapping[KindName, Kind]:
    """The kinds that come with the engine, and those of a workspace's own files, by name.

    Raises:
        DataError: a file is not a kind, is of another provider than ``register`` and ``file``, or takes a name that is
            taken.
    """
    from grc.yamltext import read  # where there is nothing of a workspace's own, no YAML is read

    kinds = dict(load())
    paths: dict[KindName, str] = {}
    problems: list[Problem] = []
    for path in own:
        try:
            kind = kind_from(read(path).value, str(path))
            refuse_unsound(kind, str(path))
        except DataError as error:
            problems.extend(error.problems)
            continue
        fault = _fault(kind, kinds, paths)
        if fault:
            problems.append(Problem(path=str(path), line=1, column=1, at="$.name", message=fault))
        else:
            kinds[kind.name], paths[kind.name] = kind, str(path)
    problems = problems or list(reference_problems(kinds, paths))
    if problems:
        raise DataError(problems)
    return dict(sorted(kinds.items()))


def _fault(kind: Kind, kinds: Mapping[KindName, Kind], paths: Mapping[KindName, str]) -> str | None:
    if kind.provider not in (PROVIDER, FILE):
        return f"is {kind.name!r}: a workspace declares registers (register.<name>) and files (file.<name>) alone"
    if kind.name in paths:
        return f"the kind {kind.name} is declared twice: {paths[kind.name]} declares it too"
    if kind.name in kinds:
        return f"the register {kind.name} comes with the engine and is not changed by a workspace: choose another name"
    return None
