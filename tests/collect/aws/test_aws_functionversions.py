"""The policies of a function's published versions: each is read, and what could not be read is a gap, never none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from grc.collect.aws.allowlist import Read
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Call
from grc.collect.aws.functionversions import MOST, versions_of
from grc.collect.aws.identity import Identity
from grc.collect.aws.redact import Redactor
from grc.model.evidence import Gap, GapReason

ARN = "arn:aws:lambda:eu-central-1:111111111111:function:f"
FUNCTION = {"FunctionName": "f", "FunctionArn": ARN}
DENIED = Gap(path="", reason=GapReason.ACCESS_DENIED)


class Answers:
    """Lambda: pages of versions, and the policy of each, by number; no policy is one that is not found."""

    def __init__(self, pages: list[list[dict[str, Any]]], policies: Mapping[str, str | Gap]) -> None:
        self.listed = pages
        self.policies = policies
        self.asked: list[str] = []
        self.regions: set[str] = set()

    def pages(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        assert (call.read.call, parameters) == ("lambda:ListVersionsByFunction", {"FunctionName": "f"})
        self.regions.add(region)
        return ({"Versions": page} for page in self.listed)

    def answer(self, read: Read, region: str, parameters: Mapping[str, Any], expected: tuple[str, ...]) -> Any:
        assert (read.call, expected) == ("lambda:GetPolicy", ("Policy",))
        self.regions.add(region)
        self.asked.append(parameters["FunctionName"])
        found = self.policies.get(parameters["FunctionName"].rpartition(":")[2])
        if found is None:
            raise CallError(Gap(path="", reason=GapReason.NOT_PROVIDED), "ResourceNotFoundException")
        if isinstance(found, Gap):
            raise CallError(found, "AccessDeniedException")
        return {"Policy": found, "RevisionId": "r"}


def version(number: object) -> dict[str, Any]:
    return {"FunctionArn": f"{ARN}:{number}", "Version": str(number), "Environment": {"Variables": {"KEY": "k"}}}


def told(pages: list[list[dict[str, Any]]], policies: Mapping[str, str | Gap]) -> tuple[Any, Any]:
    calls: Any = Answers(pages, policies)
    identity = Identity(account="1" * 12, caller="arn:aws:iam::111111111111:user/r", home="us-east-1")
    redactor = Redactor(told={}, pseudonyms=None)
    account = Account(identity=identity, calls=calls, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC), redactor=redactor)
    return versions_of(account, FUNCTION), calls


def test_each_published_version_is_told_with_its_policy_and_nothing_of_its_configuration() -> None:
    versions, calls = told([[version("$LATEST"), version(1)], [version(2)]], {"1": "{}"})
    assert versions == [{"FunctionArn": f"{ARN}:1", "Policy": "{}"}, {"FunctionArn": f"{ARN}:2"}]
    assert calls.asked == [f"{ARN}:1", f"{ARN}:2"]
    assert calls.regions == {"eu-central-1"}


def test_a_function_that_publishes_nothing_has_no_versions() -> None:
    versions, calls = told([[version("$LATEST")]], {})
    assert (versions, calls.asked) == ([], [])


def test_as_many_versions_as_are_read_are_read() -> None:
    versions, _ = told([[version("$LATEST"), *map(version, range(MOST))]], {})
    assert len(versions) == MOST


@pytest.mark.parametrize(
    ("pages", "policies", "reason"),
    [
        ([list(map(version, range(MOST + 1)))], {}, GapReason.BUDGET),
        ([[version(1), version(2)]], {"1": "{}", "2": DENIED}, GapReason.ACCESS_DENIED),
        ([[{"Version": "1"}]], {}, GapReason.MALFORMED),
        ([[{"FunctionArn": ARN}]], {}, GapReason.MALFORMED),
        ([[]], {}, GapReason.MALFORMED),
    ],
)
def test_what_is_not_read_of_the_versions_is_a_gap(
    pages: list[list[dict[str, Any]]], policies: Mapping[str, str | Gap], reason: GapReason
) -> None:
    with pytest.raises(CallError) as raised:
        told(pages, policies)
    assert raised.value.gap.reason is reason


def test_where_there_are_more_than_are_read_it_is_said_how_many_there_are() -> None:
    with pytest.raises(CallError) as raised:
        told([list(map(version, range(MOST + 1)))], {})
    assert raised.value.gap.detail == f"{MOST + 1} versions are kept, and of {MOST} at most the policies are read"
