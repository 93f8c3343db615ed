"""Linting everything that is ours: the policy's files, and the workspace's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from grc import catalogue, kinds
from grc.errors import DataError, Problem
from grc.run.desk import policy_roots

T = TypeVar("T")


def lint_all(folder: Path | None) -> tuple[Problem, ...]:
    """Every problem of our data files and of the workspace in ``folder`` (or here), sorted."""
    problems: list[Problem] = []
    here = folder or Path()
    workspace = _read(lambda: catalogue.load_workspace(here), problems) if (here / "grc.yaml").is_file() else None
    known = kinds.load()
    roots = policy_roots(workspace or catalogue.no_workspace(here))
    problems.extend(catalogue.lint(roots, known))
    policy = None if problems else _read(lambda: catalogue.load(roots, known), problems)
    if workspace is not None and policy is not None:
        problems.extend(catalogue.workspace_problems(workspace, policy, known))
        zone = workspace.organisation.timezone
        _read(lambda: catalogue.load_waivers(workspace.folder, policy, zone), problems)
        _read(lambda: catalogue.load_applicability(workspace.folder, policy), problems)
    return tuple(sorted(set(problems)))


def _read(load: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return load()
    except DataError as error:
        problems.extend(error.problems)
        return None
