"""Which files of a directory hold manifests, and which look like some and must be rendered first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from posixpath import dirname, join, normpath
from typing import Any, Final

from grc.collect.files import Claim, Skipped, Tree, UnreadableError
from grc.collect.kubernetes.yamlstream import Document, documents

SUFFIXES: Final = (".yaml", ".yml", ".json")
CHART: Final = frozenset({"Chart.yaml", "Chart.yml"})
KUSTOMIZATION: Final = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
HEAD: Final = 64 * 1024
"""Bytes of a file that are looked at first: almost every manifest says what it is within them."""
API: Final = re.compile(rb"""(?m)(?:^|[{,])[ \t]*(?:[-?][ \t]+)*["']?apiVersion["']?\s*:""")
KIND: Final = re.compile(rb"""(?m)(?:^|[{,])[ \t]*(?:[-?][ \t]+)*["']?kind["']?\s*:""")
"""A key in a line of its own, or within braces on one line, as programs print JSON."""
CONTROL: Final = re.compile(rb"(?m)^\{\{-?[ \t]*(?:if|range|with|include|template|define|end|else|toYaml|tpl|[.$])")
"""A line of a template's own. Further in, it may as well be text that a setting holds."""
MARKS: Final = b"{{"
FIELDS: Final = (
    "resources",
    "bases",
    "components",
    "patchesStrategicMerge",
    "patches",
    "patchesJson6902",
    "crds",
    "configurations",
    "generators",
    "transformers",
    "replacements",
)
"""Where a kustomization names the files that it is made of."""
TEMPLATE: Final = "is a template: render it first (such as with `helm template`) and scan what comes out"
KUSTOMIZE: Final = "is read by kustomize: render it first (`kustomize build`) and scan what comes out"


def recognise(tree: Tree) -> Claim:
    """The files that hold objects of the API, and those that do so only once a tool has rendered them."""
    charts = {dirname(path) for path in tree.files if path.rpartition("/")[2] in CHART}
    inputs = frozenset(_inputs(tree))
    paths: list[str] = []
    skipped: list[Skipped] = []
    for path in tree.files:
        name = path.rpartition("/")[2]
        if name in KUSTOMIZATION:
            skipped.append(Skipped(path=path, reason=KUSTOMIZE))
        elif path.endswith(SUFFIXES) and name not in CHART:
            try:
                text = _text(tree, path)
            except UnreadableError as error:
                skipped.append(Skipped(path=path, reason=f"cannot be read: {error}"))
                continue
            if text is None:
                continue
            if MARKS in text and (CONTROL.search(text) or _in_templates(path, charts)):
                skipped.append(Skipped(path=path, reason=TEMPLATE))
            elif path in inputs:
                skipped.append(Skipped(path=path, reason=KUSTOMIZE))
            else:
                paths.append(path)
    return Claim(paths=tuple(paths), skipped=tuple(sorted(skipped)))


def _text(tree: Tree, path: str) -> bytes | None:
    """The bytes of a file that says that it holds objects; None of any other.

    Raises:
        UnreadableError: nothing can be read of it.
    """
    head = tree.head(path, HEAD) or tree.read(path)
    if len(head) == HEAD and not path.endswith(".json"):
        with suppress(UnreadableError):  # too large: what was seen of it decides, and reading it says what is wrong
            head = tree.read(path)
    return head if b"apiVersion" in head and b"kind" in head and API.search(head) and KIND.search(head) else None


def _in_templates(path: str, charts: set[str]) -> bool:
    """Whether a file stands among the templates of a chart."""
    above = dirname(path)
    while above:
        folder, _, name = above.rpartition("/")
        if name == "templates" and folder in charts:
            return True
        above = folder
    return False


def _inputs(tree: Tree) -> Iterator[str]:
    """The files that kustomizations name: patches, which are parts of objects, and what the patches change."""
    for path in tree.files:
        if path.rpartition("/")[2] not in KUSTOMIZATION:
            continue
        try:
            found = list(documents(tree.read(path, 2**20).decode("utf-8-sig")))
        except (UnreadableError, UnicodeDecodeError):
            continue
        for one in found:
            if isinstance(one, Document) and isinstance(one.value, dict):
                yield from (normpath(join(dirname(path), name)) for name in _named(one.value))


def _named(value: dict[str, Any]) -> Iterator[str]:
    for field in FIELDS:
        entries = value.get(field)
        for entry in entries if isinstance(entries, list) else ():
            name = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(name, str) and "\n" not in name:
                yield name
