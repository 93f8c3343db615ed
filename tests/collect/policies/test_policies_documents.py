"""Policies as they are written: whom each lets in, and that another spelling says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grc.collect.policies import ANALYSES
from grc.yamltext import read

ACCOUNT = "111122223333"
DOCUMENTS = read(Path(__file__).parent / "documents.yaml").value["documents"]
Statement = dict[str, Any]
Change = Callable[[list[Statement]], list[Statement]]


def verdict(document: dict[str, Any], policy: Any) -> bool:
    """Whether a policy is open, or whether strangers come in without an external id, as the document asks."""
    found = ANALYSES[document["analysis"]].compute([policy], ACCOUNT)
    if "stranger" in document:
        return bool(found["WithoutExternalId"])
    return bool(found["Public"] or found.get("OpenProviders"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["note"])
def test_whom_it_lets_in(document: dict[str, Any]) -> None:
    assert verdict(document, document["policy"]) is document.get("open", document.get("stranger"))


def changed(document: dict[str, Any], change: Change) -> dict[str, Any]:
    return {"Statement": change(list(document["policy"]["Statement"]))}


def backwards(statements: list[Statement]) -> list[Statement]:
    return statements[::-1]


def twice(statements: list[Statement]) -> list[Statement]:
    return statements + statements


def in_other_case(statements: list[Statement]) -> list[Statement]:
    return [{name: _other_case(name, value) for name, value in statement.items()} for statement in statements]


def _other_case(name: str, value: Any) -> Any:
    if name in {"Action", "NotAction"}:
        return [action.swapcase() for action in value]
    if name != "Condition":
        return value
    return {
        operator.swapcase(): {key.swapcase(): values for key, values in keys.items()}
        for operator, keys in value.items()
    }


def bare(statements: list[Statement]) -> list[Statement]:
    """Single values in place of lists of one, and principals of one kind as AWS also takes them."""
    return [{name: _bare(value) for name, value in statement.items()} for statement in statements]


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(below) for name, below in value.items()}
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def with_a_vacuous_condition(statements: list[Statement]) -> list[Statement]:
    always = {"StringLikeIfExists": {"aws:UserAgent": ["*"]}}
    return [{**statement, "Condition": {**always, **statement.get("Condition", {})}} for statement in statements]


def with_a_narrow_deny(statements: list[Statement]) -> list[Statement]:
    deny = {"Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["x:Y"], "Resource": ["arn:aws:x:::y"]}
    return [deny, *statements, {**deny, "Action": ["*"], "Resource": ["*"], "Condition": {"Bool": {"aws:x": ["true"]}}}]


@pytest.mark.parametrize(
    "change", [backwards, twice, in_other_case, bare, with_a_vacuous_condition, with_a_narrow_deny]
)
def test_another_spelling_says_the_same(change: Change) -> None:
    for document in DOCUMENTS:
        if change is with_a_vacuous_condition and "Deny" in str(document["policy"]):
            continue  # a Deny under a condition that is no known one is not counted in favour
        assert verdict(document, changed(document, change)) is verdict(document, document["policy"]), document["note"]


def test_a_deny_of_everything_takes_everything_away() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    for document in DOCUMENTS:
        assert not verdict(document, changed(document, lambda statements: [*statements, deny])), document["note"]


ROOT = f"arn:aws:iam::{ACCOUNT}:root"
PARTNER = "arn:aws:iam::444455556666:role/x"
WHO = [
    ({"AWS": [ROOT, PARTNER]}, {}, {"OtherAccounts": ["444455556666"]}),
    ({"AWS": ["777788889999"]}, {}, {"OtherAccounts": ["777788889999"]}),
    ({"CanonicalUser": ["79a5"], "Federated": ["www.amazon.com"]}, {}, {"OtherPrincipals": ["79a5", "www.amazon.com"]}),
    ({"AWS": ["AIDADELETED"]}, {}, {"OtherPrincipals": ["AIDADELETED"]}),
    ({"AWS": ["*"]}, {"StringEquals": {"aws:PrincipalOrgID": ["o-a"]}}, {"OtherOrganizations": ["o-a"]}),
    (
        {"AWS": ["*"]},
        {"StringLike": {"aws:PrincipalOrgPaths": ["o-aaaaaaaaaa/r-1/*"]}},
        {"OtherOrganizations": ["o-aaaaaaaaaa"]},
    ),
    (
        {"AWS": ["*"]},
        {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "444455556666"]}},
        {"OtherAccounts": ["444455556666"]},
    ),
    (
        {"AWS": ["*"]},
        {"ArnLike": {"aws:SourceArn": ["arn:aws:sns:*:444455556666:t"]}},
        {"OtherAccounts": ["444455556666"]},
    ),
    ({"AWS": ["*"]}, {"StringEquals": {"aws:SourceVpce": ["vpce-1"]}}, {"OtherPrincipals": ["vpce-1"]}),
    (
        {"Service": ["sns.amazonaws.com"]},
        {},
        {"Services": ["sns.amazonaws.com"], "UnboundServices": ["sns.amazonaws.com"]},
    ),
    (
        {"Service": ["sns.amazonaws.com"]},
        {"StringEquals": {"aws:SourceAccount": [ACCOUNT]}},
        {"Services": ["sns.amazonaws.com"]},
    ),
    (
        {"Service": ["s3.amazonaws.com"]},
        {"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::clinic-uploads"]}},
        {"Services": ["s3.amazonaws.com"], "UnboundServices": ["s3.amazonaws.com"]},
    ),
    (
        {"Service": ["s3.amazonaws.com"]},
        {
            "ArnLike": {"aws:SourceArn": ["arn:aws:s3:::clinic-uploads"]},
            "StringEquals": {"aws:SourceAccount": [ACCOUNT]},
        },
        {"Services": ["s3.amazonaws.com"]},
    ),
    (
        {"Service": ["s3.amazonaws.com"]},
        {
            "ArnLike": {"aws:SourceArn": ["arn:aws:s3:::clinic-uploads"]},
            "StringEquals": {"aws:SourceAccount": ["444455556666"]},
        },
        {"Services": ["s3.amazonaws.com"], "ServiceAccounts": ["444455556666"]},
    ),
    (
        {"Service": ["apigateway.amazonaws.com"]},
        {"ArnLike": {"aws:SourceArn": ["arn:aws:apigateway:eu-central-1::/restapis/a1b2c3"]}},
        {"Services": ["apigateway.amazonaws.com"]},
    ),
    (
        {"Service": ["sns.amazonaws.com"]},
        {"ArnLike": {"aws:SourceArn": [f"arn:aws:sns:eu-central-1:{ACCOUNT}:t", "arn:aws:sns:*:444455556666:t"]}},
        {"Services": ["sns.amazonaws.com"], "ServiceAccounts": ["444455556666"]},
    ),
    (
        {"Service": ["sns.amazonaws.com"]},
        {
            "ArnLike": {"aws:SourceArn": ["arn:aws:sns:*:444455556666:t"]},
            "StringEquals": {"aws:SourceAccount": ["${aws:ResourceAccount}"]},
        },
        {"Services": ["sns.amazonaws.com"]},
    ),
    (
        {"Service": ["sns.amazonaws.com"]},
        {"StringEquals": {"aws:SourceOrgID": ["o-a"]}},
        {"Services": ["sns.amazonaws.com"]},
    ),
    (
        {"Service": ["alexa-appkit.amazon.com"]},
        {"StringEquals": {"lambda:EventSourceToken": ["amzn1.ask.skill.1-2"]}},
        {"Services": ["alexa-appkit.amazon.com"]},
    ),
    (
        {"AWS": ["*", PARTNER]},
        {},
        {"Public": True, "PublicActions": ["s3:get*"], "PublicStatements": ["one"], "OtherAccounts": ["444455556666"]},
    ),
]


@pytest.mark.parametrize(("principal", "condition", "expected"), WHO)
def test_who_is_let_in_is_named(principal: Any, condition: Any, expected: dict[str, Any]) -> None:
    statement = {"Sid": "one", "Effect": "Allow", "Principal": principal, "Action": ["S3:Get*"], "Condition": condition}
    found = ANALYSES["resource-policy"].compute([{"Statement": [statement]}], ACCOUNT)
    assert {name: value for name, value in found.items() if value} == expected


def test_of_several_policies_whoever_is_let_in_by_one_is_told() -> None:
    ours = {"Effect": "Allow", "Principal": {"AWS": PARTNER}, "Action": "lambda:InvokeFunction", "Resource": "*"}
    mail = {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "lambda:Invoke*"}
    everybody = {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl"}
    texts = [json.dumps({"Statement": statements}) for statements in ([ours], [mail, everybody])]
    found = ANALYSES["resource-policies"].compute([texts], ACCOUNT)
    assert {name: value for name, value in found.items() if value} == {
        "Public": True,
        "PublicActions": ["lambda:invokefunctionurl"],
        "PublicStatements": ["open"],
        "OtherAccounts": ["444455556666"],
        "Services": ["ses.amazonaws.com"],
        "UnboundServices": ["ses.amazonaws.com"],
    }


@pytest.mark.parametrize("policies", [None, []])
def test_no_policies_let_nobody_in(policies: Any) -> None:
    found = ANALYSES["resource-policies"].compute([policies], ACCOUNT)
    assert not any(found.values())
    assert found.keys() == ANALYSES["resource-policy"].compute([None], ACCOUNT).keys()


def test_whom_denies_spare_is_named() -> None:
    """A policy open to all whose Deny leaves one organisation in lets that organisation in."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": PARTNER}}
    outside = {**allow, "Effect": "Deny", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}}
    found = ANALYSES["resource-policy"].compute([{"Statement": [allow, deny, outside]}], ACCOUNT)
    assert {name: value for name, value in found.items() if value} == {
        "OtherAccounts": ["444455556666"],
        "OtherOrganizations": ["o-a"],
    }


TRUSTS = [
    ({}, ["glue.amazonaws.com"]),
    ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, []),
    ({"ArnLike": {"aws:SourceArn": f"arn:aws:glue:*:{ACCOUNT}:*"}}, []),
    ({"StringEquals": {"sts:ExternalId": ACCOUNT}}, []),
    ({"StringLike": {"sts:ExternalId": "*"}}, ["glue.amazonaws.com"]),
    ({"StringEqualsIfExists": {"sts:ExternalId": ACCOUNT}}, ["glue.amazonaws.com"]),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:glue:*:*:*"}}, ["glue.amazonaws.com"]),
]


@pytest.mark.parametrize(("condition", "unbound"), TRUSTS)
def test_a_service_is_bound_to_our_own_resources(condition: dict[str, Any], unbound: list[str]) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}
    found = ANALYSES["trust-policy"].compute([{"Statement": {**trust, "Condition": condition}}], ACCOUNT)
    assert (found["Services"], found["UnboundServices"]) == (["glue.amazonaws.com"], unbound)


BUCKET = "bucket-access"
OPEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}
OWNER = {"Grantee": {"ID": "x", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}
ALL = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers", "Type": "Group"}, "Permission": "READ"}
LOGGED_IN = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}, "Permission": "WRITE"}
LOGS = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}, "Permission": "WRITE"}


def bucket(policy: Any = None, status: Any = None, grants: Any = (), block: Any = None, ownership: Any = None) -> Any:
    sources = [policy, status, {"Grants": [OWNER, *grants]}, block, ownership]
    return ANALYSES[BUCKET].compute(sources, ACCOUNT)


def test_a_policy_opens_a_bucket_unless_s3_restricts_it() -> None:
    restricted, public = {"RestrictPublicBuckets": True}, {"IsPublic": True}
    assert bucket(OPEN)["PublicByPolicy"]
    assert bucket(OPEN, public, block={"BlockPublicPolicy": True})["PublicByPolicy"]
    assert bucket(OPEN, {"IsPublic": False}, block=restricted)["PublicByPolicy"], (
        "S3 restricts what it takes for public"
    )
    assert not bucket(OPEN, public, block=restricted)["PublicByPolicy"]
    assert not bucket(None, public)["PublicByPolicy"]


def test_a_list_opens_a_bucket_where_it_is_in_force() -> None:
    enforced = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    preferred = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    for grants, found in (([ALL], ["READ"]), ([LOGGED_IN], ["WRITE"]), ([ALL, LOGGED_IN], ["READ", "WRITE"])):
        assert bucket(grants=grants)["PublicByAcl"]
        assert bucket(grants=grants)["PublicGrants"] == found
        assert bucket(grants=grants, ownership=preferred)["PublicByAcl"]
        assert bucket(grants=grants, block={"BlockPublicAcls": True})["PublicByAcl"], "it stops new lists alone"
        assert not bucket(grants=grants, block={"IgnorePublicAcls": True})["PublicByAcl"]
        assert not bucket(grants=grants, ownership=enforced)["PublicByAcl"]
    assert not bucket(grants=[LOGS])["PublicByAcl"]
    assert bucket()["AclsInForce"]
    assert not bucket(ownership=enforced)["AclsInForce"]
