"""Proves the resource files against their schema, the service models and the list of reviewed reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from grc.collect.aws import allowlist, declared
from grc.collect.aws.allowlist import Allowlist, Read, method_of
from grc.collect.aws.declared import template_fields
from grc.collect.aws.derive import DERIVATIONS
from grc.collect.aws.shapes import answer_schema, fixed, operation, paginators, paging_members, service_model
from grc.errors import DataError, Problem
from grc.yamltext import read
from grc.yamltext.reader import Document, JsonPath

SCHEMA: Final = Path(__file__).parent / "schemas" / "resources.json"
READING: Final = ("Describe", "Get", "List")
OWN_CALLS: Final = frozenset({"sts:GetCallerIdentity", "ec2:DescribeRegions"})
PLACE_FIELDS: Final = frozenset({"partition", "account", "region"})
TOKENS: Final = frozenset({"nexttoken", "marker", "nextmarker", "continuationtoken", "paginationtoken"})

Found = Iterator[tuple[JsonPath, str]]
Entry = Mapping[str, Any]


def lint(folder: Path = declared.SHIPPED, reads: Path = allowlist.SHIPPED) -> tuple[Problem, ...]:
    """Every problem of the resource files and of the list of reviewed reads, sorted."""
    try:
        allowed = allowlist.load(reads)
        documents = [read(path) for path in sorted(folder.glob("*.yaml"))]
    except DataError as error:
        return error.problems
    problems = [problem for document in documents for problem in _file(document, allowed)]
    problems += _reads(read(reads), allowed, documents)
    return tuple(sorted(problems))


def _file(document: Document, allowed: Allowlist) -> list[Problem]:
    problems = _against_schema(document)
    if problems:
        return problems
    service = document.value["service"]
    for name, entry in document.value["kinds"].items():
        problems += [document.problem(("kinds", name, *at), text) for at, text in _kind(entry, service, allowed)]
    return problems


def _against_schema(document: Document) -> list[Problem]:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(SCHEMA.read_bytes()))
    return [document.problem(tuple(error.path), error.message) for error in validator.iter_errors(document.value)]


def _kind(entry: Entry, service: str, allowed: Allowlist) -> Found:
    item: Entry = fixed()[entry["list"]["self"]] if "self" in entry["list"] else {}
    if not item:
        problems = list(_call(entry["list"], service, {}, {}, allowed))
        yield from ((("list", *at), text) for at, text in problems)
        if problems:
            return
        item = _listed(entry["list"], service)
    yield from _item_fields(entry, item)
    for name, section in entry.get("sections", {}).items():
        at = ("sections", name)
        if name in item["properties"]:
            yield at, "the listed item has a field of this name already"
        yield from (((*at, *below), text) for below, text in _section(section, service, entry, item, allowed))


def _listed(listing: Entry, service: str) -> Entry:
    name = _operation(service, listing["op"])
    schema = answer_schema(service, name, listing["path"])
    found: Entry = schema["items"]
    return found


def _item_fields(entry: Entry, item: Entry) -> Found:
    known = frozenset(item["properties"])
    for key in ("id", "region"):
        if key in entry and entry[key] not in known:
            yield (key,), f"the listed item has no field {entry[key]!r}"
    for key in ("arn", "subject"):
        for name in set(template_fields(entry.get(key, ""))) - known - PLACE_FIELDS:
            yield (key,), f"the listed item has no field {name!r}"
    sections = frozenset(entry.get("sections", {}))
    if "tags" in entry and entry["tags"] not in known | sections:
        yield ("tags",), f"neither a field nor a section is named {entry['tags']!r}"
    for key in ("decode", "drop", "secret", "personal"):
        for path in entry.get(key, ()):
            if path.partition(".")[0] not in known | sections:
                yield (key,), f"there is no {path!r}"


def _section(section: Entry, service: str, entry: Entry, item: Entry, allowed: Allowlist) -> Found:
    if "schema" in section and section["schema"] not in fixed():
        yield ("schema",), f"there is no shape {section['schema']!r}"
    if "derive" in section:
        yield from _derived(section, allowed)
        return
    own = section.get("service", service)
    params = section.get("params", {} if "service" in section else entry.get("params", {}))
    problems = list(_call(section, own, params, item, allowed))
    yield from problems
    if not problems and "each" in section:
        name = _operation(own, section["op"])
        element = answer_schema(own, name, section["path"]).get("items", {"properties": {}})
        each = section["each"]
        found = _call(each, own, each.get("params", {}), element, allowed)
        yield from ((("each", *at), text) for at, text in found)


def _derived(section: Entry, allowed: Allowlist) -> Found:
    if section["derive"] not in DERIVATIONS:
        yield ("derive",), f"there is no derivation {section['derive']!r}"
    for index, call in enumerate(section.get("calls", ())):
        service, _, name = call.partition(":")
        yield from ((("calls", index), text) for text in _allowed(service, name, {}, allowed))


def _call(entry: Entry, service: str, params: Mapping[str, str], item: Entry, allowed: Allowlist) -> Found:
    name = _operation(service, entry["op"])
    if name is None:
        yield ("op",), f"{service} has no operation {entry['op']!r}"
        return
    yield from ((("op",), text) for text in _allowed(service, name, entry.get("fixed", {}), allowed))
    yield from _inputs(entry, operation(service, name), params, item)
    yield from _outputs(entry, service, name)


def _allowed(service: str, name: str, constants: Entry, allowed: Allowlist) -> Iterator[str]:
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
    given = {**dict.fromkeys(entry.get("fixed", {}), "fixed"), **dict.fromkeys(params, "params")}
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
        answer_schema(service, name, path)
    except (KeyError, AttributeError):
        yield ("path",), f"the answer of {name} has no {path!r}"
    for member in entry.get("require", ()):
        if member not in model.output_shape.members:
            yield ("require",), f"the answer of {name} has no {member!r}"
    if not path and paging_members(service, name):
        yield ("op",), f"{name} comes in pages: say at which path its list stands"
    unpaged = [member for member in model.output_shape.members if member.lower() in TOKENS]
    if unpaged and name not in paginators(service):
        yield ("op",), f"{name} has {unpaged[0]} but botocore does not page it"
    if "page" in entry and "limit_key" not in paginators(service).get(name, {}):
        yield ("page",), f"{name} takes no page size"
    if "root" not in entry and _is_xml(model):
        yield ("op",), f"{name} answers in REST-XML: say with which root element"


def _is_xml(model: Any) -> bool:
    if model.service_model.resolved_protocol != "rest-xml":
        return False
    payload = model.output_shape.serialization.get("payload")
    return payload is None or model.output_shape.members[payload].type_name not in ("string", "blob")


def _operation(service: str, method: str) -> Any:
    """The operation's name, or None where the service or the operation does not exist."""
    from botocore.exceptions import UnknownServiceError

    try:
        names = service_model(service).operation_names
    except UnknownServiceError:
        return None
    return next((name for name in names if method_of(name) == method), None)


def _reads(document: Document, allowed: Allowlist, documents: list[Document]) -> list[Problem]:
    used = {call for one in documents for call in _calls(one)} | OWN_CALLS
    problems = []
    for found in allowed.reads.values():
        at = ("reads", found.service, found.operation)
        problems += [document.problem(at, text) for text in _read(found, allowed)]
        if f"{found.service}:{found.method}" not in used and found.call not in used:
            problems.append(document.problem(at, "nothing calls it: take it off the list"))
    return problems


def _read(found: Read, allowed: Allowlist) -> Iterator[str]:
    if _operation(found.service, found.method) != found.operation:
        yield f"{found.service} has no operation {found.operation!r}"
    if not found.operation.startswith(READING) and not found.reason:
        yield "its name does not say that it reads: give a reason"
    if allowed.refusal(found) is not None:
        yield f"is both allowed and forbidden: it {allowed.refusal(found)}"
    if not found.action.endswith(f":{found.operation}") and not found.reason:
        yield "the action is not the operation's name: give a reason"


def _calls(document: Document) -> Iterator[str]:
    """Every operation that a file names, as ``service:method``, and those of derivations as ``service:Operation``."""
    service = document.value.get("service", "")
    for entry in document.value.get("kinds", {}).values():
        if "op" in entry["list"]:
            yield f"{service}:{entry['list']['op']}"
        for section in entry.get("sections", {}).values():
            own = section.get("service", service)
            yield from section.get("calls", ())
            yield from (f"{own}:{call['op']}" for call in (section, section.get("each", {})) if "op" in call)
