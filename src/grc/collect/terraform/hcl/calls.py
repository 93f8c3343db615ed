"""Which module calls which, by the local paths in their module blocks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from typing import Final

from grc.collect.terraform.hcl.modules import Module
from grc.collect.terraform.hcl.tree import Block, Literal

LOCAL: Final = re.compile(r"\.\.?(/|\Z)")


def local_source(block: Block, folder: str) -> str | None:
    """The folder that a module block calls by a local path, or None."""
    source = block.attributes.get("source")
    if not isinstance(source, Literal) or not isinstance(source.value, str) or LOCAL.match(source.value) is None:
        return None
    found = posixpath.normpath(posixpath.join(folder, source.value))
    return "" if found == "." else found


def called_folders(modules: Mapping[str, Module]) -> frozenset[str]:
    """The folders that a module calls by a local path and that no chain of calls leads from back to the caller."""
    calls = {module.folder: _called(module) & modules.keys() for module in modules.values()}
    below = {folder: _reached(folder, calls) for folder in calls}
    return frozenset(called for folder in calls for called in below[folder] if folder not in below.get(called, ()))


def _called(module: Module) -> set[str]:
    sources = (local_source(block, module.folder) for block in module.of("module").values())
    return {folder for folder in sources if folder is not None}


def _reached(folder: str, calls: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    stack = list(calls.get(folder, ()))
    while stack:
        one = stack.pop()
        if one not in found:
            found.add(one)
            stack.extend(calls.get(one, ()))
    return found
