"""Dockerfiles of a directory: which they are, and how they are opened as a source."""

from __future__ import annotations

import re
from typing import Final

from grc.collect.dockerfiles.extract import extract
from grc.collect.files import Claim, Skipped, Tree
from grc.collect.manifests import Sort

FILE: Final = re.compile(
    r"(?:.*/)?(?:(?:[Dd]ockerfile|[Cc]ontainerfile)(?:[.-][^/]*)?|[^/]+\.(?:[Dd]ockerfile|[Cc]ontainerfile))\Z"
)
NOT_ONE: Final = (".dockerignore", ".containerignore", ".md", ".txt", ".rst")
TEMPLATES: Final = (".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".erb", ".mustache", ".in")
DOCKERFILES: Final = Sort(
    provider="container", name="dockerfiles", query="read Dockerfile, Containerfile, *.dockerfile", extract=extract
)


def recognise(tree: Tree) -> Claim:
    """The Dockerfiles of a directory, by name. Templates of such are said to be left out."""
    named = [path for path in tree.files if FILE.match(path) and not path.lower().endswith(NOT_ONE)]
    templates = tuple(path for path in named if path.lower().endswith(TEMPLATES))
    skipped = tuple(Skipped(path=path, reason="is a template of a Dockerfile: make it first") for path in templates)
    return Claim(paths=tuple(path for path in named if path not in templates), skipped=skipped)
