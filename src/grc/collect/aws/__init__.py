"""AWS: resource types are data over botocore's own models; one engine reads them. Never judges."""

from grc.collect.aws.accounts import Members
from grc.collect.aws.iam import entering, least_privilege, managed
from grc.collect.aws.role import cloudformation, terraform
from grc.collect.aws.sessions import from_profile
from grc.collect.aws.source import AwsSource, Estimate

__all__ = [
    "AwsSource",
    "Estimate",
    "Members",
    "cloudformation",
    "entering",
    "from_profile",
    "least_privilege",
    "managed",
    "terraform",
]
