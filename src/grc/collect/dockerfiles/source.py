"""Dockerfiles of a directory as a source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Final

from grc import kinds
from grc.collect.dockerfiles.extract import extract
from grc.collect.files import Claim, Skipped, Tree
from grc.collect.manifests import ManifestSource
from grc.model.identifiers import KindName
from grc.model.kind import Kind

PROVIDER: Final = "container"
FILE: Final = re.compile(
    r"(?:.*/)?(?:(?:[Dd]ockerfile|[Cc]ontainerfile)(?:[.-][^/]*)?|[^/]+\.(?:[Dd]ockerfile|[Cc]ontainerfile))\Z"
)
NOT_ONE: Final = (".dockerignore", ".containerignore", ".md", ".txt", ".rst")
TEMPLATES: Final = (".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".erb", ".mustache", ".in")
QUERY: Final = "read Dockerfile, Containerfile, *.dockerfile"


def recognise(tree: Tree) -> Claim:
    """The Dockerfiles of a directory, by name. Templates of such are said to be left out."""
    named = [path for path in tree.files if FILE.match(path) and not path.lower().endswith(NOT_ONE)]
    templates = tuple(path for path in named if path.lower().endswith(TEMPLATES))
    skipped = tuple(Skipped(path=path, reason="is a template of a Dockerfile: make it first") for path in templates)
    return Claim(paths=tuple(path for path in named if path not in templates), skipped=skipped)


def open_dockerfiles(tree: Tree, claim: Claim, root: str, clock: Callable[[], datetime]) -> ManifestSource:
    """Open the Dockerfiles of a directory as a source."""
    return ManifestSource(
        tree=tree,
        paths=claim.paths,
        root=root,
        clock=clock,
        schemas=schemas(),
        extract=extract,
        query=QUERY,
        name="dockerfiles",
    )


@cache
def schemas() -> Mapping[KindName, Kind]:
    """The kinds of Dockerfiles."""
    return kinds.load((kinds.SHIPPED / PROVIDER,))
