"""Proves one declared call: against the service's model, and against the list of reviewed reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grc.collect.aws.allowlist import Allowlist, method_of
from grc.collect.aws.shapes import TOKENS, answer_schema, operation, paging, paging_members, service_model, tokens_of
from grc.yamltext.reader import JsonPath

Found = Iterator[tuple[JsonPath, str]]
Entry = Mapping[str, Any]


def call_problems(entry: Entry, service: str, params: Mapping[str, str], item: Entry, allowed: Allowlist) -> Found:
    name = operation_name(service, entry["op"])
    if name is None:
        yield ("op",), f"{service} has no operation {entry['op']!r}"
        return
    yield from ((("op",), text) for text in allowed_problems(service, name, entry.get("fixed", {}), allowed))
    yield from _inputs(entry, operation(service, name), params, item)
    yield from _outputs(entry, service, name)


def allowed_problems(service: str, name: str, constants: Entry, allowed: Allowlist) -> Iterator[str]:
    found = allowed.reads.get((service, method_of(name)))
    if found is None:
        yield f"{service}:{name} is not on the list of reviewed reads (allowlist.yaml)"
        return
    refusal = allowed.refusal(found)
    if refusal is not None:
        yield f"{service}:{name} is never called: it {refusal}"
    for parameter, values in found.only:
        if constants.get(parameter) not in values:
            yield f"{service}:{name} may be called only with {parameter} in {', '.join(values)}"


def _inputs(entry: Entry, model: Any, params: Mapping[str, str], item: Entry) -> Found:
    shape = model.input_shape
    members = {} if shape is None else shape.members
    batched = [entry["batch"]["param"]] if "batch" in entry else []
    given = {
        **dict.fromkeys(batched, "batch"),
        **dict.fromkeys(entry.get("fixed", {}), "fixed"),
        **dict.fromkeys(params, "params"),
    }
    for parameter, where in given.items():
        if parameter not in members:
            yield (where,), f"{model.name} has no parameter {parameter!r}"
    for missing in [] if shape is None else set(shape.required_members) - given.keys():
        yield ("op",), f"{model.name} needs the parameter {missing!r}"
    for field in params.values():
        if field not in item.get("properties", {}):
            yield ("params",), f"the listed item has no field {field!r}"


def _outputs(entry: Entry, service: str, name: str) -> Found:
    model = operation(service, name)
    path = entry.get("path", "")
    try:
        found = answer_schema(service, name, path)
    except (KeyError, AttributeError):
        yield ("path",), f"the answer of {name} has no {path!r}"
    else:
        if path and paging(service, name) and found.get("type") != "array":
            yield ("path",), f"{name} comes in pages, and at {path!r} is no list"
    for member in entry.get("require", ()):
        if member.partition(".")[0] not in model.output_shape.members or not _answers(service, name, member):
            yield ("require",), f"the answer of {name} has no {member!r}"
    if not path and paging_members(service, name):
        yield ("op",), f"{name} comes in pages: say at which path its list stands"
    unpaged = [member for member in model.output_shape.members if member.lower() in TOKENS]
    if unpaged and not paging(service, name):
        yield ("op",), f"{name} has {unpaged[0]} but takes no token of this name: this engine cannot page it"
    odd = [token for token in tokens_of(service, name) if not token.replace(".", "").isalnum()]
    if odd:
        yield ("op",), f"{name} comes in pages that this engine cannot follow: {odd[0]}"
    if "page" in entry and "limit_key" not in paging(service, name):
        yield ("page",), f"{name} takes no page size"
    if "root" not in entry and _is_xml(model):
        yield ("op",), f"{name} answers in REST-XML: say with which root element"


def _answers(service: str, name: str, path: str) -> bool:
    """Whether the answer has something at the path."""
    try:
        answer_schema(service, name, path)
    except (KeyError, AttributeError):
        return False
    return True


def _is_xml(model: Any) -> bool:
    if model.service_model.resolved_protocol != "rest-xml":
        return False
    payload = model.output_shape.serialization.get("payload")
    return payload is None or model.output_shape.members[payload].type_name not in ("string", "blob")


def operation_name(service: str, method: str) -> Any:
    """The operation's name, or None where the service or the operation does not exist."""
    from botocore.exceptions import UnknownServiceError

    try:
        names = service_model(service).operation_names
    except UnknownServiceError:
        return None
    return next((name for name in names if method_of(name) == method), None)
