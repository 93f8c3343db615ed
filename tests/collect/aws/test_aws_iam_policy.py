"""The least-privilege policy allows what a demand calls, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cassette import Held, Told

from grc.collect.aws import AwsSource, least_privilege
from grc.collect.aws.allowlist import load as reads
from grc.collect.aws.declared import load
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
