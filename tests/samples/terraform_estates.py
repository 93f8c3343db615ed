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
            MonitoringInterval=60 if kept else 0,
            **({"EnableCloudwatchLogsExports": ["postgresql"]} if kept else {}),
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
                Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": name, "TargetPrefix": "log"}}
            )
            attached["logging"] = {"target_bucket": name, "target_prefix": "log"}
        twins.plan(f"aws_s3_bucket.{own}", {"bucket": name, "object_lock_enabled": kept}, live=f":::{name}")
        for type_, values in attached.items():
            twins.plan(f"aws_s3_bucket_{type_}.{own}", values, **of(f"aws_s3_bucket.{own}", "bucket"))


def tls_only(bucket: str) -> str:
    arn = f"arn:aws:s3:::{bucket}"
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return policy(Effect="Deny", Principal="*", Action="s3:*", Resource=[arn, f"{arn}/*"], Condition=plain)


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
        twins.plan(f"aws_security_group.{name}", {"name": name, "ingress": rules}, live=group, unknown={"id": True})
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
        image = api.describe_images(Owners=["amazon"])["Images"][:1]
        instance = api.run_instances(
            ImageId=image[0]["ImageId"] if image else "ami-12345678",
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


def balancers(client: Client, twins: Twins, vpc: str, subnets: Mapping[str, str]) -> None:
    api, group = client("elbv2"), client("elbv2").create_target_group(Name="t", Protocol="HTTP", Port=80, VpcId=vpc)
    target = group["TargetGroups"][0]["TargetGroupArn"]
    client("s3").create_bucket(Bucket="balanced", CreateBucketConfiguration={"LocationConstraint": REGION})
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
        certificate = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"
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
