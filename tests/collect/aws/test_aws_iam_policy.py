"""The least-privilege policy allows what a demand calls, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import tree_sitter_hcl
from aws_cassette import Held, Told
from tree_sitter import Language, Parser

from grc.collect.aws import AwsSource, Members, cloudformation, entering, least_privilege, managed, terraform
from grc.collect.aws.allowlist import load as reads
from grc.collect.aws.declared import load
from grc.collect.aws.iam import MANAGED_POLICY_LIMIT, length
from grc.model.identifiers import KindName


def actions(demand: dict[KindName, frozenset[str]]) -> list[str]:
    return [action for statement in least_privilege(demand)["Statement"] for action in statement["Action"]]


def test_one_section_of_one_kind() -> None:
    assert least_privilege({KindName("aws.s3.bucket"): frozenset({"encryption.Rules", "Name"})}) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "GrcReadsS3",
                "Effect": "Allow",
                "Action": ["s3:GetEncryptionConfiguration", "s3:ListAllMyBuckets"],
                "Resource": "*",
            }
        ],
    }


def test_a_regional_kind_needs_the_regions() -> None:
    assert actions({KindName("aws.kms.key"): frozenset({"rotation"})}) == [
        "ec2:DescribeRegions",
        "kms:GetKeyRotationStatus",
        "kms:ListKeys",
    ]


def test_derived_sections_and_further_calls_count() -> None:
    assert actions({KindName("aws.iam.user"): frozenset({"access_keys.LastUsed", "credential_report.mfa_active"})}) == [
        "iam:GenerateCredentialReport",
        "iam:GetAccessKeyLastUsed",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetCredentialReport",
        "iam:ListAccessKeys",
    ]


def test_entering_accounts_needs_the_named_roles_alone() -> None:
    named = Members(
        role="audit/grc-reader", accounts=("222222222222", "111111111111"), left_out=frozenset({"222222222222"})
    )
    (statement,) = entering(named)["Statement"]
    assert statement["Action"] == ["sts:AssumeRole"]
    assert statement["Resource"] == ["arn:*:iam::111111111111:role/audit/grc-reader"]


def test_entering_an_organisation_needs_its_list_too() -> None:
    enters, lists = entering(Members(role="grc-reader"))["Statement"]
    assert enters["Resource"] == ["arn:*:iam::*:role/grc-reader"]
    assert (lists["Action"], lists["Resource"]) == (["organizations:ListAccounts"], ["*"])


def test_nothing_of_aws_needs_nothing() -> None:
    assert least_privilege({KindName("register.people"): frozenset({"person_id"})})["Statement"] == []


@pytest.mark.parametrize("kind", sorted(load()))
def test_what_a_kind_calls_is_what_its_policy_allows(kind: KindName, source: Callable[..., AwsSource]) -> None:
    demand = {kind: frozenset(load()[kind].sections)}
    made = source(regions=("us-east-1",))
    made.collect(demand, Held(), Told())
    allowed = {read.call: read.action for read in reads().reads.values()}
    called = {allowed[call] for call in made.tally if call != "sts:GetCallerIdentity"}
    assert called == set(actions(demand))


EVERYTHING = {name: frozenset(resource.sections) for name, resource in load().items()}
WHOLE = least_privilege(EVERYTHING)


def allowed(documents: list[dict[str, Any]]) -> list[str]:
    return [action for one in documents for statement in one["Statement"] for action in statement["Action"]]


@pytest.mark.parametrize("limit", [300, 1000, MANAGED_POLICY_LIMIT, 100_000])
def test_documents_of_a_managed_policys_length_allow_the_same(limit: int) -> None:
    documents = managed(WHOLE, limit)
    assert allowed(documents) == allowed([WHOLE])
    assert all(length(one) <= limit for one in documents)
    assert (len(documents) == 1) is (length(WHOLE) <= limit)
    for one in documents:
        names = [statement["Sid"] for statement in one["Statement"]]
        assert len(set(names)) == len(names)
        assert all(name.isalnum() for name in names)


def test_the_whole_policy_fits_a_role() -> None:
    assert len(managed(WHOLE)) <= 10  # the policies that a role takes, unless AWS is asked for more


def test_a_short_policy_is_one_document() -> None:
    policy = least_privilege({KindName("aws.kms.key"): frozenset({"rotation"})})
    assert managed(policy) == [policy]


def test_terraforms_role_has_every_policy_and_a_trust_with_an_external_id() -> None:
    documents = managed(WHOLE, 2000)
    text = terraform(documents)
    assert not Parser(Language(tree_sitter_hcl.language())).parse(text.encode()).root_node.has_error
    assert text.count('resource "aws_iam_policy"') == text.count('"aws_iam_role_policy_attachment"') == len(documents)
    assert '"sts:ExternalId" = var.external_id' in text
    written = re.findall(r"^  policy = jsonencode\((\{.*?\n  \})\)$", text, re.DOTALL | re.MULTILINE)
    assert [json.loads(one) for one in written] == documents


def test_cloudformations_role_has_every_policy_and_a_trust_with_an_external_id() -> None:
    documents = managed(WHOLE, 2000)
    template = cloudformation(documents)
    resources = template["Resources"]
    role = resources.pop("Role")["Properties"]
    assert [one["Properties"]["PolicyDocument"] for one in resources.values()] == documents
    assert [one["Ref"] for one in role["ManagedPolicyArns"]] == list(resources)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    assert set(template["Parameters"]) == {"TrustedAccountId", "ExternalId"}
    assert json.loads(json.dumps(template)) == template
