"""The account's own settings that the simulator does not know."""

from __future__ import annotations

from collections.abc import Mapping

from aws_answers import Answer

ANSWERS: Mapping[str, Answer] = {
    "ec2:GetEbsDefaultKmsKeyId": {"KmsKeyId": "alias/aws/ebs"},
    "ec2:GetImageBlockPublicAccessState": {"ImageBlockPublicAccessState": "unblocked"},
    "ec2:GetInstanceMetadataDefaults": {"AccountLevel": {"HttpTokens": "required"}},
    "ec2:GetSnapshotBlockPublicAccessState": {"State": "block-all-sharing"},
}
