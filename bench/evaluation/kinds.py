"""Ten kinds shaped like AWS's own answers, declared in the project's format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.kinds import kind_from
from grc.model.identifiers import KindName
from grc.model.kind import Kind

TEXT: dict[str, Any] = {"type": "string"}
FLAG: dict[str, Any] = {"type": "boolean"}
COUNT: dict[str, Any] = {"type": "integer"}
INSTANT: dict[str, Any] = {"type": "string", "format": "date-time"}


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": items}


def shaped(**fields: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object whose fields may all be absent."""
    return {"type": "object", "properties": fields}


TAGS = listed(shaped(Key=TEXT, Value=TEXT))

SHAPES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "aws.s3.bucket": (
        "global",
        "Name",
        {
            "Name": TEXT,
            "BucketRegion": TEXT,
            "CreationDate": INSTANT,
            "encryption": shaped(
                Rules=listed(
                    shaped(
                        ApplyServerSideEncryptionByDefault=shaped(SSEAlgorithm=TEXT, KMSMasterKeyID=TEXT),
                        BucketKeyEnabled=FLAG,
                    )
                )
            ),
            "publicAccess": shaped(
                BlockPublicAcls=FLAG, IgnorePublicAcls=FLAG, BlockPublicPolicy=FLAG, RestrictPublicBuckets=FLAG
            ),
            "versioning": shaped(Status=TEXT, MFADelete=TEXT),
            "logging": shaped(TargetBucket=TEXT, TargetPrefix=TEXT),
            "policy": {},
            "lifecycle": listed(shaped(ID=TEXT, Status=TEXT, Expiration=shaped(Days=COUNT))),
            "TagSet": TAGS,
        },
    ),
    "aws.ec2.instance": (
        "regional",
        "InstanceId",
        {
            "InstanceId": TEXT,
            "ImageId": TEXT,
            "InstanceType": TEXT,
            "LaunchTime": INSTANT,
            "MetadataOptions": shaped(State=TEXT, HttpTokens=TEXT, HttpPutResponseHopLimit=COUNT, HttpEndpoint=TEXT),
            "Monitoring": shaped(State=TEXT),
            "PublicIpAddress": TEXT,
            "IamInstanceProfile": shaped(Arn=TEXT, Id=TEXT),
            "State": shaped(Code=COUNT, Name=TEXT),
            "NetworkInterfaces": listed(
                shaped(NetworkInterfaceId=TEXT, Association=shaped(PublicIp=TEXT), Groups=listed(shaped(GroupId=TEXT)))
            ),
            "Tags": TAGS,
        },
    ),
    "aws.ec2.security-group": (
        "regional",
        "GroupId",
        {
            "GroupId": TEXT,
            "GroupName": TEXT,
            "VpcId": TEXT,
            "IpPermissions": listed(
                shaped(
                    IpProtocol=TEXT,
                    FromPort=COUNT,
                    ToPort=COUNT,
                    IpRanges=listed(shaped(CidrIp=TEXT, Description=TEXT)),
                    Ipv6Ranges=listed(shaped(CidrIpv6=TEXT)),
                )
            ),
            "IpPermissionsEgress": listed(shaped(IpProtocol=TEXT, IpRanges=listed(shaped(CidrIp=TEXT)))),
            "Tags": TAGS,
        },
    ),
    "aws.ec2.volume": (
        "regional",
        "VolumeId",
        {"VolumeId": TEXT, "Encrypted": FLAG, "Size": COUNT, "State": TEXT, "KmsKeyId": TEXT, "Tags": TAGS},
    ),
    "aws.ec2.snapshot": (
        "regional",
        "SnapshotId",
        {"SnapshotId": TEXT, "Encrypted": FLAG, "StartTime": INSTANT, "VolumeSize": COUNT, "Tags": TAGS},
    ),
    "aws.iam.user": (
        "global",
        "UserName",
        {
            "UserName": TEXT,
            "CreateDate": INSTANT,
            "mfa": listed(shaped(SerialNumber=TEXT, EnableDate=INSTANT)),
            "accessKeys": listed(shaped(AccessKeyId=TEXT, Status=TEXT, CreateDate=INSTANT)),
            "inlinePolicies": listed(TEXT),
            "groups": listed(shaped(GroupName=TEXT, Arn=TEXT)),
        },
    ),
    "aws.iam.role": (
        "global",
        "RoleName",
        {"RoleName": TEXT, "CreateDate": INSTANT, "MaxSessionDuration": COUNT, "trust": {}, "attached": listed(TEXT)},
    ),
    "aws.rds.instance": (
        "regional",
        "DBInstanceIdentifier",
        {
            "DBInstanceIdentifier": TEXT,
            "DBInstanceClass": TEXT,
            "Engine": TEXT,
            "StorageEncrypted": FLAG,
            "PubliclyAccessible": FLAG,
            "MultiAZ": FLAG,
            "BackupRetentionPeriod": COUNT,
            "InstanceCreateTime": INSTANT,
            "Endpoint": shaped(Address=TEXT, Port=COUNT),
            "TagList": TAGS,
        },
    ),
    "aws.kms.key": (
        "regional",
        "KeyId",
        {
            "KeyId": TEXT,
            "KeyState": TEXT,
            "KeyManager": TEXT,
            "KeySpec": TEXT,
            "CreationDate": INSTANT,
            "rotation": shaped(KeyRotationEnabled=FLAG, RotationPeriodInDays=COUNT),
            "aliases": listed(shaped(AliasName=TEXT)),
        },
    ),
    "aws.lambda.function": (
        "regional",
        "FunctionName",
        {"FunctionName": TEXT, "Runtime": TEXT, "MemorySize": COUNT, "Timeout": COUNT, "LastModified": INSTANT},
    ),
}


def document(name: str) -> dict[str, Any]:
    """One kind's document."""
    scope, key, fields = SHAPES[name]
    return {
        "format": "grc.kind/1",
        "name": name,
        "title": name,
        "provider": "aws",
        "scope": scope,
        "key": key,
        "sections": [field for field in fields if field[0].islower()],
        "schema": {"type": "object", "properties": fields, "required": [key]},
    }


def kinds() -> Mapping[KindName, Kind]:
    """The ten kinds, by name."""
    return {KindName(name): kind_from(document(name), name) for name in sorted(SHAPES)}
