"""botocore's shapes as JSON Schema, and the shapes that are ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.collect.aws import models
from grc.collect.policies import ANALYSES

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
TOKENS: Final = frozenset({"nexttoken", "marker", "nextmarker", "continuationtoken", "paginationtoken"})
LIMITS: Final = frozenset({"limit", "maxitems", "maxrecords", "maxresults", "pagesize"})
PLACE: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("Account", "Partition", "Region")},
}
"""What a listing may take of the place that it is asked in."""

PAGED: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "cloudfront": {"ListVpcOrigins": ("VpcOriginList.NextMarker", "Marker")},
    "servicecatalog": {"DescribePortfolioShares": ("NextPageToken", "PageToken")},
}
"""Operations whose paging nothing declares and whose tokens differ in name: the answer's, and the parameter for it."""

Schema = dict[str, Any]


@cache
def fixed() -> Mapping[str, Any]:
    """The shapes that no service model declares: policy documents, the credential report, the account, analyses."""
    shapes: Mapping[str, Any] = json.loads(FIXED.read_bytes())["shapes"]
    return {**shapes, **{name: analysis.schema for name, analysis in ANALYSES.items()}}


@cache
def service_model(service: str) -> Any:
    """botocore's model of a service.

    Raises:
        botocore.exceptions.UnknownServiceError: there is no such service.
    """
    return _model(models.whole(), service)


@cache
def _reviewed_model(service: str) -> Any:
    return _model(models.reviewed(), service)


def _model(loader: Any, service: str) -> Any:
    from botocore.model import ServiceModel

    return ServiceModel(loader.load_service_model(service, models.SERVICE), service_name=service)


@cache
def paginators(service: str) -> Mapping[str, Any]:
    """How the operations of a service page, by operation: as botocore says, or as we do where it is silent."""
    from botocore.exceptions import UnknownServiceError

    ours = {
        name: {"output_token": told, "input_token": asked} for name, (told, asked) in PAGED.get(service, {}).items()
    }
    try:
        return {**ours, **models.reviewed().load_service_model(service, "paginators-1")["pagination"]}
    except UnknownServiceError:
        return ours


@cache
def paging(service: str, name: str) -> Mapping[str, Any]:
    """How an operation comes in pages, in the form of botocore's paginators; empty where it comes whole.

    Some services (WAF, App Runner) have no paginators: there an operation that takes and gives a token of the same name
    is asked again with it.
    """
    known: Mapping[str, Any] | None = paginators(service).get(name)
    return _by_token(operation(service, name)) if known is None else known


def _by_token(model: Any) -> Mapping[str, Any]:
    inputs = {} if model.input_shape is None else model.input_shape.members
    outputs = {} if model.output_shape is None else model.output_shape.members
    token = next((member for member in outputs if member.lower() in TOKENS and member in inputs), None)
    if token is None:
        return {}
    limits = [member for member in inputs if member.lower() in LIMITS]
    lists = [member for member, shape in outputs.items() if shape.type_name == "list"]
    found = {"input_token": token, "output_token": token, "result_key": lists}
    return {**found, "limit_key": limits[0]} if limits else found


def operation(service: str, name: str) -> Any:
    """botocore's model of an operation (``ListBuckets``). For a reviewed read no service's whole model is read.

    Raises:
        botocore.exceptions.UnknownServiceError: there is no such service.
        botocore.model.OperationNotFoundError: it has no such operation.
    """
    from botocore.model import OperationNotFoundError

    try:
        return _reviewed_model(service).operation_model(name)
    except OperationNotFoundError:
        return service_model(service).operation_model(name)


@cache
def is_known(service: str, name: str) -> bool:
    """Whether the installed botocore has an operation: an older one lacks new services and new operations."""
    from botocore.exceptions import UnknownServiceError
    from botocore.model import OperationNotFoundError

    try:
        operation(service, name)
    except (UnknownServiceError, OperationNotFoundError):
        return False
    return True


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


def named(schema: Schema, field: str | None) -> Schema:
    """The schema of a list's element; a bare value becomes an object with the one field."""
    return schema if field is None else {"type": "object", "properties": {field: schema}}


def below(schema: Schema, path: str) -> Schema:
    """What stands at a path within a schema.

    Raises:
        KeyError: nothing does.
    """
    for name in path.split(".") if path else ():
        schema = schema["properties"][name]
    return schema


def whole_answer(service: str, name: str) -> Schema:
    """The JSON Schema of a whole answer, without what only paging needs."""
    found = schema_of(operation(service, name).output_shape)
    for member in paging_members(service, name):
        found.get("properties", {}).pop(member, None)
    return found


def paging_members(service: str, name: str) -> frozenset[str]:
    """The members of an answer that only paging needs."""
    return frozenset(path.partition(".")[0].partition(" ")[0] for path in tokens_of(service, name))


def tokens_of(service: str, name: str) -> tuple[str, ...]:
    """Where an answer says that there is more, and how to ask for it; none where it comes whole."""
    config = paging(service, name)
    tokens = config.get("output_token", ())
    found = [*([tokens] if isinstance(tokens, str) else tokens), config.get("more_results", "")]
    return tuple(path for path in found if path)
