"""What each form of a value makes of an argument: a fact, an absence, or a gap where it would stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from grc.collect.translated.body import Body
from grc.collect.translated.owners import Index
from grc.collect.translated.reading import ABSENT, Reading, Wording
from grc.collect.translated.resource import Declared, DeclaredResource
from grc.collect.translated.translation import Attachment, Translation, Value
from grc.model.evidence import GapReason
from grc.model.identifiers import KindName

WORDING = Wording(call="terraform plan", noun="plan")
BUCKET: Value = {
    "from": "s",
    "first": {"I": "i"},
    "unset": {"value": {"I": ""}, "ever": True, "unless": ["c"], "source": "https://docs.aws.amazon.com/"},
}
"""What the provider sends itself, unless the block beside is set."""
DEFAULT = {"value": "on", "since": "2020-01-01", "source": "https://docs.aws.amazon.com/"}


def declared(address: str = "aws_x.a", values: Mapping[str, Any] | None = None, **given: Any) -> DeclaredResource:
    told: dict[str, Any] = {
        "module": "",
        "type": address.partition(".")[0],
        "unknown": {},
        "sensitive": {},
        "references": {},
        "created": True,
        "exhaustive": True,
        "file": None,
        "line": None,
        "within": "",
        **given,
    }
    return DeclaredResource(address=address, values=values or {}, **told)


def read(value: Value, values: Mapping[str, Any], **given: Any) -> tuple[Any, list[tuple[str, str]]]:
    reading = Reading(declared(values=values, **given), WORDING)
    found = reading.value("Field", value)
    return found, [(gap.path, gap.reason.value) for gap in reading.gaps]


@pytest.mark.parametrize(
    ("value", "values", "expected"),
    [
        ({"value": "ACTIVE"}, {}, "ACTIVE"),
        ({"value": None}, {}, ABSENT),
        ({"new": []}, {}, []),
        ("a", {"a": ""}, ABSENT),
        ("a.b", {"a": [{"b": 1}]}, 1),
        ("a.b", {"a": {"b": 1}}, 1),
        ("a.b", {"a": []}, ABSENT),
        ("a.b.c", {"a": [{"b": [{"c": "deep"}]}]}, "deep"),
        ({"from": "a", "map": {"true": "Yes", "false": None}}, {"a": True}, "Yes"),
        ({"from": "a", "map": {"true": "Yes", "false": None}}, {"a": False}, ABSENT),
        ({"from": "a", "map": {"3": "three"}}, {"a": 3}, "three"),
        ({"from": "a", "given": True}, {"a": [{}]}, True),
        ({"from": "a", "given": True}, {"a": []}, False),
        ({"from": "a", "given": True, "map": {"true": "Y", "false": "N"}}, {"a": []}, "N"),
        ({"from": "a", "decode": "plain"}, {"a": '[{"b": null, "c": 1}]'}, [{"c": 1}]),
        ({"from": "a", "by": "k", "each": {"V": "v"}}, {"a": [{"k": "x", "v": 1}]}, {"x": {"V": 1}}),
        ({"list": [{"object": {"K": {"value": "k"}, "V": "a"}}]}, {"a": "v"}, [{"K": "k", "V": "v"}]),
        ({"from": "a", "unset": DEFAULT}, {"a": None}, "on"),
        ({"from": "a.b", "unset": DEFAULT}, {"a": []}, "on"),
        ({"from": "a.b", "unset": DEFAULT}, {"a": [{"b": "off"}]}, "off"),
        ({"from": "a", "first": {"B": "b"}, "unset": DEFAULT}, {"a": []}, "on"),
        ({"object": {"F": {"from": "a", "unset": DEFAULT}}}, {"a": None}, {"F": "on"}),
        ({"from": "a", "each": {"F": BUCKET}}, {"a": [{"s": []}]}, [{"F": {"I": ""}}]),
        ({"from": "a", "each": {"F": BUCKET}}, {"a": [{"s": [{"i": "x"}]}]}, [{"F": {"I": "x"}}]),
        ({"from": "a", "each": {"F": BUCKET}}, {"a": [{"s": [], "c": [{}]}], "c": []}, [{}]),
        ({"from": "a", "each": {"F": BUCKET}}, {"a": [{"s": []}], "c": [{}]}, [{"F": {"I": ""}}]),
    ],
)
def test_what_is_known_is_a_fact(value: Value, values: Mapping[str, Any], expected: object) -> None:
    found, gaps = read(value, values)
    assert (found, gaps) == (expected, [])


@pytest.mark.parametrize(
    ("value", "values", "given", "gap"),
    [
        ("a.b", {}, {"unknown": {"a": True}}, ("Field", "unknown-until-apply")),
        ("a.b", {"a": [{}]}, {"unknown": {"a": [{"b": True}]}}, ("Field", "unknown-until-apply")),
        ("a.b", {"a": [{"b": "hush"}]}, {"sensitive": {"a": [{"b": True}]}}, ("Field", "not-provided")),
        ("a.b", {"a": [{}, {}]}, {}, ("Field", "parse-error")),
        ("a", {}, {"exhaustive": False}, ("Field", "not-translated")),
        ({"new": []}, {}, {"created": False}, ("Field", "not-translated")),
        ({"from": "a", "map": {"x": "X"}}, {"a": "y"}, {}, ("Field", "not-translated")),
        ({"from": "a", "map": {}}, {"a": "y"}, {}, ("Field", "not-translated")),
        ({"from": "a", "decode": "plain"}, {"a": "{nope"}, {}, ("Field", "parse-error")),
        *(
            ({**form, "unset": {**DEFAULT, "unless": ["z"]}}, values, {}, ("Field", "not-translated"))
            for form, values in [
                ({"from": "a"}, {"a": None, "z": "snapshot"}),
                ({"from": "a.b"}, {"a": [], "z": "snapshot"}),
                ({"from": "a", "first": {"B": "b"}}, {"a": [], "z": "snapshot"}),
                ({"from": "a", "each": {"B": "b"}}, {"a": [], "z": "snapshot"}),
            ]
        ),
        ({"from": "a.b", "unset": DEFAULT}, {}, {"unknown": {"a": True}}, ("Field", "unknown-until-apply")),
        (
            {"from": "a", "unset": DEFAULT},
            {},
            {"unknown": {"a": True}, "references": {"a": ()}},
            ("Field", "unknown-until-apply"),
        ),
        (
            {"from": "a", "by": "k", "each": {}},
            {"a": [{}]},
            {"unknown": {"a": [{"k": True}]}},
            ("Field", "unknown-until-apply"),
        ),
    ],
)
def test_what_is_not_known_is_a_gap(
    value: Value, values: Mapping[str, Any], given: Mapping[str, Any], gap: tuple[str, str]
) -> None:
    found, gaps = read(value, values, **given)
    assert (found is ABSENT, gaps) == (True, [gap])


def test_what_may_stand_beside_in_a_block_leaves_the_default_open() -> None:
    found, gaps = read({"from": "a", "each": {"F": BUCKET}}, {"a": [{"s": []}]}, unknown={"a": [{"c": True}]})
    assert (found, gaps) == ([{}], [("Field[0].F", "not-translated")])


def test_what_the_provider_always_sends_holds_of_an_old_resource_too() -> None:
    assert read({"from": "a", "each": {"F": BUCKET}}, {"a": [{"s": []}]}, created=False) == ([{"F": {"I": ""}}], [])
    assert read({"from": "a", "each": {"F": BUCKET}}, {"a": [{"c": [{}]}]}, created=False) == ([{}], [])


def test_the_default_of_a_new_resource_is_not_that_of_an_old_one() -> None:
    assert read({"from": "a", "unset": DEFAULT}, {"a": None}, created=False) == (ABSENT, [])


def test_what_an_element_lacks_is_a_gap_in_each() -> None:
    value = {"from": "a", "each": {"B": "b"}, "lacks": ["C"]}
    found, gaps = read(value, {"a": [{"b": 1}, {"b": 2}]})
    assert found == [{"B": 1}, {"B": 2}]
    assert gaps == [("Field[0].C", "not-translated"), ("Field[1].C", "not-translated")]
    assert Translation(**{**TRANSLATION, "fields": {"F": value}}).paths() == {"F"}
    told = {"from": "a", "each": {"B": "b"}}
    assert Translation(**{**TRANSLATION, "fields": {"F": told}}).paths() == {"F.B"}


TRANSLATION: Mapping[str, Any] = {
    "type": "aws_x",
    "kind": KindName("aws.x.y"),
    "fields": {},
    "attached": (),
    "computed": (),
    "secret": (),
}
ATTACHMENT: Mapping[str, Any] = {
    "field": "section.Policy",
    "type": "aws_y",
    "by": "owner",
    "named": ("name",),
    "value": "policy",
    "append": False,
    "several": False,
    "where": {},
    "given": None,
    "unset": None,
}


def body(attachment: Attachment, translation: Mapping[str, Any], *resources: DeclaredResource) -> Body:
    """The body of the first resource."""
    made = Body(resources[0], WORDING, None)
    held = Translation(**{**TRANSLATION, **translation, "attached": (attachment,)})
    made.translate(held, [Index(Declared(resources=resources)).owners("aws_x", attachment)])
    return made


def test_what_is_attached_below_a_section_joins_what_stands_there() -> None:
    owner = declared("aws_x.a", {"name": "a", "size": 1})
    other = declared("aws_y.b", {"owner": "a", "policy": "p"})
    made = body(Attachment(**ATTACHMENT), {"fields": {"section": {"object": {"Size": "size"}}}}, owner, other)
    assert made.values == {"section": {"Size": 1, "Policy": "p"}}
    assert made.gaps == []


def test_without_a_default_what_nothing_sets_is_a_gap() -> None:
    made = body(Attachment(**ATTACHMENT), {}, declared("aws_x.a", {"name": "a"}))
    assert [(gap.path, gap.reason) for gap in made.gaps] == [("section.Policy", GapReason.NOT_TRANSLATED)]


def test_what_the_resource_says_itself_needs_no_default() -> None:
    fields = {"section": {"object": {"Policy": "own"}}}
    made = body(Attachment(**ATTACHMENT), {"fields": fields}, declared("aws_x.a", {"name": "a", "own": "o"}))
    assert (made.values, made.gaps) == ({"section": {"Policy": "o"}}, [])


def test_what_is_attached_holds_over_what_the_resource_does_not_tell() -> None:
    owner = declared("aws_x.a", {"name": "a"}, unknown={"own": True})
    fields = {"section": {"object": {"Policy": "own"}}}
    alone = body(Attachment(**ATTACHMENT), {"fields": fields}, owner)
    assert {gap.path for gap in alone.gaps} == {"section.Policy"}
    other = declared("aws_y.b", {"owner": "a", "policy": "p"})
    made = body(Attachment(**ATTACHMENT), {"fields": fields}, owner, other)
    assert (made.values, made.gaps) == ({"section": {"Policy": "p"}}, [])


def test_secrets_are_dropped_after_the_analyses() -> None:
    translation = {
        "fields": {"list": {"from": "blocks", "each": {"name": "name", "value": "value"}}},
        "secret": ("list.value",),
    }
    owner = declared("aws_x.a", {"name": "a", "blocks": [{"name": "n", "value": "hush"}]})
    made = body(Attachment(**{**ATTACHMENT, "unset": {**DEFAULT, "value": None}}), translation, owner)
    assert made.values == {"list": [{"name": "n"}]}
    assert "hush" not in repr(made.values)


@pytest.mark.parametrize(
    ("values", "references", "unknown", "expected"),
    [
        ({"owner": ["a", "b"]}, {}, {}, {"aws_x.a", "aws_x.b"}),
        (
            {},
            {"owner": ("aws_x.a.name", "aws_x.a", "aws_x.b.name", "aws_x.b")},
            {"owner": True},
            {"aws_x.a", "aws_x.b"},
        ),
        ({"owner": []}, {}, {}, set()),
        ({}, {}, {}, set()),
        ({"owner": ["a", "elsewhere"]}, {}, {}, None),
        ({}, {"owner": ("aws_x.a.name", "aws_x.a", "var.more")}, {"owner": True}, None),
    ],
)
def test_a_list_of_owners_is_known_whole_or_not_at_all(
    values: Mapping[str, Any], references: Mapping[str, Any], unknown: Mapping[str, Any], expected: set[str] | None
) -> None:
    attachment = Attachment(**{**ATTACHMENT, "several": True})
    told = declared("aws_y.b", values, references=references, unknown=unknown)
    estate = Declared(resources=(declared("aws_x.a", {"name": "a"}), declared("aws_x.b", {"name": "b"}), told))
    owners = Index(estate).owners("aws_x", attachment)
    assert (None if owners.unresolved else set(owners.of)) == expected


def test_a_choice_between_two_owners_is_no_owner() -> None:
    told = declared("aws_y.b", {}, references={"owner": ("var.x", "aws_x.a", "aws_x.b")}, unknown={"owner": True})
    estate = Declared(resources=(declared("aws_x.a", {"name": "a"}), declared("aws_x.b", {"name": "b"}), told))
    assert Index(estate).owners("aws_x", Attachment(**ATTACHMENT)).unresolved == ("aws_y.b",)
