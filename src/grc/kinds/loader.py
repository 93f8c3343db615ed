"""Reads kinds: one file a kind, a JSON Schema for its records' bodies and a little about how it is listed.

``x-personal: drop | pseudonym`` and ``x-secret: true`` on a property mark what must not reach a pack as it is; on a
list they hold for each member. ``x-references: <kind>.<field>`` says in which field of which kind the value stands too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.errors import DataError, Problem
from grc.model.identifiers import KindName
from grc.model.kind import Kind, KindScope
from grc.model.types import Field, ListType, MapType, ObjectType, Primitive, Redaction, Type

SHIPPED: Final = Path(__file__).parent
FORMAT: Final = "grc.kind/1"

TEXTS: Final = ("format", "name", "title", "provider", "scope", "key")
REDACTIONS: Final = tuple(redaction.value for redaction in Redaction)
PRIMITIVES: Final = {
    "integer": Primitive.INT,
    "number": Primitive.DOUBLE,
    "boolean": Primitive.BOOL,
    "string": Primitive.STRING,
}
TYPES: Final = (*PRIMITIVES, "array", "object")
PLAIN_FIELDS: Final = {
    (declared, nullable): Field(type=type_, nullable=nullable)
    for declared, type_ in PRIMITIVES.items()
    for nullable in (True, False)
}


def load(folders: Iterable[Path] = (SHIPPED,)) -> Mapping[KindName, Kind]:
    """Load every kind under the folders, by name.

    Raises:
        DataError: a file cannot be read, is not a kind, or names a kind that another file names already.
    """
    kinds: dict[KindName, Kind] = {}
    paths: dict[KindName, str] = {}
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
        paths[kind.name] = str(path)
    problems = problems or list(reference_problems(kinds, paths))
    if problems:
        raise DataError(problems)
    return dict(sorted(kinds.items()))


@cache
def is_regional(name: KindName) -> bool:
    """Whether a shipped kind of AWS is listed region by region. Reads its file alone."""
    document = _document(SHIPPED / "aws" / f"{name.removeprefix('aws.')}.json")
    return KindScope(document["scope"]) is KindScope.REGIONAL


def kind_from(document: Mapping[str, Any], path: str) -> Kind:
    """Make a kind of its document. ``path`` is what messages call the file.

    Raises:
        DataError: the document is not a kind.
    """
    problems = list(_head_problems(document, path))
    if problems:
        raise DataError(problems)
    builder = ShapeBuilder(path)
    shape = builder.build(document["schema"], document["name"])
    problems = [*builder.problems, *_shape_problems(document, shape, path)]
    problems = problems or list(_row_problems(document, shape, path))
    if problems or not isinstance(shape, ObjectType):
        raise DataError(problems)
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


def _head_problems(document: Mapping[str, Any], path: str) -> Iterator[Problem]:
    for key in TEXTS:
        if not isinstance(document.get(key), str) or not document[key]:
            yield _problem(path, f"$.{key}", "is missing or not text" if key in document else "is missing")
    if document.get("format", FORMAT) != FORMAT:
        yield _problem(path, "$.format", f"is {document['format']!r}: this engine reads {FORMAT}")
    scopes = [scope.value for scope in KindScope]
    if document.get("scope", scopes[0]) not in scopes:
        yield _problem(path, "$.scope", f"is {document['scope']!r}: must be one of {', '.join(scopes)}")
    if not str(document.get("name", ".")).startswith(f"{document.get('provider', '')}.") and "name" in document:
        yield _problem(path, "$.name", f"is {document['name']!r}: must begin with its provider and a dot")
    age = document.get("max_age_days", 1)
    if type(age) is not int or age < 1:
        yield _problem(path, "$.max_age_days", f"is {age!r}: must be a number of days")
    if not isinstance(document.get("schema"), Mapping):
        yield _problem(path, "$.schema", "is missing or not a mapping")


def _shape_problems(document: Mapping[str, Any], shape: Type, path: str) -> Iterator[Problem]:
    if not isinstance(shape, ObjectType):
        yield _problem(path, "$.schema", "must be an object with properties")
        return
    key = shape.fields.get(document["key"])
    if key is None or key.nullable:
        yield _problem(path, "$.key", f"is {document['key']!r}: must be a required property of the schema")
    for section in document.get("sections", ()):
        if section not in shape.fields or section == document["key"]:
            yield _problem(path, "$.sections", f"{section!r} must be a property of the schema, and not the key")


def _row_problems(document: Mapping[str, Any], shape: Type, path: str) -> Iterator[Problem]:
    """What is wrong with what a register says of its rows: their ids, their day, and whether there may be none."""
    fields = shape.fields if isinstance(shape, ObjectType) else {}
    identity = document.get("identity", [document["key"]])
    if not isinstance(identity, list) or not identity:
        yield _problem(path, "$.identity", f"is {identity!r}: must be a list of properties")
        return
    for name in identity:
        if name not in fields:
            yield _problem(path, "$.identity", f"{name!r} must be a property of the schema")
    dated_by = document.get("dated_by")
    if dated_by is not None and (dated_by not in fields or fields[dated_by].type is not Primitive.TIMESTAMP):
        yield _problem(path, "$.dated_by", f"is {dated_by!r}: must be a date of the schema")
    if not isinstance(document.get("may_be_empty", False), bool):
        yield _problem(path, "$.may_be_empty", f"is {document['may_be_empty']!r}: must be true or false")


def reference_problems(kinds: Mapping[KindName, Kind], paths: Mapping[KindName, str]) -> Iterator[Problem]:
    """References that lead nowhere, or to values that can never be the same, in the kinds that have a path."""
    for name, kind in kinds.items():
        for field, declared in kind.shape.fields.items():
            if declared.references is not None and name in paths:
                fault = _reference_fault(kinds, declared, declared.references)
                if fault:
                    yield _problem(paths[name], f"$.schema.properties.{field}.x-references", fault)


def _reference_fault(kinds: Mapping[KindName, Kind], source: Field, references: str) -> str | None:
    kind_name, _, field = references.rpartition(".")
    kind = kinds.get(KindName(kind_name))
    if kind is None:
        return f"is {references!r}: there is no kind {kind_name!r}"
    target = kind.shape.fields.get(field)
    if target is None:
        return f"is {references!r}: {kind_name} has no property {field!r}"
    type_ = source.type.element if isinstance(source.type, ListType) else source.type
    if type_ is not target.type:
        return f"is {references!r}: the two are not of one type"
    if source.personal is not target.personal:
        return f"is {references!r}: the two need the same x-personal, or they never meet"
    return None


def _document(path: Path) -> Mapping[str, Any]:
    if path.suffix == ".yaml":
        from grc.yamltext import read

        return read(path).value
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DataError([_problem(str(path), "$", f"cannot be read as JSON: {error}")]) from error
    if not isinstance(document, dict):
        raise DataError([_problem(str(path), "$", "must be a mapping")])
    return document


class ShapeBuilder:
    """Makes types of a JSON Schema. What it does not know is a problem: taken for ``dyn``, nothing would check it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def build(self, schema: object, name: str) -> Type:
        """The type of a schema; ``name`` is what messages and types call it."""
        if not isinstance(schema, dict):
            return self._refuse(name, "is not a mapping")
        declared = schema.get("type")
        if declared == "string" and schema.get("format") in ("date-time", "date"):
            return Primitive.TIMESTAMP
        if isinstance(declared, str) and declared in PRIMITIVES:
            return PRIMITIVES[declared]
        if declared == "array":
            return ListType(self.build(schema.get("items", {}), name + "[]"))
        if declared == "object":
            return self._object(schema, name)
        if declared is None:
            return Primitive.DYN
        return self._refuse(name, f"has the type {declared!r}: must be one of {', '.join(TYPES)}")

    def _object(self, schema: Mapping[str, Any], name: str) -> Type:
        if "properties" in schema:
            required = schema.get("required", ())
            for missing in sorted(set(required) - set(schema["properties"])):
                self._refuse(name, f"requires {missing!r}, which is not one of its properties")
            fields = {
                field: self._field(below, f"{name}.{field}", nullable=field not in required)
                for field, below in schema["properties"].items()
            }
            return ObjectType(name, fields)
        if isinstance(schema.get("additionalProperties"), Mapping):
            return MapType(Primitive.STRING, self.build(schema["additionalProperties"], name + ".*"))
        return MapType(Primitive.STRING, Primitive.DYN)

    def _field(self, schema: object, name: str, *, nullable: bool) -> Field:
        plain = _plain_field(schema, nullable=nullable)
        if plain is not None:
            return plain
        type_ = self.build(schema, name)
        if not isinstance(schema, dict):
            return Field(type=type_)
        personal, secret = schema.get("x-personal"), schema.get("x-secret", False)
        if personal not in (None, *REDACTIONS):
            self._refuse(name, f"has x-personal {personal!r}: must be one of {', '.join(REDACTIONS)}")
            personal = None
        if not isinstance(secret, bool):
            self._refuse(name, f"has x-secret {secret!r}: must be true or false")
        references = schema.get("x-references")
        if references is not None and not isinstance(references, str):
            self._refuse(name, f"has x-references {references!r}: must be <kind>.<field>")
            references = None
        return Field(
            type=type_,
            nullable=nullable,
            personal=None if personal is None else Redaction(personal),
            secret=bool(secret),
            enum=tuple(schema.get("enum", ())),
            title=schema.get("title", ""),
            references=references,
        )

    def _refuse(self, name: str, message: str) -> Type:
        self.problems.append(_problem(self.path, "$.schema", f"{name} {message}"))
        return Primitive.DYN


def _plain_field(schema: object, *, nullable: bool) -> Field | None:
    """The field of a schema that gives a plain type and nothing else, as half of them do: one for all of a type."""
    if isinstance(schema, dict) and len(schema) == 1 and isinstance(schema.get("type"), str):
        return PLAIN_FIELDS.get((schema["type"], nullable))
    return None


def _problem(path: str, at: str, message: str) -> Problem:
    return Problem(path=path, line=1, column=1, at=at, message=message)
