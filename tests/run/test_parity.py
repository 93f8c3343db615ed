"""One check answers everywhere: a live scan and a plan of the same resources agree, or the difference is explained."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from terraform_plans import plan, resource

from grc.evidence import open_assessment, open_pack
from grc.model.evidence import Origin
from grc.run import Reach, open_desk, scan
from grc.run.collecting import Asked
from grc.run.demo.account import CREDENTIALS, REGION
from grc.run.demo.simulator import simulated_aws

BUCKETS: Mapping[str, Mapping[str, Any]] = {
    "well-kept": {"algorithm": "aws:kms", "versioning": "Enabled", "blocked": True, "owner": "BucketOwnerEnforced"},
    "old-fashioned": {"algorithm": "AES256", "versioning": "Suspended", "blocked": False, "owner": "ObjectWriter"},
}
GROUPS: Mapping[str, tuple[str, int, int, str]] = {
    "web": ("tcp", 443, 443, "0.0.0.0/0"),
    "admin": ("tcp", 20, 25, "0.0.0.0/0"),
    "inside": ("tcp", 5432, 5432, "10.0.0.0/8"),
    "everything": ("-1", 0, 0, "0.0.0.0/0"),
}
DATABASES: Mapping[str, Mapping[str, Any]] = {
    "kept": {"encrypted": True, "public": False, "backups": 14, "protected": True, "zones": True, "upgrades": True},
    "left": {"encrypted": False, "public": True, "backups": 1, "protected": False, "zones": False, "upgrades": False},
}
VOLUMES = {"plain": False, "sealed": True}

EXPLAINED: Mapping[tuple[str, str], str] = {}
"""(check, subject) → the provider's fact that makes live and plan differ. Empty: they agree on everything decided."""


def policy(bucket: str) -> str:
    arn = f"arn:aws:s3:::{bucket}"
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [deny]})


def furnish(endpoint: str) -> None:
    """The resources, made through the API."""
    session = boto3.Session(region_name=REGION, **CREDENTIALS)
    s3, ec2, rds = (session.client(name, endpoint_url=endpoint) for name in ("s3", "ec2", "rds"))
    for name, told in BUCKETS.items():
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        rule = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": told["algorithm"]}}]}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=rule)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": told["versioning"]})
        names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(names, told["blocked"]))
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": told["owner"]}]})
    s3.put_bucket_policy(Bucket="well-kept", Policy=policy("well-kept"))
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    for name, (protocol, first, last, source) in GROUPS.items():
        group = ec2.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"]
        rule = {"IpProtocol": protocol, "IpRanges": [{"CidrIp": source}]}
        ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**rule, **ports}])
    for name, encrypted in VOLUMES.items():
        tags = [{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": name}]}]
        ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, Encrypted=encrypted, TagSpecifications=tags)
    for name, told in DATABASES.items():
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="admin1",
            MasterUserPassword="simulated-only",
            StorageEncrypted=told["encrypted"],
            PubliclyAccessible=told["public"],
            BackupRetentionPeriod=told["backups"],
            DeletionProtection=told["protected"],
            MultiAZ=told["zones"],
            AutoMinorVersionUpgrade=told["upgrades"],
        )


def planned() -> dict[str, Any]:
    """The plan that would make the same resources."""
    found: list[dict[str, Any]] = []
    for name, told in BUCKETS.items():
        own = name.replace("-", "_")
        found.append(resource(f"aws_s3_bucket.{own}", {"bucket": name}, unknown={"id": True}))
        refers = {"bucket": [f"aws_s3_bucket.{own}.id", f"aws_s3_bucket.{own}"]}
        encrypt = {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": told["algorithm"]}]}]}
        blocks = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")
        attached = {
            "server_side_encryption_configuration": encrypt,
            "versioning": {"versioning_configuration": [{"status": told["versioning"]}]},
            "public_access_block": dict.fromkeys(blocks, told["blocked"]),
            "ownership_controls": {"rule": [{"object_ownership": told["owner"]}]},
        }
        if name == "well-kept":
            attached["policy"] = {"policy": policy(name)}
        found += [resource(f"aws_s3_bucket_{type_}.{own}", values, refers=refers) for type_, values in attached.items()]
    for name, (protocol, first, last, source) in GROUPS.items():
        rule = {"protocol": protocol, "from_port": first, "to_port": last, "cidr_blocks": [source]}
        found.append(resource(f"aws_security_group.{name}", {"name": name, "ingress": [rule]}))
    for name, encrypted in VOLUMES.items():
        found.append(resource(f"aws_ebs_volume.{name}", {"encrypted": encrypted}, unknown={"id": True}))
    for name, told in DATABASES.items():
        values = {
            "identifier": name,
            "engine": "postgres",
            "storage_encrypted": told["encrypted"],
            "publicly_accessible": told["public"],
            "backup_retention_period": told["backups"],
            "deletion_protection": told["protected"],
            "multi_az": told["zones"],
            "auto_minor_version_upgrade": told["upgrades"],
        }
        found.append(resource(f"aws_db_instance.{name}", values))
    return plan(*found)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str, Origin], str]:
    """(check, the subject's common name, origin) → verdict, of one scan of both."""
    folder = tmp_path_factory.mktemp("parity")
    (folder / "plan.json").write_text(json.dumps(planned()))
    with simulated_aws() as endpoint, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "simulated")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        furnish(endpoint)
        reach = Reach(names=("aws", str(folder / "plan.json")), regions=(REGION,))
        clock = lambda: datetime.now(UTC)  # noqa: E731 - a clock is a function
        scan(open_desk(), reach, folder / "pack", Asked(), clock=clock, progress=Silent())
    pack = open_pack(folder / "pack")
    names = {
        (record.kind, record.subject): _name(record.body, record.tags, record.subject)
        for population in pack.populations()
        for record in pack.records(population)
    }
    found = {}
    for seen in open_assessment(pack).observed():
        name = names[seen.kind, seen.subject]
        found[seen.check, name, seen.origin] = seen.verdict.value
    return found


class Silent:
    """A progress that says nothing."""

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: object) -> None:
        assert unit


def _name(body: Mapping[str, Any], tags: Mapping[str, str] | None, subject: str) -> str:
    """What the same resource is called on both sides."""
    for field in ("DBInstanceIdentifier", "GroupName"):
        if field in body:
            return str(body[field])
    if subject.startswith("aws_ebs_volume."):
        return subject.rpartition(".")[2]
    return str(body.get("Name") or (tags or {}).get("Name") or subject)


def test_live_and_plan_agree_on_everything_that_both_decide(
    verdicts: Mapping[tuple[str, str, Origin], str],
) -> None:
    compared = []
    for (check, name, origin), live in verdicts.items():
        ahead = verdicts.get((check, name, Origin.PLAN))
        if origin is not Origin.LIVE or ahead is None or "unknown" in (live, ahead):
            continue
        compared.append((check, name))
        if (check, name) not in EXPLAINED:
            assert live == ahead, f"{check} of {name}: live {live}, plan {ahead}"
    checks = {check for check, _ in compared}
    assert len(compared) >= 40
    assert {check.rpartition(".")[0] for check in checks} == {
        "aws.s3.bucket",
        "aws.ec2.security-group",
        "aws.ec2.volume",
        "aws.rds.instance",
    }


def test_both_verdicts_occur_on_either_side(verdicts: Mapping[tuple[str, str, Origin], str]) -> None:
    for origin in (Origin.LIVE, Origin.PLAN):
        given = {verdict for (_, _, found), verdict in verdicts.items() if found is origin}
        assert {"pass", "fail"} <= given


def test_what_a_plan_cannot_know_is_unknown(verdicts: Mapping[tuple[str, str, Origin], str]) -> None:
    assert verdicts["aws.s3.bucket.lifecycle", "well-kept", Origin.PLAN] == "unknown"
