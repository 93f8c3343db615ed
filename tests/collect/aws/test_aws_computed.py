"""Computed sections: made of the rest of the body, a gap where a source has one, and never called for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cassette import Cassette, Held, Told
from aws_faults import error, hurried

from grc.collect.aws import AwsSource, declared, least_privilege
from grc.collect.aws.computed import place_computed
from grc.collect.aws.declared import load
from grc.collect.aws.lint import lint
from grc.model.evidence import Gap, GapReason
from grc.model.identifiers import KindName

BUCKET = load()[KindName("aws.s3.bucket")]
ACCOUNT = "111111111111"
OPEN = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject"]}]}
DENIED = Gap(path="policy", reason=GapReason.ACCESS_DENIED, call="s3:GetBucketPolicy", permission="s3:GetBucketPolicy")


def placed(body: dict[str, Any], *gaps: Gap, source: str = "policy") -> tuple[Any, list[Gap]]:
    """The bucket's ``access`` as it is computed from a body with gaps, and the gaps after."""
    section = declared.replace(BUCKET.sections["access"], sources=(source,))
    found = list(gaps)
    place_computed(body, [BUCKET.sections["policy"], section], ACCOUNT, found)
    return body.get("access"), found


def test_a_policy_is_computed_from_and_its_absence_is_a_fact() -> None:
    assert placed({"policy": OPEN})[0]["Public"] is True
    assert placed({})[0]["Public"] is False
    assert placed({})[1] == []


def test_the_text_of_a_policy_below_a_section_serves_as_well() -> None:
    text = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}}'
    access, gaps = placed({"attributes": {"Policy": text}}, source="attributes.Policy")
    assert (access["PublicActions"], gaps) == (["sqs:sendmessage"], [])


@pytest.mark.parametrize("path", ["", "policy", "policy.Statement", "policy.Statement[0].Action"])
def test_a_gap_on_the_way_to_a_source_is_a_gap(path: str) -> None:
    gap = Gap(path=path, reason=GapReason.THROTTLED, call="s3:GetBucketPolicy", permission="s3:GetBucketPolicy")
    access, gaps = placed({"policy": OPEN}, gap)
    assert access is None
    assert [(one.path, one.reason, one.call) for one in gaps[1:]] == [("access", gap.reason, gap.call)]


@pytest.mark.parametrize("path", ["policy_status", "attributes.Name", "attributes[0].Tags"])
def test_a_gap_elsewhere_is_none(path: str) -> None:
    gap = Gap(path=path, reason=GapReason.THROTTLED)
    access, gaps = placed({"attributes": {"Policy": None}}, gap, source="attributes.Policy")
    assert (access["Public"], gaps) == (False, [gap])


@pytest.mark.parametrize(
    "policy",
    ["not JSON", "[]", "", '{"Statement": {"Effect": "Maybe"}}', {"Statement": [7]}, 7, {"Statement": [{}]}],
)
def test_what_is_no_policy_is_a_gap_and_no_verdict(policy: object) -> None:
    access, (gap,) = placed({"policy": policy})
    assert access is None
    assert (gap.path, gap.reason, gap.call) == ("access", GapReason.MALFORMED, "s3:GetBucketPolicy")


def test_reading_it_reads_what_it_is_computed_from() -> None:
    assert [section.name for section in BUCKET.wanted(["access.Public"])] == ["policy", "access"]
    assert [read.call for read in BUCKET.sections["access"].reads] == ["s3:GetBucketPolicy"]
    (statement,) = least_privilege({BUCKET.name: frozenset({"access"})})["Statement"]
    assert statement["Action"] == ["s3:GetBucketPolicy", "s3:ListAllMyBuckets"]
    role = load()[KindName("aws.iam.role")].sections["trust"]
    assert [read.call for read in role.reads] == ["iam:GetAccountAuthorizationDetails"]


def test_a_denied_source_is_told_in_both_sections(tape: Cassette, source: Callable[..., AwsSource]) -> None:
    tape.faults["s3:GetBucketPolicy"] = error("s3", 403, "AccessDenied")
    sink = Held()
    with hurried():
        source().collect({BUCKET.name: frozenset({"access"})}, sink, Told())
    ((population, records),) = sink.units.values()
    assert population.coverage.paths >= {"policy", "access"}
    assert {gap.path for record in records for gap in record.gaps} == {"policy", "access"}
    assert {gap.call for record in records for gap in record.gaps} == {"s3:GetBucketPolicy"}
    assert not any({"policy", "access"} & record.body.keys() for record in records)


WRONG = [
    ("analyse: resource-policy", "analyse: resource-polity", "there is no analysis 'resource-polity'"),
    ("from: [policy]", "from: [polity]", "there is neither a field nor a section 'polity'"),
    ("from: [policy]", "from: [policy, acl]", "the analysis takes policy, in this order"),
    ("from: [policy]", "from: [access]", "access is computed itself"),
    ("from: [policy]", "from: []", "should be non-empty"),
    ("from: [policy]\n", "\n", "is not valid under any of the given schemas"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), WRONG)
def test_lint_refuses_what_cannot_be_computed(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    text = (declared.SHIPPED / "kms.yaml").read_text()
    assert right in text
    (tmp_path / "kms.yaml").write_text(text.replace(right, wrong))
    found = [str(problem) for problem in lint(tmp_path) if problem.path.endswith("kms.yaml")]
    assert any(message in problem for problem in found), found
