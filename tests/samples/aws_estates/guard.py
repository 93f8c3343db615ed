"""The estate's detection, identity and governance."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_answers import Answer, Members, Refused
from aws_cassette import policy

ACCOUNT = "123456789012"
AT = f"us-east-1:{ACCOUNT}"
LATELY = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def by(parameter: str, answers: Mapping[str, Members | Refused]) -> Callable[[dict[str, Any]], Members | Refused]:
    """An answer by how the value of a parameter ends."""
    return lambda parameters: next(found for end, found in answers.items() if parameters[parameter].endswith(end))


def allowing(principal: str) -> str:
    return policy(Effect="Allow", Principal={"AWS": principal}, Action="*", Resource="*")


OURS, EVERYBODY = allowing(f"arn:aws:iam::{ACCOUNT}:root"), allowing("*")

# What is recorded and what raises an alarm

GROUP = f"arn:aws:logs:{AT}:log-group:trail:*"
SIGNS = {
    "root-use": "{$.userIdentity.type = Root}",
    "events": "{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) }",
}
RECORDING: Mapping[str, Answer] = {
    "cloudtrail:GetInsightSelectors": by(
        "TrailName",
        {
            "/watched": {
                "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}]
            },
            "": Refused("InsightNotEnabledException"),
        },
    ),
    "cloudtrail:GetTrailStatus": by(
        "Name",
        {
            "/watched": {"IsLogging": True, "LatestCloudWatchLogsDeliveryTime": LATELY},
            "": {"IsLogging": True, "LatestDeliveryTime": LATELY},
        },
    ),
    "cloudwatch:DescribeAlarms": {
        "MetricAlarms": [
            {
                "AlarmName": "root-use",
                "AlarmArn": f"arn:aws:cloudwatch:{AT}:alarm:root-use",
                "ActionsEnabled": True,
                "AlarmActions": [f"arn:aws:sns:{AT}:good"],
                "MetricName": "root-use",
                "Namespace": "Trail",
            },
            {
                "AlarmName": "silent",
                "AlarmArn": f"arn:aws:cloudwatch:{AT}:alarm:silent",
                "ActionsEnabled": False,
                "AlarmActions": [],
                "MetricName": "events",
                "Namespace": "Trail",
            },
            {
                "AlarmName": "part",
                "AlarmArn": f"arn:aws:cloudwatch:{AT}:alarm:part",
                "ActionsEnabled": True,
                "AlarmActions": [],
                "MetricName": "errors",
                "Namespace": "Trail",
            },
        ],
        "CompositeAlarms": [
            {
                "AlarmName": "whole",
                "AlarmArn": f"arn:aws:cloudwatch:{AT}:alarm:whole",
                "ActionsEnabled": True,
                "AlarmActions": [f"arn:aws:sns:{AT}:good"],
                "AlarmRule": 'ALARM("part")',
            }
        ],
    },
    "config:GetDiscoveredResourceCounts": {
        "totalDiscoveredResources": 7,
        "resourceCounts": [
            {"resourceType": "AWS::EC2::Volume", "count": 7},
            {"resourceType": "AWS::IAM::User", "count": 2},
        ],
    },
    "config:DescribeConfigurationRecorders": {
        "ConfigurationRecorders": [
            {
                "name": "default",
                "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config",
                "recordingGroup": {"allSupported": True},
            }
        ]
    },
    "config:DescribeConfigurationRecorderStatus": {
        "ConfigurationRecordersStatus": [{"name": "default", "recording": True, "lastStatus": "Success"}]
    },
    "logs:DescribeLogGroups": {
        "logGroups": [
            {"logGroupName": "trail", "kmsKeyId": f"arn:aws:kms:{AT}:key/k", "logGroupClass": "STANDARD"},
            {"logGroupName": "short", "retentionInDays": 7, "logGroupClass": "STANDARD"},
        ]
    },
    "logs:DescribeMetricFilters": {
        "metricFilters": [
            {
                "filterName": name,
                "logGroupName": "trail",
                "filterPattern": pattern,
                "metricTransformations": [{"metricName": name, "metricNamespace": "Trail", "metricValue": "1"}],
            }
            for name, pattern in SIGNS.items()
        ]
    },
    "logs:DescribeResourcePolicies": {
        "resourcePolicies": [
            {"policyName": "ours", "policyDocument": OURS},
            {"policyName": "open", "policyDocument": EVERYBODY},
        ]
    },
}

# What searches for attacks and weaknesses

SEARCHING: Mapping[str, Answer] = {
    "accessanalyzer:ListAnalyzers": {
        "analyzers": [
            {
                "name": name,
                "arn": f"arn:aws:access-analyzer:{AT}:analyzer/{name}",
                "type": "ACCOUNT",
                "status": "ACTIVE",
                "createdAt": LONG_AGO,
            }
            for name in ("quiet", "noisy")
        ]
    },
    "accessanalyzer:ListFindingsV2": by(
        "analyzerArn",
        {
            "/quiet": {"findings": []},
            "/noisy": {
                "findings": [
                    {
                        "id": "f",
                        "analyzedAt": LONG_AGO,
                        "createdAt": LONG_AGO,
                        "updatedAt": LONG_AGO,
                        "status": "ACTIVE",
                        "resource": "arn:aws:s3:::plain-bucket",
                        "resourceType": "AWS::S3::Bucket",
                        "resourceOwnerAccount": ACCOUNT,
                    }
                ]
            },
        },
    ),
    "guardduty:ListDetectors": {"DetectorIds": ["good", "bad"]},
    "guardduty:GetDetector": by(
        "DetectorId",
        {
            "good": {
                "Status": "ENABLED",
                "ServiceRole": "r",
                "Features": [{"Name": "CLOUD_TRAIL", "Status": "ENABLED"}],
            },
            "bad": {
                "Status": "ENABLED",
                "ServiceRole": "r",
                "Features": [
                    {"Name": "CLOUD_TRAIL", "Status": "ENABLED"},
                    {"Name": "S3_DATA_EVENTS", "Status": "DISABLED"},
                ],
            },
        },
    ),
    "guardduty:GetAdministratorAccount": by(
        "DetectorId",
        {
            "good": {"Administrator": {"AccountId": "111122223333", "RelationshipStatus": "Enabled"}},
            "bad": {"Administrator": {}},
        },
    ),
    "guardduty:ListMembers": {"Members": []},
    "guardduty:ListFindings": by("DetectorId", {"good": {"FindingIds": []}, "bad": {"FindingIds": ["f"]}}),
    "inspector2:BatchGetAccountStatus": {
        "accounts": [
            {
                "accountId": ACCOUNT,
                "state": {"status": "ENABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": "-"},
                "resourceState": {
                    name: {"status": "ENABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": "-"}
                    for name in ("ec2", "ecr", "lambda")
                },
            }
        ],
        "failedAccounts": [],
    },
    "inspector2:ListCoverage": {
        "coveredResources": [
            {
                "resourceType": "AWS_EC2_INSTANCE",
                "resourceId": name,
                "accountId": ACCOUNT,
                "scanType": "PACKAGE",
                "scanStatus": {"statusCode": code, "reason": reason},
                "lastScannedAt": LATELY,
            }
            for name, code, reason in (
                ("i-good", "ACTIVE", "SUCCESSFUL"),
                ("i-000000bad", "INACTIVE", "UNMANAGED_EC2_INSTANCE"),
            )
        ]
    },
    "inspector2:ListFindings": {
        "findings": [
            {
                "findingArn": f"arn:aws:inspector2:{AT}:finding/{name}",
                "awsAccountId": ACCOUNT,
                "type": "PACKAGE_VULNERABILITY",
                "description": "d",
                "title": name,
                "severity": "HIGH",
                "status": "ACTIVE",
                "firstObservedAt": since,
                "lastObservedAt": since,
                "remediation": {},
                "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-good"}],
            }
            for name, since in (("new", LATELY), ("old", LONG_AGO))
        ]
    },
    "macie2:GetAutomatedDiscoveryConfiguration": {"status": "DISABLED"},
    "macie2:GetMacieSession": {"status": "ENABLED"},
    "securityhub:DescribeHub": {"HubArn": f"arn:aws:securityhub:{AT}:hub/default"},
    "securityhub:GetEnabledStandards": {
        "StandardsSubscriptions": [
            {
                "StandardsSubscriptionArn": "s",
                "StandardsArn": "a",
                "StandardsInput": {},
                "StandardsStatus": "READY",
            }
        ]
    },
    "ssm:ListResourceComplianceSummaries": {
        "ResourceComplianceSummaryItems": [
            {
                "ComplianceType": "Patch",
                "ResourceId": name,
                "Status": status,
                "ExecutionSummary": {"ExecutionTime": LATELY},
            }
            for name, status in (("i-good", "COMPLIANT"), ("i-bad", "NON_COMPLIANT"))
        ]
    },
    "wellarchitected:ListWorkloads": {
        "WorkloadSummaries": [
            {
                "WorkloadId": name.ljust(32, "0"),
                "WorkloadArn": f"arn:aws:wellarchitected:{AT}:workload/{name}",
                "WorkloadName": name,
                "RiskCounts": {"NONE": 4, "HIGH": high},
            }
            for name, high in (("good", 0), ("bad", 2))
        ]
    },
}

# Messages, secrets and documents

TOPIC, QUEUE = f"arn:aws:sns:{AT}:", f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/"
SECRET = f"arn:aws:secretsmanager:{AT}:secret:"
MESSAGES: Mapping[str, Answer] = {
    "events:ListEventBuses": {
        "EventBuses": [
            {"Name": "default", "Arn": f"arn:aws:events:{AT}:event-bus/default"},
            {"Name": "open", "Arn": f"arn:aws:events:{AT}:event-bus/open", "Policy": EVERYBODY},
        ]
    },
    "events:ListEndpoints": {
        "Endpoints": [
            {"Name": name, "Arn": f"arn:aws:events:{AT}:endpoint/{name}", "ReplicationConfig": {"State": state}}
            for name, state in (("good", "ENABLED"), ("bad", "DISABLED"))
        ]
    },
    "schemas:ListRegistries": {
        "Registries": [
            {"RegistryName": name, "RegistryArn": f"arn:aws:schemas:{AT}:registry/{name}"} for name in ("good", "bad")
        ]
    },
    "schemas:GetResourcePolicy": by(
        "RegistryName",
        {"good": Refused("NotFoundException", 404), "bad": {"Policy": allowing("arn:aws:iam::111122223333:root")}},
    ),
    "secretsmanager:ListSecrets": {
        "SecretList": [
            {
                "Name": "good",
                "ARN": SECRET + "good",
                "RotationEnabled": True,
                "LastRotatedDate": LATELY,
                "LastAccessedDate": LATELY,
                "CreatedDate": LONG_AGO,
            },
            {"Name": "bad", "ARN": SECRET + "bad", "CreatedDate": LONG_AGO},
        ]
    },
    "secretsmanager:GetResourcePolicy": by(
        "SecretId", {"good": {"ARN": SECRET + "good"}, "bad": {"ARN": SECRET + "bad", "ResourcePolicy": EVERYBODY}}
    ),
    "secretsmanager:ListSecretVersionIds": by(
        "SecretId",
        {
            name: {"Versions": [{"VersionId": name * 8, "VersionStages": ["AWSCURRENT"], "CreatedDate": day}]}
            for name, day in (("good", LATELY), ("bad", LONG_AGO))
        },
    ),
    "sns:ListTopics": {"Topics": [{"TopicArn": f"{TOPIC}good"}, {"TopicArn": f"{TOPIC}bad"}]},
    "sns:GetTopicAttributes": by(
        "TopicArn",
        {
            "good": {"Attributes": {"Policy": OURS, "KmsMasterKeyId": "alias/aws/sns"}},
            "bad": {"Attributes": {"Policy": EVERYBODY}},
        },
    ),
    "sns:ListSubscriptionsByTopic": by(
        "TopicArn",
        {
            name: {
                "Subscriptions": [
                    {"SubscriptionArn": f"{TOPIC}{name}:1", "Protocol": protocol, "TopicArn": f"{TOPIC}{name}"}
                ]
            }
            for name, protocol in (("good", "https"), ("bad", "http"))
        },
    ),
    "sqs:ListQueues": {"QueueUrls": [f"{QUEUE}good", f"{QUEUE}bad"]},
    "sqs:GetQueueAttributes": by(
        "QueueUrl",
        {
            "good": {"Attributes": {"QueueArn": "good", "SqsManagedSseEnabled": "true"}},
            "bad": {"Attributes": {"QueueArn": "bad", "SqsManagedSseEnabled": "false", "Policy": EVERYBODY}},
        },
    ),
    "ssm:ListDocuments": {"DocumentIdentifiers": [{"Name": "good"}, {"Name": "bad"}]},
    "ssm:DescribeDocumentPermission": by("Name", {"good": {"AccountIds": []}, "bad": {"AccountIds": ["all"]}}),
    "servicecatalog:ListPortfolios": {
        "PortfolioDetails": [
            {"Id": name, "ARN": f"arn:aws:catalog:{AT}:portfolio/{name}", "DisplayName": name}
            for name in ("good", "bad")
        ]
    },
    "servicecatalog:DescribePortfolioShares": by(
        "PortfolioId",
        {
            "good": {"PortfolioShareDetails": []},
            "bad": {"PortfolioShareDetails": [{"PrincipalId": "111122223333", "Type": "ACCOUNT", "Accepted": True}]},
        },
    ),
    "sesv2:ListEmailIdentities": {
        "EmailIdentities": [
            {"IdentityType": "DOMAIN", "IdentityName": name, "SendingEnabled": True}
            for name in ("good.example", "bad.example")
        ]
    },
    "sesv2:GetEmailIdentity": by(
        "EmailIdentity",
        {
            "good.example": {"IdentityType": "DOMAIN", "DkimAttributes": {"SigningEnabled": True, "Status": "SUCCESS"}},
            "bad.example": {
                "IdentityType": "DOMAIN",
                "DkimAttributes": {"SigningEnabled": False, "Status": "NOT_STARTED"},
            },
        },
    ),
}

# Who signs in

STRICT = {
    "MinimumLength": 14,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "RequireUppercase": True,
    "TemporaryPasswordValidityDays": 7,
}
BLOCK = {"EventAction": "BLOCK", "Notify": False}
IDENTITIES: Mapping[str, Answer] = {
    "cognito-identity:ListIdentityPools": {
        "IdentityPools": [
            {"IdentityPoolId": name, "IdentityPoolName": name} for name in ("us-east-1:good", "us-east-1:bad")
        ]
    },
    "cognito-identity:DescribeIdentityPool": by(
        "IdentityPoolId",
        {
            name: {"IdentityPoolId": name, "IdentityPoolName": name, "AllowUnauthenticatedIdentities": guests}
            for name, guests in (("us-east-1:good", False), ("us-east-1:bad", True))
        },
    ),
    "cognito-idp:ListUserPools": {
        "UserPools": [{"Id": "us-east-1_good", "Name": "good"}, {"Id": "us-east-1_bad", "Name": "bad"}]
    },
    "cognito-idp:DescribeUserPool": by(
        "UserPoolId",
        {
            "good": {
                "UserPool": {
                    "Id": "us-east-1_good",
                    "Policies": {"PasswordPolicy": STRICT},
                    "MfaConfiguration": "ON",
                    "DeletionProtection": "ACTIVE",
                    "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"},
                    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
                    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
                }
            },
            "bad": {"UserPool": {"Id": "us-east-1_bad", "MfaConfiguration": "OFF"}},
        },
    ),
    "cognito-idp:DescribeRiskConfiguration": by(
        "UserPoolId",
        {
            "good": {
                "RiskConfiguration": {
                    "UserPoolId": "us-east-1_good",
                    "CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "BLOCK"}},
                    "AccountTakeoverRiskConfiguration": {
                        "Actions": {"HighAction": BLOCK, "MediumAction": BLOCK, "LowAction": BLOCK}
                    },
                }
            },
            "bad": {"RiskConfiguration": {"UserPoolId": "us-east-1_bad"}},
        },
    ),
    "ds:DescribeDirectories": {
        "DirectoryDescriptions": [
            {
                "DirectoryId": "d-good",
                "Name": "good",
                "Type": "MicrosoftAD",
                "Stage": "Active",
                "RadiusStatus": "Completed",
                "RadiusSettings": {"AuthenticationProtocol": "MS-CHAPv2", "SharedSecret": "not-a-secret"},
            },
            {
                "DirectoryId": "d-bad",
                "Name": "bad",
                "Type": "MicrosoftAD",
                "Stage": "Active",
                "RadiusSettings": {"AuthenticationProtocol": "PAP"},
            },
        ]
    },
    "ds:ListCertificates": by(
        "DirectoryId",
        {
            "good": {
                "CertificatesInfo": [
                    {"CertificateId": "c-1", "State": "Registered", "ExpiryDateTime": LATELY + timedelta(days=90)}
                ]
            },
            "bad": {"CertificatesInfo": [{"CertificateId": "c-2", "State": "Registered", "ExpiryDateTime": LONG_AGO}]},
        },
    ),
    "ds:ListLogSubscriptions": by(
        "DirectoryId", {"good": {"LogSubscriptions": [{"LogGroupName": "g"}]}, "bad": {"LogSubscriptions": []}}
    ),
    "ds:DescribeEventTopics": by(
        "DirectoryId",
        {
            "good": {"EventTopics": [{"TopicName": "good", "TopicArn": f"{TOPIC}good", "Status": "Registered"}]},
            "bad": {"EventTopics": []},
        },
    ),
    "iam:GetAccountSummary": {
        "SummaryMap": {"Users": 2, "AccountMFAEnabled": 1, "AccountPasswordPresent": 1, "AccountAccessKeysPresent": 0}
    },
    "iam:ListOrganizationsFeatures": {"OrganizationId": "o-a1b2c3d4e5", "EnabledFeatures": ["RootSessions"]},
    "iam:ListServerCertificates": {
        "ServerCertificateMetadataList": [
            {
                "Path": "/",
                "ServerCertificateName": name,
                "ServerCertificateId": name.ljust(16, "x"),
                "Arn": f"arn:aws:iam::{ACCOUNT}:server-certificate/{name}",
                "Expiration": end,
            }
            for name, end in (("good", LATELY + timedelta(days=90)), ("bad", LONG_AGO))
        ],
        "IsTruncated": False,
    },
    "organizations:DescribeOrganization": {
        "Organization": {"Id": "o-a1b2c3d4e5", "FeatureSet": "ALL", "MasterAccountId": ACCOUNT}
    },
    "organizations:ListDelegatedAdministrators": {"DelegatedAdministrators": [{"Id": "111122223333"}]},
    "organizations:ListDelegatedServicesForAccount": {
        "DelegatedServices": [{"ServicePrincipal": "guardduty.amazonaws.com"}]
    },
    "organizations:ListPolicies": by(
        "Filter",
        {
            "TAG_POLICY": {"Policies": [{"Id": "p-12345678", "Name": "tags", "Type": "TAG_POLICY"}]},
            "AISERVICES_OPT_OUT_POLICY": {
                "Policies": [{"Id": "p-87654321", "Name": "ai", "Type": "AISERVICES_OPT_OUT_POLICY"}]
            },
        },
    ),
    "organizations:DescribePolicy": {
        "Policy": {"Content": '{"services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}}'}
    },
    "organizations:ListTargetsForPolicy": {"Targets": [{"TargetId": "r-ab12", "Type": "ROOT"}]},
    "rolesanywhere:ListProfiles": {
        "profiles": [
            {
                "name": name,
                "profileId": f"11111111-2222-3333-4444-55555555555{number}",
                "profileArn": f"arn:aws:rolesanywhere:{AT}:profile/{name}",
                "enabled": True,
                "managedPolicyArns": arns,
            }
            for number, (name, arns) in enumerate((("good", ["arn:aws:iam::aws:policy/ReadOnlyAccess"]), ("bad", [])))
        ]
    },
}

MANAGED = {"SecurityAudit": 1, "AWSCloudShellFullAccess": 2, "ReadOnlyAccess": 1}
"""Policies of AWS in use, and by how many."""


def managed_policies(parameters: dict[str, Any]) -> Members | None:
    """The policies of AWS, which the simulator does not have; it answers for all the rest."""
    if parameters.get("Filter") != ["AWSManagedPolicy"]:
        return None
    policies = [
        {
            "PolicyName": name,
            "PolicyId": f"ANPA{name}",
            "Arn": f"arn:aws:iam::aws:policy/{name}",
            "Path": "/",
            "AttachmentCount": count,
        }
        for name, count in MANAGED.items()
    ]
    return {"Policies": policies, "IsTruncated": False}


ANSWERS: Mapping[str, Answer] = {
    "iam:GetAccountAuthorizationDetails": managed_policies,
    **RECORDING,
    **SEARCHING,
    **MESSAGES,
    **IDENTITIES,
}


def seed(client: Any) -> None:
    """Make the resources; ``client`` makes a client of a service."""
    trails(client("cloudtrail"))
    people(client("iam"))
    keys(client("kms"))
    client("account").put_alternate_contact(
        AlternateContactType="BILLING", Name="A Person", EmailAddress="a@b.example", PhoneNumber="1", Title="CFO"
    )


def trails(cloudtrail: Any) -> None:
    """A trail of all regions whose log group is watched."""
    cloudtrail.create_trail(
        Name="watched",
        S3BucketName="full-bucket",
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=GROUP,
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
    )
    cloudtrail.start_logging(Name="watched")


def people(iam: Any) -> None:
    """Somebody who reads the settings, and a policy of ours that sweeps."""
    iam.create_role(
        RoleName="auditor",
        AssumeRolePolicyDocument=policy(Action="sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    )
    iam.create_policy(PolicyName="keys", PolicyDocument=policy(Action="kms:*", Resource="*"))
    iam.create_policy(PolicyName="one", PolicyDocument=policy(Action="s3:GetObject", Resource="arn:aws:s3:::b/*"))


def keys(kms: Any) -> None:
    """Two keys for enclaves, one of which an enclave in debug mode may use."""
    for measured in ("ab12", "0" * 96):
        administer = {"Action": ["kms:DescribeKey", "kms:Get*", "kms:List*", "kms:PutKeyPolicy"]}
        attested = {"StringEqualsIgnoreCase": {"kms:RecipientAttestation:ImageSha384": measured}}
        statements = [administer, {"Action": "kms:Decrypt", "Condition": attested}]
        owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Resource": "*"}
        kms.create_key(
            Policy=json.dumps({"Version": "2012-10-17", "Statement": [{**owner, **each} for each in statements]})
        )
