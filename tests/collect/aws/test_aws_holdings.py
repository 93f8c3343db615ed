"""What users, groups and roles hold: from their own policies, their groups, what is attached, and their boundary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.holdings import rights_of
from grc.collect.aws.identity import Identity
from grc.collect.aws.redact import Redactor
from grc.model.evidence import Gap, GapReason

NUMBER = "111111111111"
LIMIT, ADMIN, LIFT, MINE = (f"arn:aws:iam::{NUMBER}:policy/{name}" for name in ("limit", "admin", "lift", "mine"))


def document(*actions: str, **elements: Any) -> dict[str, Any]:
    return {"Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*", **elements}}


def managed(arn: str, text: Any) -> dict[str, Any]:
    old = {"VersionId": "v1", "IsDefaultVersion": False, "Document": document("*")}
    return {"Arn": arn, "PolicyVersionList": [old, {"VersionId": "v2", "IsDefaultVersion": True, "Document": text}]}


POLICIES = [
    managed(LIMIT, document("s3:*", "iam:Get*")),
    managed(ADMIN, document("*")),
    managed(LIFT, json.dumps(document("iam:PutUserPolicy"))),
    managed(MINE, document("s3:*")),
]
GROUPS = [
    {"GroupName": "rulers", "AttachedManagedPolicies": [{"PolicyName": "admin", "PolicyArn": ADMIN}]},
    {"GroupName": "readers", "GroupPolicyList": [{"PolicyName": "own", "PolicyDocument": document("s3:Get*")}]},
]
TAKEN = f"arn:aws:iam::{NUMBER}:role/taken"
ROLES = [
    {"RoleName": "taken", "Arn": TAKEN, "AttachedManagedPolicies": [{"PolicyName": "admin", "PolicyArn": ADMIN}]},
    {"RoleName": "weak", "Arn": f"{TAKEN}-not", "RolePolicyList": []},
    {"RoleName": "aws", "Arn": f"{TAKEN}-aws", "Path": "/aws-service-role/x/", "RolePolicyList": [{}]},
]


class Answers:
    """IAM, told by filter; counts what was asked."""

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        told = {"Policies": POLICIES, "GroupDetailList": GROUPS, "RoleDetailList": ROLES}
        self.answers, self.asked = {**told, **(answers or {})}, 0

    def pages(self, call: Any, region: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.asked += 1
        assert parameters == {"Filter": FILTERS[call.path]}
        found = self.answers[call.path]
        if isinstance(found, Gap):
            raise CallError(found)
        return [{call.path: found[:1]}, {call.path: found[1:]}]


FILTERS = {
    "Policies": ["LocalManagedPolicy", "AWSManagedPolicy"],
    "GroupDetailList": ["Group"],
    "RoleDetailList": ["Role"],
}


def account(answers: Answers | None = None) -> Account:
    identity = Identity(account=NUMBER, caller=f"arn:aws:iam::{NUMBER}:user/reader", home="us-east-1")
    calls: Any = answers or Answers()
    redactor = Redactor(told={}, pseudonyms=None)
    return Account(identity=identity, calls=calls, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC), redactor=redactor)


def user(**fields: Any) -> dict[str, Any]:
    return {"UserName": "u", "Arn": f"arn:aws:iam::{NUMBER}:user/u", **fields}


def attached(name: str, arn: str) -> dict[str, Any]:
    return {"AttachedManagedPolicies": [{"PolicyName": name, "PolicyArn": arn}]}


def told(item: Mapping[str, Any], answers: Answers | None = None) -> dict[str, Any]:
    return rights_of(account(answers), item)


def test_rights_come_by_every_way() -> None:
    own = {"UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": document("*")}]}
    assert told(user())["Admin"] is False
    assert told(user(**own))["AdminThrough"] == ["inline"]
    assert told(user(**attached("admin", ADMIN)))["AdminThrough"] == ["admin"]
    assert told(user(GroupList=["readers", "rulers"]))["AdminThrough"] == ["admin"]
    assert told(user(GroupList=["readers"]))["Admin"] is False
    assert told(user(**attached("lift", LIFT)))["Escalations"] == ["put-user-policy"]


def test_only_the_version_in_force_counts_and_the_boundary_bounds() -> None:
    assert told(user(**attached("mine", MINE)))["Admin"] is False
    boundary = {"PermissionsBoundary": {"PermissionsBoundaryArn": LIMIT, "PermissionsBoundaryType": "Policy"}}
    assert told(user(**attached("admin", ADMIN), **boundary))["Admin"] is False


@pytest.mark.parametrize(("role", "ways"), [(TAKEN, ["assume-any-role"]), (f"{TAKEN}-not", []), (f"{TAKEN}-aws", [])])
def test_a_role_worth_taking_is_a_way(role: str, ways: list[str]) -> None:
    own = {"PolicyName": "own", "PolicyDocument": document("sts:AssumeRole", Resource=role)}
    assert told(user(UserPolicyList=[own]))["Escalations"] == ways


def test_a_policy_worth_having_is_a_way() -> None:
    def attaching(policy: str) -> dict[str, Any]:
        condition = {"ArnEquals": {"iam:PolicyARN": policy}}
        return {"PolicyName": "own", "PolicyDocument": document("iam:AttachUserPolicy", Condition=condition)}

    assert told(user(UserPolicyList=[attaching(MINE)]))["Escalations"] == []
    assert told(user(UserPolicyList=[attaching(ADMIN)]))["Escalations"] == ["attach-user-policy"]
    assert told(user(UserPolicyList=[attaching(LIFT)]))["Escalations"] == ["attach-user-policy"]


def test_everything_is_asked_once() -> None:
    answers = Answers()
    whole = account(answers)
    for _ in range(3):
        rights_of(whole, user(GroupList=["rulers"]))
    assert answers.asked == 3


MISSING = [
    user(**attached("gone", f"{MINE}-gone")),
    user(GroupList=["gone"]),
    user(PermissionsBoundary={"PermissionsBoundaryArn": f"{MINE}-gone"}),
]


@pytest.mark.parametrize("item", MISSING)
def test_what_iam_does_not_tell_is_a_gap(item: dict[str, Any]) -> None:
    with pytest.raises(CallError) as raised:
        told(item)
    assert raised.value.gap.reason is GapReason.NOT_PROVIDED
    assert raised.value.gap.call == "iam:GetAccountAuthorizationDetails"


UNREADABLE = [
    user(UserPolicyList=[{"PolicyName": "own", "PolicyDocument": "not JSON"}]),
    user(UserPolicyList=[{"PolicyName": "own"}]),
    user(**attached("mine", MINE)),
]


@pytest.mark.parametrize("item", UNREADABLE)
def test_a_policy_that_cannot_be_read_is_a_gap(item: dict[str, Any]) -> None:
    policies = [managed(MINE, "{"), managed(ADMIN, document("*"))]
    with pytest.raises(CallError) as raised:
        told(item, Answers({"Policies": policies}))
    assert raised.value.gap.reason is GapReason.MALFORMED


def test_a_broken_policy_of_somebody_else_hides_nothing() -> None:
    policies = [*POLICIES, managed(f"{MINE}-broken", "{")]
    assert told(user(**attached("admin", ADMIN)), Answers({"Policies": policies}))["Admin"] is True


def test_a_broken_policy_of_a_role_hides_which_roles_are_worth_taking() -> None:
    broken = {"RoleName": "b", "Arn": "b", "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": "{"}]}
    whole = account(Answers({"RoleDetailList": [*ROLES, broken]}))
    for _ in range(2):
        with pytest.raises(CallError) as raised:
            rights_of(whole, user())
        assert raised.value.gap.reason is GapReason.MALFORMED


@pytest.mark.parametrize("path", sorted(FILTERS))
def test_a_denied_call_is_a_gap(path: str) -> None:
    gap = Gap(path="", reason=GapReason.ACCESS_DENIED, call="iam:GetAccountAuthorizationDetails")
    with pytest.raises(CallError) as raised:
        told(user(GroupList=["rulers"]), Answers({path: gap}))
    assert raised.value.gap == gap
