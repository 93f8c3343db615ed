"""Generates the schemas of the AWS kinds: ``python -m grc.collect.aws.kinds [FOLDER]``."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from grc.collect.aws import declared
from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Call, Listing, Resource, Section, template_fields
from grc.collect.aws.paths import names
from grc.collect.aws.shapes import PLACE, TAGS, Schema, answer_schema, below, fixed, named
from grc.kinds import SHIPPED
from grc.model.identifiers import KindName

FOLDER: Final = SHIPPED / "aws"


def documents(resources: Mapping[KindName, Resource] | None = None) -> Mapping[str, str]:
    """The text of each kind's file, by file name."""
    found = declared.load() if resources is None else resources
    return {f"{name.removeprefix('aws.')}.json": _text(document(resource)) for name, resource in found.items()}


def document(resource: Resource) -> dict[str, Any]:
    """One kind's document: what a record's body looks like, and which calls give which part of it."""
    schema = _base(resource)
    for section in resource.sections.values():
        schema["properties"][section.name] = _titled(_section(section), section.title)
    _adjust(schema, resource)
    keys = [key for key in template_fields(resource.subject) if key in schema["properties"]]
    schema["required"] = sorted({resource.key, *keys, *schema.get("required", ())})
    schema["properties"] = dict(sorted(schema["properties"].items()))
    found = {
        "format": "grc.kind/1",
        "name": resource.name,
        "title": resource.title,
        "provider": "aws",
        "scope": resource.scope.value,
        "key": resource.key,
        "tags": resource.tags,
        "sections": sorted(resource.sections),
        "redacted": _redacted(resource) or None,
        "calls": _calls(resource),
        "schema": schema,
    }
    return {key: value for key, value in found.items() if value is not None}


def write(folder: Path = FOLDER) -> None:
    """Write every kind's file and remove those of kinds no longer declared."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = documents()
    for path in folder.glob("*.json"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _text(found: Mapping[str, Any]) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _base(resource: Resource) -> Schema:
    if resource.listing is None:
        return copy.deepcopy(fixed()[resource.itself or ""])
    schema = _item(resource.listing)
    for path in resource.drop:
        _holder(schema, path).pop(names(path)[-1])
    for path, decoder in resource.decode.items():
        if path not in resource.drop:
            _holder_or_none(schema, path, fixed()["policy"] if decoder == "policy" else {})
    return schema


def _item(listing: Listing) -> Schema:
    """An element of the list as an item: with the name that a bare value gets, and what is kept from above."""
    schema = named(_answer(listing)["items"], listing.field)
    above = PLACE if listing.parent is None else _base(listing.parent)
    kept = {into: above["properties"][name] for into, name in listing.keep.items()}
    return {**schema, "properties": {**schema["properties"], **kept}}


def _answer(call: Call) -> Schema:
    return answer_schema(call.read.service, call.read.operation, call.path)


def _section(section: Section) -> Schema:
    if section.computed is not None:
        return copy.deepcopy(dict(fixed()[section.computed]))
    if section.schema is not None:
        return copy.deepcopy(dict(fixed()[section.schema]))
    assert section.call is not None
    if section.decode is not None:
        return copy.deepcopy(dict(fixed()["policy"])) if section.decode == "policy" else {}
    schema = _answer(section.call)
    if section.each is not None:
        schema["items"] = named(schema["items"], section.each.field)
        schema["items"]["properties"][section.each.into] = _answer(section.each.call)
    return schema if section.batch is None else below(schema["items"], section.batch.value)


def _titled(schema: Schema, title: str) -> Schema:
    return {"title": title, **{key: value for key, value in schema.items() if key != "title"}} if title else schema


def _adjust(schema: Schema, resource: Resource) -> None:
    """Tags become a map; what is dropped leaves the schema, so that no check can read it."""
    if resource.tags is not None:
        schema["properties"][resource.tags] = {"title": "The tags, as a map", **TAGS}
    for path in (*resource.secret, *resource.personal):
        _holder(schema, path).pop(names(path)[-1])


def _holder(schema: Schema, path: str) -> dict[str, Any]:
    """The ``properties`` that hold the last name of a path; lists are entered."""
    for name in names(path)[:-1]:
        schema = _element(schema["properties"][name])
    found: dict[str, Any] = _element(schema)["properties"]
    return found


def _holder_or_none(schema: Schema, path: str, value: Mapping[str, Any]) -> None:
    if names(path)[0] in schema["properties"]:
        _holder(schema, path)[names(path)[-1]] = copy.deepcopy(dict(value))


def _element(schema: Schema) -> Schema:
    while schema.get("type") == "array":
        schema = schema["items"]
    return schema


def _redacted(resource: Resource) -> dict[str, str]:
    """What never reaches a pack as it is, by path: this list is the pack's own account of it."""
    found = dict.fromkeys(resource.personal, "personal: drop")
    found.update(dict.fromkeys(resource.secret, "secret: drop"))
    found.update({path: f"not kept: {reason}" for path, reason in resource.drop.items()})
    return dict(sorted(found.items()))


def _calls(resource: Resource) -> dict[str, list[str]]:
    found = {"": _names(read for listing in resource.listings for read in listing.reads)}
    found.update({name: _names(section.reads) for name, section in sorted(resource.sections.items())})
    return {name: calls for name, calls in found.items() if calls}


def _names(reads: Iterable[Read]) -> list[str]:
    return [read.call for read in reads]


if __name__ == "__main__":
    write(*(Path(folder) for folder in sys.argv[1:2]))
