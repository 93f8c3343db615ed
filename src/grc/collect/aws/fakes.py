"""Fake records for tests and examples, made from a kind's schema: every declared field holds something."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from grc.kinds import SHIPPED, load
from grc.model.evidence import Origin, Record
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.kind import Kind, KindScope

ACCOUNT: Final = "123456789012"
REGION: Final = "eu-west-1"
MOMENT: Final = "2026-01-02T03:04:05Z"


def body(kind: KindName, number: int = 1) -> dict[str, Any]:
    """A body with a value in every field: lists have one element, maps one key, text says which field it fills."""
    found = _object(_kinds()[kind].document["schema"], number, "")  # type: ignore[arg-type]
    for name, value in (("Account", ACCOUNT), ("Region", REGION)):
        found.update({name: value} if name in found else {})
    return found


def record(kind: KindName, collected: Any, number: int = 1, **overrides: object) -> Record:
    """A record of a fake account; ``overrides`` replace top-level fields of its body."""
    found = _kinds()[kind]
    filled = {**body(kind, number), **overrides}
    regional = found.scope is KindScope.REGIONAL
    tags = filled.get(str(found.document.get("tags")))
    return Record(
        kind=kind,
        subject=SubjectId(f"{kind}/{filled[found.key]}"),
        place=Place(f"aws/{ACCOUNT}/{REGION}" if regional else f"aws/{ACCOUNT}"),
        origin=Origin.LIVE,
        collected=collected,
        body=filled,
        tags=tags if isinstance(tags, dict) else None,
    )


@cache
def _kinds() -> Mapping[KindName, Kind]:
    return load((SHIPPED / "aws",))


def _object(schema: Mapping[str, Any], number: int, at: str) -> dict[str, Any]:
    return {name: _value(below, number, name) for name, below in schema["properties"].items()}


def _value(schema: Mapping[str, Any], number: int, at: str) -> Any:
    declared = schema.get("type")
    if "enum" in schema:
        return schema["enum"][number % len(schema["enum"])]
    if declared == "object":
        if "properties" in schema:
            return _object(schema, number, at)
        below = schema.get("additionalProperties")
        return {f"{at}-key": _value(below, number, at)} if isinstance(below, Mapping) else {}
    if declared == "array":
        return [_value(schema.get("items", {}), number, at)]
    if declared == "string" and schema.get("format") == "date-time":
        return MOMENT
    scalars: Mapping[str, Any] = {"boolean": bool(number % 2), "integer": number, "number": number + 0.5}
    return scalars.get(str(declared), f"{at}-{number}")
