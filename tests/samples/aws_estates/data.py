"""The estate's stores of data: of each kind a good one and a bad one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from aws_answers import Answer, Members, Refused
from aws_cassette import policy

ACCOUNT = "123456789012"
LATELY = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2099, 1, 1, tzinfo=UTC)
OWN_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/own"

Made = Callable[[dict[str, Any]], Members | Refused]


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{name}"


def by(parameter: str, answers: Mapping[str, Members | Refused]) -> Made:
    """An answer by how the value of a parameter ends."""
    return lambda parameters: next(found for end, found in answers.items() if parameters[parameter].endswith(end))


def allowing(principal: str) -> str:
    return policy(Effect="Allow", Principal={"AWS": principal}, Action="*", Resource="*")


OURS, EVERYBODY = allowing(f"arn:aws:iam::{ACCOUNT}:root"), allowing("*")


def both(path: str, good: Members, bad: Members) -> Members:
    """An answer with a good and a bad element."""
    return {path: [good, bad]}


# Databases


def named(name: str, good: bool, **others: Any) -> dict[str, Any]:
    found = {"DBClusterIdentifier": name, "DBClusterArn": arn("rds", f"cluster:{name}"), "Status": "available"}
    settings = ("StorageEncrypted", "DeletionProtection", "MultiAZ", "CopyTagsToSnapshot", "AutoMinorVersionUpgrade")
    found |= dict.fromkeys((*settings, "IAMDatabaseAuthenticationEnabled"), good)
    return {**found, "BackupRetentionPeriod": 7 if good else 1, "DBClusterMembers": [], "TagList": [], **others}


def parameters(**values: str) -> Members:
    return {
        "Parameters": [
            {"ParameterName": name.replace("_DOT_", "."), "ParameterValue": value, "ApplyType": "dynamic"}
            for name, value in values.items()
        ]
    }


def subscription(source: str, enabled: bool) -> Members:
    return {
        "CustSubscriptionId": f"{source}-events",
        "EventSubscriptionArn": arn("rds", f"es:{source}-events"),
        "SourceType": source,
        "Enabled": enabled,
        "Status": "active",
        "SnsTopicArn": arn("sns", "good"),
    }


RELATIONAL: Mapping[str, Answer] = {
    "rds:DescribeDBClusters": {
        "DBClusters": [
            named(
                "good-cluster",
                True,
                Engine="aurora-postgresql",
                MasterUsername="clinic_owner",
                DBClusterParameterGroup="own-cluster",
                EnabledCloudwatchLogsExports=["postgresql"],
            ),
            named("two-readers", True, Engine="mysql", MasterUsername="clinic_owner"),
            named("plain-cluster", False, Engine="mysql", MasterUsername="admin", DBClusterParameterGroup="other"),
        ]
    },
    "rds:DescribeDBClusterSnapshots": both(
        "DBClusterSnapshots",
        {
            "DBClusterSnapshotIdentifier": "kept",
            "DBClusterSnapshotArn": arn("rds", "cluster-snapshot:kept"),
            "StorageEncrypted": True,
            "SnapshotType": "manual",
        },
        {
            "DBClusterSnapshotIdentifier": "shared",
            "DBClusterSnapshotArn": arn("rds", "cluster-snapshot:shared"),
            "StorageEncrypted": False,
            "SnapshotType": "manual",
        },
    ),
    "rds:DescribeDBClusterSnapshotAttributes": lambda asked: {
        "DBClusterSnapshotAttributesResult": {
            "DBClusterSnapshotIdentifier": asked["DBClusterSnapshotIdentifier"],
            "DBClusterSnapshotAttributes": [
                {
                    "AttributeName": "restore",
                    "AttributeValues": ["all" if asked["DBClusterSnapshotIdentifier"] == "shared" else "111122223333"],
                }
            ],
        }
    },
    "rds:DescribeDBParameterGroups": both(
        "DBParameterGroups",
        {"DBParameterGroupName": "own", "DBParameterGroupArn": arn("rds", "pg:own")},
        {"DBParameterGroupName": "default.postgres17", "DBParameterGroupArn": arn("rds", "pg:default.postgres17")},
    ),
    "rds:DescribeDBParameters": by(
        "DBParameterGroupName", {"own": parameters(rds_DOT_force_ssl="1"), "": parameters(rds_DOT_force_ssl="0")}
    ),
    "rds:DescribeDBClusterParameterGroups": both(
        "DBClusterParameterGroups",
        {"DBClusterParameterGroupName": "own-cluster", "DBClusterParameterGroupArn": arn("rds", "cluster-pg:own")},
        {"DBClusterParameterGroupName": "other", "DBClusterParameterGroupArn": arn("rds", "cluster-pg:other")},
    ),
    "rds:DescribeDBClusterParameters": by(
        "DBClusterParameterGroupName",
        {"own-cluster": parameters(rds_DOT_force_ssl="1"), "": parameters(require_secure_transport="OFF")},
    ),
    "rds:DescribeEventSubscriptions": {
        "EventSubscriptionsList": [
            subscription("db-instance", True),
            subscription("db-cluster", True),
            subscription("db-parameter-group", False),
        ]
    },
    "rds:DescribeDBMajorEngineVersions": {
        "DBMajorEngineVersions": [
            {
                "Engine": "postgres",
                "MajorEngineVersion": version,
                "SupportedEngineLifecycles": [
                    {
                        "LifecycleSupportName": "open-source-rds-standard-support",
                        "LifecycleSupportStartDate": LONG_AGO,
                        "LifecycleSupportEndDate": end,
                    }
                ],
            }
            for version, end in (("17", FAR_OFF), ("11", LONG_AGO))
        ]
    },
}


def warehouse(name: str, good: bool) -> Members:
    settings = ("Encrypted", "EnhancedVpcRouting", "AllowVersionUpgrade")
    return {
        "ClusterIdentifier": name,
        **dict.fromkeys(settings, good),
        "PubliclyAccessible": not good,
        "AutomatedSnapshotRetentionPeriod": 7 if good else 1,
        "MultiAZ": "Enabled" if good else "Disabled",
        "MasterUsername": "clinic_owner" if good else "awsuser",
        "ClusterParameterGroups": [{"ParameterGroupName": name, "ParameterApplyStatus": "in-sync"}],
        "Tags": [],
    }


WAREHOUSES: Mapping[str, Answer] = {
    "redshift:DescribeClusters": both("Clusters", warehouse("good", True), warehouse("bad", False)),
    "redshift:DescribeLoggingStatus": by(
        "ClusterIdentifier", {"good": {"LoggingEnabled": True}, "": {"LoggingEnabled": False}}
    ),
    "redshift:DescribeClusterParameterGroups": both(
        "ParameterGroups", {"ParameterGroupName": "good", "Tags": []}, {"ParameterGroupName": "bad", "Tags": []}
    ),
    "redshift:DescribeClusterParameters": by(
        "ParameterGroupName",
        {
            "good": {"Parameters": [{"ParameterName": "require_ssl", "ParameterValue": "true"}]},
            "": {"Parameters": [{"ParameterName": "require_ssl", "ParameterValue": "false"}]},
        },
    ),
}


def table(name: str, good: bool) -> Members:
    found = {"TableName": name, "TableStatus": "ACTIVE", "DeletionProtectionEnabled": good}
    if not good:
        return found
    sse = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": OWN_KEY}
    return {**found, "SSEDescription": sse, "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}


def recovery(status: str) -> Members:
    point_in_time = {"PointInTimeRecoveryStatus": status, "RecoveryPeriodInDays": 35}
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": point_in_time,
        }
    }


def cache(name: str, good: bool) -> Members:
    return {
        "ClusterName": name,
        "ClusterArn": arn("dax", f"cache/{name}"),
        "SSEDescription": {"Status": "ENABLED" if good else "DISABLED"},
        "ClusterEndpointEncryptionType": "TLS" if good else "NONE",
        "Nodes": [{"NodeId": zone, "AvailabilityZone": zone} for zone in (["a", "b"] if good else ["a"])],
    }


TABLES: Mapping[str, Answer] = {
    "dynamodb:ListTables": {"TableNames": ["good", "bad", "scaling"]},
    "dynamodb:DescribeTable": lambda asked: {"Table": table(asked["TableName"], asked["TableName"] == "good")},
    "dynamodb:DescribeContinuousBackups": by("TableName", {"good": recovery("ENABLED"), "": recovery("DISABLED")}),
    "application-autoscaling:DescribeScalableTargets": {
        "ScalableTargets": [
            {
                "ServiceNamespace": "dynamodb",
                "ResourceId": "table/scaling",
                "ScalableDimension": f"dynamodb:table:{sort}CapacityUnits",
                "MinCapacity": 1,
                "MaxCapacity": 9,
                "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/scaling",
                "CreationTime": LONG_AGO,
            }
            for sort in ("Read", "Write")
        ]
    },
    "dax:DescribeClusters": both("Clusters", cache("good", True), cache("bad", False)),
}

# Caches, search


def group(name: str, good: bool) -> Members:
    settings = ("AtRestEncryptionEnabled", "TransitEncryptionEnabled", "AutoMinorVersionUpgrade", "AuthTokenEnabled")
    return {
        "ReplicationGroupId": name,
        "ARN": arn("elasticache", f"replicationgroup:{name}"),
        **dict.fromkeys(settings, good),
        "AutomaticFailover": "enabled" if good else "disabled",
        "MultiAZ": "enabled" if good else "disabled",
        "SnapshotRetentionLimit": int(good),
    }


def lone_cache(name: str, good: bool) -> Members:
    settings = ("AtRestEncryptionEnabled", "TransitEncryptionEnabled", "AutoMinorVersionUpgrade")
    found = {"CacheClusterId": name, "ARN": arn("elasticache", f"cluster:{name}"), "Engine": "redis"}
    return {**found, **dict.fromkeys(settings, good)}


def durable(name: str, good: bool) -> Members:
    return {
        "Name": name,
        "ARN": arn("memorydb", f"cluster/{name}"),
        "TLSEnabled": good,
        "AutoMinorVersionUpgrade": good,
        "ACLName": "apps" if good else "open-access",
        "SnapshotRetentionLimit": 7 if good else 0,
    }


def domain(name: str, good: bool) -> Members:
    logs = {name: {"Enabled": good} for name in ("AUDIT_LOGS", "ES_APPLICATION_LOGS")}
    return {
        "DomainId": f"{ACCOUNT}/{name}",
        "DomainName": name,
        "ARN": arn("es", f"domain/{name}"),
        "ClusterConfig": {
            "InstanceCount": 3,
            "ZoneAwarenessEnabled": good,
            "DedicatedMasterEnabled": good,
            "DedicatedMasterCount": 3,
        },
        "AccessPolicies": OURS if good else EVERYBODY,
        "EncryptionAtRestOptions": {"Enabled": good},
        "NodeToNodeEncryptionOptions": {"Enabled": good},
        "DomainEndpointOptions": {"EnforceHTTPS": good, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"},
        "LogPublishingOptions": logs,
        "AdvancedSecurityOptions": {"Enabled": good, "InternalUserDatabaseEnabled": not good},
        "CognitoOptions": {"Enabled": good},
        "ServiceSoftwareOptions": {"UpdateAvailable": not good, "CurrentVersion": "1", "NewVersion": "2"},
    }


def cache_user(name: str, sort: str) -> Members:
    told = {"UserId": name, "UserName": name, "ARN": arn("elasticache", f"user:{name}"), "Status": "active"}
    return {**told, "UserGroupIds": ["apps"], "AccessString": "on ~* +@all", "Authentication": {"Type": sort}}


IN_MEMORY: Mapping[str, Answer] = {
    "elasticache:DescribeUsers": both("Users", cache_user("app", "password"), cache_user("default", "no-password")),
    "elasticache:DescribeReplicationGroups": {
        "ReplicationGroups": [
            group("good", True),
            group("bad", False),
            {**group("shared", True), "AuthTokenEnabled": False, "UserGroupIds": ["apps"]},
        ]
    },
    "elasticache:DescribeCacheClusters": both("CacheClusters", lone_cache("good", True), lone_cache("bad", False)),
    "memorydb:DescribeClusters": both("Clusters", durable("good", True), durable("bad", False)),
    "opensearch:ListDomainNames": both("DomainNames", {"DomainName": "good"}, {"DomainName": "bad"}),
    "opensearch:DescribeDomains": lambda asked: {
        "DomainStatusList": [domain(name, name == "good") for name in asked["DomainNames"]]
    },
}

# Files


def bucketed(name: str, good: bool) -> Members:
    return {
        "OwnerId": ACCOUNT,
        "CreationToken": name,
        "FileSystemId": name,
        "FileSystemArn": arn("elasticfilesystem", f"file-system/{name}"),
        "CreationTime": LONG_AGO,
        "LifeCycleState": "available",
        "NumberOfMountTargets": 2 if good else 1,
        "SizeInBytes": {"Value": 1},
        "PerformanceMode": "generalPurpose",
        "Encrypted": good,
        "Tags": [],
    }


def access_point(name: str, good: bool) -> Members:
    return {
        "AccessPointId": name,
        "AccessPointArn": arn("elasticfilesystem", f"access-point/{name}"),
        "FileSystemId": "fs-good",
        "RootDirectory": {"Path": "/data" if good else "/"},
        "PosixUser": {"Uid": 1001 if good else 0, "Gid": 1001},
        "Tags": [],
    }


def shares(name: str, good: bool) -> Members:
    return {
        "FileSystemId": name,
        "ResourceARN": arn("fsx", f"file-system/{name}"),
        "FileSystemType": "OPENZFS",
        "OpenZFSConfiguration": {
            "DeploymentType": "MULTI_AZ_1" if good else "SINGLE_AZ_1",
            "CopyTagsToBackups": good,
            "CopyTagsToVolumes": good,
        },
        "Tags": [],
    }


def copied(points: Iterable[str]) -> Members:
    return {"Results": [{"ResourceArn": found, "ResourceType": "X", "LastBackupTime": LATELY} for found in points]}


FILES: Mapping[str, Answer] = {
    "efs:DescribeFileSystems": both("FileSystems", bucketed("fs-good", True), bucketed("fs-bad", False)),
    "efs:DescribeBackupPolicy": by(
        "FileSystemId", {"good": {"BackupPolicy": {"Status": "ENABLED"}}, "": Refused("PolicyNotFound", 404)}
    ),
    "efs:DescribeFileSystemPolicy": by("FileSystemId", {"good": {"Policy": OURS}, "": {"Policy": EVERYBODY}}),
    "efs:DescribeAccessPoints": both("AccessPoints", access_point("fsap-1", True), access_point("fsap-2", False)),
    "fsx:DescribeFileSystems": both("FileSystems", shares("fs-1", True), shares("fs-2", False)),
    "glacier:ListVaults": both(
        "VaultList",
        {"VaultName": "good", "VaultARN": arn("glacier", "vaults/good")},
        {"VaultName": "bad", "VaultARN": arn("glacier", "vaults/bad")},
    ),
    "glacier:GetVaultAccessPolicy": by(
        "vaultName", {"good": Refused("ResourceNotFoundException", 404), "": {"policy": {"Policy": EVERYBODY}}}
    ),
    "s3control:ListAccessPoints": both(
        "AccessPointList",
        {"Name": "good", "NetworkOrigin": "Internet", "Bucket": "b", "AccessPointArn": arn("s3", "accesspoint/good")},
        {"Name": "bad", "NetworkOrigin": "Internet", "Bucket": "b", "AccessPointArn": arn("s3", "accesspoint/bad")},
    ),
    "s3control:GetAccessPoint": lambda asked: {
        "Name": asked["Name"],
        "NetworkOrigin": "Internet",
        "PublicAccessBlockConfiguration": dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
            asked["Name"] == "good",
        ),
    },
    "backup:ListBackupVaults": both(
        "BackupVaultList",
        {
            "BackupVaultName": "good",
            "BackupVaultArn": arn("backup", "backup-vault:good"),
            "EncryptionKeyArn": OWN_KEY,
            "Locked": True,
        },
        {"BackupVaultName": "bad", "BackupVaultArn": arn("backup", "backup-vault:bad"), "Locked": False},
    ),
    "backup:GetBackupVaultAccessPolicy": by("BackupVaultName", {"good": {"Policy": OURS}, "": {"Policy": EVERYBODY}}),
    "backup:ListRecoveryPointsByBackupVault": lambda asked: {
        "RecoveryPoints": [
            {
                "RecoveryPointArn": arn("backup", f"recovery-point:{asked['BackupVaultName']}"),
                "IsEncrypted": asked["BackupVaultName"] == "good",
            }
        ]
    },
    "backup:ListBackupPlans": {"BackupPlansList": [{"BackupPlanName": "daily", "BackupPlanId": "1"}]},
    "backup:ListReportPlans": {"ReportPlans": []},
    "backup:ListProtectedResources": copied(
        [
            arn("dynamodb", "table/good"),
            arn("rds", "cluster:good-cluster"),
            arn("rds", "db:good-database"),
            arn("elasticfilesystem", "file-system/fs-good"),
        ]
    ),
}

# Streams, queues, transfers


def cluster(name: str, good: bool) -> Members:
    return {
        "ClusterType": "PROVISIONED",
        "ClusterName": name,
        "ClusterArn": arn("kafka", f"cluster/{name}/1"),
        "Provisioned": {
            "BrokerNodeGroupInfo": {
                "ClientSubnets": ["subnet-1"],
                "InstanceType": "kafka.m5.large",
                "ConnectivityInfo": {"PublicAccess": {"Type": "DISABLED" if good else "SERVICE_PROVIDED_EIPS"}},
            },
            "CurrentBrokerSoftwareInfo": {"KafkaVersion": "3.8.x" if good else "2.2.1"},
            "ClientAuthentication": {
                "Sasl": {"Iam": {"Enabled": good}},
                "Unauthenticated": {"Enabled": not good},
            },
            "EncryptionInfo": {
                "EncryptionAtRest": {
                    "DataVolumeKMSKeyId": OWN_KEY if good else f"{OWN_KEY.rpartition(':')[0]}:alias/aws/kafka"
                },
                "EncryptionInTransit": {"ClientBroker": "TLS" if good else "PLAINTEXT", "InCluster": good},
            },
            "EnhancedMonitoring": "PER_BROKER" if good else "DEFAULT",
            "NumberOfBrokerNodes": 3,
        },
    }


def connector(name: str, encryption: str) -> Members:
    return {
        "connectorName": name,
        "connectorArn": arn("kafkaconnect", f"connector/{name}/1"),
        "kafkaClusterEncryptionInTransit": {"encryptionType": encryption},
    }


def broker(name: str, mode: str) -> Members:
    return {
        "BrokerId": f"b-{name}",
        "BrokerName": name,
        "BrokerArn": arn("mq", f"broker:{name}"),
        "DeploymentMode": mode,
        "EngineType": "ACTIVEMQ",
        "HostInstanceType": "mq.m5.large",
    }


def broker_settings(good: bool) -> Members:
    return {
        "BrokerId": "b",
        "AutoMinorVersionUpgrade": good,
        "PubliclyAccessible": not good,
        "Logs": {"General": good, "GeneralLogGroup": "g", "Audit": good},
    }


def stream(asked: dict[str, Any]) -> Members:
    good = asked["StreamARN"].endswith("good")
    return {
        "StreamDescriptionSummary": {
            "StreamName": "s",
            "StreamARN": asked["StreamARN"],
            "StreamStatus": "ACTIVE",
            "RetentionPeriodHours": 168 if good else 24,
            "StreamCreationTimestamp": LONG_AGO,
            "EnhancedMonitoring": [],
            "EncryptionType": "KMS" if good else "NONE",
            "OpenShardCount": 1,
        }
    }


def listed_stream(name: str) -> Members:
    return {"StreamName": name, "StreamARN": arn("kinesis", f"stream/{name}"), "StreamStatus": "ACTIVE"}


def delivery(asked: dict[str, Any]) -> Members:
    name = asked["DeliveryStreamName"]
    return {
        "DeliveryStreamDescription": {
            "DeliveryStreamName": name,
            "DeliveryStreamARN": arn("firehose", f"deliverystream/{name}"),
            "DeliveryStreamStatus": "ACTIVE",
            "DeliveryStreamType": "DirectPut",
            "DeliveryStreamEncryptionConfiguration": {"Status": "ENABLED" if name == "good" else "DISABLED"},
            "VersionId": "1",
            "Destinations": [],
            "HasMoreDestinations": False,
        }
    }


LEVELS = ("SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD")


def task(name: str, good: bool) -> Members:
    components = [{"Id": name, "Severity": "LOGGER_SEVERITY_DEFAULT"} for name in LEVELS]
    return {
        "ReplicationTaskIdentifier": name,
        "ReplicationTaskArn": arn("dms", f"task:{name}"),
        "ReplicationTaskSettings": json.dumps({"Logging": {"EnableLogging": good, "LogComponents": components}}),
    }


def endpoint(name: str, **settings: Any) -> Members:
    return {"EndpointIdentifier": name, "EndpointArn": arn("dms", f"endpoint:{name}"), **settings}


def replicator(name: str, good: bool) -> Members:
    found = {"ReplicationInstanceIdentifier": name, "ReplicationInstanceArn": arn("dms", f"rep:{name}")}
    return {**found, "PubliclyAccessible": not good, "MultiAZ": good, "AutoMinorVersionUpgrade": good}


def node(asked: dict[str, Any]) -> Members:
    public = {} if asked["ClusterId"] == "j-good" else {"PublicIpAddress": "192.0.2.1"}
    return {"Instances": [{"Id": "i", "PrivateIpAddress": "10.0.0.1", **public}]}


def transfer_server(asked: dict[str, Any]) -> Members:
    good = asked["ServerId"] == "s-good"
    return {
        "Server": {
            "Arn": arn("transfer", f"server/{asked['ServerId']}"),
            "Protocols": ["SFTP"] if good else ["SFTP", "FTP"],
            "SecurityPolicyName": f"TransferSecurityPolicy-{'FIPS-2025-03' if good else '2018-11'}",
        }
    }


def server(name: str) -> Members:
    return {"Arn": arn("transfer", f"server/{name}"), "ServerId": name}


MOVING: Mapping[str, Answer] = {
    "kafka:ListClustersV2": both("ClusterInfoList", cluster("good", True), cluster("bad", False)),
    "kafka:ListKafkaVersions": both(
        "KafkaVersions", {"Version": "3.8.x", "Status": "ACTIVE"}, {"Version": "2.2.1", "Status": "DEPRECATED"}
    ),
    "kafkaconnect:ListConnectors": both("connectors", connector("good", "TLS"), connector("bad", "PLAINTEXT")),
    "mq:ListBrokers": both(
        "BrokerSummaries", broker("good", "ACTIVE_STANDBY_MULTI_AZ"), broker("bad", "SINGLE_INSTANCE")
    ),
    "mq:DescribeBroker": lambda asked: broker_settings(asked["BrokerId"] == "b-good"),
    "kinesis:ListStreams": {
        "StreamNames": ["good", "bad"],
        "HasMoreStreams": False,
        "StreamSummaries": [listed_stream("good"), listed_stream("bad")],
    },
    "kinesis:DescribeStreamSummary": stream,
    "firehose:ListDeliveryStreams": {"DeliveryStreamNames": ["good", "bad"], "HasMoreDeliveryStreams": False},
    "firehose:DescribeDeliveryStream": delivery,
    "dms:DescribeEndpoints": {
        "Endpoints": [
            endpoint("good", EngineName="mongodb", SslMode="require", MongoDbSettings={"AuthType": "password"}),
            endpoint("bad", EngineName="mongodb", SslMode="none", MongoDbSettings={"AuthType": "no"}),
        ]
    },
    "dms:DescribeReplicationInstances": both(
        "ReplicationInstances", replicator("good", True), replicator("bad", False)
    ),
    "dms:DescribeReplicationTasks": both("ReplicationTasks", task("good", True), task("bad", False)),
    "datasync:ListTasks": both(
        "Tasks", {"TaskArn": arn("datasync", "task/task-1")}, {"TaskArn": arn("datasync", "task/task-2")}
    ),
    "datasync:DescribeTask": lambda asked: {
        "TaskArn": asked["TaskArn"],
        "CloudWatchLogGroupArn": arn("logs", "log-group:x"),
        "Options": {"LogLevel": "BASIC" if asked["TaskArn"].endswith("1") else "OFF"},
    },
    "transfer:ListServers": {"Servers": [server("s-good"), server("s-bad")]},
    "transfer:DescribeServer": transfer_server,
}

# Analysis


def job(name: str, configuration: str, logged: str) -> Members:
    arguments = {"--enable-continuous-cloudwatch-log": logged, "--password": "not-a-secret"}
    return {"Name": name, "SecurityConfiguration": configuration, "DefaultArguments": arguments}


def configuration(name: str, s3: str, logs: str, bookmarks: str) -> Members:
    return {
        "Name": name,
        "EncryptionConfiguration": {
            "S3Encryption": [{"S3EncryptionMode": s3}],
            "CloudWatchEncryption": {"CloudWatchEncryptionMode": logs},
            "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": bookmarks},
        },
    }


def transform(name: str, mode: str) -> Members:
    encryption = {"MlUserDataEncryption": {"MlUserDataEncryptionMode": mode}}
    return {"TransformId": name, "TransformEncryption": encryption}


def workgroup(asked: dict[str, Any]) -> Members:
    good = asked["WorkGroup"] == "good"
    result = {"OutputLocation": "s3://results/"}
    encrypted = {**result, "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}
    return {
        "WorkGroup": {
            "Name": asked["WorkGroup"],
            "Configuration": {
                "ResultConfiguration": encrypted if good else result,
                "EnforceWorkGroupConfiguration": good,
                "PublishCloudWatchMetricsEnabled": good,
            },
        }
    }


ANALYSIS: Mapping[str, Answer] = {
    "athena:ListWorkGroups": both("WorkGroups", {"Name": "good", "State": "ENABLED"}, {"Name": "bad"}),
    "athena:GetWorkGroup": workgroup,
    "emr:ListClusters": both(
        "Clusters",
        {"Id": "j-good", "ClusterArn": arn("elasticmapreduce", "cluster/j-good")},
        {"Id": "j-bad", "ClusterArn": arn("elasticmapreduce", "cluster/j-bad")},
    ),
    "emr:ListInstances": node,
    "emr:GetBlockPublicAccessConfiguration": {
        "BlockPublicAccessConfiguration": {
            "BlockPublicSecurityGroupRules": True,
            "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}],
        },
        "BlockPublicAccessConfigurationMetadata": {"CreationDateTime": LONG_AGO, "CreatedByArn": "x"},
    },
    "glue:GetConnections": both(
        "ConnectionList",
        {
            "Name": "good",
            "ConnectionType": "JDBC",
            "ConnectionProperties": {"SECRET_ID": "x", "JDBC_ENFORCE_SSL": "true"},
        },
        {"Name": "bad", "ConnectionType": "JDBC", "ConnectionProperties": {"USERNAME": "x"}},
    ),
    "glue:GetDatabases": {"DatabaseList": [{"Name": "patients"}]},
    "glue:GetDataCatalogEncryptionSettings": {
        "DataCatalogEncryptionSettings": {
            "EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"},
            "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
        }
    },
    "glue:GetResourcePolicy": {"PolicyInJson": OURS},
    "glue:GetDevEndpoints": both(
        "DevEndpoints",
        {"EndpointName": "good", "SecurityConfiguration": "strong"},
        {"EndpointName": "bad", "SecurityConfiguration": "weak"},
    ),
    "glue:GetJobs": both("Jobs", job("good", "strong", "true"), job("bad", "weak", "false")),
    "glue:GetMLTransforms": both("Transforms", transform("good", "SSE-KMS"), transform("bad", "DISABLED")),
    "glue:GetSecurityConfigurations": both(
        "SecurityConfigurations",
        configuration("strong", "SSE-KMS", "SSE-KMS", "CSE-KMS"),
        configuration("weak", "DISABLED", "DISABLED", "DISABLED"),
    ),
}

ANSWERS: Mapping[str, Answer] = {
    **RELATIONAL,
    **WAREHOUSES,
    **TABLES,
    **IN_MEMORY,
    **FILES,
    **MOVING,
    **ANALYSIS,
}


def seed(client: Any) -> None:
    """Make the resources; ``client`` makes a client of a service."""
    databases(client("rds"))


def databases(rds: Any) -> None:
    """A database set up well, and a snapshot of it. The estate's own stands beside it with nothing said."""
    rds.create_db_instance(
        DBInstanceIdentifier="good-database",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        EngineVersion="17.2",
        MasterUsername="clinic_owner",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
        StorageEncrypted=True,
        CopyTagsToSnapshot=True,
        EnableIAMDatabaseAuthentication=True,
        EnableCloudwatchLogsExports=["postgresql"],
        MonitoringInterval=60,
        MonitoringRoleArn=f"arn:aws:iam::{ACCOUNT}:role/monitoring",
    )
    rds.create_db_snapshot(DBSnapshotIdentifier="of-the-good", DBInstanceIdentifier="good-database")
