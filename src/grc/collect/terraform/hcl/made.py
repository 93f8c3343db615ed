"""Attributes that the provider makes of what a configuration sets, and of nothing that AWS tells first.

Source: the documentation of these resources, hashicorp/aws provider; the partitions of AWS:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

SAME: Final[Mapping[tuple[str, str], str]] = {
    ("aws_s3_bucket", "id"): "bucket",
    ("aws_s3_bucket_policy", "id"): "bucket",
    ("aws_s3_bucket_public_access_block", "id"): "bucket",
}
"""Attributes that are an argument of the resource under another name."""
PARTITIONS: Final[Mapping[str, re.Pattern[str]]] = {
    "aws": re.compile(r"(?:af|ap|ca|eu|il|me|mx|sa|us)-(?:central|(?:north|south)?(?:east|west)|north|south)-\d"),
    "aws-cn": re.compile(r"cn-north(?:west)?-\d"),
    "aws-us-gov": re.compile(r"us-gov-(?:east|west)-\d"),
}
"""The regions of each partition. Of any other region it is not told."""


def arn_of(type_: str, name: Any, region: Any) -> str | None:
    """The ARN of a resource of this name that is made through a provider of this region, or None.

    Only a bucket's says nothing of an account.
    """
    if type_ != "aws_s3_bucket" or not isinstance(name, str) or not isinstance(region, str):
        return None
    found = (partition for partition, regions in PARTITIONS.items() if regions.fullmatch(region))
    partition = next(found, None)
    return None if partition is None else f"arn:{partition}:s3:::{name}"
