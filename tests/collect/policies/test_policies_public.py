"""Never "not public" where a stranger's request goes through: every policy is tried on the second judge."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from policy_judge import OUR_ORGANIZATION, OURS, PARTNER, READING, STRANGERS, THEIRS, Request, open_to_strangers

from grc.collect.policies import ANALYSES

POSITIVE = ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress", "Bool"]
NEGATED = [
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    "ArnNotEquals",
    "ArnNotLike",
    "NotIpAddress",
]
OPERATORS = [*POSITIVE, *NEGATED, "Null", "DateLessThan"]
QUALIFIERS = ["", "ForAnyValue:", "forallvalues:"]
KEYS = [
    "aws:SourceIp",
    "AWS:sourceip",
    "aws:SourceArn",
    "aws:PrincipalArn",
    "aws:SourceAccount",
    "aws:PrincipalAccount",
    "kms:CallerAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:userid",
    "aws:username",
    "aws:SecureTransport",
    "aws:Referer",
    "aws:PrincipalTag/team",
    "aws:CurrentTime",
    "s3:DataAccessPointArn",
    "elasticfilesystem:AccessedViaMountTarget",
    "lambda:EventSourceToken",
]
VALUES = [
    PARTNER,
    OURS,
    "*",
    "9*",
    "?" * 12,
    OUR_ORGANIZATION,
    f"{OUR_ORGANIZATION}/*",
    "o-*",
    f"{OUR_ORGANIZATION}/r-abcd/ou-abcd-1/",
    "vpce-0ours",
    "vpc*",
    f"arn:aws:iam::{PARTNER}:role/reader",
    f"arn:aws:iam::{PARTNER}:*",
    f"arn:aws:iam:*:{PARTNER}:*",
    f"arn:*:{PARTNER}:*",
    f"*:{PARTNER}:*",
    "arn:aws:iam::*:role/reader",
    "arn:aws:s3:::ours",
    "arn:aws:s3:*:*:ours",
    "arn:aws:s3:*:*:*",
    "arn:aws:sns:us-east-1:*:topic",
    "198.51.100.0/24",
    "54.0.0.0/8",
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "::/0",
    "2000::/3",
    "2001:db8::/32",
    "AIDAOURSOURSOURSOURS",
    "AROAOURSOURSOURSOURS:*",
    "AIDA*",
    "true",
    "false",
    "https://ours.example/*",
    "${aws:PrincipalAccount}",
    "${aws:PrincipalOrgID}",
    "arn:aws:iam::${aws:PrincipalAccount}:*",
    "2099-01-01T00:00:00Z",
    "ours",
]
PRINCIPALS: list[Any] = [
    "*",
    {"AWS": "*"},
    {"AWS": ["*", f"arn:aws:iam::{PARTNER}:root"]},
    {"AWS": f"arn:aws:iam::{PARTNER}:root"},
    {"AWS": [PARTNER, OURS]},
    {"Service": "sns.amazonaws.com"},
    {"AWS": []},
]
ACTIONS: list[Any] = ["*", "s3:*", "S3:get*", ["s3:GetObject", "s3:PutObject"], "s3:?etObject", "sqs:*", []]
RESOURCES: list[Any] = [
    "*",
    "arn:aws:s3:::ours/*",
    ["arn:aws:s3:::ours", "arn:aws:s3:::ours/*"],
    "arn:aws:s3:::ours*",
    "arn:aws:s3:::ours/${aws:username}/*",
    "arn:aws:s3:::theirs",
]


def public(policy: Any) -> bool:
    found = ANALYSES["resource-policy"].compute([policy], OURS)
    assert found["Public"] is bool(found["PublicActions"]) is bool(found["PublicStatements"])
    return bool(found["Public"])


def assert_safe(policy: Any, requests: Sequence[Request] = STRANGERS) -> None:
    if not public(policy):
        request = open_to_strangers(policy, requests)
        assert request is None, f"{policy} lets {request} in"


CONDITIONS = list(itertools.product(QUALIFIERS, OPERATORS, ("", "IfExists"), KEYS))


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.slow
def test_every_condition_of_one_key(operator: str, effect: str) -> None:
    """An Allow to anybody under each condition, and a Deny under each against an Allow without one."""
    for qualifier, name, optional, key in CONDITIONS:
        if name == operator:
            for value in VALUES:
                condition = {qualifier + name + optional: {key: value}}
                bounded = statement(effect, Condition=condition)
                assert_safe({"Statement": bounded if effect == "Allow" else [statement("Allow"), bounded]}, READING)


def statement(effect: str, **elements: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": "*", **elements}


def blocks() -> st.SearchStrategy[dict[str, Any]]:
    operator = st.builds(
        lambda qualifier, name, optional: qualifier + name + optional,
        st.sampled_from(QUALIFIERS),
        st.sampled_from(OPERATORS),
        st.sampled_from(["", "", "IfExists"]),
    )
    values = st.one_of(st.sampled_from(VALUES), st.lists(st.sampled_from(VALUES), max_size=3))
    keys = st.dictionaries(st.sampled_from(KEYS), values, max_size=2)
    return st.dictionaries(operator, keys, max_size=2)


def statements() -> st.SearchStrategy[dict[str, Any]]:
    def one(effect: str, principal: tuple[str, Any], action: tuple[str, Any], resource: Any, condition: Any) -> Any:
        elements = dict([principal, action, *([] if resource is None else [resource])])
        return {"Effect": effect, **elements, **({"Condition": condition} if condition else {})}

    pairs = lambda name, pool: st.tuples(st.sampled_from([name, name, "Not" + name]), st.sampled_from(pool))  # noqa: E731
    return st.builds(
        one,
        st.sampled_from(["Allow", "Allow", "Deny"]),
        pairs("Principal", PRINCIPALS),
        pairs("Action", ACTIONS),
        st.one_of(st.none(), pairs("Resource", RESOURCES)),
        st.one_of(st.just({}), blocks()),
    )


@given(st.lists(statements(), min_size=1, max_size=4))
@example([statement("Allow", Condition={"ForAllValues:StringEquals": {"aws:PrincipalOrgID": OUR_ORGANIZATION}})])
@settings(max_examples=400, deadline=None)
def test_what_is_not_public_lets_no_stranger_in(found: list[dict[str, Any]]) -> None:
    assert_safe({"Version": "2012-10-17", "Statement": found})


OPEN = [
    ("no condition", {}),
    ("a range as wide as half the Internet", {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}),
    ("many narrow ranges", {"IpAddress": {"aws:SourceIp": [f"{first}.0.0.0/8" for first in range(1, 224)]}}),
    ("a range that is none", {"IpAddress": {"aws:SourceIp": "anywhere"}}),
    ("IPv4 as IPv6", {"IpAddress": {"aws:SourceIp": "::ffff:0:0/96"}}),
    ("an optional key", {"StringEqualsIfExists": {"aws:SourceAccount": PARTNER}}),
    ("a set that may be empty", {"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": f"{OUR_ORGANIZATION}/r/"}}),
    ("a negation", {"StringNotEquals": {"aws:PrincipalOrgID": THEIRS}}),
    ("a tag that anybody may give himself", {"StringEquals": {"aws:PrincipalTag/team": "ours"}}),
    ("any account of a bucket", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}}),
    ("a wildcard that reaches over colons", {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam:*:{PARTNER}:*"}}),
    ("a variable", {"StringEquals": {"aws:SourceAccount": "${aws:PrincipalAccount}"}}),
    ("no value", {"StringEquals": {"aws:SourceAccount": []}}),
    ("TLS", {"Bool": {"aws:SecureTransport": "true"}}),
    ("any token", {"StringLike": {"lambda:EventSourceToken": "amzn1.ask.skill.*"}}),
    ("the sort of sign-in alone", {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}),
    ("not by mount target", {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}),
    ("one value known, one not", {"StringLike": {"aws:PrincipalOrgID": [OUR_ORGANIZATION, "o-*"]}}),
]
CLOSED = [
    ("an account", {"StringEquals": {"AWS:SourceOwner": OURS}}),
    ("an organisation", {"StringEquals": {"aws:PrincipalOrgID": OUR_ORGANIZATION}}),
    ("a unit of it", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{OUR_ORGANIZATION}/*"}}),
    ("an endpoint, and TLS", {"StringEquals": {"aws:SourceVpce": "vpce-1"}, "Bool": {"aws:SecureTransport": "true"}}),
    ("two keys of one operator", {"StringEquals": {"aws:Referer": "x", "aws:SourceAccount": OURS}}),
    ("our topic", {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OURS}:topic"}}),
    ("our topics everywhere", {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{OURS}:*"}}),
    ("our bucket, as S3 documents it", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:ours"}}),
    ("roles of an account", {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:role/*"}}),
    ("sessions of a role", {"StringLike": {"aws:userid": "AROAOURSOURSOURSOURS:*"}}),
    ("the office", {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "2001:db8::/32", "203.0.113.9"]}}),
    ("private addresses", {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}}),
    ("a skill of Alexa", {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.1-2"}}),
    ("a mount target", {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}),
    (
        "an access point of ours",
        {"StringLike": {"s3:DataAccessPointArn": f"arn:aws:s3:eu-west-1:{OURS}:accesspoint/*"}},
    ),
]


@pytest.mark.parametrize("condition", [case[1] for case in OPEN], ids=[case[0] for case in OPEN])
def test_a_condition_that_anybody_can_meet_bounds_nothing(condition: dict[str, Any]) -> None:
    assert public({"Statement": statement("Allow", Condition=condition)})


@pytest.mark.parametrize("condition", [case[1] for case in CLOSED], ids=[case[0] for case in CLOSED])
def test_a_condition_on_who_asks_bounds(condition: dict[str, Any]) -> None:
    policy = {"Statement": statement("Allow", Condition=condition)}
    assert not public(policy)
    assert open_to_strangers(policy) is None


EVERYBODY = [
    ("text", {"Principal": "*"}),
    ("AWS", {"Principal": {"AWS": "*"}}),
    ("among others", {"Principal": {"AWS": ["arn:aws:iam::222222222222:root", "*"]}}),
    ("all but one", {"NotPrincipal": {"AWS": "arn:aws:iam::222222222222:root"}}),
    ("a canonical user of no name", {"Principal": {"CanonicalUser": "*"}}),
    ("a part of a name", {"Principal": {"AWS": "arn:aws:iam::*:root"}}),
]


@pytest.mark.parametrize("principal", [case[1] for case in EVERYBODY], ids=[case[0] for case in EVERYBODY])
def test_everybody_is_written_in_many_ways(principal: dict[str, Any]) -> None:
    assert public({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **principal}})


TOTAL = [
    ("everything", {"Action": "*"}),
    ("wider patterns", {"Action": ["S3:G*", "s3:*Object"], "Resource": "arn:aws:s3:::our*"}),
    ("all but the organisation", {"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": OUR_ORGANIZATION}}}),
    ("all but an endpoint", {"Condition": {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}}),
    ("all but the office", {"Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}),
    ("all but a partner", {"Principal": None, "NotPrincipal": {"AWS": f"arn:aws:iam::{PARTNER}:root"}}),
]
PARTIAL = [
    ("other actions", {"Action": "s3:Put*"}),
    ("other resources", {"Resource": "arn:aws:s3:::ours/a/*"}),
    ("all but some actions", {"Action": None, "NotAction": "s3:GetObject"}),
    ("all but some resources", {"Resource": None, "NotResource": "arn:aws:s3:::ours/a/*"}),
    ("some callers", {"Principal": {"AWS": PARTNER}}),
    ("plain HTTP", {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
    ("a wide range", {"Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}),
    (
        "two conditions, one of them met by few",
        {
            "Condition": {
                "StringNotEquals": {"aws:PrincipalOrgID": OUR_ORGANIZATION},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        },
    ),
    (
        "a set that may be empty",
        {"Condition": {"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgID": OUR_ORGANIZATION}}},
    ),
    ("a variable", {"Resource": "arn:aws:s3:::ours/${aws:username}/*"}),
    ("a wildcard", {"Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}}),
]


def denied(deny: dict[str, Any]) -> dict[str, Any]:
    allow = statement("Allow", Action="s3:GetObject", Resource="arn:aws:s3:::ours/*")
    elements = statement("Deny", **deny).items()
    return {"Statement": [allow, {name: value for name, value in elements if value is not None}]}


@pytest.mark.parametrize("deny", [case[1] for case in TOTAL], ids=[case[0] for case in TOTAL])
def test_a_deny_that_is_total_takes_the_access_away(deny: dict[str, Any]) -> None:
    assert not public(denied(deny))
    assert open_to_strangers(denied(deny)) is None


@pytest.mark.parametrize("deny", [case[1] for case in PARTIAL], ids=[case[0] for case in PARTIAL])
def test_any_other_deny_is_not_counted_in_favour(deny: dict[str, Any]) -> None:
    assert public(denied(deny))
