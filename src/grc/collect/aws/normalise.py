"""Brings what AWS sent into the one shape of a record's body. Never judges."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from grc.collect import policydocument
from grc.collect.aws.declared import Resource, Section
from grc.collect.aws.paths import visit, written
from grc.collect.aws.timestamps import rfc3339
from grc.collect.strictjson import read_json
from grc.model.evidence import Gap, GapReason

EFFECTS = frozenset({"Allow", "Deny"})


class UndecodableError(Exception):
    """A value that is not what the service says it is."""


def plain(value: Any) -> Any:
    """JSON data: explicit nulls dropped, timestamps as text, bytes as base64."""
    if isinstance(value, dict):
        return {key: plain(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [plain(below) for below in value if below is not None]
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise UndecodableError(f"{type(value).__name__} is not JSON data")


def decode(value: object, how: str) -> object:
    """Decode a document that is text within an answer; ``policy`` also brings it into a policy's one shape.

    Raises:
        UndecodableError: it is not JSON, or not a policy.
    """
    document = _parsed(value) if isinstance(value, str) else value
    return _policy(document) if how == "policy" else document


def tags(value: object) -> dict[str, str]:
    """A list of ``{Key, Value}`` as a map. A tag without a value has the empty one.

    Raises:
        UndecodableError: the list is not of tags.
    """
    if not isinstance(value, list):
        raise UndecodableError("the tags are not a list")
    found = {}
    for tag in value:
        key = tag.get("Key", tag.get("TagKey")) if isinstance(tag, dict) else None
        if not isinstance(key, str):
            raise UndecodableError("a tag has no key")
        found[key] = str(tag.get("Value", tag.get("TagValue", "")))
    return found


def section_value(value: object, section: Section, resource: Resource) -> object:
    """A section's value as it stands in a body.

    Raises:
        UndecodableError: it is not what the service says it is.
    """
    found = plain(decode(value, section.decode) if section.decode else value)
    return tags(found) if section.name == resource.tags else found


def base(item: Mapping[str, Any], resource: Resource) -> tuple[dict[str, Any], tuple[Gap, ...]]:
    """A listed item as it stands in a body, and a gap for each part that cannot be read.

    Raises:
        UndecodableError: the item is not JSON data.
    """
    body: dict[str, Any] = plain(item)
    gaps = [gap for path, how in resource.decode.items() for gap in _decode_at(body, path, how, resource)]
    if resource.tags in body:
        try:
            body[resource.tags] = tags(body[resource.tags])
        except UndecodableError as error:
            del body[resource.tags]
            gaps.append(_gap(resource.tags, error, resource))
    return body, tuple(gaps)


def _decode_at(body: dict[str, Any], path: str, how: str, resource: Resource) -> list[Gap]:
    gaps = []
    for holder, key, at in list(visit(body, path)):
        try:
            holder[key] = plain(decode(holder[key], how))
        except UndecodableError as error:
            del holder[key]
            gaps.append(_gap(written(at), error, resource))
    return gaps


def _gap(path: str, error: UndecodableError, resource: Resource) -> Gap:
    assert resource.listing is not None
    read = resource.listing.read
    return Gap(path=path, reason=GapReason.MALFORMED, call=read.call, permission=read.action, detail=str(error))


def _parsed(text: str) -> object:
    """JSON: as it is, as a part of a URL (so IAM sends policies), or as text within JSON (so API Gateway does)."""
    plainly = text if text.lstrip().startswith(("{", "[")) else unquote(text)
    try:
        within = read_json(f'"{plainly}"'.encode()) if plainly.lstrip().startswith("{\\") else plainly
        return read_json(str(within).encode("utf-8"))
    except ValueError as error:
        raise UndecodableError("the document is not JSON") from error


def _policy(document: object) -> dict[str, Any]:
    try:
        found = policydocument.normalise(document)
    except ValueError as error:
        raise UndecodableError(f"the document is not a policy: {error}") from error
    if not all(statement.get("Effect") in EFFECTS for statement in found["Statement"]):
        raise UndecodableError("the document is not a policy: a statement neither allows nor denies")
    return found
