"""A small kind, its records and checks, for the tests of the typed language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.kinds import kind_from
from grc.model.catalogue import Check, Parameter, ParameterType, Position, Related, Remedy, Severity
from grc.model.identifiers import CheckId, KindName
from grc.model.kind import Kind
from grc.model.types import ListType, Primitive, Type
from grc.policy.binding import ORG, SUBJECT

BUCKET = kind_from(
    {
        "format": "grc.kind/1",
        "name": "aws.s3.bucket",
        "title": "S3 bucket",
        "provider": "aws",
        "scope": "global",
        "key": "Name",
        "sections": ["encryption", "policy"],
        "schema": {
            "type": "object",
            "required": ["Name"],
            "properties": {
                "Name": {"type": "string"},
                "Age": {"type": "integer"},
                "Score": {"type": "number"},
                "Public": {"type": "boolean"},
                "Created": {"type": "string", "format": "date-time"},
                "State": {"type": "string", "enum": ["ACTIVE", "DELETED"]},
                "Owner": {"type": "string", "x-personal": "pseudonym"},
                "Secret": {"type": "string", "x-secret": True},
                "KeyId": {"type": "string"},
                "tags": {"type": "object", "additionalProperties": {"type": "string"}},
                "policy": {},
                "grants": {"type": "array", "items": {"type": "string"}},
                "encryption": {
                    "type": "object",
                    "properties": {
                        "Rules": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["Id"],
                                "properties": {
                                    "Id": {"type": "string"},
                                    "Algorithm": {"type": "string"},
                                    "Enabled": {"type": "boolean"},
                                    "Days": {"type": "integer"},
                                },
                            },
                        },
                        "Mode": {"type": "string"},
                    },
                },
            },
        },
    },
    "bucket.json",
)
KEY = kind_from(
    {
        "format": "grc.kind/1",
        "name": "aws.kms.key",
        "title": "KMS key",
        "provider": "aws",
        "scope": "regional",
        "key": "KeyId",
        "schema": {
            "type": "object",
            "required": ["KeyId"],
            "properties": {
                "KeyId": {"type": "string"},
                "State": {"type": "string", "enum": ["Enabled", "Disabled"]},
                "Rotates": {"type": "boolean"},
                "Grants": {"type": "array", "items": {"type": "string"}},
            },
        },
    },
    "key.json",
)
KINDS: Mapping[KindName, Kind] = {BUCKET.name: BUCKET, KEY.name: KEY}

VARIABLES: Mapping[str, Type] = {
    "resource": BUCKET.shape,
    "keys": ListType(KEY.shape),
    "subject": SUBJECT,
    "org": ORG,
    "as_of": Primitive.TIMESTAMP,
    "texts": ListType(Primitive.STRING),
    "numbers": ListType(Primitive.INT),
    "limit": Primitive.DURATION,
    "any": Primitive.DYN,
}

HERE = Position(path="checks/s3.yaml", line=3, column=1)


def check_of(assertion: str, **given: Any) -> Check:
    """A check of buckets with this assert."""
    values: dict[str, Any] = {
        "id": CheckId("aws.s3.bucket.example"),
        "title": "Example",
        "severity": Severity.HIGH,
        "kind": BUCKET.name,
        "parameters": (),
        "relate": (),
        "when": None,
        "assertion": assertion,
        "fail": "Bucket {resource.Name} fails",
        "remedy": Remedy(text="Fix it."),
        "sources": (),
        "equivalents": {},
        "absent_passes": {},
        "examples": (),
        "position": HERE,
    }
    return Check(**{**values, **given})


def days(name: str, value: int) -> Parameter:
    """A parameter in days."""
    return Parameter(name=name, type=ParameterType.DAYS, value=value, minimum=1, maximum=400)


def keys(source: str = "resource.KeyId") -> Related:
    """The keys of a bucket."""
    return Related(name="keys", kind=KEY.name, match={"KeyId": source})
