"""A generated estate: the same seed gives the same bytes. A few records fail a check, fewer have a gap."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import zstandard

from bench.evaluation.kinds import document, kinds
from grc import canonical
from grc.model.evidence import Coverage, Gap, GapReason, Origin, Population, Unit
from grc.model.identifiers import KindName, Place

AS_OF: Final = datetime(2026, 6, 1, tzinfo=UTC)
COLLECTED: Final = datetime(2026, 5, 31, 22, 15, tzinfo=UTC)
ACCOUNTS: Final = ("111122223333", "444455556666")
REGIONS: Final = ("eu-central-1", "us-east-1")
FAILING: Final = 0.03
GAPPED: Final = 0.01
BLOCK: Final = 1 << 17

SHARES: Final = {
    "aws.s3.bucket": 0.26,
    "aws.ec2.instance": 0.255,
    "aws.rds.instance": 0.24,
    "aws.ec2.security-group": 0.10,
    "aws.iam.user": 0.05,
    "aws.kms.key": 0.03,
    "aws.ec2.volume": 0.025,
    "aws.iam.role": 0.02,
    "aws.lambda.function": 0.01,
    "aws.ec2.snapshot": 0.01,
}

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileStore:
    """An estate on disk, one compressed file a population; meets the port EvidenceStore."""

    folder: Path
    held: tuple[Population, ...]

    def populations(self) -> Sequence[Population]:
        """Every population, by kind and place."""
        return self.held

    def lines(self, population: Population) -> Iterator[bytes]:
        """Chunks of whole lines."""
        with file_of(self.folder, population).open("rb") as stored:
            reader = zstandard.ZstdDecompressor().stream_reader(stored)
            rest = b""
            while block := reader.read(BLOCK):
                end = block.rfind(b"\n") + 1
                yield rest + memoryview(block)[:end]
                rest = block[end:]


def file_of(folder: Path, population: Population) -> Path:
    """Where a population is stored."""
    return folder / f"{population.unit.kind}-{population.unit.place.replace('/', '-')}.ndjson.zst"


def build(folder: Path, records: int, seed: int = 1) -> FileStore:
    """Write an estate of so many records."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    held = []
    for name in sorted(SHARES):
        places = list(_places(name))
        for place in places:
            count = round(records * SHARES[name] / len(places))
            population = _population(name, place, count)
            lines = sorted(_line(name, place, number, chance) for number in range(count))
            text = b"".join(line + b"\n" for _, line in lines)
            file_of(folder, population).write_bytes(zstandard.ZstdCompressor(level=1).compress(text))
            held.append(population)
    return FileStore(folder, tuple(sorted(held, key=lambda each: (each.unit.kind, each.unit.place))))


def _places(name: str) -> Iterator[Place]:
    for account in ACCOUNTS:
        if document(name)["scope"] == "global":
            yield Place(f"aws/{account}")
        else:
            yield from (Place(f"aws/{account}/{region}") for region in REGIONS)


def _population(name: str, place: Place, count: int) -> Population:
    return Population(
        unit=Unit(source="aws", place=place, kind=KindName(name)),
        origin=Origin.LIVE,
        query="generated",
        parameters={},
        caller="arn:aws:sts::111122223333:assumed-role/grc-reader/bench",
        started=COLLECTED,
        finished=COLLECTED,
        count=count,
        complete=True,
        coverage=Coverage(paths=frozenset(kinds()[KindName(name)].shape.fields), otherwise=GapReason.NOT_REQUESTED),
    )


def _line(name: str, place: Place, number: int, chance: random.Random) -> tuple[str, bytes]:
    good = chance.random() >= FAILING
    body = BODIES[name](number, chance, good)
    gaps: list[Gap] = []
    if chance.random() < GAPPED:
        gaps.append(_lost(body, chance))
    subject = f"arn:aws:{name.split('.')[1]}:{place.rpartition('/')[2]}:{place.split('/')[1]}:{_id(name, body)}"
    record = {
        "body": body,
        "collected": COLLECTED,
        "kind": name,
        "origin": Origin.LIVE,
        "place": place,
        "subject": subject,
        "tags": {"team": _pick(chance, TEAMS), "DataClass": _pick(chance, ("none", "personal"))},
    }
    if gaps:
        record["gaps"] = [
            {"call": gap.call, "path": gap.path, "permission": gap.permission, "reason": gap.reason} for gap in gaps
        ]
    return subject, canonical.encode(record)


def _lost(body: Body, chance: random.Random) -> Gap:
    path = _pick(chance, sorted(field for field in body if not field.endswith(("Id", "Name", "Identifier"))))
    del body[path]
    return Gap(path=path, reason=GapReason.ACCESS_DENIED, call=f"svc:Get{path}", permission=f"svc:Get{path}")


TEAMS: Final = ("payments", "platform", "records", "web", "data")


def _pick(chance: random.Random, choices: Sequence[str]) -> str:
    return choices[int(chance.random() * len(choices))]


def _hex(chance: random.Random, digits: int) -> str:
    return f"{chance.getrandbits(4 * digits):0{digits}x}"


def _id(name: str, body: Body) -> str:
    return f"{name.rpartition('.')[2]}/{body[document(name)['key']]}"


def _when(chance: random.Random, days: int = 80) -> datetime:
    return AS_OF - timedelta(seconds=int(chance.random() * days * 86400) + 86400)


def _tags(chance: random.Random, many: int) -> list[Body]:
    return [{"Key": f"tag-{index}", "Value": f"{_pick(chance, TEAMS)}-{_hex(chance, 6)}"} for index in range(many)]


def _bucket(number: int, chance: random.Random, good: bool) -> Body:
    name = f"{_pick(chance, TEAMS)}-{_hex(chance, 8)}-{number}"
    key = f"arn:aws:kms:eu-central-1:111122223333:key/{_hex(chance, 8)}-{_hex(chance, 4)}-{_hex(chance, 12)}"
    body: Body = {
        "Name": name,
        "BucketRegion": _pick(chance, REGIONS),
        "CreationDate": _when(chance, 900),
        "encryption": {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
                    "BucketKeyEnabled": True,
                }
            ]
        },
        "publicAccess": dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), good
        ),
        "versioning": {"Status": "Enabled"},
        "logging": {"TargetBucket": f"logs-{_hex(chance, 8)}", "TargetPrefix": f"s3/{name}/"},
        "policy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": f"Only{index}",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
                for index in range(2)
            ],
        },
        "lifecycle": [
            {"ID": f"expire-{index}", "Status": "Enabled", "Expiration": {"Days": 30 * index}} for index in (1, 2, 3)
        ],
        "TagSet": _tags(chance, 5),
    }
    return body


def _instance(number: int, chance: random.Random, good: bool) -> Body:
    interface = {
        "NetworkInterfaceId": f"eni-{_hex(chance, 17)}",
        "Groups": [{"GroupId": f"sg-{_hex(chance, 17)}", "GroupName": "web"}],
        "MacAddress": "06:8e:3f:11:22:33",
        "PrivateIpAddress": f"10.0.{number % 250}.{number % 199}",
        "SourceDestCheck": True,
        "Status": "in-use",
        "SubnetId": f"subnet-{_hex(chance, 17)}",
        "VpcId": f"vpc-{_hex(chance, 17)}",
    }
    return {
        "InstanceId": f"i-{_hex(chance, 17)}",
        "ImageId": f"ami-{_hex(chance, 17)}",
        "InstanceType": "m7g.large",
        "LaunchTime": _when(chance, 300),
        "Architecture": "arm64",
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"Status": "attached", "VolumeId": f"vol-{_hex(chance, 17)}"}}
        ],
        "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1},
        "EbsOptimized": True,
        "EnaSupport": True,
        "MetadataOptions": {
            "State": "applied",
            "HttpTokens": "required" if good else "optional",
            "HttpPutResponseHopLimit": 2,
            "HttpEndpoint": "enabled",
        },
        "Monitoring": {"State": "enabled"},
        "IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/web", "Id": "AIPA1234567890EXAMPLE"},
        "State": {"Code": 16, "Name": "running"},
        "NetworkInterfaces": [interface],
        "PrivateDnsName": f"ip-10-0-{number % 250}-{number % 199}.eu-central-1.compute.internal",
        "RootDeviceName": "/dev/xvda",
        "SecurityGroups": interface["Groups"],
        "Tags": _tags(chance, 6),
    }


def _group(number: int, chance: random.Random, good: bool) -> Body:
    def rule(port: int, ranges: list[Body]) -> Body:
        return {
            "IpProtocol": "tcp",
            "FromPort": port,
            "ToPort": port,
            "IpRanges": ranges,
            "Ipv6Ranges": [],
            "PrefixListIds": [],
        }

    inside = [{"CidrIp": f"10.{index}.0.0/16", "Description": "inside"} for index in range(4)]
    ports = [443, 8443, 5432, 9090]
    return {
        "GroupId": f"sg-{_hex(chance, 17)}",
        "GroupName": f"{_pick(chance, TEAMS)}-{number}",
        "Description": "managed by infrastructure code",
        "OwnerId": "111122223333",
        "VpcId": f"vpc-{_hex(chance, 17)}",
        "IpPermissions": [rule(port, inside) for port in ports]
        + ([] if good else [rule(22, [{"CidrIp": "0.0.0.0/0", "Description": "anyone"}])]),
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        "Tags": _tags(chance, 6),
    }


def _volume(number: int, chance: random.Random, good: bool) -> Body:
    return {
        "VolumeId": f"vol-{_hex(chance, 17)}",
        "Encrypted": good,
        "Size": 100 + number % 50,
        "State": "in-use",
        "KmsKeyId": f"arn:aws:kms:eu-central-1:111122223333:key/{_hex(chance, 12)}",
        "Attachments": [{"InstanceId": f"i-{_hex(chance, 17)}", "State": "attached", "Device": "/dev/xvdb"}],
        "CreateTime": _when(chance, 300),
        "Tags": _tags(chance, 8),
    }


def _snapshot(number: int, chance: random.Random, good: bool) -> Body:
    return {
        "SnapshotId": f"snap-{_hex(chance, 17)}",
        "Encrypted": good,
        "StartTime": _when(chance, 300),
        "VolumeSize": 100 + number % 50,
        "Description": "nightly",
        "Tags": _tags(chance, 8),
    }


def _user(number: int, chance: random.Random, good: bool) -> Body:
    return {
        "UserName": f"{_pick(chance, TEAMS)}-{number}",
        "CreateDate": _when(chance, 900),
        "Path": "/staff/",
        "mfa": [{"SerialNumber": f"arn:aws:iam::111122223333:mfa/{number}", "EnableDate": _when(chance)}]
        if good
        else [],
        "accessKeys": [
            {"AccessKeyId": f"AKIA{_hex(chance, 16).upper()}", "Status": status, "CreateDate": _when(chance)}
            for status in ("Active", "Inactive")
        ],
        "inlinePolicies": [],
        "groups": [{"GroupName": team, "Arn": f"arn:aws:iam::111122223333:group/{team}"} for team in TEAMS],
        "boundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/Staff"},
    }


def _role(number: int, chance: random.Random, good: bool) -> Body:
    trust = [
        {
            "Effect": "Allow",
            "Principal": {"Service": f"{_pick(chance, ('ec2', 'lambda', 'ecs-tasks'))}.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        }
        for _ in range(3)
    ]
    return {
        "RoleName": f"{_pick(chance, TEAMS)}-{number}",
        "CreateDate": _when(chance, 900),
        "MaxSessionDuration": 3600 if good else 43200,
        "trust": {"Version": "2012-10-17", "Statement": trust},
        "attached": [f"arn:aws:iam::aws:policy/Managed{index}" for index in range(6)],
    }


def _database(number: int, chance: random.Random, good: bool) -> Body:
    return {
        "DBInstanceIdentifier": f"{_pick(chance, TEAMS)}-{number}",
        "DBInstanceClass": "db.r7g.large",
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "DBInstanceStatus": "available",
        "MasterUsername": "owner",
        "AllocatedStorage": 200,
        "StorageType": "gp3",
        "StorageEncrypted": True,
        "PubliclyAccessible": not good,
        "MultiAZ": True,
        "BackupRetentionPeriod": 14,
        "PreferredBackupWindow": "03:00-04:00",
        "InstanceCreateTime": _when(chance, 900),
        "Endpoint": {"Address": f"db-{_hex(chance, 8)}.eu-central-1.rds.amazonaws.com", "Port": 5432},
        "KmsKeyId": f"arn:aws:kms:eu-central-1:111122223333:key/{_hex(chance, 12)}",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": f"sg-{_hex(chance, 17)}", "Status": "active"}],
        "DBSubnetGroup": {
            "DBSubnetGroupName": "data",
            "VpcId": f"vpc-{_hex(chance, 17)}",
            "Subnets": [{"SubnetIdentifier": f"subnet-{_hex(chance, 17)}", "SubnetStatus": "Active"} for _ in range(3)],
        },
        "DBParameterGroups": [{"DBParameterGroupName": "default.postgres16", "ParameterApplyStatus": "in-sync"}],
        "TagList": _tags(chance, 6),
    }


def _key(number: int, chance: random.Random, good: bool) -> Body:
    return {
        "KeyId": f"{_hex(chance, 8)}-{_hex(chance, 4)}-{_hex(chance, 12)}",
        "KeyState": "Enabled",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "Description": f"key {number}",
        "CreationDate": _when(chance, 900),
        "rotation": {"KeyRotationEnabled": good, "RotationPeriodInDays": 365},
        "aliases": [{"AliasName": f"alias/{_pick(chance, TEAMS)}-{number}"}],
        "policy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": f"Use{index}",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::111122223333:role/{team}"},
                    "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"],
                    "Resource": "*",
                }
                for index, team in enumerate(TEAMS)
            ],
        },
    }


def _function(number: int, chance: random.Random, good: bool) -> Body:
    return {
        "FunctionName": f"{_pick(chance, TEAMS)}-{number}",
        "Runtime": "python3.13" if good else "python3.8",
        "MemorySize": 512,
        "Timeout": 30,
        "LastModified": _when(chance, 300),
        "CodeSha256": _hex(chance, 64),
        "Layers": [{"Arn": f"arn:aws:lambda:eu-central-1:111122223333:layer:{team}:3"} for team in TEAMS],
        "Environment": {"Variables": {f"NAME_{index}": _hex(chance, 12) for index in range(12)}},
    }


BODIES: Final[dict[str, Callable[[int, random.Random, bool], Body]]] = {
    "aws.s3.bucket": _bucket,
    "aws.ec2.instance": _instance,
    "aws.ec2.security-group": _group,
    "aws.ec2.volume": _volume,
    "aws.ec2.snapshot": _snapshot,
    "aws.iam.user": _user,
    "aws.iam.role": _role,
    "aws.rds.instance": _database,
    "aws.kms.key": _key,
    "aws.lambda.function": _function,
}
