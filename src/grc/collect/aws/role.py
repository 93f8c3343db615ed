"""The reading role as code: its policies, and who may assume it, for Terraform and for CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from grc.collect.aws.iam import Document

ROLE: Final = "grc-reader"
TRUSTED: Final = "The account that the scan runs in."
EXTERNAL_ID: Final = (
    "A value that only the scan and this role know: nobody else in the trusted account can use the role."
)
DEPLOY: Final = (
    "For every account of an organisation: aws cloudformation create-stack-set --stack-set-name grc-reader "
    "--template-body file://grc-reader.json --capabilities CAPABILITY_NAMED_IAM --permission-model SERVICE_MANAGED "
    "--auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false --parameters "
    "ParameterKey=TrustedAccountId,ParameterValue=111122223333 ParameterKey=ExternalId,ParameterValue=..., then "
    "aws cloudformation create-stack-instances --stack-set-name grc-reader --regions us-east-1 "
    "--deployment-targets OrganizationalUnitIds=r-..."
)

HEAD: Final = """\
variable "trusted_account_id" {
  description = "%s"
  type        = string
}

variable "external_id" {
  description = "%s"
  type        = string
  sensitive   = true
}

data "aws_partition" "current" {}

resource "aws_iam_role" "grc_reader" {
  name                 = "%s"
  max_session_duration = 14400
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${var.trusted_account_id}:root" }
      Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
    }]
  })
}
"""
POLICY: Final = """
resource "aws_iam_policy" "grc_reader_{number}" {{
  name = "{role}-{number}"
  policy = jsonencode({document})
}}

resource "aws_iam_role_policy_attachment" "grc_reader_{number}" {{
  role       = aws_iam_role.grc_reader.name
  policy_arn = aws_iam_policy.grc_reader_{number}.arn
}}
"""
TAIL: Final = """
output "role_arn" {
  value = aws_iam_role.grc_reader.arn
}
"""


def terraform(policies: Sequence[Document]) -> str:
    """The role in Terraform's language: two variables, the role, and each policy with its attachment."""
    head = HEAD % (TRUSTED, EXTERNAL_ID, ROLE)
    parts = [
        POLICY.format(number=number, role=ROLE, document=_indented(policy))
        for number, policy in enumerate(policies, start=1)
    ]
    return head + "".join(parts) + TAIL


def cloudformation(policies: Sequence[Document]) -> Document:
    """The role as a CloudFormation template, as data; fit for a StackSet over an organisation."""
    names = [f"Policy{number}" for number in range(1, len(policies) + 1)]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role with which grc reads this account, and no more than it needs.",
        "Metadata": {"Deploy": DEPLOY},
        "Parameters": {
            "TrustedAccountId": {"Type": "String", "AllowedPattern": "[0-9]{12}", "Description": TRUSTED},
            "ExternalId": {"Type": "String", "MinLength": 2, "NoEcho": True, "Description": EXTERNAL_ID},
        },
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": _role(names)},
            **{name: _managed(name, policy) for name, policy in zip(names, policies, strict=True)},
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }


def _role(policies: Sequence[str]) -> dict[str, Any]:
    trusted = {"Fn::Sub": "arn:${AWS::Partition}:iam::${TrustedAccountId}:root"}
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": trusted},
        "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
    }
    return {
        "RoleName": ROLE,
        "MaxSessionDuration": 14400,
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "ManagedPolicyArns": [{"Ref": name} for name in policies],
    }


def _managed(name: str, policy: Document) -> dict[str, Any]:
    described = "Reads what the checks of grc need."
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"Description": described, "PolicyDocument": policy}}


def _indented(policy: Document) -> str:
    return json.dumps(policy, indent=2, separators=(",", " : ")).replace("\n", "\n  ")
