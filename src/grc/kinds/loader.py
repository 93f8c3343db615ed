"""Reads kinds: one file a kind, a JSON Schema for its records' bodies and a little about how it is listed.

``x-personal: drop | pseudonym`` and ``x-secret: true`` on a property mark what must not reach a pack as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from grc.errors import DataError, Problem
from grc.model.identifiers import KindName
from grc.model.kind import Kind, KindScope
from grc.model.types import Field, ListType, MapType, ObjectType, Primitive, Redaction, Type
from grc.yamltext import read

SHIPPED: Final = Path(__file__).parent
FORMAT: Final = "grc.kind/1"

PRIMITIVES: Final = {
    "integer": Primitive.INT,
    "number": Primitive.DOUBLE,
    "boolean": Primitive.BOOL,
    "string": Primitive.STRING,
}


def load(folders: Iterable[Path] = (SHIPPED,)) -> Mapping[KindName, Kind]:
    """Load every kind under the folders, by name.

    Raises:
        DataError: a file cannot be read, is not a kind, or names a kind that another file names already.
    """
    kinds: dict[KindName, Kind] = {}
    problems: list[Problem] = []
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in (".json", ".yaml")):
        try:
            kind = kind_from(_document(path), str(path))
        except DataError as error:
            problems.extend(error.problems)
            continue
        if kind.name in kinds:
            problems.append(_problem(str(path), "$.name", f"the kind {kind.name} is declared twice"))
        kinds[kind.name] = kind
    if problems:
        raise DataError(problems)
    return dict(sorted(kinds.items()))


def kind_from(document: Mapping[str, Any], path: str) -> Kind:
    """Make a kind of its document. ``path`` is what messages call the file.

    Raises:
        DataError: the document is not a kind.
    """
    problems = [
        _problem(path, "$", f"the key {key!r} is missing")
        for key in ("format", "name", "title", "provider", "scope", "key", "schema")
        if key not in document
    ]
    if not problems and document["format"] != FORMAT:
        problems.append(_problem(path, "$.format", f"is {document['format']!r}: this engine reads {FORMAT}"))
    if problems:
        raise DataError(problems)
    shape = _type(document["schema"], document["name"])
    if not isinstance(shape, ObjectType) or document["key"] not in shape.fields:
        raise DataError([_problem(path, "$.schema", "must be an object with properties, the key among them")])
    sections = frozenset(document.get("sections", ()))
    return Kind(
        name=KindName(document["name"]),
        title=document["title"],
        provider=document["provider"],
        scope=KindScope(document["scope"]),
        key=document["key"],
        shape=shape,
        base=frozenset(shape.fields) - sections,
        max_age_days=document.get("max_age_days"),
        document=document,
    )


def _document(path: Path) -> Mapping[str, Any]:
    if path.suffix == ".yaml":
        return read(path).value
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DataError([_problem(str(path), "$", f"cannot be read as JSON: {error}")]) from error
    if not isinstance(document, dict):
        raise DataError([_problem(str(path), "$", "must be a mapping")])
    return document


def _type(schema: Mapping[str, Any], name: str) -> Type:
    declared = schema.get("type")
    if declared == "string" and schema.get("format") in ("date-time", "date"):
        return Primitive.TIMESTAMP
    if declared in PRIMITIVES:
        return PRIMITIVES[declared]
    if declared == "array":
        return ListType(_type(schema.get("items", {}), name + "[]"))
    if declared == "object" and "properties" in schema:
        required = frozenset(schema.get("required", ()))
        fields = {
            field: _field(below, f"{name}.{field}", nullable=field not in required)
            for field, below in schema["properties"].items()
        }
        return ObjectType(name, fields)
    if declared == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return MapType(Primitive.STRING, _type(schema["additionalProperties"], name + ".*"))
    if declared == "object":
        return MapType(Primitive.STRING, Primitive.DYN)
    return Primitive.DYN


def _field(schema: Mapping[str, Any], name: str, *, nullable: bool) -> Field:
    personal = schema.get("x-personal")
    return Field(
        type=_type(schema, name),
        nullable=nullable,
        personal=None if personal is None else Redaction(personal),
        secret=bool(schema.get("x-secret", False)),
        enum=tuple(schema.get("enum", ())),
        title=schema.get("title", ""),
    )


def _problem(path: str, at: str, message: str) -> Problem:
    return Problem(path=path, line=1, column=1, at=at, message=message)
