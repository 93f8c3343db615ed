"""botocore's shapes as JSON Schema, and the shapes that are ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

FIXED: Final = Path(__file__).parent / "schemas" / "shapes.json"
ENUM_LIMIT: Final = 40  # longer lists grow with every release and catch no misspelling worth their size
SCALARS: Final[Mapping[str, Mapping[str, str]]] = {
    "blob": {"type": "string"},
    "boolean": {"type": "boolean"},
    "double": {"type": "number"},
    "float": {"type": "number"},
    "integer": {"type": "integer"},
    "long": {"type": "integer"},
    "string": {"type": "string"},
    "character": {"type": "string"},
    "timestamp": {"type": "string", "format": "date-time"},
}
TAGS: Final[Mapping[str, Any]] = {"type": "object", "additionalProperties": {"type": "string"}}

Schema = dict[str, Any]


@cache
def fixed() -> Mapping[str, Any]:
    """The shapes that no service model declares: policy documents, the credential report, the account."""
    shapes: Mapping[str, Any] = json.loads(FIXED.read_bytes())["shapes"]
    return shapes


@cache
def service_model(service: str) -> Any:
    """botocore's model of a service.

    Raises:
        botocore.exceptions.UnknownServiceError: there is no such service.
    """
    return _botocore().get_service_model(service)


@cache
def paginators(service: str) -> Mapping[str, Any]:
    """botocore's paginators of a service, by operation; empty where it has none."""
    from botocore.exceptions import UnknownServiceError

    loader = _botocore().get_component("data_loader")
    try:
        found: Mapping[str, Any] = loader.load_service_model(service, "paginators-1")["pagination"]
    except UnknownServiceError:
        return {}
    return found


@cache
def _botocore() -> Any:
    import botocore.session

    return botocore.session.get_session()


def operation(service: str, name: str) -> Any:
    """botocore's model of an operation (``ListBuckets``)."""
    return service_model(service).operation_model(name)


def schema_of(shape: Any, seen: tuple[str, ...] = ()) -> Schema:
    """A shape as JSON Schema. A shape within itself is cut to "anything" at the first repeat."""
    kind = shape.type_name
    if kind in SCALARS:
        return _scalar(shape, kind)
    if shape.name in seen:
        return {}
    below = (*seen, shape.name)
    if kind == "list":
        return {"type": "array", "items": schema_of(shape.member, below)}
    if kind == "map":
        return {"type": "object", "additionalProperties": schema_of(shape.value, below)}
    members = {name: schema_of(member, below) for name, member in sorted(shape.members.items())}
    return {"type": "object", "properties": members} if members else {"type": "object"}


def _scalar(shape: Any, kind: str) -> Schema:
    schema = dict(SCALARS[kind])
    enum = sorted(set(shape.metadata.get("enum", ())))
    return {**schema, "enum": enum} if kind == "string" and 0 < len(enum) <= ENUM_LIMIT else schema


def answer_schema(service: str, name: str, path: str) -> Schema:
    """The JSON Schema of what stands at ``path`` of an operation's answer.

    Raises:
        KeyError: the path does not exist in the model.
    """
    shape = operation(service, name).output_shape
    if not path:
        return whole_answer(service, name)
    for part in path.split("."):
        shape = shape.members[part.removesuffix("[]")]
        if part.endswith("[]"):
            shape = shape.member
    found = schema_of(shape)
    return {"type": "array", "items": found} if path.endswith("[]") else found


def whole_answer(service: str, name: str) -> Schema:
    """The JSON Schema of a whole answer, without what only paging needs."""
    found = schema_of(operation(service, name).output_shape)
    for member in paging_members(service, name):
        found.get("properties", {}).pop(member, None)
    return found


def paging_members(service: str, name: str) -> frozenset[str]:
    """The members of an answer that only paging needs."""
    config = paginators(service).get(name, {})
    tokens = config.get("output_token", ())
    found = [*([tokens] if isinstance(tokens, str) else tokens), config.get("more_results", "")]
    return frozenset(name.partition(".")[0].partition(" ")[0] for name in found if name)
