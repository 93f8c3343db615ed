"""The same resources twice: made through the API of a simulated AWS, and planned with Terraform.

Each estate makes a well-kept and a neglected resource of its kinds. ``Twins`` keeps which planned resource is which
live one.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from terraform_plans import resource

REGION = "eu-central-1"
ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
Client = Callable[[str], Any]


@dataclass
class Twins:
    """What was made: the resources of a plan, and for each address the live subject, or how its id ends."""

    planned: list[dict[str, Any]] = field(default_factory=list)
    live: dict[str, str] = field(default_factory=dict)

    def plan(self, address: str, values: Mapping[str, Any], *, live: str = "", **more: Any) -> None:
        """Plan a resource. Every argument of the provider is there in a plan; what is not set is null."""
        self.planned.append(resource(address, values, **more))
        if live:
            self.live[address] = live


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def of(address: str, by: str, attribute: str = "id") -> dict[str, Any]:
    """What a plan tells of an argument that refers to another resource."""
    return {"refers": {by: [f"{address}.{attribute}", address]}, "unknown": {by: True}}


OPEN = policy(Principal="*", Action="*", Resource="*")
CLOSED = policy(Principal={"Service": "events.amazonaws.com"}, Action="*", Resource="*")
TRUST = policy(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
WORLD = policy(Principal={"AWS": "*"}, Action="sts:AssumeRole")
EVERYTHING = policy(Action="*", Resource="*")
LITTLE = policy(Action="s3:GetObject", Resource="arn:aws:s3:::one/*")


def iam(client: Client, twins: Twins) -> None:
    api = client("iam")
    for name, trust, inline in (("kept", TRUST, LITTLE), ("left", WORLD, EVERYTHING)):
        role = api.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        api.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=inline)
        twins.plan(f"aws_iam_role.{name}", {"name": name, "path": "/", "assume_role_policy": trust}, live=role)
        twins.plan(
            f"aws_iam_role_policy.{name}", {"name": "own", "policy": inline}, **of(f"aws_iam_role.{name}", "role")
        )
        own = api.create_policy(PolicyName=f"p-{name}", PolicyDocument=inline)["Policy"]["Arn"]
        twins.plan(f"aws_iam_policy.{name}", {"name": f"p-{name}", "policy": inline}, live=own)
        group = api.create_group(GroupName=name)["Group"]["Arn"]
        api.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=inline)
        twins.plan(f"aws_iam_group.{name}", {"name": name}, live=group)
        twins.plan(
            f"aws_iam_group_policy.{name}", {"name": "own", "policy": inline}, **of(f"aws_iam_group.{name}", "group")
        )
        user = api.create_user(UserName=name)["User"]["Arn"]
        twins.plan(f"aws_iam_user.{name}", {"name": name}, live=user)
    api.attach_role_policy(RoleName="left", PolicyArn=own)
    attached = of("aws_iam_role.left", "role", "name")
    twins.plan("aws_iam_role_policy_attachment.left", {"policy_arn": own}, **attached)
    api.put_user_policy(UserName="left", PolicyName="own", PolicyDocument=EVERYTHING)
    twins.plan("aws_iam_user_policy.left", {"user": "left", "name": "own", "policy": EVERYTHING})
    api.attach_user_policy(UserName="left", PolicyArn=own)
    twins.plan("aws_iam_policy_attachment.all", {"name": "all", "users": ["left"], "policy_arn": own})
    for number in (1, 2):
        api.create_access_key(UserName="left")
        twins.plan(f"aws_iam_access_key.left{number}", {"user": "left", "status": "Active"})
    api.create_login_profile(UserName="left", Password="Aa1!aaaaaaaaaaaa")
    twins.plan("aws_iam_user_login_profile.left", {"user": "left"})


def account(client: Client, twins: Twins) -> None:
    api = client("iam")
    api.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True)
    twins.plan(
        "aws_iam_account_password_policy.own", {"minimum_password_length": 14, "require_symbols": True}, live=ACCOUNT
    )


def kms(client: Client, twins: Twins) -> None:
    api = client("kms")
    for name, document in (("kept", CLOSED), ("left", OPEN)):
        key = api.create_key(Policy=document)["KeyMetadata"]
        values: dict[str, Any] = {"policy": document, "is_enabled": True, "enable_key_rotation": name == "kept"}
        if name == "kept":
            api.enable_key_rotation(KeyId=key["KeyId"])
        twins.plan(f"aws_kms_key.{name}", values, live=key["Arn"], unknown={"key_id": True, "arn": True})


def cloudtrail(client: Client, twins: Twins) -> None:
    api, s3 = client("cloudtrail"), client("s3")
    s3.create_bucket(Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, more in (("kept", {"EnableLogFileValidation": True, "KmsKeyId": KEY}), ("left", {})):
        made = api.create_trail(Name=name, S3BucketName="trails", **more)
        api.start_logging(Name=name)
        kept = name == "kept"
        if kept:
            selectors = [{"InsightType": kind} for kind in ("ApiCallRateInsight", "ApiErrorRateInsight")]
            api.put_insight_selectors(TrailName=name, InsightSelectors=selectors)
        twins.plan(
            f"aws_cloudtrail.{name}",
            {
                "name": name,
                "s3_bucket_name": "trails",
                "enable_logging": True,
                "is_multi_region_trail": False,
                "enable_log_file_validation": kept,
                "kms_key_id": KEY if kept else None,
                "insight_selector": [
                    {"insight_type": kind} for kind in ("ApiCallRateInsight", "ApiErrorRateInsight") if kept
                ],
            },
            live=made["TrailARN"],
        )


def functions(client: Client, twins: Twins) -> None:
    role = client("iam").create_role(RoleName="lambda", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    api = client("lambda")
    for name, runtime, secret in (("kept", "python3.13", "eu"), ("left", "python3.7", "AKIAIOSFODNN7EXAMPLE")):
        made = api.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=role,
            Handler="a.b",
            Code={"ZipFile": archive()},
            Environment={"Variables": {"PLACE": secret}},
            **({"KMSKeyArn": KEY} if name == "kept" else {}),
        )
        sign_in = "AWS_IAM" if name == "kept" else "NONE"
        origins = ["https://one.example"] if name == "kept" else ["*"]
        api.create_function_url_config(FunctionName=name, AuthType=sign_in, Cors={"AllowOrigins": origins})
        twins.plan(
            f"aws_lambda_function.{name}",
            {
                "function_name": name,
                "runtime": runtime,
                "kms_key_arn": KEY if name == "kept" else None,
                "environment": [{"variables": {"PLACE": secret}}],
                "vpc_config": [],
            },
            live=made["FunctionArn"],
            unknown={"arn": True},
        )
        twins.plan(
            f"aws_lambda_function_url.{name}",
            {"authorization_type": sign_in, "cors": [{"allow_origins": origins}]},
            **of(f"aws_lambda_function.{name}", "function_name", "function_name"),
        )


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        written.writestr("a.py", "def b(event, context):\n    return None\n")
    return packed.getvalue()


def queues(client: Client, twins: Twins) -> None:
    api = client("sqs")
    for name, encrypted, document in (("kept", True, CLOSED), ("left", False, OPEN)):
        attributes = {"SqsManagedSseEnabled": str(encrypted).lower(), "Policy": document}
        url = api.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        twins.plan(f"aws_sqs_queue.{name}", {"name": name, "sqs_managed_sse_enabled": encrypted}, live=url)
        twins.plan(
            f"aws_sqs_queue_policy.{name}", {"policy": document}, **of(f"aws_sqs_queue.{name}", "queue_url", "url")
        )
    topics = client("sns")
    for name, key, document, protocol in (("kept", KEY, CLOSED, "https"), ("left", None, OPEN, "http")):
        attributes = {"Policy": document, **({"KmsMasterKeyId": key} if key else {})}
        arn = topics.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        topics.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=f"{protocol}://one.example/in")
        twins.plan(f"aws_sns_topic.{name}", {"name": name, "kms_master_key_id": key, "policy": document}, live=arn)
        twins.plan(
            f"aws_sns_topic_subscription.{name}",
            {"protocol": protocol},
            **of(f"aws_sns_topic.{name}", "topic_arn", "arn"),
        )


def tables(client: Client, twins: Twins) -> None:
    api = client("dynamodb")
    for name in ("kept", "left"):
        kept = name == "kept"
        api.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            DeletionProtectionEnabled=kept,
            **(
                {"BillingMode": "PAY_PER_REQUEST", "SSESpecification": {"Enabled": True, "KMSMasterKeyId": KEY}}
                if kept
                else {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
            ),
        )
        if kept:
            api.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        twins.plan(
            f"aws_dynamodb_table.{name}",
            {
                "name": name,
                "billing_mode": "PAY_PER_REQUEST" if kept else "PROVISIONED",
                "deletion_protection_enabled": True if kept else None,
                "point_in_time_recovery": [{"enabled": True}] if kept else [],
                "server_side_encryption": [{"enabled": True, "kms_key_arn": KEY}] if kept else [],
            },
            live=f"table/{name}",
        )


MONITORED = {
    "EnableCloudwatchLogsExports": ["postgresql"],
    "MonitoringInterval": 60,
    "MonitoringRoleArn": f"arn:aws:iam::{ACCOUNT}:role/monitor",
}


def databases(client: Client, twins: Twins) -> None:
    api = client("rds")
    for name in ("kept", "left"):
        kept = name == "kept"
        made = api.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="keeper" if kept else "postgres",
            MasterUserPassword="simulated-only",
            StorageEncrypted=kept,
            PubliclyAccessible=not kept,
            BackupRetentionPeriod=14 if kept else 1,
            DeletionProtection=kept,
            MultiAZ=kept,
            AutoMinorVersionUpgrade=kept,
            CopyTagsToSnapshot=kept,
            EnableIAMDatabaseAuthentication=kept,
            **(MONITORED if kept else {}),
        )["DBInstance"]
        twins.plan(
            f"aws_db_instance.{name}",
            {
                "identifier": name,
                "engine": "postgres",
                "username": "keeper" if kept else "postgres",
                "storage_encrypted": True if kept else None,
                "publicly_accessible": not kept,
                "backup_retention_period": 14 if kept else 1,
                "deletion_protection": True if kept else None,
                "multi_az": True if kept else None,
                "auto_minor_version_upgrade": kept,
                "copy_tags_to_snapshot": kept,
                "iam_database_authentication_enabled": True if kept else None,
                "monitoring_interval": 60 if kept else 0,
                "enabled_cloudwatch_logs_exports": ["postgresql"] if kept else None,
            },
            live=made["DBInstanceArn"],
            unknown={"arn": True, "engine_version": True},
        )
        cluster = api.create_db_cluster(
            DBClusterIdentifier=f"c-{name}",
            Engine="aurora-postgresql",
            MasterUsername="keeper" if kept else "postgres",
            MasterUserPassword="simulated-only",
            StorageEncrypted=kept,
            BackupRetentionPeriod=14 if kept else 1,
            DeletionProtection=kept,
            CopyTagsToSnapshot=kept,
            EnableIAMDatabaseAuthentication=kept,
            **({"EnableCloudwatchLogsExports": ["postgresql"]} if kept else {}),
        )["DBCluster"]
        twins.plan(
            f"aws_rds_cluster.{name}",
            {
                "cluster_identifier": f"c-{name}",
                "engine": "aurora-postgresql",
                "master_username": "keeper" if kept else "postgres",
                "storage_encrypted": kept,
                "backup_retention_period": 14 if kept else 1,
                "deletion_protection": True if kept else None,
                "copy_tags_to_snapshot": kept,
                "iam_database_authentication_enabled": True if kept else None,
                "enabled_cloudwatch_logs_exports": ["postgresql"] if kept else None,
            },
            live=cluster["DBClusterArn"],
        )


def buckets(client: Client, twins: Twins) -> None:
    api = client("s3")
    api.create_bucket(Bucket="written", CreateBucketConfiguration={"LocationConstraint": REGION})
    api.put_bucket_acl(Bucket="written", ACL="log-delivery-write")
    for name in ("well-kept", "old-fashioned"):
        kept, own = name == "well-kept", name.replace("-", "_")
        api.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectLockEnabledForBucket=kept,
        )
        algorithm = "aws:kms" if kept else "AES256"
        by_default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": KEY} if kept else {})}
        api.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]},
        )
        versioning = "Enabled" if kept else "Suspended"
        api.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": versioning})
        names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        api.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(names, kept))
        owner = "BucketOwnerEnforced" if kept else "ObjectWriter"
        api.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": owner}]})
        document = tls_only(name) if kept else policy(Principal="*", Action="s3:*", Resource=f"arn:aws:s3:::{name}/*")
        api.put_bucket_policy(Bucket=name, Policy=document)
        blocks = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")
        encryption = {"sse_algorithm": algorithm, "kms_master_key_id": KEY if kept else None}
        attached: dict[str, dict[str, Any]] = {
            "server_side_encryption_configuration": {
                "rule": [{"apply_server_side_encryption_by_default": [encryption]}]
            },
            "versioning": {"versioning_configuration": [{"status": versioning, "mfa_delete": None}]},
            "public_access_block": dict.fromkeys(blocks, kept),
            "ownership_controls": {"rule": [{"object_ownership": owner}]},
            "policy": {"policy": document},
        }
        if kept:
            rules = [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 9}}]
            api.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
            attached["lifecycle_configuration"] = {"rule": [{"id": "r", "status": "Enabled"}]}
            api.put_bucket_logging(
                Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "written", "TargetPrefix": "log"}}
            )
            attached["logging"] = {"target_bucket": "written", "target_prefix": "log"}
            retention = {"Mode": "COMPLIANCE", "Days": 9}
            api.put_object_lock_configuration(
                Bucket=name,
                ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
            )
            attached["object_lock_configuration"] = {"rule": [{"default_retention": [{"mode": "COMPLIANCE"}]}]}
        twins.plan(f"aws_s3_bucket.{own}", {"bucket": name, "object_lock_enabled": kept}, live=f":::{name}")
        for type_, values in attached.items():
            twins.plan(f"aws_s3_bucket_{type_}.{own}", values, **of(f"aws_s3_bucket.{own}", "bucket"))


def tls_only(bucket: str) -> str:
    arn = f"arn:aws:s3:::{bucket}"
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return policy(Effect="Deny", Principal={"AWS": "*"}, Action="s3:*", Resource=[arn, f"{arn}/*"], Condition=plain)


def network(client: Client, twins: Twins) -> None:
    api = client("ec2")
    vpc = api.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    sources = {
        "kept": ("tcp", 443, 443, "10.0.0.0/8"),
        "left": ("tcp", 20, 25, "0.0.0.0/0"),
        "all": ("-1", 0, 0, "0.0.0.0/0"),
    }
    for name, (protocol, first, last, source) in sources.items():
        group = api.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"]
        ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
        rule = {"IpProtocol": protocol, "IpRanges": [{"CidrIp": source}], **ports}
        api.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        rules = [{"protocol": protocol, "from_port": first, "to_port": last, "cidr_blocks": [source]}]
        twins.plan(
            f"aws_security_group.{name}",
            {"name": name, "ingress": rules},
            live=group,
            unknown={"id": True, "vpc_id": True},
        )
    subnets = {}
    for name, zone in (("kept", "a"), ("left", "b")):
        subnet = api.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{ord(zone)}.0/24", AvailabilityZone=f"{REGION}{zone}")
        subnets[name] = subnet["Subnet"]["SubnetId"]
        twins.plan(
            f"aws_subnet.{name}",
            {"map_public_ip_on_launch": name == "left", "availability_zone": f"{REGION}{zone}"},
            live=subnets[name],
            unknown={"id": True, "vpc_id": True},
        )
    api.modify_subnet_attribute(SubnetId=subnets["left"], MapPublicIpOnLaunch={"Value": True})
    for name, source in (("kept", "10.0.0.0/8"), ("left", "0.0.0.0/0")):
        acl = api.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
        port = {"From": 22, "To": 22}
        api.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=100,
            Protocol="6",
            RuleAction="allow",
            Egress=False,
            CidrBlock=source,
            PortRange=port,
        )
        held = next(
            one["NetworkAclAssociationId"]
            for acls in api.describe_network_acls()["NetworkAcls"]
            for one in acls["Associations"]
            if one["SubnetId"] == subnets[name]
        )
        api.replace_network_acl_association(AssociationId=held, NetworkAclId=acl)
        entry = {"rule_no": 100, "action": "allow", "protocol": "tcp", "cidr_block": source, "ipv6_cidr_block": ""}
        twins.plan(
            f"aws_network_acl.{name}",
            {"ingress": [{**entry, "from_port": 22, "to_port": 22}], "subnet_ids": [subnets[name]]},
            live=acl,
        )
    for name in ("kept", "left"):
        kept = name == "kept"
        options = {"MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"}} if kept else {}
        device = {"DeviceIndex": 0, "AssociatePublicIpAddress": not kept}
        template = api.create_launch_template(
            LaunchTemplateName=name, LaunchTemplateData={"NetworkInterfaces": [device], **options}
        )["LaunchTemplate"]["LaunchTemplateId"]
        interface = {"associate_public_ip_address": str(not kept).lower()}
        values: dict[str, Any] = {"name": name, "network_interfaces": [interface], "metadata_options": []}
        if kept:
            values["metadata_options"] = [{"http_tokens": "required", "http_endpoint": "enabled"}]
        twins.plan(f"aws_launch_template.{name}", values, live=template, unknown={"id": True})
        volume = api.create_volume(AvailabilityZone=f"{REGION}a", Size=8, Encrypted=kept)["VolumeId"]
        twins.plan(f"aws_ebs_volume.{name}", {"encrypted": kept}, live=volume, unknown={"id": True})
        instance = api.run_instances(
            ImageId="ami-12345678",
            MinCount=1,
            MaxCount=1,
            Monitoring={"Enabled": kept},
            **options,
        )["Instances"][0]["InstanceId"]
        twins.plan(
            f"aws_instance.{name}",
            {
                "monitoring": True if kept else None,
                "metadata_options": [{"http_tokens": "required" if kept else "optional", "http_endpoint": "enabled"}],
            },
            live=instance,
            unknown={"id": True},
        )
        gateway = api.create_transit_gateway(Options={"AutoAcceptSharedAttachments": "disable" if kept else "enable"})
        twins.plan(
            f"aws_ec2_transit_gateway.{name}",
            {"auto_accept_shared_attachments": "disable" if kept else "enable"},
            live=gateway["TransitGateway"]["TransitGatewayArn"],
        )
    twins.plan("aws_vpc.own", {"cidr_block": "10.20.0.0/16"}, live=vpc, unknown={"id": True})
    balancers(client, twins, vpc, subnets)
    group = client("autoscaling")
    group.create_launch_configuration(LaunchConfigurationName="old", ImageId="ami-12345678", InstanceType="t3.micro")
    group.create_auto_scaling_group(
        AutoScalingGroupName="left",
        LaunchConfigurationName="old",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=[f"{REGION}a"],
    )
    twins.plan(
        "aws_autoscaling_group.left",
        {"name": "left", "launch_configuration": "old"},
        live="autoScalingGroupName/left",
    )


def balancers(client: Client, twins: Twins, vpc: str, subnets: Mapping[str, str]) -> None:
    api, group = client("elbv2"), client("elbv2").create_target_group(Name="t", Protocol="HTTP", Port=80, VpcId=vpc)
    target = group["TargetGroups"][0]["TargetGroupArn"]
    client("s3").create_bucket(Bucket="balanced", CreateBucketConfiguration={"LocationConstraint": REGION})
    certificate = client("acm").request_certificate(DomainName="one.example")["CertificateArn"]
    for name in ("kept", "left"):
        kept = name == "kept"
        own = list(subnets.values()) if kept else [subnets["left"]]
        arn = api.create_load_balancer(Name=name, Subnets=own, Scheme="internal" if kept else "internet-facing")
        arn = arn["LoadBalancers"][0]["LoadBalancerArn"]
        words = {
            "deletion_protection.enabled": str(kept).lower(),
            "routing.http.drop_invalid_header_fields.enabled": str(kept).lower(),
            "routing.http.desync_mitigation_mode": "strictest" if kept else "monitor",
            "access_logs.s3.enabled": str(kept).lower(),
            **({"access_logs.s3.bucket": "balanced"} if kept else {}),
        }
        api.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value} for key, value in words.items()]
        )
        protocol = "HTTPS" if kept else "HTTP"
        tls = "ELBSecurityPolicy-TLS13-1-2-2021-06" if kept else None
        api.create_listener(
            LoadBalancerArn=arn,
            Protocol=protocol,
            Port=443 if kept else 80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
            **({"SslPolicy": tls, "Certificates": [{"CertificateArn": certificate}]} if kept else {}),
        )
        twins.plan(
            f"aws_lb.{name}",
            {
                "name": name,
                "internal": kept,
                "load_balancer_type": "application",
                "subnets": own,
                "enable_deletion_protection": kept,
                "drop_invalid_header_fields": kept,
                "desync_mitigation_mode": "strictest" if kept else "monitor",
                "access_logs": [{"bucket": "balanced", "enabled": True}] if kept else [],
            },
            live=arn,
            unknown={"arn": True},
        )
        twins.plan(
            f"aws_lb_listener.{name}",
            {
                "protocol": protocol,
                "port": 443 if kept else 80,
                "ssl_policy": tls,
                "default_action": [{"type": "forward"}],
            },
            **of(f"aws_lb.{name}", "load_balancer_arn", "arn"),
        )
        classic = client("elb")
        listener = {
            "Protocol": "HTTPS" if kept else "HTTP",
            "LoadBalancerPort": 443 if kept else 80,
            "InstancePort": 80,
        }
        if kept:
            listener["SSLCertificateId"] = certificate
        classic.create_load_balancer(
            LoadBalancerName=f"c-{name}", Listeners=[listener], AvailabilityZones=[f"{REGION}a"]
        )
        log = {"Enabled": kept, **({"S3BucketName": "balanced"} if kept else {})}
        classic.modify_load_balancer_attributes(
            LoadBalancerName=f"c-{name}",
            LoadBalancerAttributes={
                "AccessLog": log,
                "CrossZoneLoadBalancing": {"Enabled": kept},
                "ConnectionDraining": {"Enabled": kept},
            },
        )
        twins.plan(
            f"aws_elb.{name}",
            {
                "name": f"c-{name}",
                "availability_zones": [f"{REGION}a"],
                "listener": [
                    {
                        "lb_protocol": listener["Protocol"],
                        "lb_port": listener["LoadBalancerPort"],
                        "ssl_certificate_id": listener.get("SSLCertificateId", ""),
                    }
                ],
                "access_logs": [{"bucket": "balanced", "enabled": True}] if kept else [],
                "cross_zone_load_balancing": kept,
                "connection_draining": kept,
            },
            live=f"loadbalancer/c-{name}",
        )


QUICK: tuple[Callable[[Client, Twins], None], ...] = (
    iam,
    account,
    kms,
    cloudtrail,
    functions,
    queues,
    tables,
    databases,
    buckets,
    network,
)


def containers(client: Client, twins: Twins) -> None:
    ecr, ecs, eks, ec2 = client("ecr"), client("ecs"), client("eks"), client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.40.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="tasks", Description="x", VpcId=vpc)["GroupId"]
    for name in ("kept", "left"):
        kept = name == "kept"
        tags, document = ("IMMUTABLE", CLOSED) if kept else ("MUTABLE", OPEN)
        made = ecr.create_repository(
            repositoryName=name, imageTagMutability=tags, imageScanningConfiguration={"scanOnPush": kept}
        )["repository"]
        ecr.set_repository_policy(repositoryName=name, policyText=document)
        scanning = [{"scan_on_push": True}] if kept else []
        twins.plan(
            f"aws_ecr_repository.{name}",
            {"name": name, "image_tag_mutability": tags, "image_scanning_configuration": scanning},
            live=made["repositoryArn"],
            unknown={"arn": True},
        )
        owned = of(f"aws_ecr_repository.{name}", "repository", "name")
        twins.plan(f"aws_ecr_repository_policy.{name}", {"policy": document}, **owned)
        if kept:
            rule = {
                "rulePriority": 1,
                "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
            }
            text = json.dumps({"rules": [{**rule, "action": {"type": "expire"}}]})
            ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=text)
            twins.plan(f"aws_ecr_lifecycle_policy.{name}", {"policy": text}, **owned)
        insights = [{"name": "containerInsights", "value": "enabled" if kept else "disabled"}]
        cluster = ecs.create_cluster(clusterName=name, settings=insights)["cluster"]["clusterArn"]
        twins.plan(f"aws_ecs_cluster.{name}", {"name": name, "setting": insights}, live=cluster, unknown={"arn": True})
        container: dict[str, Any] = {
            "name": "c",
            "image": "i",
            "memory": 64,
            "privileged": not kept,
            "readonlyRootFilesystem": kept,
            "environment": [{"name": "PLACE", "value": "eu" if kept else "AKIAIOSFODNN7EXAMPLE"}],
        }
        if kept:
            container["logConfiguration"] = {"logDriver": "awslogs", "options": {}}
        spaces = {} if kept else {"pidMode": "host", "ipcMode": "host"}
        mode = "bridge" if kept else "host"
        task = ecs.register_task_definition(family=name, networkMode=mode, containerDefinitions=[container], **spaces)[
            "taskDefinition"
        ]
        values = {"family": name, "network_mode": mode, "container_definitions": json.dumps([container])}
        twins.plan(
            f"aws_ecs_task_definition.{name}",
            {**values, "pid_mode": spaces.get("pidMode"), "ipc_mode": spaces.get("ipcMode"), "runtime_platform": []},
            live=task["taskDefinitionArn"],
            unknown={"arn": True},
        )
        inside = {"subnets": [subnet], "securityGroups": [group]}
        outside = "DISABLED" if kept else "ENABLED"
        service = ecs.create_service(
            cluster=name,
            serviceName=name,
            taskDefinition=name,
            desiredCount=1,
            networkConfiguration={"awsvpcConfiguration": {**inside, "assignPublicIp": outside}},
        )["service"]["serviceArn"]
        public = {"assign_public_ip": not kept, "subnets": [subnet]}
        configured = {"name": name, "network_configuration": [public]}
        twins.plan(f"aws_ecs_service.{name}", configured, live=service, unknown={"id": True})
        types = ["api", "audit", "authenticator", "controllerManager", "scheduler"] if kept else []
        ranges = ["10.0.0.0/8"] if kept else ["0.0.0.0/0"]
        eks.create_cluster(
            name=name,
            version="1.34",
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks",
            resourcesVpcConfig={
                "subnetIds": ["subnet-1"],
                "endpointPublicAccess": not kept,
                "endpointPrivateAccess": kept,
                "publicAccessCidrs": ranges,
            },
            logging={"clusterLogging": [{"types": types, "enabled": True}]},
            **({"encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}]} if kept else {}),
        )
        configuration = {
            "endpoint_public_access": not kept,
            "endpoint_private_access": kept,
            "public_access_cidrs": ranges,
        }
        twins.plan(
            f"aws_eks_cluster.{name}",
            {
                "name": name,
                "version": "1.34",
                "vpc_config": [configuration],
                "enabled_cluster_log_types": types,
                "encryption_config": [{"resources": ["secrets"], "provider": [{"key_arn": KEY}]}] if kept else [],
                "deletion_protection": None,
            },
            live=f"cluster/{name}",
        )


def files(client: Client, twins: Twins) -> None:
    efs, backup = client("efs"), client("backup")
    for name in ("kept", "left"):
        kept = name == "kept"
        made = efs.create_file_system(CreationToken=name, Encrypted=kept, Backup=kept)
        document = CLOSED if kept else OPEN
        efs.put_file_system_policy(FileSystemId=made["FileSystemId"], Policy=document)
        status = "ENABLED" if kept else "DISABLED"
        twins.plan(f"aws_efs_file_system.{name}", {"encrypted": kept}, live=made["FileSystemArn"])
        owned = of(f"aws_efs_file_system.{name}", "file_system_id")
        twins.plan(f"aws_efs_file_system_policy.{name}", {"policy": document}, **owned)
        twins.plan(f"aws_efs_backup_policy.{name}", {"backup_policy": [{"status": status}]}, **owned)
        uid, path = (1000, "/in") if kept else (0, "/")
        point = efs.create_access_point(
            FileSystemId=made["FileSystemId"],
            ClientToken=name,
            PosixUser={"Uid": uid, "Gid": uid},
            RootDirectory={"Path": path, "CreationInfo": {"OwnerUid": uid, "OwnerGid": uid, "Permissions": "0750"}},
        )
        values = {"posix_user": [{"uid": uid, "gid": uid}], "root_directory": [{"path": path}]}
        twins.plan(
            f"aws_efs_access_point.{name}", values, live=point["AccessPointArn"], unknown={"id": True, "arn": True}
        )
        vault = backup.create_backup_vault(BackupVaultName=name, EncryptionKeyArn=KEY)["BackupVaultArn"]
        twins.plan(f"aws_backup_vault.{name}", {"name": name, "kms_key_arn": KEY}, live=vault)
        if kept:
            backup.put_backup_vault_lock_configuration(BackupVaultName=name, MinRetentionDays=7)
            owned = of(f"aws_backup_vault.{name}", "backup_vault_name", "name")
            twins.plan(f"aws_backup_vault_lock_configuration.{name}", {"min_retention_days": 7}, **owned)


def streams(client: Client, twins: Twins) -> None:
    kinesis, firehose = client("kinesis"), client("firehose")
    for name in ("kept", "left"):
        kept = name == "kept"
        kinesis.create_stream(StreamName=name, ShardCount=1)
        if kept:
            kinesis.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=KEY)
            kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=168)
        twins.plan(
            f"aws_kinesis_stream.{name}",
            {"name": name, "encryption_type": "KMS" if kept else "NONE", "retention_period": 168 if kept else 24},
            live=f"stream/{name}",
        )
        target = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/f", "BucketARN": "arn:aws:s3:::one"}
        sealed = {"DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"}} if kept else {}
        firehose.create_delivery_stream(
            DeliveryStreamName=name,
            DeliveryStreamType="DirectPut",
            ExtendedS3DestinationConfiguration=target,
            **sealed,
        )
        twins.plan(
            f"aws_kinesis_firehose_delivery_stream.{name}",
            {
                "name": name,
                "server_side_encryption": [{"enabled": True}] if kept else [],
                "kinesis_source_configuration": [],
                "msk_source_configuration": [],
            },
            live=f"deliverystream/{name}",
        )


def caches(client: Client, twins: Twins) -> None:
    redshift, elasticache = client("redshift"), client("elasticache")
    for name in ("kept", "left"):
        kept = name == "kept"
        redshift.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="keeper" if kept else "awsuser",
            MasterUserPassword="Simulated-only1",
            Encrypted=kept,
            PubliclyAccessible=not kept,
            AutomatedSnapshotRetentionPeriod=14 if kept else 1,
            AllowVersionUpgrade=kept,
            EnhancedVpcRouting=kept,
        )
        twins.plan(
            f"aws_redshift_cluster.{name}",
            {
                "cluster_identifier": name,
                "master_username": "keeper" if kept else "awsuser",
                "encrypted": "true" if kept else "false",
                "publicly_accessible": not kept,
                "automated_snapshot_retention_period": 14 if kept else 1,
                "allow_version_upgrade": kept,
                "enhanced_vpc_routing": kept,
            },
            live=f"cluster:{name}",
        )
        made = elasticache.create_replication_group(
            ReplicationGroupId=name,
            ReplicationGroupDescription="x",
            Engine="redis",
            CacheNodeType="cache.t4g.micro",
            NumCacheClusters=2,
            AtRestEncryptionEnabled=kept,
            TransitEncryptionEnabled=kept,
            AutomaticFailoverEnabled=kept,
            MultiAZEnabled=kept,
            SnapshotRetentionLimit=14 if kept else 0,
            AutoMinorVersionUpgrade=kept,
            **({"AuthToken": "simulated-only-token"} if kept else {}),
        )["ReplicationGroup"]
        twins.plan(
            f"aws_elasticache_replication_group.{name}",
            {
                "replication_group_id": name,
                "at_rest_encryption_enabled": str(kept).lower(),
                "transit_encryption_enabled": kept,
                "automatic_failover_enabled": kept,
                "multi_az_enabled": kept,
                "snapshot_retention_limit": 14 if kept else 0,
                "auto_minor_version_upgrade": str(kept).lower(),
                "auth_token": "simulated-only-token" if kept else None,
            },
            live=made["ARN"],
        )
        node = elasticache.create_cache_cluster(
            CacheClusterId=f"{name}-node",
            Engine="redis",
            CacheNodeType="cache.t4g.micro",
            NumCacheNodes=1,
            AutoMinorVersionUpgrade=kept,
            TransitEncryptionEnabled=kept,
        )["CacheCluster"]
        twins.plan(
            f"aws_elasticache_cluster.{name}",
            {
                "cluster_id": f"{name}-node",
                "engine": "redis",
                "transit_encryption_enabled": kept,
                "auto_minor_version_upgrade": str(kept).lower(),
            },
            live=node["ARN"],
        )


def watching(client: Client, twins: Twins) -> None:
    logs, cloudwatch = client("logs"), client("cloudwatch")
    for name in ("kept", "left"):
        kept = name == "kept"
        logs.create_log_group(logGroupName=name, **({"kmsKeyId": KEY} if kept else {}))
        logs.put_retention_policy(logGroupName=name, retentionInDays=731 if kept else 1)
        twins.plan(
            f"aws_cloudwatch_log_group.{name}",
            {"name": name, "retention_in_days": 731 if kept else 1, "kms_key_id": KEY if kept else None},
            live=f"log-group:{name}",
        )
        actions = [f"arn:aws:sns:{REGION}:{ACCOUNT}:told"] if kept else []
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            MetricName="m",
            Namespace="n",
            Period=60,
            EvaluationPeriods=1,
            Statistic="Sum",
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=actions,
            ActionsEnabled=kept,
        )
        twins.plan(
            f"aws_cloudwatch_metric_alarm.{name}",
            {"alarm_name": name, "alarm_actions": actions, "actions_enabled": kept},
            live=f"alarm:{name}",
        )
        if kept:
            client("logs").put_resource_policy(policyName="r", policyDocument=CLOSED)
            twins.plan(
                "aws_cloudwatch_log_resource_policy.kept", {"policy_name": "r", "policy_document": CLOSED}, live="r"
            )
    logs.put_resource_policy(policyName="w", policyDocument=OPEN)
    twins.plan("aws_cloudwatch_log_resource_policy.left", {"policy_name": "w", "policy_document": OPEN}, live="w")


def secrets(client: Client, twins: Twins) -> None:
    api = client("secretsmanager")
    for name, document in (("kept", CLOSED), ("left", OPEN)):
        arn = api.create_secret(Name=name, SecretString="simulated-only")["ARN"]
        api.put_resource_policy(SecretId=name, ResourcePolicy=document)
        twins.plan(f"aws_secretsmanager_secret.{name}", {"name": name}, live=arn)
        owned = of(f"aws_secretsmanager_secret.{name}", "secret_arn", "arn")
        twins.plan(f"aws_secretsmanager_secret_policy.{name}", {"policy": document}, **owned)
    rules = {"AutomaticallyAfterDays": 30}
    api.rotate_secret(SecretId="kept", RotationRules=rules)
    owned = of("aws_secretsmanager_secret.kept", "secret_id")
    twins.plan(
        "aws_secretsmanager_secret_rotation.kept", {"rotation_rules": [{"automatically_after_days": 30}]}, **owned
    )


def searching(client: Client, twins: Twins) -> None:
    api = client("opensearch")
    for name in ("kept", "left"):
        kept = name == "kept"
        logs = {"AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS"} if kept else set()
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:one"
        nodes = 3 if kept else 1
        api.create_domain(
            DomainName=name,
            AccessPolicies=CLOSED if kept else OPEN,
            EncryptionAtRestOptions={"Enabled": kept},
            NodeToNodeEncryptionOptions={"Enabled": kept},
            DomainEndpointOptions={"EnforceHTTPS": kept, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
            ClusterConfig={
                "InstanceCount": nodes,
                "ZoneAwarenessEnabled": kept,
                "DedicatedMasterEnabled": kept,
                "DedicatedMasterCount": nodes,
            },
            AdvancedSecurityOptions={"Enabled": kept, "InternalUserDatabaseEnabled": not kept},
            LogPublishingOptions={log: {"CloudWatchLogsLogGroupArn": group, "Enabled": True} for log in sorted(logs)},
        )
        cluster = {
            "instance_count": nodes,
            "zone_awareness_enabled": kept,
            "dedicated_master_enabled": kept,
            "dedicated_master_count": nodes,
        }
        published = [{"log_type": log, "enabled": True, "cloudwatch_log_group_arn": group} for log in sorted(logs)]
        security = {"enabled": kept, "internal_user_database_enabled": not kept, "anonymous_auth_enabled": None}
        twins.plan(
            f"aws_opensearch_domain.{name}",
            {
                "domain_name": name,
                "access_policies": CLOSED if kept else OPEN,
                "encrypt_at_rest": [{"enabled": kept}],
                "node_to_node_encryption": [{"enabled": kept}],
                "domain_endpoint_options": [
                    {"enforce_https": kept, "tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}
                ],
                "cluster_config": [cluster],
                "advanced_security_options": [security],
                "log_publishing_options": published,
                "vpc_options": [],
            },
            live=f"domain/{name}",
        )


def edges(client: Client, twins: Twins) -> None:
    api = client("cloudfront")
    for name in ("kept", "left"):
        kept = name == "kept"
        viewer, origin = ("https-only", "https-only") if kept else ("allow-all", "http-only")
        versions = ["TLSv1.2"] if kept else ["SSLv3", "TLSv1"]
        served = {
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": origin,
            "OriginSslProtocols": {"Quantity": len(versions), "Items": versions},
        }
        certificate: dict[str, Any] = {"CloudFrontDefaultCertificate": True}
        if kept:
            certificate = {
                "ACMCertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1",
                "MinimumProtocolVersion": "TLSv1.2_2021",
                "SSLSupportMethod": "sni-only",
            }
        acl = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/one/1" if kept else ""
        told: dict[str, Any] = {
            "CallerReference": name,
            "Comment": "",
            "Enabled": True,
            "DefaultRootObject": "index.html" if kept else "",
            "WebACLId": acl,
            "Origins": {
                "Quantity": 1,
                "Items": [{"Id": "o", "DomainName": "one.example", "CustomOriginConfig": served}],
            },
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": viewer, "MinTTL": 0},
            "ViewerCertificate": certificate,
        }
        if kept:
            told["Logging"] = {"Enabled": True, "IncludeCookies": False, "Bucket": "b.s3.amazonaws.com", "Prefix": ""}
        made = api.create_distribution(DistributionConfig=told)["Distribution"]
        own = {"cloudfront_default_certificate": not kept}
        if kept:
            own |= {"minimum_protocol_version": "TLSv1.2_2021", "ssl_support_method": "sni-only"}
        behind = {"origin_protocol_policy": origin, "origin_ssl_protocols": versions}
        twins.plan(
            f"aws_cloudfront_distribution.{name}",
            {
                "enabled": True,
                "default_root_object": "index.html" if kept else None,
                "web_acl_id": acl or None,
                "origin": [{"custom_origin_config": [behind], "s3_origin_config": [], "vpc_origin_config": []}],
                "origin_group": [],
                "default_cache_behavior": [{"viewer_protocol_policy": viewer}],
                "ordered_cache_behavior": [],
                "viewer_certificate": [own],
                "logging_config": [{"bucket": "b.s3.amazonaws.com"}] if kept else [],
            },
            live=made["ARN"],
            unknown={"id": True, "arn": True},
        )


def gateways(client: Client, twins: Twins) -> None:
    rest, http = client("apigateway"), client("apigatewayv2")
    for name in ("kept", "left"):
        kept = name == "kept"
        sort = "PRIVATE" if kept else "REGIONAL"
        own = rest.create_rest_api(name=name, endpointConfiguration={"types": [sort]})["id"]
        root = rest.get_resources(restApiId=own)["items"][0]["id"]
        rest.put_method(restApiId=own, resourceId=root, httpMethod="GET", authorizationType="AWS_IAM")
        rest.put_integration(restApiId=own, resourceId=root, httpMethod="GET", type="MOCK")
        rest.create_deployment(restApiId=own)
        deployed = rest.get_deployments(restApiId=own)["items"][0]["id"]
        rest.create_stage(restApiId=own, stageName="live", deploymentId=deployed, tracingEnabled=kept)
        twins.plan(
            f"aws_api_gateway_rest_api.{name}", {"name": name, "endpoint_configuration": [{"types": [sort]}]}, live=own
        )
        owned = of(f"aws_api_gateway_rest_api.{name}", "rest_api_id")
        values = {"stage_name": "live", "xray_tracing_enabled": kept, "cache_cluster_enabled": None}
        twins.plan(f"aws_api_gateway_stage.{name}", {**values, "client_certificate_id": None}, **owned)
        words = "TLS_1_2" if kept else "TLS_1_0"
        rest.create_domain_name(domainName=f"{name}.example", securityPolicy=words)
        twins.plan(
            f"aws_api_gateway_domain_name.{name}",
            {"domain_name": f"{name}.example", "security_policy": words},
            live=f"{name}.example",
        )
        api = http.create_api(Name=name, ProtocolType="HTTP")["ApiId"]
        log = {"AccessLogSettings": {"DestinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g"}} if kept else {}
        http.create_stage(ApiId=api, StageName="live", **log)
        sign_in = "AWS_IAM" if kept else "NONE"
        http.create_route(ApiId=api, RouteKey="GET /", AuthorizationType=sign_in)
        twins.plan(f"aws_apigatewayv2_api.{name}", {"name": name, "protocol_type": "HTTP"}, live=api)
        owned = of(f"aws_apigatewayv2_api.{name}", "api_id")
        settings = [{"destination_arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g"}] if kept else []
        twins.plan(f"aws_apigatewayv2_stage.{name}", {"name": "live", "access_log_settings": settings}, **owned)
        twins.plan(f"aws_apigatewayv2_route.{name}", {"route_key": "GET /", "authorization_type": sign_in}, **owned)


def building(client: Client, twins: Twins) -> None:
    builds, notebooks, queries = client("codebuild"), client("sagemaker"), client("athena")
    for name in ("kept", "left"):
        kept = name == "kept"
        secret = "eu" if kept else "AKIAIOSFODNN7EXAMPLE"
        status = "ENABLED" if kept else "DISABLED"
        made = builds.create_project(
            name=f"{name}-project",
            source={"type": "S3", "location": "one/two"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "i",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "PLACE", "value": secret, "type": "PLAINTEXT"}],
            },
            serviceRole=f"arn:aws:iam::{ACCOUNT}:role/service-role/b",
            logsConfig={"cloudWatchLogs": {"status": status}},
        )["project"]
        logs = [{"cloudwatch_logs": [{"status": status}], "s3_logs": []}]
        variables = [{"name": "PLACE", "value": secret, "type": "PLAINTEXT"}]
        twins.plan(
            f"aws_codebuild_project.{name}",
            {
                "name": f"{name}-project",
                "logs_config": logs,
                "environment": [{"environment_variable": variables}],
                "project_visibility": "PRIVATE",
            },
            live=made["arn"],
        )
        words = "Disabled" if kept else "Enabled"
        book = notebooks.create_notebook_instance(
            NotebookInstanceName=name,
            InstanceType="ml.t3.medium",
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/n",
            DirectInternetAccess=words,
            RootAccess=words,
            **({"KmsKeyId": KEY, "SubnetId": "subnet-1"} if kept else {}),
        )["NotebookInstanceArn"]
        twins.plan(
            f"aws_sagemaker_notebook_instance.{name}",
            {
                "name": name,
                "direct_internet_access": words,
                "root_access": words,
                "kms_key_id": KEY if kept else None,
                "subnet_id": "subnet-1" if kept else None,
            },
            live=book,
        )
        result: dict[str, Any] = {"OutputLocation": "s3://one/"}
        if kept:
            result["EncryptionConfiguration"] = {"EncryptionOption": "SSE_S3"}
        queries.create_work_group(
            Name=name,
            Configuration={
                "EnforceWorkGroupConfiguration": kept,
                "PublishCloudWatchMetricsEnabled": kept,
                "ResultConfiguration": result,
            },
        )
        encryption = [{"encryption_option": "SSE_S3"}] if kept else []
        where = {"output_location": "s3://one/", "encryption_configuration": encryption}
        configuration = {
            "enforce_workgroup_configuration": kept,
            "publish_cloudwatch_metrics_enabled": kept,
            "result_configuration": [where],
            "managed_query_results_configuration": [],
        }
        twins.plan(
            f"aws_athena_workgroup.{name}", {"name": name, "configuration": [configuration]}, live=f"workgroup/{name}"
        )


def brokers(client: Client, twins: Twins) -> None:
    mq, kafka, dms, memory = client("mq"), client("kafka"), client("dms"), client("memorydb")
    for name in ("kept", "left"):
        kept = name == "kept"
        mode = "ACTIVE_STANDBY_MULTI_AZ" if kept else "SINGLE_INSTANCE"
        made = mq.create_broker(
            BrokerName=name,
            EngineType="ACTIVEMQ",
            EngineVersion="5.18",
            HostInstanceType="mq.t3.micro",
            DeploymentMode=mode,
            PubliclyAccessible=not kept,
            AutoMinorVersionUpgrade=kept,
            Logs={"General": kept, "Audit": kept},
            Users=[{"Username": "simulated", "Password": "simulated-only1"}],
        )
        twins.plan(
            f"aws_mq_broker.{name}",
            {
                "broker_name": name,
                "engine_type": "ActiveMQ",
                "deployment_mode": mode,
                "publicly_accessible": not kept,
                "auto_minor_version_upgrade": kept,
                "logs": [{"general": kept, "audit": str(kept).lower()}],
            },
            live=made["BrokerArn"],
        )
        moved = {"ClientBroker": "TLS" if kept else "TLS_PLAINTEXT", "InCluster": kept}
        cluster = kafka.create_cluster(
            ClusterName=name,
            KafkaVersion="3.8.x",
            NumberOfBrokerNodes=3,
            BrokerNodeGroupInfo={
                "InstanceType": "kafka.m7g.large",
                "ClientSubnets": ["subnet-1"],
                "ConnectivityInfo": {"PublicAccess": {"Type": "DISABLED" if kept else "SERVICE_PROVIDED_EIPS"}},
            },
            EncryptionInfo={"EncryptionAtRest": {"DataVolumeKMSKeyId": KEY}, "EncryptionInTransit": moved},
            ClientAuthentication={"Sasl": {"Iam": {"Enabled": kept}}, "Unauthenticated": {"Enabled": not kept}},
            EnhancedMonitoring="PER_BROKER" if kept else "DEFAULT",
        )
        transit = {"client_broker": moved["ClientBroker"], "in_cluster": kept}
        access = {"type": "DISABLED" if kept else "SERVICE_PROVIDED_EIPS"}
        twins.plan(
            f"aws_msk_cluster.{name}",
            {
                "cluster_name": name,
                "broker_node_group_info": [{"connectivity_info": [{"public_access": [access]}]}],
                "encryption_info": [{"encryption_at_rest_kms_key_arn": KEY, "encryption_in_transit": [transit]}],
                "client_authentication": [{"sasl": [{"iam": kept}], "tls": [], "unauthenticated": not kept}],
                "enhanced_monitoring": "PER_BROKER" if kept else "DEFAULT",
            },
            live=cluster["ClusterArn"],
        )
        instance = dms.create_replication_instance(
            ReplicationInstanceIdentifier=name,
            ReplicationInstanceClass="dms.t3.medium",
            PubliclyAccessible=not kept,
            MultiAZ=kept,
            AutoMinorVersionUpgrade=kept,
        )["ReplicationInstance"]
        twins.plan(
            f"aws_dms_replication_instance.{name}",
            {
                "replication_instance_id": name,
                "publicly_accessible": not kept,
                "multi_az": kept,
                "auto_minor_version_upgrade": kept,
            },
            live=instance["ReplicationInstanceArn"],
        )
        held = memory.create_cluster(
            ClusterName=name,
            NodeType="db.t4g.small",
            ACLName="own" if kept else "open-access",
            TLSEnabled=kept,
            AutoMinorVersionUpgrade=kept,
            SnapshotRetentionLimit=14 if kept else 0,
        )["Cluster"]
        twins.plan(
            f"aws_memorydb_cluster.{name}",
            {
                "name": name,
                "acl_name": "own" if kept else "open-access",
                "tls_enabled": kept,
                "auto_minor_version_upgrade": kept,
                "snapshot_retention_limit": 14 if kept else 0,
            },
            live=held["ARN"],
        )


def guards(client: Client, twins: Twins) -> None:
    duty, waf, ec2 = client("guardduty"), client("wafv2"), client("ec2")
    for name in ("kept", "left"):
        kept = name == "kept"
        seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
        made = waf.create_web_acl(
            Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen, Rules=[]
        )["Summary"]["ARN"]
        twins.plan(f"aws_wafv2_web_acl.{name}", {"name": name}, live=made, unknown={"arn": True})
        if kept:
            sinks = [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:aws-waf-logs-one"]
            waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": made, "LogDestinationConfigs": sinks})
            owned = of(f"aws_wafv2_web_acl.{name}", "resource_arn", "arn")
            twins.plan(f"aws_wafv2_web_acl_logging_configuration.{name}", {"log_destination_configs": sinks}, **owned)
    detector = duty.create_detector(Enable=True)["DetectorId"]
    twins.plan("aws_guardduty_detector.own", {"enable": True}, live=detector)
    ec2.enable_ebs_encryption_by_default()
    here = f"{ACCOUNT}/{REGION}"
    twins.plan("aws_ebs_encryption_by_default.own", {"enabled": True}, live=here)
    vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    zones = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.30.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    for name, document, subnets in (("kept", CLOSED, zones), ("left", OPEN, zones[:1])):
        end = ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{REGION}.sqs",
            VpcEndpointType="Interface",
            SubnetIds=subnets,
            PolicyDocument=document,
        )["VpcEndpoint"]["VpcEndpointId"]
        values = {"vpc_endpoint_type": "Interface", "subnet_ids": subnets, "policy": document}
        twins.plan(f"aws_vpc_endpoint.{name}", values, live=end, unknown={"id": True, "vpc_id": True})


LONG: tuple[Callable[[Client, Twins], None], ...] = (
    containers,
    files,
    streams,
    caches,
    watching,
    secrets,
    searching,
    edges,
    gateways,
    building,
    brokers,
    guards,
)
