"""What twenty S3, IAM and EC2 checks read, and the same calls in the words of boto3."""

from __future__ import annotations

BUCKET = {
    "encryption": "get_bucket_encryption",
    "ownership": "get_bucket_ownership_controls",
    "lifecycle": "get_bucket_lifecycle_configuration",
    "logging": "get_bucket_logging",
    "policy": "get_bucket_policy",
    "policy_status": "get_bucket_policy_status",
    "public_access_block": "get_public_access_block",
    "versioning": "get_bucket_versioning",
}
USER = {"access_keys": "list_access_keys", "mfa_devices": "list_mfa_devices"}
ACCOUNT = {"summary": "get_account_summary", "password_policy": "get_account_password_policy"}
EC2 = {
    "aws.ec2.instance": "describe_instances",
    "aws.ec2.security-group": "describe_security_groups",
    "aws.ec2.volume": "describe_volumes",
}
DEMAND = {
    "aws.s3.bucket": frozenset(BUCKET),
    "aws.iam.user": frozenset({*USER, "credential_report"}),
    "aws.account": frozenset(ACCOUNT),
    **{kind: frozenset[str]() for kind in EC2},
}
