"""Intrinsic functions, parameters and conditions: what the template tells is a value, all else is not known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from time import process_time
from typing import Any

import pytest

from grc.collect.cloudformation.evaluating import Evaluator
from grc.collect.cloudformation.expanding import expand
from grc.collect.cloudformation.loops import in_loops
from grc.collect.cloudformation.reading import Text, read_text
from grc.collect.cloudformation.template import Template
from grc.collect.cloudformation.values import ABSENT, Named, Unknown
from grc.model.evidence import GapReason

RESOURCES: Mapping[str, Any] = {
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "logs"}},
    "Key": {"Type": "AWS::KMS::Key"},
    "Own": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Own"}}},
}
PARAMETERS: Mapping[str, Any] = {
    "Size": "22",
    "Zones": ["a", "b"],
    "Open": Unknown(GapReason.NOT_PROVIDED, "the parameter Open has no default, and no value was given"),
}
MAPPINGS: Mapping[str, Any] = {"M": {"eu-west-1": {"ami": "ami-1", "list": ["x", "y"]}}}
CONDITIONS: Mapping[str, Any] = {
    "Yes": {"Fn::Equals": [{"Ref": "Size"}, 22]},
    "No": {"Fn::Not": [{"Condition": "Yes"}]},
    "Open": {"Fn::Equals": [{"Ref": "Open"}, "x"]},
    "Loop": {"Fn::And": [{"Condition": "Other"}, {"Condition": "Yes"}]},
    "Other": {"Fn::Not": [{"Condition": "Loop"}]},
}


def evaluator(**pseudo: str) -> Evaluator:
    return Evaluator(
        module="a.yaml:",
        parameters=PARAMETERS,
        pseudo={f"AWS::{name}": text for name, text in pseudo.items()},
        mappings=MAPPINGS,
        resources=RESOURCES,
        declared=CONDITIONS,
    )


def value(text: str, **pseudo: str) -> Any:
    return evaluator(**pseudo).value(read_text(f"X: {text}".encode()).value["X"])


def within(text: str, times: int) -> str:
    """A text within itself so often."""
    found = '"x"'
    for _ in range(times):
        found = text % found
    return found


def bucket(name: object) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}


@pytest.mark.parametrize(
    "written",
    [
        within('{"Fn::Sub": ["${A}${A}", {"A": %s}]}', 45),
        within('{"Fn::Base64": %s}', 95),
        within('{"Fn::ToJsonString": [%s]}', 45),
        json.dumps({"Fn::Sub": "${Long}" * 20_000}),
        json.dumps({"Fn::Join": ["", [{"Ref": "Long"}] * 20_000]}),
        '{"Fn::Cidr": ["10.0.0.0/8", 1, "99999999999"]}',
        '{"Fn::Sub": "${B0}"}',
    ],
    ids=["in itself", "base64", "json", "long", "joined", "networks", "names"],
)
def test_what_has_no_end_is_not_known_and_takes_no_time(written: str) -> None:
    names = {f"B{n}": bucket({"Fn::Sub": f"${{B{n + 1}}}${{B{n + 1}}}"}) for n in range(40)}
    run = evaluator()
    run.parameters = {**PARAMETERS, "Long": "x" * 4_096}
    run.resources = {**names, "B40": bucket("x")}
    began = process_time()
    found = run.value(json.loads(written))
    assert process_time() - began < 20
    assert isinstance(found, Unknown)
    assert found.reason is GapReason.PARSE_ERROR


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("!Ref Size", "22"),
        ("!Ref Zones", ["a", "b"]),
        ("!Ref Bucket", Named("logs", ("a.yaml:Bucket",))),
        ("!Sub 'port ${Size}, ${!Literal}, ${ Size }'", "port 22, ${Literal}, 22"),
        ("!Sub ['${a}-${Size}', {a: !Join ['', [x, y]]}]", "xy-22"),
        ("!Sub '${Bucket}/*'", "logs/*"),
        ("!Join ['/', [a, 1, true, !Ref Size]]", "a/1/true/22"),
        ("!Join [',', !Ref Zones]", "a,b"),
        ("!Split [',', 'a,b']", ["a", "b"]),
        ("!Select [1, !Ref Zones]", "b"),
        ("!Select ['0', [a, !Ref Open]]", "a"),
        ("!FindInMap [M, eu-west-1, ami]", "ami-1"),
        ("!FindInMap [M, nowhere, ami, {DefaultValue: none}]", "none"),
        ("!Base64 {'Fn::Sub': 'é${Size}'}", "w6kyMg=="),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!If [Yes, a, b]", "a"),
        ("!If [No, a, b]", "b"),
        ("!If [Open, a, a]", "a"),
        ("!If [Yes, !Ref 'AWS::NoValue', b]", ABSENT),
        ("[a, !If [Yes, !Ref 'AWS::NoValue', b]]", ["a"]),
        ("{a: 1, b: !Ref 'AWS::NoValue'}", {"a": 1}),
        ("{Condition: {Bool: {x: false}}}", {"Condition": {"Bool": {"x": False}}}),
        ("{'Fn::ToJsonString': {a: [1, !Ref Size]}}", '{"a":[1,"22"]}'),
        ("{'Fn::Length': !Ref Zones}", 2),
    ],
)
def test_what_the_template_tells_is_a_value(written: str, told: object) -> None:
    assert value(written) == told


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("!Ref Open", GapReason.NOT_PROVIDED),
        ("!Ref Key", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!GetAtt Key.Arn", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!GetAtt [Key, Arn]", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!Ref 'AWS::Region'", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!Sub 'x-${AWS::AccountId}'", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!Sub '${Open}'", GapReason.NOT_PROVIDED),
        ("!Join ['', [a, !Ref Open]]", GapReason.NOT_PROVIDED),
        ("!Select [!Ref Open, [a, b]]", GapReason.NOT_PROVIDED),
        ("!Select [1, [a, !Ref Open]]", GapReason.NOT_PROVIDED),
        ("!FindInMap [M, !Ref 'AWS::Region', ami]", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!If [Open, a, b]", GapReason.NOT_PROVIDED),
        ("!If [Open, !Ref 'AWS::NoValue', b]", GapReason.NOT_PROVIDED),
        ("!If [Loop, a, b]", GapReason.PARSE_ERROR),
        ("!If [Nowhere, a, b]", GapReason.PARSE_ERROR),
        ("!ImportValue other", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!GetAZs ''", GapReason.UNKNOWN_UNTIL_APPLY),
        ("'{{resolve:ssm:/x}}'", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!Sub '{{resolve:ssm:/x/${Size}}}'", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!Join [':', ['{{resolve', 'ssm:/x}}']]", GapReason.UNKNOWN_UNTIL_APPLY),
        ("{'Fn::Transform': {Name: x}}", GapReason.UNKNOWN_UNTIL_APPLY),
        ("{'Fn::Transform': {Name: x}, a: 1}", GapReason.UNKNOWN_UNTIL_APPLY),
        ("!Ref Nowhere", GapReason.PARSE_ERROR),
        ("!GetAtt Nowhere.Arn", GapReason.PARSE_ERROR),
        ("!FindInMap [M, nowhere, ami]", GapReason.PARSE_ERROR),
        ("!Select [9, [a]]", GapReason.PARSE_ERROR),
        ("!Select ['²', [a, b, c]]", GapReason.PARSE_ERROR),
        ("!Cidr [10.0.0.0/30, 200, 8]", GapReason.PARSE_ERROR),
        ("!Cidr [nonsense, 1, 8]", GapReason.PARSE_ERROR),
        ("!Cidr [10.0.0.0/8, 1, 999999]", GapReason.PARSE_ERROR),
        ("!Join [',', x]", GapReason.PARSE_ERROR),
        ("!Split ['', x]", GapReason.PARSE_ERROR),
        ("!If [Yes]", GapReason.PARSE_ERROR),
        ("!Sub [a]", GapReason.PARSE_ERROR),
        ("{'Fn::Nonsense': 1}", GapReason.PARSE_ERROR),
        ("~", GapReason.PARSE_ERROR),
        ("!Ref Own", GapReason.UNKNOWN_UNTIL_APPLY),
    ],
)
def test_what_it_does_not_tell_is_not_known(written: str, reason: GapReason) -> None:
    found = value(written)
    assert isinstance(found, Unknown)
    assert found.reason is reason


def test_a_pseudo_parameter_that_is_given_is_known() -> None:
    assert value("!Sub '${AWS::Region}'", Region="eu-west-1") == "eu-west-1"
    assert value("!FindInMap [M, !Ref 'AWS::Region', ami]", Region="eu-west-1") == "ami-1"


@pytest.mark.parametrize(
    ("written", "refers"),
    [
        ("!Ref Key", ("a.yaml:Key",)),
        ("!Sub '${Key.Arn}'", ("a.yaml:Key",)),
        ("!Join ['', [!GetAtt Key.Arn]]", ("a.yaml:Key",)),
        ("!Sub '${Key}-other'", ()),
        ("!Join ['', [!Ref Key, x]]", ()),
        ("!Sub '${Key}${Key}'", ()),
    ],
)
def test_a_name_with_anything_beside_it_is_another_name(written: str, refers: tuple[str, ...]) -> None:
    assert value(written).refers == refers


def test_every_resource_that_is_referred_to_is_met() -> None:
    run = evaluator()
    run.value({"a": [{"Ref": "Key"}, {"Fn::Sub": "${Bucket.Arn}"}]})
    assert run.met == {"a.yaml:Key", "a.yaml:Bucket"}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"Fn::And": [{"Condition": "No"}, {"Condition": "Open"}]}, False),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "Open"}]}, None),
        ({"Fn::Or": [{"Condition": "Yes"}, {"Condition": "Open"}]}, True),
        ({"Fn::Or": [{"Condition": "No"}, {"Condition": "Open"}]}, None),
        ({"Fn::Not": [{"Condition": "Open"}]}, None),
        ({"Fn::Equals": [True, "true"]}, True),
        ({"Fn::Equals": [{"Ref": "Zones"}, ["a", "b"]]}, True),
        ({"Fn::And": [{"Condition": "Yes"}]}, None),
        ({"Fn::Nonsense": []}, None),
        ("Yes", None),
    ],
)
def test_conditions_have_three_values(told: object, found: bool | None) -> None:
    truth = evaluator().conditions.of(told)
    assert (None if isinstance(truth, Unknown) else truth) is found


def test_what_is_nested_without_end_is_not_followed() -> None:
    node: Any = "x"
    for _ in range(500):
        node = {"Fn::Join": ["", [node]]}
    assert isinstance(evaluator().value(node), Unknown)


def template(text: str) -> Template:
    return Template("a.yaml", Text(value=read_text(text.encode()).value, lines={}))


@pytest.mark.parametrize(
    ("declared", "given", "told"),
    [
        ("{Type: String, Default: x}", {}, "x"),
        ("{Type: String, Default: x}", {"P": "y"}, "y"),
        ("{Type: Number, Default: 22}", {}, "22"),
        ("{Type: CommaDelimitedList, Default: 'a, b'}", {}, ["a", "b"]),
        ("{Type: 'List<Number>'}", {"P": ["1", "2"]}, ["1", "2"]),
        ("{Type: 'AWS::SSM::Parameter::Name', Default: /x}", {}, "/x"),
    ],
)
def test_a_parameter_is_what_was_given_or_its_default(declared: str, given: dict[str, Any], told: object) -> None:
    assert template(f"Parameters: {{P: {declared}}}").parameters(given) == {"P": told}


@pytest.mark.parametrize(
    ("declared", "given", "reason"),
    [
        ("{Type: String}", {}, GapReason.NOT_PROVIDED),
        ("{Type: String, Default: hush, NoEcho: true}", {"P": "hush"}, GapReason.NOT_PROVIDED),
        ("{Type: String, Default: hush, NoEcho: 'True'}", {}, GapReason.NOT_PROVIDED),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}", {}, GapReason.UNKNOWN_UNTIL_APPLY),
        ("{Type: String, Default: x}", None, GapReason.PARSE_ERROR),
        ("{Type: String, Default: {a: 1}}", {}, GapReason.PARSE_ERROR),
        ("{Default: x}", {}, GapReason.PARSE_ERROR),
        ("x", {}, GapReason.PARSE_ERROR),
    ],
)
def test_a_parameter_that_nobody_told_is_not_known(
    declared: str, given: dict[str, Any] | None, reason: GapReason
) -> None:
    found = template(f"Parameters: {{P: {declared}}}").parameters(given)["P"]
    assert isinstance(found, Unknown)
    assert found.reason is reason
    assert "hush" not in repr(found)


def test_loops_are_written_out() -> None:
    told = read_text(
        b"'Fn::ForEach::Each':\n- Zone\n- !Ref Zones\n"
        b"- 'Subnet${Zone}': {Type: T, Properties: {Zone: !Ref Zone, Name: !Sub 'x-${Zone}', Key: !Ref Key}}\n"
        b"Plain: {Type: T}"
    ).value
    assert expand(told, evaluator()) == {
        **{
            f"Subnet{zone}": {
                "Type": "T",
                "Properties": {"Zone": zone, "Name": {"Fn::Sub": f"x-{zone}"}, "Key": {"Ref": "Key"}},
            }
            for zone in "ab"
        },
        "Plain": {"Type": "T"},
    }


def test_a_loop_over_what_is_not_known_stays() -> None:
    told = {"Fn::ForEach::Each": ["Zone", {"Ref": "Open"}, {"Subnet${Zone}": {}}]}
    assert expand(told, evaluator()) == told


def test_loops_of_references_are_found() -> None:
    edges = {"a": ["b"], "b": ["c"], "c": ["b"], "d": ["d"], "e": ["a", "nowhere"], "f": ["e"]}
    assert in_loops(edges) == {"b", "c", "d"}
    chain = {str(n): [str(n + 1)] for n in range(20_000)}
    assert in_loops(chain) == frozenset()
    assert len(in_loops({**chain, "20000": ["0"]})) == 20_001
