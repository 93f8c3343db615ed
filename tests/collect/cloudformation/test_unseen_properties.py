"""What a template sets in a way that is easily overlooked is told as it is, or is a gap."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloudformation_trees import collected

from grc.model.evidence import Record
from grc.model.identifiers import KindName


def one(folder: Path, kind: str, resources: str) -> Record:
    found = collected(folder, {"t.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n" + resources})
    (record,) = found[KindName(kind)][1]
    return record


@pytest.mark.parametrize(
    ("told", "unseen"),
    [
        ("Target: x", {"routes", "stages"}),
        ("RouteKey: x", {"routes", "stages"}),
        ("Body: {}", {"routes"}),
        ("BodyS3Location: {}", {"routes"}),
        ("Version: x", set()),
    ],
)
def test_an_interface_may_be_made_with_routes(tmp_path: Path, told: str, unseen: set[str]) -> None:
    text = f"  A: {{Type: 'AWS::ApiGatewayV2::Api', Properties: {{ProtocolType: HTTP, {told}}}}}\n"
    record = one(tmp_path, "aws.apigatewayv2.api", text)
    assert {gap.path for gap in record.gaps} & {"routes", "stages"} == unseen
    assert {"routes", "stages"} - record.body.keys() == unseen


@pytest.mark.parametrize(
    ("told", "enabled"),
    [("{Bucket: b}", True), ("{Bucket: !GetAtt L.DomainName}", True), ("{IncludeCookies: true}", False)],
)
def test_a_distribution_that_only_tells_of_cookies_records_nothing(tmp_path: Path, told: str, enabled: bool) -> None:
    text = f"""
  L: {{Type: 'AWS::S3::Bucket'}}
  D: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: {{Enabled: true, Logging: {told}}}}}}}
"""
    assert one(tmp_path, "aws.cloudfront.distribution", text).body["config"]["Logging"]["Enabled"] is enabled


INLINE = """
  O: {Type: 'AWS::%s'}
  P:
    Type: AWS::%sInlinePolicy
    Properties: {%s: !Ref O, PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: '*', Resource: '*'}]}}
"""


@pytest.mark.parametrize(
    ("kind", "owner", "by"), [("aws.sqs.queue", "SQS::Queue", "Queue"), ("aws.sns.topic", "SNS::Topic", "TopicArn")]
)
def test_an_inline_policy_is_the_policy(tmp_path: Path, kind: str, owner: str, by: str) -> None:
    record = one(tmp_path, kind, INLINE % (owner, owner, by))
    assert "Allow" in record.body["attributes"]["Policy"]
    assert "attributes.Policy" not in [gap.path for gap in record.gaps]
    assert record.body["access"]["Public"] is True


@pytest.mark.parametrize("argument", ["SourceDbiResourceId", "DBClusterSnapshotIdentifier"])
def test_what_is_restored_keeps_what_its_source_has(tmp_path: Path, argument: str) -> None:
    text = f"  D: {{Type: 'AWS::RDS::DBInstance', Properties: {{{argument}: x}}}}\n"
    record = one(tmp_path, "aws.rds.instance", text)
    assert {"BackupRetentionPeriod", "MultiAZ"} <= {gap.path for gap in record.gaps}
