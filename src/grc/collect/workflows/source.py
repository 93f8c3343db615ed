"""Workflow files of a directory as a source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Final

from grc import kinds
from grc.collect.files import Claim, Tree
from grc.collect.manifests import LARGEST, ManifestSource
from grc.collect.workflows.extract import extract
from grc.model.identifiers import KindName
from grc.model.kind import Kind

PROVIDER: Final = "ci"
FILE: Final = re.compile(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml\Z")
ACTION: Final = re.compile(r"(?:.*/)?action\.ya?ml\Z")
RUNS: Final = re.compile(rb"(?m)^[\"']?runs[\"']?\s*:")
QUERY: Final = "read .github/workflows/*.yml, action.yml"


def recognise(tree: Tree) -> Claim:
    """The workflow files of a directory, and the files of actions of one's own."""
    return Claim(paths=tuple(path for path in tree.files if FILE.match(path) or _is_action(tree, path)))


def _is_action(tree: Tree, path: str) -> bool:
    """Whether a file is an action: by its name, and by the member that every action has."""
    return ACTION.match(path) is not None and RUNS.search(tree.head(path, LARGEST)) is not None


def open_workflows(tree: Tree, claim: Claim, root: str, clock: Callable[[], datetime]) -> ManifestSource:
    """Open the workflow files of a directory as a source."""
    return ManifestSource(
        tree=tree,
        paths=claim.paths,
        root=root,
        clock=clock,
        schemas=schemas(),
        extract=extract,
        query=QUERY,
        name="workflows",
    )


@cache
def schemas() -> Mapping[KindName, Kind]:
    """The kinds of workflow files."""
    return kinds.load((kinds.SHIPPED / PROVIDER,))
