"""A small estate with something of every kind, made through the API."""

from __future__ import annotations

from typing import Any

from aws_cassette import policy
from aws_estates import app, data, guard, net

ASSUME = {"Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}


def seed(client: Any) -> None:
    """Make the estate; ``client`` makes a client of a service."""
    buckets(client("s3"), client("s3control"))
    people(client("iam"))
    machines(client("ec2"))
    keys(client("kms"))
    trails(client("cloudtrail"))
    databases(client("rds"))
    client("account").put_alternate_contact(
        AlternateContactType="SECURITY", Name="A Person", EmailAddress="a@b.example", PhoneNumber="1", Title="CISO"
    )
    for part in (app, data, guard, net):
        part.seed(client)


def buckets(s3: Any, control: Any) -> None:
    s3.create_bucket(Bucket="plain-bucket")
    s3.create_bucket(Bucket="full-bucket", ObjectLockEnabledForBucket=True)
    at = {"Bucket": "full-bucket"}
    s3.put_bucket_policy(**at, Policy=policy(Effect="Deny", Principal="*", Action="s3:*", Resource="*"))
    s3.put_bucket_tagging(**at, Tagging={"TagSet": [{"Key": "Owner", "Value": "x"}]})
    s3.put_bucket_encryption(
        **at,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.put_public_access_block(**at, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    s3.put_bucket_ownership_controls(**at, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    s3.put_bucket_lifecycle_configuration(
        **at,
        LifecycleConfiguration={
            "Rules": [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 9}}]
        },
    )
    s3.put_bucket_acl(Bucket="plain-bucket", ACL="log-delivery-write")
    s3.put_bucket_logging(
        **at, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "plain-bucket", "TargetPrefix": "log"}}
    )
    s3.put_bucket_versioning(Bucket="plain-bucket", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_replication(
        **at,
        ReplicationConfiguration={
            "Role": "arn:aws:iam::123456789012:role/machine",
            "Rules": [{"Status": "Enabled", "Priority": 1, "Destination": {"Bucket": "arn:aws:s3:::plain-bucket"}}],
        },
    )
    control.meta.events.register("before-call", without_account)
    control.put_public_access_block(
        AccountId="123456789012", PublicAccessBlockConfiguration={"BlockPublicAcls": True, "BlockPublicPolicy": True}
    )


def without_account(params: dict[str, Any], **_: Any) -> None:
    params["url"] = params["url"].replace("//123456789012.", "//")


def people(iam: Any) -> None:
    iam.create_account_alias(AccountAlias="clinic")
    iam.update_account_password_policy(MinimumPasswordLength=14)
    iam.create_group(GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="g", PolicyDocument=policy(Action="s3:Get*", Resource="*"))
    for name in ("anna", "ben"):
        iam.create_user(UserName=name, Tags=[{"Key": "team", "Value": "x"}])
        iam.create_access_key(UserName=name)
    iam.add_user_to_group(GroupName="staff", UserName="anna")
    iam.create_login_profile(UserName="anna", Password="Aa1!aaaaaaaaaaaa")
    iam.put_user_policy(UserName="anna", PolicyName="inline", PolicyDocument=policy(Action="*", Resource="*"))
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="d")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName="anna", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    iam.create_role(RoleName="machine", AssumeRolePolicyDocument=policy(**ASSUME), Tags=[{"Key": "a", "Value": "b"}])
    iam.create_policy(PolicyName="wide", PolicyDocument=policy(Action="*", Resource="*"))
    iam.generate_credential_report()
    iam.generate_credential_report()


def machines(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    group = ec2.create_security_group(GroupName="web", Description="d", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::plain-bucket",
    )


def keys(kms: Any) -> None:
    key = kms.create_key(Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    kms.create_alias(AliasName="alias/main", TargetKeyId=key)


def trails(cloudtrail: Any) -> None:
    cloudtrail.create_trail(Name="all-regions", S3BucketName="plain-bucket", IsMultiRegionTrail=True)
    cloudtrail.start_logging(Name="all-regions")


def databases(rds: Any) -> None:
    rds.create_db_instance(
        DBInstanceIdentifier="patients",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="admin1",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
        Tags=[{"Key": "a", "Value": "b"}],
    )
    rds.create_db_snapshot(DBSnapshotIdentifier="by-hand", DBInstanceIdentifier="patients")
