from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from grc import kinds
from grc.errors import DataError
from grc.model.identifiers import KindName
from grc.model.kind import KindScope
from grc.model.types import ListType, MapType, ObjectType, Primitive, Redaction

THING: dict[str, Any] = {
    "format": "grc.kind/1",
    "name": "demo.thing",
    "title": "A thing",
    "provider": "demo",
    "scope": "regional",
    "key": "Id",
    "sections": ["more"],
    "max_age_days": 3,
    "schema": {
        "type": "object",
        "required": ["Id"],
        "properties": {
            "Id": {"type": "string"},
            "Count": {"type": "integer", "title": "How many"},
            "Share": {"type": "number"},
            "On": {"type": "boolean"},
            "Seen": {"type": "string", "format": "date-time"},
            "Day": {"type": "string", "format": "date"},
            "State": {"type": "string", "enum": ["a", "b"]},
            "Names": {"type": "array", "items": {"type": "string"}},
            "Labels": {"type": "object", "additionalProperties": {"type": "integer"}},
            "Anything": {},
            "Person": {"type": "string", "x-personal": "pseudonym"},
            "Password": {"type": "string", "x-secret": True},
            "more": {"type": "object", "required": ["A"], "properties": {"A": {"type": "array"}}},
        },
    },
}

TYPES = "integer, number, boolean, string, array, object"


def changed(*path: str, to: object) -> dict[str, Any]:
    document = copy.deepcopy(THING)
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    if to is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = to
    return document


def test_a_kind_holds_what_its_document_says() -> None:
    kind = kinds.kind_from(THING, "f")
    assert (kind.name, kind.provider, kind.scope, kind.key) == ("demo.thing", "demo", KindScope.REGIONAL, "Id")
    assert kind.sections == {"more"}
    assert "more" not in kind.base
    assert "Id" in kind.base
    assert kind.max_age_days == 3
    assert kind.document == THING


def test_each_schema_has_its_type() -> None:
    fields = kinds.kind_from(THING, "f").shape.fields
    assert fields["Count"].type is Primitive.INT
    assert fields["Share"].type is Primitive.DOUBLE
    assert fields["On"].type is Primitive.BOOL
    assert fields["Seen"].type is Primitive.TIMESTAMP
    assert fields["Day"].type is Primitive.TIMESTAMP
    assert fields["Names"].type == ListType(Primitive.STRING)
    assert fields["Labels"].type == MapType(Primitive.STRING, Primitive.INT)
    assert fields["Anything"].type is Primitive.DYN
    more = fields["more"].type
    assert isinstance(more, ObjectType)
    assert more.name == "demo.thing.more"
    assert more.fields["A"].type == ListType(Primitive.DYN)


def test_only_what_is_required_is_always_there() -> None:
    fields = kinds.kind_from(THING, "f").shape.fields
    assert [name for name, field in fields.items() if not field.nullable] == ["Id"]


def test_marks_of_fields() -> None:
    fields = kinds.kind_from(THING, "f").shape.fields
    assert fields["Person"].personal is Redaction.PSEUDONYM
    assert fields["Password"].secret
    assert not fields["Person"].secret
    assert fields["State"].enum == ("a", "b")
    assert fields["Count"].title == "How many"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (changed("format", to="grc.kind/2"), "$.format: is 'grc.kind/2': this engine reads grc.kind/1"),
        (changed("name", to=...), "$.name: is missing"),
        (changed("title", to=3), "$.title: is missing or not text"),
        (changed("name", to="other.thing"), "$.name: is 'other.thing': must begin with its provider and a dot"),
        (changed("scope", to="local"), "$.scope: is 'local': must be one of global, regional"),
        (changed("key", to="Name"), "$.key: is 'Name': must be a required property of the schema"),
        (changed("key", to="Count"), "$.key: is 'Count': must be a required property of the schema"),
        (changed("sections", to=["most"]), "$.sections: 'most' must be a property of the schema, and not the key"),
        (changed("sections", to=["Id"]), "$.sections: 'Id' must be a property of the schema, and not the key"),
        (changed("max_age_days", to="7"), "$.max_age_days: is '7': must be a number of days"),
        (changed("max_age_days", to=0), "$.max_age_days: is 0: must be a number of days"),
        (changed("schema", to=[]), "$.schema: is missing or not a mapping"),
        (changed("schema", to={"type": "string"}), "$.schema: must be an object with properties"),
        (
            changed("schema", "properties", "On", "type", to="bool"),
            f"$.schema: demo.thing.On has the type 'bool': must be one of {TYPES}",
        ),
        (
            changed("schema", "properties", "On", "type", to=["boolean", "null"]),
            f"$.schema: demo.thing.On has the type ['boolean', 'null']: must be one of {TYPES}",
        ),
        (changed("schema", "properties", "On", to="boolean"), "$.schema: demo.thing.On is not a mapping"),
        (
            changed("schema", "properties", "Person", "x-personal", to="hide"),
            "$.schema: demo.thing.Person has x-personal 'hide': must be one of drop, pseudonym",
        ),
        (
            changed("schema", "properties", "Password", "x-secret", to="no"),
            "$.schema: demo.thing.Password has x-secret 'no': must be true or false",
        ),
        (
            changed("schema", "properties", "Person", "x-references", to=["demo.thing.Id"]),
            "$.schema: demo.thing.Person has x-references ['demo.thing.Id']: must be <kind>.<field>",
        ),
        (changed("identity", to="Id"), "$.identity: is 'Id': must be a list of properties"),
        (changed("identity", to=[]), "$.identity: is []: must be a list of properties"),
        (changed("identity", to=["Id", "Name"]), "$.identity: 'Name' must be a property of the schema"),
        (changed("dated_by", to="Count"), "$.dated_by: is 'Count': must be a date of the schema"),
        (changed("dated_by", to="Then"), "$.dated_by: is 'Then': must be a date of the schema"),
        (changed("may_be_empty", to="yes"), "$.may_be_empty: is 'yes': must be true or false"),
        (
            changed("schema", "required", to=["Id", "Idd"]),
            "$.schema: demo.thing requires 'Idd', which is not one of its properties",
        ),
    ],
)
def test_what_is_not_a_kind(document: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        kinds.kind_from(document, "f")
    assert str(caught.value) == f"f:1:1: {message}"


def test_kinds_come_from_json_and_yaml_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps(THING), encoding="utf-8")
    (tmp_path / "a.yaml").write_text(json.dumps(THING).replace("demo.thing", "demo.zebra"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a kind", encoding="utf-8")
    assert list(kinds.load([tmp_path])) == ["demo.thing", "demo.zebra"]


def test_a_kind_is_declared_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps(THING), encoding="utf-8")
    with pytest.raises(DataError, match=r"b\.json:1:1: \$\.name: the kind demo\.thing is declared twice"):
        kinds.load([tmp_path])


TARGET = json.dumps(THING).replace("demo.thing", "demo.other")


@pytest.mark.parametrize(
    ("field", "references", "fault"),
    [
        ("State", "demo.others.Id", "there is no kind 'demo.others'"),
        ("State", "Id", "there is no kind ''"),
        ("State", "demo.other.Idd", "demo.other has no property 'Idd'"),
        ("State", "demo.other.Count", "the two are not of one type"),
        ("Labels", "demo.other.Id", "the two are not of one type"),
        ("State", "demo.other.Person", "the two need the same x-personal, or they never meet"),
        ("Person", "demo.other.Id", "the two need the same x-personal, or they never meet"),
    ],
)
def test_a_reference_that_leads_nowhere(tmp_path: Path, field: str, references: str, fault: str) -> None:
    source = changed("schema", "properties", field, "x-references", to=references)
    (tmp_path / "a.json").write_text(TARGET, encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(source), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        kinds.load([tmp_path])
    at = f"$.schema.properties.{field}.x-references"
    assert str(caught.value) == f"{tmp_path / 'b.json'}:1:1: {at}: is {references!r}: {fault}"


@pytest.mark.parametrize(
    ("field", "references"),
    [
        ("State", "demo.other.Id"),
        ("Names", "demo.other.Id"),
        ("Person", "demo.other.Person"),
        ("State", "demo.thing.Id"),
    ],
)
def test_a_reference_that_leads_somewhere(tmp_path: Path, field: str, references: str) -> None:
    source = changed("schema", "properties", field, "x-references", to=references)
    (tmp_path / "a.json").write_text(TARGET, encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(source), encoding="utf-8")
    fields = kinds.load([tmp_path])[KindName("demo.thing")].shape.fields
    assert fields[field].references == references
    assert fields["Id"].references is None


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00", "[" * 100_000, '{"format": "grc.kind/1"}'])
def test_junk_is_a_problem_and_not_a_crash(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        kinds.load([tmp_path])


def test_the_shipped_kinds_are_kinds() -> None:
    shipped = kinds.load()
    assert KindName("aws.s3.bucket") in shipped
    assert all(kind.key in kind.base for kind in shipped.values())
