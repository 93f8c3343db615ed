"""What every command works with: the workspace, the kinds and the policy in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grc import catalogue, kinds
from grc.errors import ConfigError, DataError
from grc.model.catalogue import Policy
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.workspace import Workspace
from grc.run.cache import NO_CACHE, Cache
from grc.run.checked import load_kinds, load_policy

OWN_KINDS: Final = "kinds"
"""The folder of a workspace in which it declares kinds over files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The workspace, the kinds and the policy with the workspace's parameters. ``roots`` hold the policy's files."""

    workspace: Workspace
    kinds: Mapping[KindName, Kind]
    policy: Policy
    roots: tuple[Path, ...]


def open_desk(folder: Path | None = None, *, cache: Cache = NO_CACHE) -> Desk:
    """Open the workspace in ``folder``, or the one here when there is a ``grc.yaml``, or none.

    ``cache`` keeps policies that had no problem; nothing is kept unless one is given.

    Raises:
        ConfigError: ``folder`` is given and holds no workspace.
        DataError: with every problem of the workspace's and our own data files.
    """
    workspace = open_workspace(folder)
    own = _schemas_of(workspace)
    known = load_kinds(own, cache)
    roots = policy_roots(workspace)
    policy = load_policy(roots, known, own, cache)
    if workspace.file is not None:
        problems = tuple(catalogue.workspace_problems(workspace, policy, known))
        if problems:
            raise DataError(problems)
        policy = catalogue.with_parameters(policy, workspace.overrides)
    return Desk(workspace=workspace, kinds=known, policy=policy, roots=roots)


def known_kinds(workspace: Workspace) -> Mapping[KindName, Kind]:
    """The kinds that come with the engine, and those that the workspace declares itself.

    Raises:
        DataError: with every problem of the workspace's own schemas.
    """
    return kinds.load_with(_schemas_of(workspace))


def _schemas_of(workspace: Workspace) -> tuple[Path, ...]:
    if not workspace.file:
        return ()
    return (*own_schemas(workspace.folder / workspace.registers.folder), *kinds.own_files(workspace.folder / OWN_KINDS))


def own_schemas(registers: Path) -> tuple[Path, ...]:
    """The files in which a workspace declares registers of its own: ``schemas`` in the folder of its registers."""
    return kinds.own_files(registers / "schemas")


def policy_roots(workspace: Workspace) -> tuple[Path, ...]:
    """The folders that hold the policy: ours, and the workspace's own where it has any."""
    own = any((workspace.folder / name).is_dir() for name in ("controls", "checks"))
    return (catalogue.shipped(), workspace.folder) if workspace.file and own else (catalogue.shipped(),)


def lint_roots(folder: Path | None) -> tuple[Path, ...]:
    """The folders that `grc lint` looks through: ours, and the workspace in ``folder`` or here.

    Raises:
        ConfigError: ``folder`` is given and holds no workspace.
    """
    here = folder or Path()
    if not (here / "grc.yaml").is_file():
        _refuse_no_workspace(folder)
        return (catalogue.shipped(),)
    return (catalogue.shipped(), here)


def lint_schemas(folder: Path | None) -> tuple[Path, ...]:
    """The schemas of the workspace in ``folder`` or here; none where its ``grc.yaml`` is wrong, which lint tells."""
    try:
        return _schemas_of(open_workspace(folder))
    except DataError:
        return ()


def _refuse_no_workspace(folder: Path | None) -> None:
    if folder is not None and not (folder / "grc.yaml").is_file():
        raise ConfigError(f"{folder} is no workspace (it holds no grc.yaml): make one with `grc init {folder}`")


def open_workspace(folder: Path | None) -> Workspace:
    """The workspace in ``folder``, or the one here, or none.

    Raises:
        ConfigError: ``folder`` is given and holds no workspace.
        DataError: with every problem of its ``grc.yaml``.
    """
    _refuse_no_workspace(folder)
    here = folder or Path()
    return catalogue.load_workspace(here) if (here / "grc.yaml").is_file() else catalogue.no_workspace(here)
