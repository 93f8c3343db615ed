"""Twenty-four checks over the ten kinds."""

from __future__ import annotations

from collections.abc import Mapping

from grc.model.catalogue import (
    Check,
    Parameter,
    ParameterType,
    ParameterValue,
    Position,
    Remedy,
    Severity,
)
from grc.model.identifiers import CheckId, KindName

HERE = Position(path="bench", line=1, column=1)

ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")

BLOCKED = " && ".join(
    f"resource.?publicAccess.?{field}.orValue(false)"
    for field in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
)


def open_port(port: int) -> str:
    """An assertion that no rule lets the whole internet reach a port."""
    return (
        "!resource.?IpPermissions.orValue([]).exists(p, "
        f'(p.IpProtocol == "-1" || (p.?FromPort.orValue(0) <= {port} && p.?ToPort.orValue(65535) >= {port})) && '
        '(p.?IpRanges.orValue([]).exists(r, r.CidrIp == "0.0.0.0/0") || '
        'p.?Ipv6Ranges.orValue([]).exists(r, r.CidrIpv6 == "::/0")))'
    )


SOURCES: dict[str, tuple[str, str, str | None, dict[str, ParameterValue]]] = {
    "default-encryption": (
        "aws.s3.bucket",
        (
            "resource.?encryption.?Rules.orValue([]).exists(r, "
            'r.?ApplyServerSideEncryptionByDefault.?SSEAlgorithm.orValue("") in params.algorithms)'
        ),
        None,
        {"algorithms": ALGORITHMS},
    ),
    "public-access-block": ("aws.s3.bucket", BLOCKED, None, {}),
    "versioning": ("aws.s3.bucket", 'resource.?versioning.?Status.orValue("") == "Enabled"', None, {}),
    "logging": ("aws.s3.bucket", "has(resource.logging) && has(resource.logging.TargetBucket)", None, {}),
    "imdsv2": (
        "aws.ec2.instance",
        'resource.?MetadataOptions.?HttpTokens.orValue("") == "required"',
        'resource.?State.?Name.orValue("") != "terminated"',
        {},
    ),
    "no-public-ip": (
        "aws.ec2.instance",
        (
            "!has(resource.PublicIpAddress) && "
            "resource.?NetworkInterfaces.orValue([]).all(n, !has(n.Association) || !has(n.Association.PublicIp))"
        ),
        None,
        {},
    ),
    "monitoring": ("aws.ec2.instance", 'resource.?Monitoring.?State.orValue("") == "enabled"', None, {}),
    "profile": ("aws.ec2.instance", "has(resource.IamInstanceProfile.Arn)", "has(resource.IamInstanceProfile)", {}),
    "no-open-ssh": ("aws.ec2.security-group", open_port(22), None, {}),
    "no-open-rdp": ("aws.ec2.security-group", open_port(3389), None, {}),
    "default-closed": (
        "aws.ec2.security-group",
        "size(resource.?IpPermissions.orValue([])) == 0",
        'resource.GroupName == "default"',
        {},
    ),
    "volume-encrypted": ("aws.ec2.volume", "resource.Encrypted == true", None, {}),
    "snapshot-encrypted": ("aws.ec2.snapshot", "resource.Encrypted == true", None, {}),
    "mfa": ("aws.iam.user", "size(resource.?mfa.orValue([])) > 0", None, {}),
    "key-age": (
        "aws.iam.user",
        (
            'resource.?accessKeys.orValue([]).all(k, k.Status != "Active" || '
            "(k.CreateDate != null && as_of - k.CreateDate < params.max_age))"
        ),
        None,
        {"max_age": 90},
    ),
    "no-inline-policies": ("aws.iam.user", "size(resource.?inlinePolicies.orValue([])) == 0", None, {}),
    "session-length": (
        "aws.iam.role",
        "resource.?MaxSessionDuration.orValue(3600) <= params.seconds",
        None,
        {"seconds": 14400},
    ),
    "storage-encrypted": ("aws.rds.instance", "resource.StorageEncrypted == true", None, {}),
    "not-public": ("aws.rds.instance", "resource.PubliclyAccessible == false", None, {}),
    "multi-az": ("aws.rds.instance", "resource.MultiAZ == true", 'resource.Engine != "docdb"', {}),
    "backups": ("aws.rds.instance", "resource.?BackupRetentionPeriod.orValue(0) >= params.days", None, {"days": 7}),
    "rotation": (
        "aws.kms.key",
        "resource.?rotation.?KeyRotationEnabled.orValue(false)",
        'resource.KeySpec == "SYMMETRIC_DEFAULT" && resource.KeyManager == "CUSTOMER"',
        {},
    ),
    "not-pending-deletion": ("aws.kms.key", 'resource.KeyState != "PendingDeletion"', None, {}),
    "runtime": (
        "aws.lambda.function",
        'resource.?Runtime.orValue("") in params.runtimes',
        None,
        {"runtimes": ("python3.12", "python3.13", "nodejs22.x")},
    ),
}


def parameter(name: str, value: ParameterValue) -> Parameter:
    """A parameter whose type follows from its name and value."""
    if isinstance(value, tuple):
        return Parameter(name=name, type=ParameterType.LIST, value=value)
    return Parameter(name=name, type=ParameterType.DAYS if name == "max_age" else ParameterType.INT, value=value)


def checks() -> Mapping[CheckId, Check]:
    """The checks, by id."""
    made: dict[CheckId, Check] = {}
    for short, (kind, assertion, when, params) in SOURCES.items():
        name = CheckId(f"{kind}.{short}")
        made[name] = Check(
            id=name,
            title=short,
            severity=Severity.HIGH,
            kind=KindName(kind),
            parameters=tuple(parameter(*pair) for pair in params.items()),
            relate=(),
            when=when,
            assertion=assertion,
            fail=f"{short} does not hold for {{subject.id}}",
            remedy=Remedy(text="none"),
            sources=(),
            equivalents={},
            absent_passes={},
            examples=(),
            position=HERE,
        )
    return dict(sorted(made.items()))
