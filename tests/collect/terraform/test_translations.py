"""The data that translates Terraform: every path leads somewhere, every argument exists, every default has a source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from grc import kinds
from grc.collect.aws.declared import load
from grc.collect.policies import ANALYSES
from grc.collect.terraform.translation import load_translations
from grc.collect.translated.translation import Translation, Value
from grc.model.types import ListType, MapType, ObjectType, Primitive, Type
from grc.run import open_desk
from grc.run.judging import compiled, demand_of

TRANSLATIONS = load_translations()
KINDS = kinds.load()
ARGUMENTS: Mapping[str, Mapping[str, str]] = json.loads(
    (Path(__file__).parents[2] / "samples" / "terraform_arguments.json").read_text()
)["arguments"]
"""The arguments that translations name, with their types, as the provider's documentation (6.25.0) has them."""

FITS = {
    "string": {Primitive.STRING, Primitive.TIMESTAMP},
    "bool": {Primitive.BOOL},
    "number": {Primitive.INT, Primitive.DOUBLE},
}
Leaf = tuple[str, Mapping[str, Any], str]
"""The path of a field, its value as a mapping, and the path of the argument that it comes from ("" for none)."""


def leaves(at: str, value: Value, above: str = "") -> Iterator[Leaf]:
    told: Mapping[str, Any] = {"from": value} if isinstance(value, str) else value
    name = ".".join(filter(None, (above, told.get("from", ""))))
    if not any(form in told for form in ("each", "first", "object", "list")):
        yield at, told, name if "from" in told else ""
        return
    if "from" in told:
        yield at, {"from": told["from"], **({"unset": told["unset"]} if "unset" in told else {}), "block": True}, name
    for one in told.get("list", ()):
        yield from leaves(at, one, above)
    below = told.get("each") or told.get("first") or told.get("object") or {}
    for field, one in below.items():
        yield from leaves(f"{at}.{'*.' if 'by' in told else ''}{field}", one, name)


def every(translation: Translation) -> Iterator[tuple[str, Leaf]]:
    """The leaves with the resource type whose arguments they read."""
    for field, value in translation.fields.items():
        yield from ((translation.type, leaf) for leaf in leaves(field, value))
    for one in translation.attached:
        yield from ((one.type, leaf) for leaf in leaves(one.field, one.value))


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


@pytest.mark.parametrize("translation", TRANSLATIONS, ids=lambda one: one.type)
def test_every_path_exists_with_a_type_that_the_argument_has(translation: Translation) -> None:
    for type_, (path, told, argument) in every(translation):
        if any(f"{path}.".startswith(f"{secret}.") for secret in translation.secret):
            continue  # an analysis reads it, and it is dropped: a kind does not have it
        shape = found(KINDS[translation.kind].shape, path)
        assert shape is not None, f"{translation.kind} has no {path}"
        if argument and not set(told) & {"wrap", "map", "given", "decode", "block"}:
            assert fits(ARGUMENTS[type_][argument], shape), (type_, argument, ARGUMENTS[type_][argument], path, shape)
        for text in (told.get("map") or {}).values():
            assert of_type(text, shape), (path, text, shape)
        if "value" in told:
            assert of_type(told["value"], shape), (path, told, shape)
        if "unset" in told:
            assert of_type(told["unset"]["value"], shape), (path, told, shape)


def fits(argument: str, shape: Type) -> bool:
    """Whether an argument's values are values of the field, taken as they are."""
    if shape is Primitive.DYN:
        return True
    if argument.startswith("list "):
        return isinstance(shape, ListType) and fits(argument.removeprefix("list "), shape.element)
    if argument == "map":
        return isinstance(shape, MapType)
    if isinstance(shape, MapType):
        return fits(argument, shape.value)
    return shape in FITS[argument]


def of_type(value: object, shape: Type) -> bool:
    """Whether a value that stands in the data is one of the field."""
    if isinstance(value, list):
        return isinstance(shape, ListType) and all(of_type(one, shape.element) for one in value)
    if isinstance(value, dict):
        return shape is Primitive.DYN or all(of_type(one, found(shape, name) or shape) for name, one in value.items())
    if value is None or shape is Primitive.DYN:
        return True
    kind = {bool: "bool", int: "number", str: "string"}[type(value)]
    return shape in FITS[kind]


@pytest.mark.parametrize("translation", TRANSLATIONS, ids=lambda one: one.type)
def test_every_argument_is_one_of_the_providers(translation: Translation) -> None:
    for type_, (path, told, argument) in every(translation):
        if argument:
            assert argument in ARGUMENTS[type_], f"{path}: {type_} has no {argument}"
        beside = argument.removesuffix(str(told.get("from", "")))
        for other in (*told.get("unset", {}).get("unless", ()), *told.get("unless", ())):
            assert beside + other in ARGUMENTS[type_], f"{path}: {type_} has no {beside}{other}"
    assert translation.filled <= ARGUMENTS[translation.type].keys()
    for one in translation.attached:
        assert {one.by, *one.where} <= ARGUMENTS[one.type].keys()
        assert set(one.named) & ARGUMENTS[translation.type].keys()


def defaults() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for translation in TRANSLATIONS:
        for type_, (path, told, _) in every(translation):
            if "unset" in told:
                yield f"{type_}: {path}", told["unset"]
        for one in translation.attached:
            if one.unset is not None:
                yield f"{one.type}: {one.field}", one.unset


CHANGED = {
    "aws_redshift_cluster: Encrypted": "2025-01-10",
    "aws_s3_bucket_ownership_controls: ownership": "2023-04-27",
    "aws_s3_bucket_public_access_block: public_access_block": "2023-04-27",
    "aws_s3_bucket_server_side_encryption_configuration: encryption": "2023-01-05",
    "aws_sqs_queue: attributes.SqsManagedSseEnabled": "2022-09-26",
}
"""Defaults that AWS gave new resources differently before, and the day of the change as AWS states it."""


def test_every_default_has_a_source_and_one_that_was_changed_its_day() -> None:
    assert {where: unset["since"] for where, unset in defaults() if "since" in unset} == CHANGED
    for where, unset in defaults():
        assert unset.keys() - {"unless", "since", "ever"} == {"value", "source"}, where
        host = unset["source"].split("/")[2]
        assert unset["source"].startswith("https://"), where
        assert host in ("docs.aws.amazon.com", "registry.terraform.io"), where


def read_by_checks() -> Mapping[str, Sequence[str]]:
    desk = open_desk()
    wanted = demand_of(compiled(desk.policy.checks.values(), desk.kinds))
    return {kind: sorted(paths) for kind, paths in wanted.items()}


def test_what_is_told_as_a_whole_tells_all_that_checks_read_in_it() -> None:
    reads = read_by_checks()
    for translation in TRANSLATIONS:
        for path, value in whole(translation):
            told = {leaf[0] for leaf in leaves(path, value)} | {f"{path}.{name}" for name in value["lacks"]}
            for read in reads.get(translation.kind, ()):
                if read.startswith(path + "."):
                    assert any(f"{read}.".startswith(f"{one}.") or one.startswith(read) for one in told), (
                        f"{translation.type}: {path} is told as a whole, and {read} is not told"
                    )


def whole(translation: Translation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    values = [*translation.fields.items(), *((one.field, one.value) for one in translation.attached)]
    while values:
        at, value = values.pop()
        if isinstance(value, str):
            continue
        if "lacks" in value:
            yield at, value
        values += [(at, one) for one in value.get("list", ())]
        below = value.get("each") or value.get("first") or value.get("object") or {}
        values += [(f"{at}.{name}", one) for name, one in below.items()]


def test_what_live_aws_drops_as_secret_is_dropped() -> None:
    for translation in TRANSLATIONS:
        told = {path for _, (path, form, argument) in every(translation) if argument and "block" not in form}
        for secret in load()[translation.kind].secret:
            if any(f"{secret}.".startswith(f"{path}.") or path.startswith(f"{secret}.") for path in told):
                assert secret in translation.secret, f"{translation.type} tells {secret}"


def test_computed_sections_are_those_of_live_aws() -> None:
    for translation in TRANSLATIONS:
        declared = load()[translation.kind].sections
        for computed in translation.computed:
            assert declared[computed.name].sources == computed.sources
            assert ANALYSES[str(declared[computed.name].computed)] is computed.analysis
