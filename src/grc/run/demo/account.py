"""The clinic's AWS account, on a moto server: some of it well kept, some of it not, and a leaver who can still sign in.

Everything here talks to the simulated API at ``endpoint`` with made-up credentials; nothing can reach AWS.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from boto3.session import Session

ACCOUNT: Final = "123456789012"
REGION: Final = "eu-central-1"
CREDENTIALS: Final = {"aws_access_key_id": "simulated", "aws_secret_access_key": "simulated"}


def furnish(endpoint: str) -> None:
    """Put the clinic's resources into the simulated account."""
    import boto3

    session = boto3.Session(region_name=REGION, **CREDENTIALS)
    _people(session, endpoint)
    key = _key(session, endpoint)
    _buckets(session, endpoint, key)
    _trail(session, endpoint)
    _network(session, endpoint)
    _databases(session, endpoint, key)


def _client(session: Session, service: str, endpoint: str) -> Any:
    return session.client(service, endpoint_url=endpoint)


def _people(session: Session, endpoint: str) -> None:
    iam = _client(session, "iam", endpoint)
    iam.update_account_password_policy(MinimumPasswordLength=8, PasswordReusePrevention=5)
    for name in ("ada", "grace", "charlie", "backup-agent"):
        iam.create_user(UserName=name)
    for name in ("ada", "grace", "charlie"):
        iam.create_login_profile(UserName=name, Password="Simulated-0nly-for-the-demo")  # noqa: S106 - made up
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="ada")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName="ada", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    for name in ("charlie", "backup-agent"):
        iam.create_access_key(UserName=name)
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    admin = iam.create_policy(PolicyName="clinic-everything", PolicyDocument=json.dumps(everything))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="grace", PolicyArn=admin)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
    iam.create_role(RoleName="clinic-web", AssumeRolePolicyDocument=json.dumps(trust))


def _key(session: Session, endpoint: str) -> str:
    kms = _client(session, "kms", endpoint)
    kept = kms.create_key(Description="patient records")["KeyMetadata"]
    kms.enable_key_rotation(KeyId=kept["KeyId"])
    kms.create_key(Description="research exports, never rotated")
    return str(kept["Arn"])


def _buckets(session: Session, endpoint: str, key: str) -> None:
    s3 = _client(session, "s3", endpoint)
    for name in ("clinic-patient-records", "clinic-access-logs", "clinic-website", "clinic-research-exports"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        encrypt = {"SSEAlgorithm": "AES256"}
        if name == "clinic-patient-records":
            encrypt = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rule = {"Rules": [{"ApplyServerSideEncryptionByDefault": encrypt, "BucketKeyEnabled": True}]}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=rule)
    for name in ("clinic-patient-records", "clinic-access-logs"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_all_blocked())
        owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=owner)
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(_tls_only(name)))
    s3.put_bucket_policy(Bucket="clinic-website", Policy=json.dumps(_world_readable("clinic-website")))
    target = {"LoggingEnabled": {"TargetBucket": "clinic-access-logs", "TargetPrefix": "patient-records/"}}
    s3.put_bucket_policy(Bucket="clinic-access-logs", Policy=json.dumps(_log_target("clinic-access-logs")))
    s3.put_bucket_logging(Bucket="clinic-patient-records", BucketLoggingStatus=target)


def _trail(session: Session, endpoint: str) -> None:
    s3 = _client(session, "s3", endpoint)
    s3.create_bucket(Bucket="clinic-trail", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_public_access_block(Bucket="clinic-trail", PublicAccessBlockConfiguration=_all_blocked())
    rule = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(Bucket="clinic-trail", ServerSideEncryptionConfiguration=rule)
    trail = _client(session, "cloudtrail", endpoint)
    trail.create_trail(
        Name="clinic", S3BucketName="clinic-trail", IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    trail.start_logging(Name="clinic")
    # AWS gives a new trail this selector by itself; the simulator does not.
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    trail.put_event_selectors(TrailName="clinic", EventSelectors=selectors)


def _network(session: Session, endpoint: str) -> None:
    ec2 = _client(session, "ec2", endpoint)
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="clinic-web", Description="web servers", VpcId=vpc)["GroupId"]
    rules = [("tcp", 443, "0.0.0.0/0"), ("tcp", 22, "0.0.0.0/0")]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": protocol, "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source}]}
            for protocol, port, source in rules
        ],
    )
    for encrypted in (True, False):
        ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, Encrypted=encrypted)
    image = ec2.register_image(Name="clinic-web", RootDeviceName="/dev/xvda")["ImageId"]
    for tokens in ("required", "optional"):
        ec2.run_instances(
            ImageId=image,
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            SecurityGroupIds=[group],
            MetadataOptions={"HttpTokens": tokens, "HttpEndpoint": "enabled"},
        )


def _databases(session: Session, endpoint: str, key: str) -> None:
    rds = _client(session, "rds", endpoint)
    common = {
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": 20,
        "MasterUsername": "clinic",
        "MasterUserPassword": "simulated-only",
    }
    rds.create_db_instance(
        DBInstanceIdentifier="patients",
        StorageEncrypted=True,
        KmsKeyId=key,
        BackupRetentionPeriod=14,
        DeletionProtection=True,
        MultiAZ=True,
        PubliclyAccessible=False,
        **common,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="appointments",
        StorageEncrypted=False,
        BackupRetentionPeriod=1,
        PubliclyAccessible=True,
        **common,
    )


def _all_blocked() -> dict[str, bool]:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return dict.fromkeys(names, True)


def _tls_only(bucket: str) -> dict[str, Any]:
    arn = f"arn:aws:s3:::{bucket}"
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [deny]}


def _log_target(bucket: str) -> dict[str, Any]:
    policy = _tls_only(bucket)
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    policy["Statement"].append(allow)
    return policy


def _world_readable(bucket: str) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    return {"Version": "2012-10-17", "Statement": [allow]}
