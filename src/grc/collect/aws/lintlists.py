"""Proves how a kind's items are listed, and how one call reads a section of many of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grc.collect.aws.allowlist import Allowlist
from grc.collect.aws.declared import kept_fields
from grc.collect.aws.lintcalls import Entry, Found, call_problems, operation_name
from grc.collect.aws.shapes import PLACE, Schema, answer_schema, below, named

Entries = Mapping[str, tuple[str, Entry]]
"""Every kind as its file declares it, with the file's service."""

NOTHING: Final[Mapping[str, Any]] = {"properties": {}}


def item_schema(name: str, entries: Entries) -> Schema:
    """The JSON Schema of a kind's listed items, of which ``listing_problems`` found none."""
    service, entry = entries[name]
    listing = entry["list"]
    schema = named(_element(listing, service), listing.get("as"))
    above = _above(listing, entries)["properties"]
    kept = {into: above[source] for into, source in kept_fields(listing).items()}
    return {**schema, "properties": {**schema["properties"], **kept}}


def listing_problems(name: str, entries: Entries, allowed: Allowlist) -> Found:
    """What is wrong with a kind's listing."""
    service, entry = entries[name]
    listing = entry["list"]
    parents = list(_parents(name, entry, entries, allowed))
    yield from parents
    if parents:
        return
    above = _above(listing, entries)
    problems = list(call_problems(listing, listing.get("service", service), listing.get("params", {}), above, allowed))
    yield from problems
    if not problems:
        yield from _elements(listing, _element(listing, service), above)


def batch_problems(section: Entry, model: Any, item: Entry) -> Found:
    """What is wrong with a section that one call reads for many items; its call is proven already."""
    batch = section["batch"]
    if "each" in section:
        yield ("param",), "a section that is read in batches has no further calls"
    if batch["from"] not in item["properties"]:
        yield ("from",), f"the listed item has no field {batch['from']!r}"
    yield from _batch_input(batch, model)
    answer = answer_schema(model.service_model.service_name, model.name, section.get("path", ""))
    element = answer.get("items", {}).get("properties", {})
    if batch["match"] not in element:
        yield ("match",), f"an element of the answer has no {batch['match']!r}"
    try:
        below({"properties": element}, batch.get("value", ""))
    except KeyError:
        yield ("value",), f"an element of the answer has no {batch['value']!r}"
    if batch.get("failures", section["op"]) not in {*model.output_shape.members, section["op"]}:
        yield ("failures",), f"the answer of {model.name} has no {batch['failures']!r}"


def _batch_input(batch: Entry, model: Any) -> Found:
    shape = model.input_shape.members[batch["param"]]
    if shape.type_name != "list":
        yield ("param",), f"{batch['param']} of {model.name} takes no list"
        return
    most = shape.metadata.get("max")
    if most is not None and batch["size"] > most:
        yield ("size",), f"{model.name} takes at most {most} at once"


def _parents(name: str, entry: Entry, entries: Entries, allowed: Allowlist) -> Found:
    """What is wrong with the kind that a kind is listed for."""
    parent, at = entry["list"].get("for"), ("for",)
    if parent is None:
        return
    line = [name]
    while parent in entries and parent not in line:
        line.append(parent)
        parent = entries[parent][1]["list"].get("for")
    if parent is not None:
        yield at, f"there is no kind {parent}" if parent not in line else f"{parent} is listed for itself in the end"
        return
    above = entries[line[1]][1]
    if "self" in above["list"]:
        yield at, f"{line[1]} is not listed itself: leave `for` out, a place's fields are there without it"
    elif any(True for _ in listing_problems(line[1], entries, allowed)):
        yield at, f"the listing of {line[1]} is wrong itself"
    if above["scope"] != entry["scope"]:
        yield at, f"{line[1]} is {above['scope']}, and what is listed for it must be too"
    if "regions" in entry["list"]:
        yield ("regions",), f"it is listed where {line[1]} is"


def _above(listing: Entry, entries: Entries) -> Entry:
    return item_schema(listing["for"], entries) if "for" in listing else PLACE


def _element(listing: Entry, service: str) -> Schema:
    own = listing.get("service", service)
    found: Schema = answer_schema(own, operation_name(own, listing["op"]), listing["path"]).get("items", NOTHING)
    return found


def _elements(listing: Entry, element: Entry, above: Entry) -> Found:
    if element is NOTHING:
        yield ("path",), f"there is no list at {listing['path']!r}"
    elif ("properties" in element) is ("as" in listing):
        bare = "its elements are bare values: name them with `as`"
        yield ("path",), "its elements have names: leave `as` out" if "as" in listing else bare
    own = named(dict(element), listing.get("as")).get("properties", {})
    for into, source in kept_fields(listing).items():
        if source not in above["properties"]:
            yield ("keep",), f"what it is listed for has no field {source!r}"
        if into in own:
            yield ("keep",), f"the listed item has a field {into!r} already: keep it under another name"
