"""Who may do what: principals with all, more and less rights, and resources that are open or closed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws_answers import Answer
from aws_cassette import policy

LATELY = datetime.now(UTC).replace(microsecond=0)


def _job(parameters: dict[str, Any]) -> dict[str, Any]:
    """A job's id that tells whose it is: its last characters are the end of the name."""
    return {"JobId": f"{parameters['Arn'].rpartition('/')[2]:_>36}"[-36:]}


def _uses(parameters: dict[str, Any]) -> dict[str, Any]:
    used = {"ServiceName": "Amazon Bedrock", "ServiceNamespace": "bedrock", "LastAuthenticated": LATELY}
    unused = {"ServiceName": "Amazon SageMaker", "ServiceNamespace": "sagemaker"}
    other = {"ServiceName": "Amazon S3", "ServiceNamespace": "s3"}
    names = {"climber": [used, other], "anna": [used, unused], "deployer": [unused], "glue-bound": [other, used]}
    found = next((services for name, services in names.items() if parameters["JobId"].endswith(name)), [other])
    times = {"JobCreationDate": LATELY, "JobCompletionDate": LATELY}
    return {"JobStatus": "COMPLETED", "ServicesLastAccessed": found, "IsTruncated": False, **times}


ANSWERS: Mapping[str, Answer] = {
    "iam:GenerateServiceLastAccessedDetails": _job,
    "iam:GetServiceLastAccessedDetails": _uses,
}

OURS = "123456789012"
PARTNER = "444455556666"
EVERYTHING = policy(Action="*", Resource="*")
READING = policy(Action="s3:Get*", Resource="arn:aws:s3:::closed-bucket/*")
LIFTING = policy(Action="iam:PutUserPolicy", Resource="*")
PASSING = policy(Action=["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], Resource="*")


def seed(client: Any) -> None:
    people(client("iam"))
    roles(client("iam"))
    policies(client("iam"))
    stores(client("s3"))
    keys(client("kms"))


def people(iam: Any) -> None:
    for group, document in (("Administrators", EVERYTHING), ("rulers", EVERYTHING), ("readers", READING)):
        iam.create_group(GroupName=group)
        iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=document)
    iam.create_user(UserName="break-glass")
    iam.add_user_to_group(GroupName="Administrators", UserName="break-glass")
    iam.create_user(UserName="climber")
    iam.put_user_policy(UserName="climber", PolicyName="ladder", PolicyDocument=LIFTING)


def roles(iam: Any) -> None:
    bound = {"StringEquals": {"aws:SourceAccount": OURS}}
    trusts: Mapping[str, tuple[Any, Any, str]] = {
        "OrganizationAccountAccessRole": ({"AWS": f"arn:aws:iam::{PARTNER}:root"}, {}, EVERYTHING),
        "partner-ruler": ({"AWS": f"arn:aws:iam::{PARTNER}:root"}, {}, EVERYTHING),
        "partner-reader": ({"AWS": PARTNER}, {"StringEquals": {"sts:ExternalId": "x-1"}}, READING),
        "anybodys": ({"AWS": "*"}, {}, READING),
        "deployer": ({"AWS": f"arn:aws:iam::{OURS}:root"}, {}, PASSING),
        "glue-open": ({"Service": "glue.amazonaws.com"}, {}, READING),
        "glue-bound": ({"Service": "glue.amazonaws.com"}, bound, READING),
    }
    for name, (principal, condition, document) in trusts.items():
        trust = policy(Action="sts:AssumeRole", Principal=principal, **({"Condition": condition} if condition else {}))
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)


def policies(iam: Any) -> None:
    for name, document in (("narrow", READING), ("lift", LIFTING)):
        iam.create_policy(PolicyName=name, PolicyDocument=document)


def stores(s3: Any) -> None:
    principals = {"open": "*", "shared": {"AWS": f"arn:aws:iam::{PARTNER}:root"}, "closed": {"AWS": OURS}}
    for name, principal in principals.items():
        bucket = f"{name}-bucket"
        s3.create_bucket(Bucket=bucket)
        document = policy(Action="s3:GetObject", Principal=principal, Resource=f"arn:aws:s3:::{bucket}/*")
        s3.put_bucket_policy(Bucket=bucket, Policy=document)


def keys(kms: Any) -> None:
    statement = {"Effect": "Allow", "Action": "kms:*", "Principal": {"AWS": "*"}, "Resource": "*"}
    kms.create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
