"""Workflow files of a directory as a source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Final

from grc import kinds
from grc.collect.files import Claim, Skipped, Tree
from grc.collect.manifests import ManifestSource
from grc.collect.workflows.extract import extract
from grc.model.identifiers import KindName
from grc.model.kind import Kind

PROVIDER: Final = "ci"
FILE: Final = re.compile(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml\Z")
ACTION: Final = re.compile(r"(?:.*/)?action\.ya?ml\Z")
QUERY: Final = "read .github/workflows/*.yml"


def recognise(tree: Tree) -> Claim:
    """The workflow files of a directory. Actions of one's own are said to be left out."""
    paths = tuple(path for path in tree.files if FILE.match(path))
    actions = (path for path in tree.files if ACTION.match(path))
    reason = "is an action of its own, and those are not read yet"
    skipped = tuple(Skipped(path=path, reason=reason) for path in actions)
    return Claim(paths=paths, skipped=skipped)


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
