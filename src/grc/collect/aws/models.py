"""botocore's models of the services: read once in a process, and for a client cut down to the reviewed reads."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from botocore.loaders import JSONFileLoader, Loader, create_loader

from grc.collect.aws import allowlist

SERVICE: Final = "service-2"
SIGNING_IN: Final = frozenset({"sts", "sso", "sso-oidc", "signin"})
"""Services that botocore itself calls for credentials: their models stay whole."""
LISTED: Final = frozenset({"operations", "shapes"})
"""The parts of a model that are cut down."""


class _Files(JSONFileLoader):  # type: ignore[misc]
    """Reads a model's file into plain dicts: botocore's ordered ones take several times as long."""

    def load_file(self, file_path: str) -> Any:
        """The data of a file, or None where there is none."""
        for name, opened in ((f"{file_path}.json", open), (f"{file_path}.json.gz", gzip.open)):
            if Path(name).is_file():
                with opened(name, "rb") as file:
                    return json.loads(file.read())
        return None


class _Reviewed(_Files):
    """Gives of a service's operations the reviewed reads alone: whole models are a hundred megabytes."""

    def __init__(self) -> None:
        self._cut: dict[tuple[str, str], Mapping[str, Any]] = {}

    def load_file(self, file_path: str) -> Any:
        """The data of a file, cut down where it is a service's model or adds to one; None where there is none."""
        found, path = super().load_file(file_path), Path(file_path)
        service, version = path.parts[-3:-1]
        if found is None or service in SIGNING_IN:
            return found
        if path.name == SERVICE:
            self._cut[service, version] = _cut(service, found)
            return self._cut[service, version]
        if path.name.startswith(f"{SERVICE}.") and (service, version) in self._cut:
            return {**found, "merge": _added(found.get("merge", {}), self._cut[service, version])}
        return found


def whole(data_path: str | None = None) -> Loader:
    """The loader of whole models, for every session. ``data_path`` is where botocore is told to look besides."""
    return _loader(data_path, _Files)


def reviewed(data_path: str | None = None) -> Loader:
    """The loader of a session that collects: its clients have no method but the reviewed reads of their services."""
    return _loader(data_path, _Reviewed)


@cache
def _loader(data_path: str | None, files: type[_Files]) -> Loader:
    found = create_loader(data_path)
    found.file_loader = files()
    return found


def _cut(service: str, model: Mapping[str, Any]) -> Mapping[str, Any]:
    reads = {read.operation for (name, _), read in allowlist.load().reads.items() if name == service}
    operations = {name: one for name, one in model["operations"].items() if name in reads}
    needed = _below(operations, model["shapes"])
    return {
        **model,
        "operations": operations,
        "shapes": {name: one for name, one in model["shapes"].items() if name in needed},
    }


def _added(merged: Mapping[str, Any], model: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is to be merged into a model that was cut down, without what adds to a part that was left out.

    A shape made of an addition alone has no type, and botocore refuses it when it looks through all for an error.
    """
    return {
        part: {name: one for name, one in told.items() if name in model[part]} if part in LISTED else told
        for part, told in merged.items()
    }


def _below(part: Any, shapes: Mapping[str, Any]) -> frozenset[str]:
    """The names of the shapes that a part of a model leads to: each client looks through all when a call is denied."""
    found: set[str] = set()
    left = [part]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            name = one.get("shape")
            if isinstance(name, str) and name in shapes and name not in found:
                found.add(name)
                left.append(shapes[name])
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)
    return frozenset(found)
