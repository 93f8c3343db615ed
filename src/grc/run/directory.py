"""A directory as sources: who takes which of its files, and what is left over and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final
from zoneinfo import ZoneInfo

from grc.collect.files import Claim, Skipped, Tree, readable
from grc.collect.persons import Pseudonyms
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.ports import Source
from grc.model.workspace import Workspace

MOST: Final = 100
"""So many files that were left out are named one by one in a pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What sources of files need beyond their files."""

    workspace: Workspace
    kinds: Mapping[KindName, Kind]
    clock: Callable[[], datetime]
    pseudonyms: Pseudonyms


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Something that reads files of one sort: what it takes of a tree, and how it opens that."""

    name: str
    recognise: Callable[[Tree], Claim]
    open: Callable[[Tree, Claim, str], Source]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What was found in a directory. ``taken`` is by the name of the reader.

    ``below`` is the folder that the paths of its files begin in, as the workspace names it; "" for one that is outside.
    """

    root: str
    below: str
    sources: tuple[Source, ...]
    taken: Mapping[str, tuple[str, ...]]
    skipped: tuple[Skipped, ...]
    left: tuple[str, ...]
    """Files that no reader knows."""

    def told(self) -> Mapping[str, Any]:
        """What a pack keeps of it: figures, and the first files that were left out, each with the reason."""
        endings = Counter(PurePosixPath(path).suffix or PurePosixPath(path).name for path in self.left)
        return {
            "root": self.root,
            "below": self.below,
            "taken": {name: len(paths) for name, paths in self.taken.items()},
            "skipped": [{"path": each.path, "reason": each.reason} for each in self.skipped[:MOST]],
            "skipped_in_all": len(self.skipped),
            "not_known": dict(sorted(endings.items())),
        }


def open_tree(tree: Tree, root: str, setting: Setting) -> Directory:
    """Open whatever is known in a tree. ``root`` names it in places: ``file/<root>``.

    Raises:
        ConfigError: a file needs a parser that is not installed.
    """
    sources: list[Source] = []
    taken: dict[str, tuple[str, ...]] = {}
    skipped = list(tree.skipped)
    for reader in readers(setting):
        claim = reader.recognise(tree)
        skipped.extend(claim.skipped)
        if claim.paths:
            taken[reader.name] = claim.paths
            sources.append(reader.open(tree, claim, root))
    known = {path for paths in taken.values() for path in paths} | {each.path for each in skipped}
    left = tuple(path for path in tree.files if path not in known)
    return Directory(
        root=root,
        below=_below(tree.root, setting.workspace),
        sources=tuple(sources),
        taken=taken,
        skipped=_once(skipped, taken),
        left=left,
    )


def nothing_in(directory: Directory) -> str:
    """Why there is nothing to assess in a directory."""
    if directory.skipped:
        first = directory.skipped[0]
        return f"{len(directory.skipped)} left out, the first {first.path}, which {first.reason}"
    return f"none of its {len(directory.left)} files is of a sort that is read" if directory.left else "it is empty"


def _once(skipped: Sequence[Skipped], taken: Mapping[str, Sequence[str]]) -> tuple[Skipped, ...]:
    """What one reader leaves out and another takes is not left out."""
    read = {path for paths in taken.values() for path in paths}
    return tuple(sorted({each for each in skipped if each.path not in read}))


def named(path: Path, workspace: Workspace) -> str:
    """What a file or directory is called in places: its path in the workspace, or else its own name."""
    return _below(path, workspace) or readable(path.resolve().name)


def named_apart(paths: Sequence[Path], workspace: Workspace) -> Mapping[Path, str]:
    """What each of several different ones is called: those of one name by as many folders above as tell them apart."""
    names = {path: named(path, workspace) for path in paths}
    return {path: _apart(path, [one for one in paths if names[one] == name], name) for path, name in names.items()}


def _apart(path: Path, alike: Sequence[Path], name: str) -> str:
    own, depth = path.resolve().parts, 1
    while len(alike) > 1:
        depth += 1
        alike = [one for one in alike if one.resolve().parts[-depth:] == own[-depth:]]
        name = readable(PurePosixPath(*own[-depth:]).as_posix())
    return name


def _below(path: Path, workspace: Workspace) -> str:
    """The path of a file or directory in the workspace; "" for the workspace itself and for what is outside."""
    root, home = path.resolve(), workspace.folder.resolve()
    return readable(root.relative_to(home).as_posix()) if root.is_relative_to(home) and root != home else ""


def readers(setting: Setting) -> tuple[Reader, ...]:
    """All that reads files, in the order in which a directory is told."""
    from grc.collect import cloudformation, dockerfiles, github, host, kubernetes, structured, terraform, workflows

    clock, kinds, redact = setting.clock, setting.kinds, setting.workspace.redact.fields
    return (
        Reader(
            name="terraform",
            recognise=terraform.recognise,
            open=lambda tree, claim, root: terraform.open_directory(tree, claim, root, clock),
        ),
        Reader(
            name="cloudformation",
            recognise=cloudformation.recognise,
            # The same kinds as Terraform's: in one directory each has a place of its own.
            open=lambda tree, claim, root: cloudformation.open_templates(
                tree, claim, f"{root}:cloudformation", clock, kinds
            ),
        ),
        Reader(
            name="kubernetes",
            recognise=kubernetes.recognise,
            open=lambda tree, claim, root: kubernetes.open_manifests(tree, claim, root, clock),
        ),
        Reader(
            name="workflows",
            recognise=workflows.recognise,
            open=lambda tree, claim, root: workflows.WORKFLOWS.open(tree, claim, root, clock),
        ),
        Reader(
            name="dockerfiles",
            recognise=dockerfiles.recognise,
            open=lambda tree, claim, root: dockerfiles.DOCKERFILES.open(tree, claim, root, clock),
        ),
        Reader(
            name="github",
            recognise=github.recognise,
            open=lambda tree, claim, root: github.open_exports(tree, claim, root, clock, setting.pseudonyms, redact),
        ),
        Reader(
            name="hosts",
            recognise=host.recognise,
            open=lambda tree, claim, root: host.open_hosts(
                tree, claim, root, clock, pseudonyms=setting.pseudonyms, redact=redact
            ),
        ),
        Reader(
            name="files",
            recognise=lambda tree: structured.recognise(tree, kinds),
            open=lambda tree, claim, root: structured.open_files(
                tree,
                claim,
                root,
                clock,
                kinds,
                timezone=timezone(setting.workspace),
                pseudonyms=setting.pseudonyms,
                redact=redact,
            ),
        ),
    )


def timezone(workspace: Workspace) -> ZoneInfo:
    """Where the organisation's days begin and end."""
    return ZoneInfo(workspace.organisation.timezone)
