"""The data that translates CloudFormation: paths lead somewhere, properties exist, defaults have a source and a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from cloudformation_trees import known

from grc.collect.aws.declared import load
from grc.collect.cloudformation import shipped_translations
from grc.collect.cloudformation.declaring import SETTINGS
from grc.collect.cloudformation.macros import ANY, macros
from grc.collect.policies import ANALYSES
from grc.collect.translated.translation import Translation, Value
from grc.model.types import ListType, MapType, ObjectType, Primitive, Type

TRANSLATIONS = shipped_translations()
LACKING = {("AWS::S3::Bucket", "VersioningConfiguration.MFADelete")}
"""Properties that CloudFormation does not have, so that no template sets what they would."""

Leaf = tuple[str, Mapping[str, Any], str]
"""The path of a field, its value as a mapping, and the path of the property that it comes from ("" for none)."""


def leaves(at: str, value: Value, above: str = "") -> Iterator[Leaf]:
    told: Mapping[str, Any] = {"from": value} if isinstance(value, str) else value
    name = ".".join(filter(None, (above, told.get("from", ""))))
    yield at, told, name if "from" in told else ""
    for one in told.get("list", ()):
        yield from leaves(at, one, above)
    for field, one in (told.get("each") or told.get("first") or told.get("object") or {}).items():
        yield from leaves(f"{at}.{field}", one, name)


def every(translation: Translation) -> Iterator[tuple[str, Leaf]]:
    """The leaves with the resource type whose properties they read."""
    for field, value in translation.fields.items():
        yield from ((translation.type, leaf) for leaf in leaves(field, value))
    for one in translation.attached:
        yield from ((one.type, leaf) for leaf in leaves(one.field, one.value))


def declared(type_: str, path: str) -> bool:
    """Whether AWS's schema of a type has a property: ``Outer.Inner``, past lists."""
    document: Any = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    nodes = [document]
    for step in path.split("."):
        nodes = [
            below
            for node in nodes
            for one in _forms(node, document)
            for below in [one.get("properties", {}).get(step)]
            if below
        ]
    return bool(nodes)


def _forms(node: Mapping[str, Any], document: Any) -> Iterator[Mapping[str, Any]]:
    """A node, and what it refers to, holds or chooses between."""
    if "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        yield from _forms(target, document)
        return
    yield node
    if "items" in node:
        yield from _forms(node["items"], document)
    for choice in ("anyOf", "oneOf", "allOf"):
        for one in node.get(choice, ()):
            yield from _forms(one, document)


@pytest.mark.parametrize("translation", TRANSLATIONS, ids=lambda one: one.type)
def test_every_property_is_one_of_aws(translation: Translation) -> None:
    for type_, (path, told, name) in every(translation):
        listed, slash, key = name.partition("/")
        if slash:
            assert SETTINGS[type_][0] == listed
            assert key.replace("/", ".") in SETTINGS[type_][1]
        if name and (type_, name) not in LACKING:
            assert declared(type_, listed), f"{path}: {type_} has no {name}"
        for other in (*told.get("unset", {}).get("unless", ()), *told.get("unless", ())):
            assert declared(type_, other), f"{path}: {type_} has no {other}"
    for one in translation.attached:
        assert declared(one.type, one.by)
        assert all(declared(translation.type, name) for name in one.named)


def found(shape: Type, path: str) -> Type | None:
    """What stands at a path of a kind, past lists; None where nothing does."""
    for step in path.split("."):
        while isinstance(shape, ListType):
            shape = shape.element
        if isinstance(shape, MapType):
            shape = shape.value
        elif shape is Primitive.DYN:
            return shape
        elif isinstance(shape, ObjectType) and step in shape.fields:
            shape = shape.fields[step].type
        else:
            return None
    return shape


def of_type(value: object, shape: Type) -> bool:
    """Whether a value that stands in the data is one of the field."""
    if value is None or shape is Primitive.DYN:
        return True
    if isinstance(value, list):
        return isinstance(shape, ListType) and all(of_type(one, shape.element) for one in value)
    if isinstance(value, dict):
        return all((below := found(shape, name)) is not None and of_type(one, below) for name, one in value.items())
    fits = {bool: (Primitive.BOOL,), int: (Primitive.INT, Primitive.DOUBLE), str: (Primitive.STRING,)}
    return shape in fits[type(value)]


@pytest.mark.parametrize("translation", TRANSLATIONS, ids=lambda one: one.type)
def test_every_path_exists_and_every_word_has_its_type(translation: Translation) -> None:
    shape = known()[translation.kind].shape
    for _, (path, told, _name) in every(translation):
        if any(f"{path}.".startswith(f"{secret}.") for secret in translation.secret):
            continue  # an analysis reads it, and it is dropped: a kind does not have it
        field = found(shape, path)
        assert field is not None, f"{translation.kind} has no {path}"
        words = [*told.get("map", {}).values(), *(told[form] for form in ("value", "new") if form in told)]
        words += [told["unset"]["value"]] if "unset" in told and "wrap" not in told else []
        if "list" not in told:
            assert all(of_type(word, field) for word in words), (path, words, field)


def defaults() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for translation in TRANSLATIONS:
        for type_, (path, told, _) in every(translation):
            if "unset" in told:
                yield f"{type_}: {path}", told["unset"]
        yield from ((one.type, one.unset) for one in translation.attached if one.unset is not None)


CHANGED = {
    "AWS::Redshift::Cluster: Encrypted": "2025-01-10",
    "AWS::Redshift::Cluster: PubliclyAccessible": "2025-01-10",
    "AWS::S3::Bucket: encryption": "2023-01-05",
    "AWS::S3::Bucket: ownership": "2023-04-27",
    "AWS::S3::Bucket: public_access_block": "2023-04-27",
    "AWS::SQS::Queue: attributes.SqsManagedSseEnabled": "2022-09-26",
}
"""Defaults that AWS gave new resources differently before, and the day of the change as AWS states it."""


def test_every_default_has_a_source_and_one_that_was_changed_its_day() -> None:
    assert {where: unset["since"] for where, unset in defaults() if "since" in unset} == CHANGED
    for where, unset in defaults():
        assert unset.keys() - {"unless", "since"} == {"value", "source"}, where
        assert unset["source"].startswith("https://docs.aws.amazon.com/"), where


def test_every_record_has_its_key_or_a_gap_there() -> None:
    for translation in TRANSLATIONS:
        assert known()[translation.kind].key in {path for _, (path, _, _) in every(translation)}, translation.type


def test_what_is_told_as_a_whole_tells_all_that_is_read_in_it(read_by_checks: Mapping[str, frozenset[str]]) -> None:
    for translation in TRANSLATIONS:
        for _, (path, told, _) in every(translation):
            if "lacks" in told:
                tells = {leaf[0] for leaf in leaves(path, told)} | {f"{path}.{name}" for name in told["lacks"]}
                tells |= {f"{path}.{told['wrap']}"} if "wrap" in told else set()
                for read in read_by_checks.get(translation.kind, ()):
                    if read.startswith(path + "."):
                        assert any(f"{read}.".startswith(f"{one}.") for one in tells - {path}), (translation.type, read)


def test_what_no_check_reads_is_not_told(read_by_checks: Mapping[str, frozenset[str]]) -> None:
    assert {translation.kind for translation in TRANSLATIONS} <= read_by_checks.keys()


@pytest.fixture(scope="module")
def read_by_checks() -> Mapping[str, frozenset[str]]:
    from grc.run import open_desk
    from grc.run.judging import compiled, demand_of

    desk = open_desk()
    return dict(demand_of(compiled(desk.policy.checks.values(), desk.kinds)))


def test_what_live_aws_drops_as_secret_is_dropped() -> None:
    for translation in TRANSLATIONS:
        told = {path for _, (path, _, name) in every(translation) if name}
        for secret in load()[translation.kind].secret:
            if any(path.startswith(f"{secret}.") or path == secret for path in told):
                assert secret in translation.secret, f"{translation.type} tells {secret}"


def test_computed_sections_are_those_of_live_aws() -> None:
    for translation in TRANSLATIONS:
        sections = load()[translation.kind].sections
        for computed in translation.computed:
            assert sections[computed.name].sources == computed.sources
            assert ANALYSES[str(sections[computed.name].computed)] is computed.analysis


def test_what_macros_may_write_are_types_of_aws() -> None:
    for types in (*macros().templates.values(), *macros().resources.values()):
        for type_ in types if types != ANY else ():
            assert PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_) is not None
