"""One check answers everywhere: a template deployed and scanned live, and the template itself, agree or say why not."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from grc.collect.aws import AwsSource, from_profile
from grc.collect.cloudformation import open_templates, recognise, shipped_translations
from grc.collect.cloudformation.reading import read_text
from grc.collect.files import find
from grc.evidence import PackWriter, RunFacts, open_pack
from grc.model.evidence import Origin, Record, Unit
from grc.run import assess, open_desk
from grc.run.collecting import Asked
from grc.run.demo.account import CREDENTIALS, REGION
from grc.run.demo.simulator import simulated_aws
from grc.run.judging import compiled, demand_of

pytestmark = pytest.mark.slow
TEMPLATE = Path(__file__).parents[1] / "samples" / "cloudformation" / "parity.yaml"

SKIPS = "the simulator makes the resource without looking at the property"
OLD = "the simulator makes buckets as S3 did before the default changed"
EXPLAINED: Mapping[tuple[str, str], str] = {
    (
        "aws.ec2.subnet.no-public-ip",
        "KeptSubnet",
    ): "the simulator takes a zone's first subnet for AWS's own default one",
    ("aws.ec2.volume.encrypted", "KeptVolume"): SKIPS,
    ("aws.elbv2.load-balancer.deletion-protection", "Balancer"): SKIPS,
    ("aws.elbv2.load-balancer.desync-guarded", "Balancer"): "the simulator lists no default of this attribute",
    ("aws.rds.instance.deletion-protection", "KeptDatabase"): SKIPS,
    ("aws.rds.instance.iam-authentication", "KeptDatabase"): SKIPS,
    ("aws.rds.instance.minor-upgrades", "KeptDatabase"): "the simulator has no default of this property",
    ("aws.rds.instance.minor-upgrades", "LeftDatabase"): "the simulator has no default of this property",
    ("aws.redshift.cluster.version-upgrades", "Cluster"): "the simulator has no default of this property",
    ("aws.s3.bucket.acl-disabled", "KeptBucket"): OLD,
    ("aws.s3.bucket.acl-disabled", "LeftBucket"): OLD,
    ("aws.s3.bucket.default-encryption", "LeftBucket"): OLD,
    ("aws.s3.bucket.versioning", "KeptBucket"): SKIPS,
}
"""(check, logical id) → the fact that makes live and template differ. Each is one that the simulator leaves out."""

ACCOUNT = "123456789012"
"""The simulator's."""
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:kept-logs:*"

Verdicts = Mapping[tuple[str, str, Origin], str]


class Silent:
    """A progress that says nothing."""

    def planned(self, units: int) -> None:
        assert units >= 0

    def done(self, unit: Unit) -> None:
        assert unit


def deployed(endpoint: str) -> Mapping[str, str]:
    """The logical id by the physical one of each resource, once the stack is made."""
    session = boto3.Session(region_name=REGION, **CREDENTIALS)
    client = session.client("cloudformation", endpoint_url=endpoint)
    client.create_stack(StackName="parity", TemplateBody=TEMPLATE.read_text())
    found = client.describe_stack_resources(StackName="parity")["StackResources"]
    repair(session, endpoint, {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found})
    return {one.get("PhysicalResourceId") or one["LogicalResourceId"]: one["LogicalResourceId"] for one in found}


def repair(session: boto3.Session, endpoint: str, made: Mapping[str, str]) -> None:
    """The simulator keeps documents of a stack in a form that it cannot give back: they are put again, as text."""
    iam, kms = (session.client(name, endpoint_url=endpoint) for name in ("iam", "kms"))
    for logical, told in read_text(TEMPLATE.read_bytes()).value["Resources"].items():
        properties = told["Properties"]
        if told["Type"] == "AWS::IAM::Role":
            document = json.dumps(properties["AssumeRolePolicyDocument"])
            iam.update_assume_role_policy(RoleName=made[logical], PolicyDocument=document)
            for one in properties.get("Policies", ()):
                put_inline(iam, made[logical], one)
        if told["Type"] == "AWS::IAM::Policy":
            for role in properties["Roles"]:
                put_inline(iam, made[role["Ref"]], properties)
        if told["Type"] == "AWS::KMS::Key":
            document = json.dumps(properties["KeyPolicy"]).replace('{"Fn::Sub": ', "").replace(':root"}', ':root"')
            kms.put_key_policy(
                KeyId=made[logical], PolicyName="default", Policy=document.replace("${AWS::AccountId}", ACCOUNT)
            )


def put_inline(iam: Any, role: str, told: Mapping[str, Any]) -> None:
    document = json.dumps(told["PolicyDocument"]).replace('{"Fn::GetAtt": "KeptLogs.Arn"}', f'"{LOGS}"')
    iam.put_role_policy(RoleName=role, PolicyName=told["PolicyName"], PolicyDocument=document)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """(check, logical id, origin) → verdict, of one pack with both."""
    folder = tmp_path_factory.mktemp("template-parity")
    (folder / "in").mkdir()
    (folder / "in" / "parity.yaml").write_text(TEMPLATE.read_text())
    desk = open_desk()
    types = {told["Type"] for told in read_text(TEMPLATE.read_bytes()).value["Resources"].values()}
    kinds = {translation.kind for translation in shipped_translations() if translation.type in types}
    checks = [check for check in desk.policy.checks.values() if check.kind in kinds]
    wanted = {kind: paths for kind, paths in demand_of(compiled(checks, desk.kinds)).items() if kind in kinds}
    clock = lambda: datetime.now(UTC)  # noqa: E731 - a clock is a function
    scope = {"sources": ["aws", "cloudformation"], "providers": ["aws"], "checks": [check.id for check in checks]}
    facts = RunFacts(id="parity", started=clock(), engine="test", scope=scope)
    with simulated_aws() as endpoint, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "simulated")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        names = deployed(endpoint)
        tree = find(folder / "in")
        with PackWriter(folder / "pack", facts, desk.kinds) as writer:
            AwsSource(from_profile(None), clock=clock, regions=(REGION,)).collect(wanted, writer, Silent())
            open_templates(tree, recognise(tree), "in", clock, desk.kinds).collect(wanted, writer, Silent())
            writer.seal(finished=clock(), sources=[])
    layer = assess(desk, folder / "pack", Asked(), as_of=clock())
    pack = open_pack(folder / "pack")
    logical = {
        (record.kind, record.subject): _logical(record, names)
        for population in pack.populations()
        for record in pack.records(population)
    }
    return {
        (seen.check, name, seen.origin): seen.verdict.value
        for seen in layer.observed()
        if (name := logical[seen.kind, seen.subject]) is not None
    }


def _logical(record: Record, names: Mapping[str, str]) -> str | None:
    """What the template calls a subject; None for what it did not make."""
    if record.origin is Origin.TEMPLATE:
        return record.subject.rpartition(":")[2]
    tail = record.subject.rpartition("/")[2].rpartition(":")[2]
    by_id = [logical for physical, logical in names.items() if tail == physical.rpartition("/")[2].rpartition(":")[2]]
    by_name = [logical for logical in names.values() if f"-{logical}-" in record.subject]
    named = [record.body.get(field) for field in ("GroupName", "LoadBalancerName", "RoleName")]
    by_field = [logical for physical, logical in names.items() if physical in named]
    return next(iter((*by_id, *by_name, *by_field)), None)


def test_live_and_template_agree_on_everything_that_both_decide(verdicts: Verdicts) -> None:
    compared, apart = [], []
    for (check, name, origin), live in verdicts.items():
        ahead = verdicts.get((check, name, Origin.TEMPLATE))
        if origin is not Origin.LIVE or ahead is None or "unknown" in (live, ahead):
            continue
        compared.append(check)
        if live != ahead and (check, name) not in EXPLAINED:
            apart.append(f"{check} of {name}: live {live}, template {ahead}")
    assert apart == []
    assert len(compared) >= 180
    assert len({check.rpartition(".")[0] for check in compared}) >= 20


def test_every_explained_difference_is_still_one(verdicts: Verdicts) -> None:
    for check, name in EXPLAINED:
        live, ahead = (verdicts[check, name, origin] for origin in (Origin.LIVE, Origin.TEMPLATE))
        assert (live, ahead) == ("fail", "pass"), f"{check} of {name} is explained, and is {live} and {ahead}"


def test_both_verdicts_occur_on_either_side(verdicts: Verdicts) -> None:
    for origin in (Origin.LIVE, Origin.TEMPLATE):
        assert {"pass", "fail"} <= {verdict for (_, _, found), verdict in verdicts.items() if found is origin}
