"""Proves the resource files against their schema, the service models and the list of reviewed reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grc.collect.aws import allowlist, declared
from grc.collect.aws.allowlist import Allowlist, Read
from grc.collect.aws.declared import template_fields
from grc.collect.aws.derive import DERIVATIONS
from grc.collect.aws.further import FURTHER
from grc.collect.aws.lintcalls import Entry, Found, allowed_problems, call_problems, operation_name
from grc.collect.aws.lintlists import Entries, batch_problems, item_schema, listing_problems
from grc.collect.aws.paths import names
from grc.collect.aws.shapes import answer_schema, fixed, named, operation
from grc.collect.policies import ANALYSES
from grc.errors import DataError, Problem
from grc.yamltext import read
from grc.yamltext.reader import Document

SCHEMA: Final = Path(__file__).parent / "schemas" / "resources.json"
READING: Final = ("Describe", "Get", "List")
OWN_CALLS: Final = frozenset({"sts:GetCallerIdentity", "ec2:DescribeRegions", "organizations:ListAccounts"})
PLACE_FIELDS: Final = frozenset({"partition", "account", "region"})


def lint(folder: Path = declared.SHIPPED, reads: Path = allowlist.SHIPPED) -> tuple[Problem, ...]:
    """Every problem of the resource files and of the list of reviewed reads, sorted."""
    try:
        allowed = allowlist.load(reads)
        documents = [read(path) for path in sorted(folder.glob("*.yaml"))]
    except DataError as error:
        return error.problems
    problems = [problem for document in documents for problem in _against_schema(document)]
    sound = [document for document in documents if not _against_schema(document)]
    entries = {name: (one.value["service"], entry) for one in sound for name, entry in one.value["kinds"].items()}
    problems += [problem for document in sound for problem in _file(document, entries, allowed)]
    problems += _reads(read(reads), allowed, documents)
    return tuple(sorted(problems))


def _file(document: Document, entries: Entries, allowed: Allowlist) -> list[Problem]:
    problems = []
    for name in document.value["kinds"]:
        problems += [document.problem(("kinds", name, *at), text) for at, text in _kind(name, entries, allowed)]
    return problems


def _against_schema(document: Document) -> list[Problem]:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(SCHEMA.read_bytes()))
    return [document.problem(tuple(error.path), error.message) for error in validator.iter_errors(document.value)]


def _kind(name: str, entries: Entries, allowed: Allowlist) -> Found:
    service, entry = entries[name]
    item: Entry | None = fixed()[entry["list"]["self"]] if "self" in entry["list"] else None
    if item is None:
        problems = list(listing_problems(name, entries, allowed))
        yield from ((("list", *at), text) for at, text in problems)
        also = entry["list"].get("also")
        yield from () if also is None else ((("list", "also", *at), text) for at, text in _further(also, allowed))
        item = None if problems else item_schema(name, entries)
    if item is None:
        return
    yield from _item_fields(entry, item)
    for section_name, section in entry.get("sections", {}).items():
        at = ("sections", section_name)
        if section_name in item["properties"]:
            yield at, "the listed item has a field of this name already"
        yield from (((*at, *below), text) for below, text in _section(section, service, entry, item, allowed))


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
    if "analyse" in section:
        yield from _computed(section, entry, item)
        return
    own = section.get("service", service)
    params = section.get("params", {} if "service" in section else entry.get("params", {}))
    problems = list(call_problems(section, own, params, item, allowed))
    yield from problems
    if not problems and "each" in section:
        name = operation_name(own, section["op"])
        each = section["each"]
        element = named(answer_schema(own, name, section["path"]).get("items", {"properties": {}}), each.get("as"))
        found = call_problems(each, own, each.get("params", {}), element, allowed)
        yield from ((("each", *at), text) for at, text in found)
    if not problems and "batch" in section:
        found = batch_problems(section, operation(own, operation_name(own, section["op"])), item)
        yield from ((("batch", *at), text) for at, text in found)


def _derived(section: Entry, allowed: Allowlist) -> Found:
    if section["derive"] not in DERIVATIONS:
        yield ("derive",), f"there is no derivation {section['derive']!r}"
    yield from _named_calls(section, allowed)


def _further(also: Entry, allowed: Allowlist) -> Found:
    if also["derive"] not in FURTHER:
        yield ("derive",), f"nothing finds further items by the name {also['derive']!r}"
    yield from _named_calls(also, allowed)


def _named_calls(entry: Entry, allowed: Allowlist) -> Found:
    for index, call in enumerate(entry.get("calls", ())):
        service, _, name = call.partition(":")
        yield from ((("calls", index), text) for text in allowed_problems(service, name, {}, allowed))


def _computed(section: Entry, entry: Entry, item: Entry) -> Found:
    found = ANALYSES.get(section["analyse"])
    if found is None:
        yield ("analyse",), f"there is no analysis {section['analyse']!r}: there are {', '.join(sorted(ANALYSES))}"
    elif len(found.takes) != len(section["from"]):
        yield ("from",), f"the analysis takes {', '.join(found.takes)}, in this order"
    for index, source in enumerate(section["from"]):
        top = names(source)[0]
        other = entry["sections"].get(top, {})
        if top not in item["properties"] and top not in entry["sections"]:
            yield ("from", index), f"there is neither a field nor a section {top!r}"
        if "analyse" in other:
            yield ("from", index), f"{top} is computed itself"


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
    if operation_name(found.service, found.method) != found.operation:
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
            yield f"{entry['list'].get('service', service)}:{entry['list']['op']}"
            yield from entry["list"].get("also", {}).get("calls", ())
        for section in entry.get("sections", {}).values():
            own = section.get("service", service)
            yield from section.get("calls", ())
            yield from (f"{own}:{call['op']}" for call in (section, section.get("each", {})) if "op" in call)
