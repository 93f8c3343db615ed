"""What a principal may do: every known way is found, and the second judge finds none that is not told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_judge import Request, applies

from grc.collect.policies import ANALYSES, UnreadableError, escalations
from grc.collect.policies.rights import Holdings, rights
from grc.collect.policies.statements import read
from grc.yamltext import read as read_yaml

ACCOUNT = "111111111111"
USER = f"arn:aws:iam::{ACCOUNT}:user/u"
WAYS = escalations.load()
BOUND = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def allow(*actions: str, **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **elements}


def deny(*actions: str, **elements: Any) -> dict[str, Any]:
    return {**allow(*actions, **elements), "Effect": "Deny"}


def found(*statements: dict[str, Any], boundary: Any = None, mighty: frozenset[str] = frozenset()) -> dict[str, Any]:
    return rights(
        Holdings(
            policies=(("own", read({"Statement": list(statements)})),),
            boundary=None if boundary is None else read(boundary),
            account=ACCOUNT,
            own=USER,
            mighty=mighty,
        )
    )


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)
def test_each_way_is_found_with_all_its_actions_and_not_without_one(way: escalations.Escalation) -> None:
    bound = BOUND if way.bounded else None
    told = found(allow(*way.actions), boundary=bound)
    assert way.id in told["Escalations"]
    assert told["EscalatesThrough"] == ["own"]
    for missing in way.actions:
        rest = [action for action in way.actions if action != missing]
        assert way.id not in found(allow("s3:Get*", *rest), boundary=bound)["Escalations"]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)
def test_each_way_is_closed_by_a_deny_of_one_action_and_by_a_boundary(way: escalations.Escalation) -> None:
    bound = BOUND if way.bounded else None
    for action in way.actions:
        assert way.id not in found(allow("*"), deny(action), boundary=bound)["Escalations"]
        without = {"Statement": {"Effect": "Allow", "NotAction": action, "Resource": "*"}}
        assert way.id not in found(allow("*"), boundary=without)["Escalations"]
        within = {"Statement": [*[BOUND["Statement"]], deny(action)]}
        assert way.id not in found(allow("*"), boundary=within)["Escalations"]


def test_the_file_of_ways_is_sound() -> None:
    document = read_yaml(escalations.SHIPPED).value
    assert len({way.id for way in WAYS}) == len(WAYS)
    assert {entry["source"] for entry in document["paths"]} == set(document["sources"])
    for way in WAYS:
        assert ("iam:passrole" in way.actions) is (way.service is not None), way.id


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)
def test_each_action_of_a_way_exists(way: escalations.Escalation) -> None:
    """Where botocore knows the service under the action's own prefix; passing a role is no operation."""
    from grc.collect.aws.shapes import service_model

    for written in next(one for one in read_yaml(escalations.SHIPPED).value["paths"] if one["id"] == way.id)["actions"]:
        service, _, action = written.partition(":")
        known = {"elasticmapreduce": "emr", "states": "stepfunctions", "sso": "sso-admin", "bedrock-agentcore": ""}
        name = known.get(service, service)
        if name in ("", "codestar") or action in ("PassRole", "InvokeFunction"):
            continue
        assert action in service_model(name).operation_names, written


ADMINS = [
    ("everything", [allow("*")]),
    ("everything, written otherwise", [allow("*:*", Resource="arn:aws:*:*:*:*")]),
    ("all of IAM", [allow("iam:*")]),
    ("everything but S3", [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]),
    ("everything but a bucket", [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b"}]),
    ("no resource named", [{"Effect": "Allow", "Action": "*"}]),
    ("piece by piece", [allow("iam:A*", "iam:P*", Resource=f"arn:aws:iam::{ACCOUNT}:*"), allow("IAM:Create*")]),
    ("a Deny of something else", [allow("*"), deny("s3:*")]),
    ("a Deny under a condition", [allow("*"), deny("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})]),
    ("a Deny on some resources", [allow("*"), deny("iam:*", Resource="arn:aws:iam::*:role/x")]),
    ("under a condition", [allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})]),
]
NO_ADMINS = [
    ("nothing", [allow("s3:*")]),
    ("everything but IAM", [{"Effect": "Allow", "NotAction": ["IAM:*", "sts:*"], "Resource": "*"}]),
    ("reading", [allow("iam:Get*", "iam:List*")]),
    ("everything on a bucket", [allow("*", Resource=["arn:aws:s3:::b", "arn:aws:s3:::b/*"])]),
    ("a Deny of all of IAM", [allow("*"), deny("iam:*")]),
    ("a Deny of one of them", [allow("*"), deny("iam:PutUserPolicy")]),
    ("a Deny of all but reading", [allow("*"), {"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}]),
    ("no action", [allow()]),
    ("no resource", [allow("*", Resource=[])]),
    ("own user", [allow("iam:*", Resource="arn:aws:iam::*:user/${aws:username}")]),
]


@pytest.mark.parametrize("statements", [case[1] for case in ADMINS], ids=[case[0] for case in ADMINS])
def test_who_can_rewrite_iam_can_do_everything(statements: list[dict[str, Any]]) -> None:
    told = found(*statements)
    assert (told["Admin"], told["AdminThrough"]) == (True, ["own"])


@pytest.mark.parametrize("statements", [case[1] for case in NO_ADMINS], ids=[case[0] for case in NO_ADMINS])
def test_who_cannot_is_no_administrator(statements: list[dict[str, Any]]) -> None:
    told = found(*statements)
    assert (told["Admin"], told["AdminThrough"]) == (False, [])


def test_a_boundary_bounds_an_administrator() -> None:
    bound = {"Statement": allow("s3:*", "ec2:*")}
    assert not found(allow("*"), boundary=bound)["Admin"]
    assert found(allow("*"), boundary=BOUND)["Admin"]


PASSING = ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction")
WAY = "pass-role-function-invoked"
MIGHTY = f"arn:aws:iam::{ACCOUNT}:role/app-admin"
PASSED = [
    ("any role", {}, True),
    ("any role by its path", {"Resource": f"arn:aws:iam::{ACCOUNT}:role/*"}, True),
    ("a role worth taking", {"Resource": MIGHTY}, True),
    ("roles of a name, one of them worth taking", {"Resource": "arn:aws:iam::*:role/app-*"}, True),
    ("another role", {"Resource": f"arn:aws:iam::{ACCOUNT}:role/reader"}, False),
    ("roles of another name", {"Resource": f"arn:aws:iam::{ACCOUNT}:role/web-*"}, False),
    ("to this service", {"Condition": {"StringLike": {"iam:PassedToService": ["x", "lambda.*"]}}}, True),
    ("to another service", {"Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}, False),
    ("to any other", {"Condition": {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}, True),
    ("to another, if it is said", {"Condition": {"StringEqualsIfExists": {"iam:PassedToService": "x"}}}, True),
]


@pytest.mark.parametrize(("elements", "way"), [case[1:] for case in PASSED], ids=[case[0] for case in PASSED])
def test_a_role_is_passed_to_a_service(elements: dict[str, Any], way: bool) -> None:
    statement = [allow(PASSING[0], **elements), allow(*PASSING[1:])]
    assert (WAY in found(*statement, mighty=frozenset({MIGHTY}))["Escalations"]) is way


TAMED = [
    ("single policies", {"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/x"}}, False),
    ("a boundary", {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/limit"}}, False),
    ("any policy", {"ArnLike": {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/*"}}, True),
    ("that of administrators", {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}, True),
    ("all but one", {"ArnNotEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}, True),
    ("a boundary, if there is one", {"StringEqualsIfExists": {"iam:PermissionsBoundary": "x"}}, True),
    ("something else", {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
]


@pytest.mark.parametrize(("condition", "way"), [case[1:] for case in TAMED], ids=[case[0] for case in TAMED])
def test_attaching_may_be_bounded(condition: dict[str, Any], way: bool) -> None:
    told = found(allow("iam:AttachUserPolicy", Condition=condition))
    assert (told["Escalations"] == ["attach-user-policy"]) is way


def test_a_policy_or_boundary_worth_having_tames_nothing() -> None:
    mine = f"arn:aws:iam::{ACCOUNT}:policy/x"
    for key in ("iam:PolicyARN", "iam:PermissionsBoundary"):
        statement = allow("iam:AttachUserPolicy", Condition={"ArnEquals": {key: mine}})
        assert found(statement)["Escalations"] == []
        assert found(statement, mighty=frozenset({mine}))["Escalations"] == ["attach-user-policy"]


AIMS = [
    ("iam:AddUserToGroup", "add-user-to-group", f"arn:aws:iam::{ACCOUNT}:group/rulers"),
    ("iam:UpdateAssumeRolePolicy", "update-assume-role-policy", f"arn:aws:iam::{ACCOUNT}:role/ruler"),
    ("sts:AssumeRole", "assume-any-role", f"arn:aws:iam::{ACCOUNT}:role/ruler"),
]


@pytest.mark.parametrize(("action", "way", "target"), AIMS)
def test_a_target_counts_where_it_is_worth_having(action: str, way: str, target: str) -> None:
    mighty = frozenset({target})
    assert found(allow(action))["Escalations"] == [way]
    assert found(allow(action, Resource=target))["Escalations"] == []
    assert found(allow(action, Resource=target), mighty=mighty)["Escalations"] == [way]
    assert found(allow(action, Resource=f"{target[:-2]}*"), mighty=mighty)["Escalations"] == [way]
    assert found(allow(action, Resource=f"{target}-not"), mighty=mighty)["Escalations"] == []


@pytest.mark.parametrize("resource", ["arn:aws:iam::*:user/${aws:username}", USER])
def test_ones_own_keys_give_nothing_new_but_ones_own_policy_does(resource: str) -> None:
    assert found(allow("iam:CreateAccessKey", Resource=resource))["Escalations"] == []
    assert found(allow("iam:CreateAccessKey", Resource=[resource, f"{USER}2"]))["Escalations"] == ["create-access-key"]
    assert found(allow("iam:PutUserPolicy", Resource=resource))["Escalations"] == ["put-user-policy"]


WIDE = [
    ("AssumesAnyRole", "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/r"),
    ("PassesAnyRole", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/r"),
    ("DecryptsAnyKey", "kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"),
    ("DecryptsAnyKey", "kms:ReEncryptFrom", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"),
]


@pytest.mark.parametrize(("field", "action", "one"), WIDE)
def test_what_is_allowed_on_all_is_told(field: str, action: str, one: str) -> None:
    every = one.rpartition("/")[0] + "/*"
    assert found(allow(action))[field]
    assert found(allow(action, Resource=[one, every]))[field]
    assert not found(allow(action, Resource=one))[field]
    assert not found(allow("s3:*"))[field]
    assert not found(allow(action), deny(action))[field]


@pytest.mark.parametrize("variable", ["${aws:PrincipalAccount}", "${aws:ResourceAccount}", "${AWS:principalaccount}"])
@pytest.mark.parametrize(("field", "action", "one"), WIDE)
def test_the_account_may_be_a_variable(field: str, action: str, one: str, variable: str) -> None:
    every = one.rpartition("/")[0] + "/*"
    assert found(allow(action, Resource=every.replace(ACCOUNT, variable)))[field]
    assert not found(allow(action, Resource=one.replace(ACCOUNT, variable)))[field]
    assert not found(allow(action, Resource=every), deny(action, Resource=every.replace(ACCOUNT, variable)))[field]


def test_a_variable_account_opens_ways_and_gives_everything() -> None:
    told = found(allow("iam:*", Resource="arn:aws:iam::${aws:PrincipalAccount}:*"))
    assert told["Admin"]
    assert "add-user-to-group" in told["Escalations"]


def test_a_policy_by_itself_is_computed_and_needs_its_document() -> None:
    compute = ANALYSES["identity-policy"].compute
    assert compute([{"Statement": allow("*")}], ACCOUNT)["Admin"]
    assert compute([json.dumps({"Statement": allow("iam:PutRolePolicy")})], ACCOUNT)["Escalations"] == [
        "put-role-policy"
    ]
    with pytest.raises(UnreadableError):
        compute([None], ACCOUNT)


ACTIONS = sorted({action for way in WAYS[:30] for action in way.actions} | {"s3:GetObject", "iam:GetUser"})
PATTERNS = [*ACTIONS, "*", "iam:*", "iam:Put*", "iam:?ttach*", "lambda:*", "sts:*", "*:Pass*", "ec2:Run*"]
RESOURCES = ["*", "arn:aws:iam::*:role/*", f"arn:aws:iam::{ACCOUNT}:*", USER, "arn:aws:s3:::b/*"]
CONDITIONS = [
    {},
    {},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    {"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/x"}},
]
AIMED = {
    "iam:addusertogroup": "group",
    "iam:passrole": "role",
    "iam:updateassumerolepolicy": "role",
    "sts:assumerole": "role",
}
TARGETS = {
    "group": f"arn:aws:iam::{ACCOUNT}:group/some",
    "role": f"arn:aws:iam::{ACCOUNT}:role/some",
    "user": f"arn:aws:iam::{ACCOUNT}:user/other",
    "x": "arn:aws:x:::y",
}


def possible(policy: list[dict[str, Any]], action: str, service: str | None) -> bool:
    """Whether the second judge lets a call through: on somebody else, with every policy attached, to the service."""
    context = {
        "aws:multifactorauthpresent": ["true"],
        "iam:policyarn": ["arn:aws:iam::aws:policy/AdministratorAccess"],
        "aws:username": ["u"],
        **({} if service is None else {"iam:passedtoservice": [service]}),
    }
    targets = [TARGETS[AIMED[action]]] if action in AIMED else TARGETS.values()
    return any(_allowed(policy, Request(USER, action, target, context)) for target in targets)


def _allowed(policy: list[dict[str, Any]], request: Request) -> bool:
    holding = {one["Effect"] for one in policy if applies({**one, "Principal": "*"}, request)}
    return holding == {"Allow"}


def statements() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda effect, element, actions, resources, condition: {
            "Effect": effect,
            element: actions,
            "Resource": resources,
            "Condition": condition,
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.sampled_from(["Action", "Action", "NotAction"]),
        st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4),
        st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
        st.sampled_from(CONDITIONS),
    )


@given(st.lists(statements(), min_size=1, max_size=4), st.one_of(st.none(), st.lists(statements(), max_size=3)))
@settings(max_examples=300, deadline=None)
def test_no_way_is_missed(policy: list[dict[str, Any]], bound: list[dict[str, Any]] | None) -> None:
    told = found(*policy, boundary=None if bound is None else {"Statement": bound})["Escalations"]
    for way in WAYS[:40]:
        if way.bounded and bound is None:
            continue
        open_ = all(
            possible(policy, action, way.service) and (bound is None or possible(bound, action, way.service))
            for action in way.actions
        )
        assert not open_ or way.id in told, f"{way.id} is open in {policy} within {bound}"
