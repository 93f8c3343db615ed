"""Workflow files of a directory: which they are, and how they are opened as a source."""

from __future__ import annotations

import re
from typing import Final

from grc.collect.files import Claim, Tree
from grc.collect.manifests import LARGEST, Sort
from grc.collect.workflows.extract import extract

FILE: Final = re.compile(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml\Z")
ACTION: Final = re.compile(r"(?:.*/)?action\.ya?ml\Z")
RUNS: Final = re.compile(rb"(?m)^[\"']?runs[\"']?\s*:")
WORKFLOWS: Final = Sort(
    provider="ci", name="workflows", query="read .github/workflows/*.yml, action.yml", extract=extract
)


def recognise(tree: Tree) -> Claim:
    """The workflow files of a directory, and the files of actions of one's own."""
    return Claim(paths=tuple(path for path in tree.files if FILE.match(path) or _is_action(tree, path)))


def _is_action(tree: Tree, path: str) -> bool:
    """Whether a file is an action: by its name, and by the member that every action has."""
    return ACTION.match(path) is not None and RUNS.search(tree.head(path, LARGEST)) is not None
