"""AWS: resource types are data over botocore's own models; one engine reads them. Never judges."""

from grc.collect.aws.iam import least_privilege
from grc.collect.aws.sessions import from_profile
from grc.collect.aws.source import AwsSource

__all__ = ["AwsSource", "from_profile", "least_privilege"]
