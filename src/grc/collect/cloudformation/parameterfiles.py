"""The values that a team keeps beside a template: ``stack.parameters.json``, or ``stack.yaml.parameters.json``.

Two forms, told apart by their outside: the list that ``aws cloudformation deploy`` takes, and the object of
CodePipeline. A key such as ``AWS::Region`` gives a pseudo parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grc.collect.cloudformation.values import not_provided
from grc.collect.files import Tree, UnreadableError
from grc.collect.strictjson import read_json

SUFFIX: Final = ".parameters.json"
MAX_BYTES: Final = 2**20


def given_beside(tree: Tree, path: str, files: frozenset[str]) -> Mapping[str, Any] | None:
    """The parameters given for a template: none where no file stands beside it; None where it cannot be used."""
    for beside in (path + SUFFIX, _stem(path) + SUFFIX):
        if beside in files:
            try:
                return _parameters(read_json(tree.read(beside, MAX_BYTES)))
            except (UnreadableError, ValueError):
                return None
    return {}


def _stem(path: str) -> str:
    for suffix in (".json", ".yaml", ".yml", ".template"):
        path = path.removesuffix(suffix)
    return path


def _parameters(document: Any) -> dict[str, Any]:
    if isinstance(document, dict) and isinstance(document.get("Parameters"), dict):
        return dict(document["Parameters"])
    if not isinstance(document, list):
        raise ValueError("neither form")
    return dict(_entry(one) for one in document)


def _entry(told: Any) -> tuple[str, Any]:
    if not isinstance(told, dict) or not isinstance(told.get("ParameterKey"), str):
        raise ValueError("not an entry")
    name = told["ParameterKey"]
    return name, told.get("ParameterValue", not_provided(f"the parameter {name} keeps the value of an earlier stack"))
