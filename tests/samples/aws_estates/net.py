"""The estate's networks, load balancing and delivery: of each kind a good one and a bad one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aws_answers import Answer, Members, Refused

ACCOUNT = "123456789012"
LATELY = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2099, 1, 1, tzinfo=UTC)

Made = Callable[[dict[str, Any]], Members | Refused]


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{name}"


def by(parameter: str, answers: Mapping[str, Members | Refused]) -> Made:
    """An answer by how the value of a parameter ends."""
    return lambda parameters: next(found for end, found in answers.items() if parameters[parameter].endswith(end))


# Networks

CLIENT_VPN: Mapping[str, Answer] = {
    "ec2:DescribeClientVpnEndpoints": {
        "ClientVpnEndpoints": [
            {
                "ClientVpnEndpointId": f"cvpn-endpoint-{name}",
                "Status": {"Code": "available"},
                "ConnectionLogOptions": {"Enabled": name == "good"},
                "Tags": [],
            }
            for name in ("good", "bad")
        ]
    },
    "ec2:DescribeVpnConnections": {
        "VpnConnections": [
            {
                "VpnConnectionId": f"vpn-{name}",
                "State": "available",
                "VgwTelemetry": [{"Status": "UP"}, {"Status": "UP" if name == "good" else "DOWN"}],
                "Options": {"TunnelOptions": [{"OutsideIpAddress": "198.51.100.9", "PreSharedKey": "not-a-secret"}]},
                "Tags": [],
            }
            for name in ("good", "bad")
        ]
    },
    "ec2:DescribeVpcEndpointServiceConfigurations": {
        "ServiceConfigurations": [
            {"ServiceId": f"vpce-svc-{name}", "ServiceState": "Available", "Tags": []} for name in ("good", "bad")
        ]
    },
    "ec2:DescribeVpcEndpointServicePermissions": by(
        "ServiceId",
        {
            "good": {"AllowedPrincipals": [{"Principal": f"arn:aws:iam::{ACCOUNT}:root", "PrincipalType": "Account"}]},
            "bad": {"AllowedPrincipals": [{"Principal": "*"}]},
        },
    ),
}


def networks(ec2: Any) -> None:
    """Two joined networks, of which one is guarded well."""
    good = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    bad = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    first = ec2.create_subnet(VpcId=good, CidrBlock="10.20.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    second = ec2.create_subnet(VpcId=good, CidrBlock="10.20.2.0/24", AvailabilityZone="us-east-1b")["Subnet"][
        "SubnetId"
    ]
    public = ec2.create_subnet(VpcId=bad, CidrBlock="10.30.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=public, MapPublicIpOnLaunch={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=bad)
    table = main_table(ec2, bad)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    peerings(ec2, good, bad)
    endpoints(ec2, good, bad, first, second, public)
    interfaces(ec2, good, bad, first, public)
    network_acls(ec2, good, first)
    ec2.create_transit_gateway(Options={"AutoAcceptSharedAttachments": "disable"})
    ec2.create_transit_gateway(Options={"AutoAcceptSharedAttachments": "enable"})


def main_table(ec2: Any, vpc: str) -> str:
    found: str = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0][
        "RouteTableId"
    ]
    return found


def peerings(ec2: Any, good: str, bad: str) -> None:
    """One with a route to a part of the peer, one with a route to all of it."""
    for block in ("10.20.5.0/24", "10.20.0.0/16"):
        peering = ec2.create_vpc_peering_connection(VpcId=bad, PeerVpcId=good)["VpcPeeringConnection"]
        name = peering["VpcPeeringConnectionId"]
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=name)
        ec2.create_route(RouteTableId=main_table(ec2, bad), DestinationCidrBlock=block, VpcPeeringConnectionId=name)


def endpoints(ec2: Any, good: str, bad: str, first: str, second: str, public: str) -> None:
    narrow = (
        f'{{"Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "{ACCOUNT}"}}, "Action": "*", "Resource": "*"}}]}}'
    )
    wide = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
    for vpc, subnets, document in ((good, [first, second], narrow), (bad, [public], wide)):
        service = "com.amazonaws.us-east-1.ec2" if vpc == good else "com.amazonaws.us-east-1.logs"
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=service,
            VpcEndpointType="Interface",
            SubnetIds=subnets,
            PolicyDocument=document,
        )


def interfaces(ec2: Any, good: str, bad: str, first: str, public: str) -> None:
    """Addresses, groups and instances, in use and not, open and closed."""
    closed = ec2.create_security_group(GroupName="closed", Description="d", VpcId=good)["GroupId"]
    ec2.create_network_interface(SubnetId=first, Groups=[closed])
    opened = ec2.create_security_group(GroupName="launch-wizard-1", Description="d", VpcId=bad)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=opened,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            {"IpProtocol": "tcp", "FromPort": 445, "ToPort": 445, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "198.0.0.0/9"}]},
        ],
    )
    web = ec2.create_security_group(GroupName="web-alone", Description="d", VpcId=bad)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=web,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    made = [instance(ec2, public, opened), instance(ec2, public, web, Monitoring={"Enabled": True})]
    ec2.modify_instance_metadata_options(InstanceId=made[1], HttpTokens="required", HttpEndpoint="enabled")
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=made[0])
    ec2.allocate_address(Domain="vpc")
    stopped = instance(ec2, first, closed)
    ec2.stop_instances(InstanceIds=[stopped])
    ec2.create_image(InstanceId=made[1], Name="closed")
    image = ec2.create_image(InstanceId=made[1], Name="open")["ImageId"]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
    templates(ec2)


def instance(ec2: Any, subnet: str, group: str, **settings: Any) -> str:
    """Start one."""
    where = {"SubnetId": subnet, "SecurityGroupIds": [group]}
    made = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, **where, **settings)
    found: str = made["Instances"][0]["InstanceId"]
    return found


def templates(ec2: Any) -> None:
    for name in ("good", "bad"):
        ec2.create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData={
                "MetadataOptions": {"HttpTokens": "required" if name == "good" else "optional"},
                "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": name == "bad"}],
                "UserData": "bm90LWEtc2VjcmV0",
            },
        )


def network_acls(ec2: Any, vpc: str, subnet: str) -> None:
    """One that guards a subnet and lets nothing in, and one that guards nothing."""
    made = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl(VpcId=vpc)
    for found in ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]:
        for tie in found["Associations"]:
            if tie["SubnetId"] == subnet:
                ec2.replace_network_acl_association(AssociationId=tie["NetworkAclAssociationId"], NetworkAclId=made)


SYSTEMS: Mapping[str, Answer] = {
    "ssm:DescribeInstanceInformation": {"InstanceInformationList": [{"InstanceId": "mi-1", "PingStatus": "Online"}]},
}

# Load balancers and groups


def classic(name: str) -> Members:
    protocol = "HTTPS" if name == "good" else "HTTP"
    certificate = {"SSLCertificateId": arn("acm", "certificate/1")} if name == "good" else {}
    if name == "old":
        protocol, certificate = "HTTPS", {"SSLCertificateId": f"arn:aws:iam::{ACCOUNT}:server-certificate/old"}
    listener = {"Protocol": protocol, "LoadBalancerPort": 443, "InstancePort": 443, **certificate}
    return {
        "LoadBalancerName": name,
        "ListenerDescriptions": [{"Listener": listener, "PolicyNames": [f"tls-{name}"]}],
        "AvailabilityZones": ["us-east-1a", "us-east-1b"] if name == "good" else ["us-east-1a"],
        "Scheme": "internet-facing",
    }


def classic_attributes(good: bool) -> Members:
    mode = "defensive" if good else "monitor"
    return {
        "LoadBalancerAttributes": {
            "AccessLog": {"Enabled": good, "S3BucketName": "full-bucket"},
            "CrossZoneLoadBalancing": {"Enabled": good},
            "ConnectionDraining": {"Enabled": good},
            "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": mode}],
        }
    }


def tls_policy(name: str, old: str) -> Members:
    said = {"Protocol-TLSv1": old, "Protocol-TLSv1.2": "true"}
    return {
        "PolicyDescriptions": [
            {
                "PolicyName": f"tls-{name}",
                "PolicyTypeName": "SSLNegotiationPolicyType",
                "PolicyAttributeDescriptions": [
                    {"AttributeName": key, "AttributeValue": value} for key, value in said.items()
                ],
            }
        ]
    }


def balancer(name: str, sort: str) -> Members:
    zones = ("a", "b") if name == "good" else ("a",)
    return {
        "LoadBalancerArn": arn("elasticloadbalancing", f"loadbalancer/{sort}/{name}"),
        "LoadBalancerName": name,
        "Type": sort,
        "Scheme": "internet-facing",
        "AvailabilityZones": [{"ZoneName": f"us-east-1{zone}"} for zone in zones],
    }


def balancer_attributes(good: bool) -> Members:
    flags = (
        "access_logs.s3.enabled",
        "deletion_protection.enabled",
        "load_balancing.cross_zone.enabled",
        "routing.http.drop_invalid_header_fields.enabled",
    )
    found = dict.fromkeys(flags, "true" if good else "false")
    found["routing.http.desync_mitigation_mode"] = "defensive" if good else "monitor"
    return {"Attributes": [{"Key": key, "Value": value} for key, value in found.items()]}


def listener(protocol: str, policy: str = "") -> Members:
    said = {"SslPolicy": policy} if policy else {}
    return {
        "ListenerArn": arn("elasticloadbalancing", f"listener/{protocol}"),
        "Protocol": protocol,
        "Port": 443,
        **said,
    }


GOOD_TLS, OLD_TLS = "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-2016-08"
VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
HIDDEN = {**VISIBLE, "CloudWatchMetricsEnabled": False}


def web_acl(name: str, rules: list[Members]) -> Members:
    own = {"Name": name, "Id": name, "ARN": arn("wafv2", f"regional/webacl/{name}/1")}
    return {"WebACL": {**own, "DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBLE, "Rules": rules}}


MANAGED = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}}
RULE = {"Name": "common", "Priority": 1, "Statement": MANAGED, "VisibilityConfig": VISIBLE}
OWN_RULE = {"Name": "own", "Priority": 1, "Statement": {"GeoMatchStatement": {}}, "VisibilityConfig": HIDDEN}

BALANCERS: Mapping[str, Answer] = {
    "elb:DescribeLoadBalancers": {"LoadBalancerDescriptions": [classic(name) for name in ("good", "bad", "old")]},
    "elb:DescribeLoadBalancerAttributes": by(
        "LoadBalancerName",
        {"good": classic_attributes(True), "bad": classic_attributes(False), "old": classic_attributes(False)},
    ),
    "elb:DescribeLoadBalancerPolicies": by(
        "LoadBalancerName",
        {"good": tls_policy("good", "false"), "bad": tls_policy("bad", "true"), "old": tls_policy("old", "true")},
    ),
    "elbv2:DescribeLoadBalancers": {
        "LoadBalancers": [
            balancer(name, sort) for sort in ("application", "network") for name in ("good", "bad", "idle")
        ]
    },
    "elbv2:DescribeLoadBalancerAttributes": by(
        "LoadBalancerArn",
        {"good": balancer_attributes(True), "bad": balancer_attributes(False), "idle": balancer_attributes(False)},
    ),
    "elbv2:DescribeListeners": by(
        "LoadBalancerArn",
        {
            "application/good": {"Listeners": [listener("HTTPS", GOOD_TLS)]},
            "application/bad": {"Listeners": [listener("HTTPS", OLD_TLS), listener("HTTP")]},
            "network/good": {"Listeners": [listener("TLS", GOOD_TLS)]},
            "network/bad": {"Listeners": [listener("TLS", OLD_TLS)]},
            "idle": {"Listeners": []},
        },
    ),
    "elbv2:DescribeRules": by(
        "ListenerArn",
        {
            "HTTPS": {"Rules": [{"IsDefault": True, "Actions": [{"Type": "forward"}]}]},
            "TLS": {"Rules": [{"IsDefault": True, "Actions": [{"Type": "forward"}]}]},
            "HTTP": {"Rules": [{"IsDefault": True, "Actions": [{"Type": "forward"}]}]},
        },
    ),
    "wafv2:GetWebACLForResource": by(
        "ResourceArn",
        {
            "application/good": web_acl("good", [RULE]),
            "application/bad": {},
            "application/idle": {},
            "": Refused("WAFInvalidParameterException", 400),
        },
    ),
    "wafv2:ListWebACLs": {
        "WebACLs": [
            {"Name": name, "Id": name, "ARN": arn("wafv2", f"regional/webacl/{name}/1")}
            for name in ("good", "bad", "none")
        ]
    },
    "wafv2:GetWebACL": by(
        "ARN",
        {"good/1": web_acl("good", [RULE]), "bad/1": web_acl("bad", [OWN_RULE]), "none/1": web_acl("none", [])},
    ),
    "wafv2:GetLoggingConfiguration": by(
        "ResourceArn",
        {
            "good/1": {
                "LoggingConfiguration": {
                    "ResourceArn": arn("wafv2", "regional/webacl/good/1"),
                    "LogDestinationConfigs": [arn("logs", "log-group:aws-waf-logs-1")],
                }
            },
            "": Refused("WAFNonexistentItemException", 400),
        },
    ),
}


def group(name: str) -> Members:
    good = name == "good"
    template = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "good", "Version": "1"}
    return {
        "AutoScalingGroupName": name,
        "AutoScalingGroupARN": arn("autoscaling", f"autoScalingGroup:1:autoScalingGroupName/{name}"),
        "AvailabilityZones": ["us-east-1a", "us-east-1b"] if good else ["us-east-1a"],
        "MinSize": 1,
        "MaxSize": 1,
        "DesiredCapacity": 1,
        "DefaultCooldown": 300,
        "CreatedTime": LONG_AGO,
        "CapacityRebalance": good,
        "HealthCheckType": "ELB" if good else "EC2",
        "TargetGroupARNs": [arn("elasticloadbalancing", "targetgroup/1")],
        "MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 0}},
        "Tags": [],
        **({"LaunchTemplate": template} if good else {"LaunchConfigurationName": "bad"}),
    }


def configuration(name: str) -> Members:
    return {
        "LaunchConfigurationName": name,
        "LaunchConfigurationARN": arn("autoscaling", f"launchConfiguration:1:launchConfigurationName/{name}"),
        "ImageId": "ami-12345678",
        "InstanceType": "t3.micro",
        "CreatedTime": LONG_AGO,
        "MetadataOptions": {"HttpTokens": "required" if name == "good" else "optional", "HttpEndpoint": "enabled"},
        "AssociatePublicIpAddress": name == "bad",
        "UserData": "bm90LWEtc2VjcmV0",
    }


GROUPS: Mapping[str, Answer] = {
    "autoscaling:DescribeAutoScalingGroups": {"AutoScalingGroups": [group("good"), group("bad")]},
    "autoscaling:DescribeLaunchConfigurations": {"LaunchConfigurations": [configuration("good"), configuration("bad")]},
}

# Firewalls and lines


def firewall(name: str) -> Members:
    good = name == "good"
    return {
        "Firewall": {
            "FirewallName": name,
            "FirewallId": name,
            "VpcId": "vpc-1",
            "FirewallArn": arn("network-firewall", f"firewall/{name}"),
            "FirewallPolicyArn": arn("network-firewall", f"firewall-policy/{name}"),
            "DeleteProtection": good,
            "SubnetMappings": [{"SubnetId": f"subnet-{zone}"} for zone in ("ab" if good else "a")],
        }
    }


def firewall_logs(*sorts: str) -> Members:
    return {
        "LoggingConfiguration": {
            "LogDestinationConfigs": [
                {"LogType": sort, "LogDestinationType": "S3", "LogDestination": {"bucketName": "full-bucket"}}
                for sort in sorts
            ]
        }
    }


def firewall_policy(action: str, rules: bool) -> Members:
    groups = [{"ResourceArn": arn("network-firewall", "stateful-rulegroup/1")}] if rules else []
    named = {"FirewallPolicyName": "p", "FirewallPolicyArn": "p", "FirewallPolicyId": "p"}
    return {
        "UpdateToken": "t",
        "FirewallPolicyResponse": named,
        "FirewallPolicy": {
            "StatelessDefaultActions": [action],
            "StatelessFragmentDefaultActions": [action],
            "StatefulRuleGroupReferences": groups,
        },
    }


FIREWALLS: Mapping[str, Answer] = {
    "network-firewall:ListFirewalls": {
        "Firewalls": [
            {"FirewallName": name, "FirewallArn": arn("network-firewall", f"firewall/{name}")}
            for name in ("good", "bad")
        ]
    },
    "network-firewall:DescribeFirewall": by("FirewallArn", {"good": firewall("good"), "bad": firewall("bad")}),
    "network-firewall:DescribeLoggingConfiguration": by(
        "FirewallArn", {"good": firewall_logs("FLOW", "ALERT"), "bad": firewall_logs("ALERT")}
    ),
    "network-firewall:ListFirewallPolicies": {
        "FirewallPolicies": [
            {"Name": name, "Arn": arn("network-firewall", f"firewall-policy/{name}")} for name in ("good", "bad")
        ]
    },
    "network-firewall:DescribeFirewallPolicy": by(
        "FirewallPolicyArn",
        {"good": firewall_policy("aws:forward_to_sfe", True), "bad": firewall_policy("aws:pass", False)},
    ),
}


def line(name: str, location: str, state: str) -> Members:
    return {"connectionId": name, "connectionState": state, "location": location, "region": "us-east-1", "tags": []}


def virtual(name: str, connection: str, gateway: str) -> Members:
    found = {"virtualInterfaceId": name, "virtualInterfaceState": "available", "region": "us-east-1", "tags": []}
    return {**found, "connectionId": connection, "directConnectGatewayId": gateway, "authKey": "not-a-secret"}


LINES: Mapping[str, Answer] = {
    "directconnect:DescribeConnections": {
        "connections": [line("dxcon-1", "FR1", "available"), line("dxcon-2", "FR2", "down")]
    },
    "directconnect:DescribeVirtualInterfaces": {
        "virtualInterfaces": [
            virtual("dxvif-1", "dxcon-1", "one"),
            virtual("dxvif-2", "dxcon-2", "one"),
            virtual("dxvif-3", "dxcon-1", "two"),
        ]
    },
}

# Desktops and Lightsail


def fleet(name: str, good: bool) -> Members:
    seconds = 60 if good else 432000
    return {
        "Name": name,
        "Arn": arn("appstream", f"fleet/{name}"),
        "InstanceType": "stream.standard.small",
        "ComputeCapacityStatus": {"Desired": 1},
        "State": "RUNNING",
        "EnableDefaultInternetAccess": not good,
        "MaxUserDurationInSeconds": 600 if good else seconds,
        "IdleDisconnectTimeoutInSeconds": 60 if good else 0,
        "DisconnectTimeoutInSeconds": seconds,
    }


def desktop(name: str, good: bool) -> Members:
    found = {"WorkspaceId": name, "State": "AVAILABLE", "UserName": "a.person", "RootVolumeEncryptionEnabled": good}
    return {**found, "UserVolumeEncryptionEnabled": good}


def small_server(name: str, good: bool) -> Members:
    rule = {"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrs": ["192.0.2.0/24" if good else "0.0.0.0/0"]}
    snapshots = [{"name": "AutoSnapshot", "status": "Enabled"}] if good else []
    own = {"name": name, "arn": arn("lightsail", f"Instance/{name}"), "tags": []}
    return {**own, "networking": {"ports": [rule]}, "addOns": snapshots}


DESKTOPS: Mapping[str, Answer] = {
    "appstream:DescribeFleets": {"Fleets": [fleet("good", True), fleet("bad", False)]},
    "workspaces:DescribeWorkspaces": {"Workspaces": [desktop("ws-good", True), desktop("ws-bad", False)]},
    "lightsail:GetInstances": {"instances": [small_server("good", True), small_server("bad", False)]},
    "lightsail:GetRelationalDatabases": {
        "relationalDatabases": [
            {"name": name, "arn": arn("lightsail", f"Db/{name}"), "publiclyAccessible": name == "bad", "tags": []}
            for name in ("good", "bad")
        ]
    },
    "lightsail:GetStaticIps": {
        "staticIps": [
            {"name": name, "arn": arn("lightsail", f"StaticIp/{name}"), "isAttached": name == "good"}
            for name in ("good", "bad")
        ]
    },
}

# Names, certificates and delivery


def certificate(name: str, good: bool) -> Members:
    return {
        "CertificateArn": arn("acm", f"certificate/{name}"),
        "DomainName": f"{name}.example",
        "Status": "ISSUED",
        "Type": "AMAZON_ISSUED",
        "InUse": True,
        "NotAfter": FAR_OFF if good else LATELY,
        "KeyAlgorithm": "RSA-2048" if good else "RSA-1024",
    }


def transparency(preference: str) -> Members:
    return {"Certificate": {"Options": {"CertificateTransparencyLoggingPreference": preference}}}


def origin(good: bool) -> Members:
    versions = ["TLSv1.2"] if good else ["TLSv1", "TLSv1.2"]
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only" if good else "match-viewer"}
    custom["OriginSslProtocols"] = {"Quantity": len(versions), "Items": versions}
    return {"Id": "web", "DomainName": "web.example", "CustomOriginConfig": custom}


def bucket_origin(good: bool) -> Members:
    found = {
        "Id": "bucket",
        "DomainName": "full-bucket.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    return {**found, "OriginAccessControlId": "c" if good else ""}


def distribution(name: str, good: bool) -> Members:
    inside = {"Id": "inside", "DomainName": "inside.example", "VpcOriginConfig": {"VpcOriginId": "v"}}
    origins = [origin(good), bucket_origin(good), *([inside] if good else [])]
    criteria = {"StatusCodes": {"Quantity": 1, "Items": [500]}}
    members = {"Quantity": 2, "Items": [{"OriginId": "web"}, {"OriginId": "bucket"}]}
    failover = {"Id": "both", "FailoverCriteria": criteria, "Members": members}
    version, method = ("TLSv1.2_2021", "sni-only") if good else ("TLSv1_2016", "vip")
    return {
        "Id": name,
        "ARN": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{name}",
        "Status": "Deployed",
        "LastModifiedTime": LONG_AGO,
        "DomainName": f"{name}.cloudfront.net",
        "Aliases": {"Quantity": 0},
        "Origins": {"Quantity": len(origins), "Items": origins},
        "OriginGroups": {"Quantity": 1, "Items": [failover]} if good else {"Quantity": 0},
        "DefaultCacheBehavior": behaviour(good),
        "CacheBehaviors": {"Quantity": 0},
        "CustomErrorResponses": {"Quantity": 0},
        "Comment": "",
        "PriceClass": "PriceClass_All",
        "Enabled": True,
        "ViewerCertificate": {
            "CloudFrontDefaultCertificate": False,
            "MinimumProtocolVersion": version,
            "SSLSupportMethod": method,
        },
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        "WebACLId": "w" if good else "",
        "HttpVersion": "http2",
        "IsIPV6Enabled": True,
        "Staging": False,
    }


def behaviour(good: bool) -> Members:
    target, protocol = ("both", "redirect-to-https") if good else ("web", "allow-all")
    return {"TargetOriginId": target, "ViewerProtocolPolicy": protocol}


def distribution_config(good: bool) -> Members:
    logging = {"Enabled": good, "IncludeCookies": False, "Bucket": "full-bucket", "Prefix": ""}
    return {
        "DistributionConfig": {
            "CallerReference": "r",
            "Comment": "",
            "Enabled": True,
            "DefaultRootObject": "index.html" if good else "",
            "Origins": {"Quantity": 0, "Items": []},
            "DefaultCacheBehavior": behaviour(good),
            "Logging": logging,
        }
    }


DELIVERY: Mapping[str, Answer] = {
    "acm:ListCertificates": {"CertificateSummaryList": [certificate("good", True), certificate("bad", False)]},
    "acm:DescribeCertificate": by("CertificateArn", {"good": transparency("ENABLED"), "bad": transparency("DISABLED")}),
    "cloudfront:ListDistributions": {
        "DistributionList": {
            "Marker": "",
            "MaxItems": 100,
            "IsTruncated": False,
            "Quantity": 3,
            "Items": [distribution("EGOOD", True), distribution("EBAD", False), distribution("EDELIVERED", False)],
        }
    },
    "cloudfront:ListOriginAccessControls": {
        "OriginAccessControlList": {
            "Marker": "",
            "MaxItems": 100,
            "IsTruncated": False,
            "Quantity": 1,
            "Items": [
                {
                    "Id": "c",
                    "Name": "buckets",
                    "Description": "",
                    "SigningProtocol": "sigv4",
                    "SigningBehavior": "always",
                    "OriginAccessControlOriginType": "s3",
                }
            ],
        }
    },
    "cloudfront:ListVpcOrigins": {
        "VpcOriginList": {
            "Marker": "",
            "MaxItems": 100,
            "IsTruncated": False,
            "Quantity": 1,
            "Items": [
                {
                    "Id": "v",
                    "Name": "inside",
                    "Status": "Deployed",
                    "CreatedTime": "2025-01-01T00:00:00Z",
                    "LastModifiedTime": "2025-01-01T00:00:00Z",
                    "Arn": f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/v",
                    "OriginEndpointArn": arn("ec2", "instance/i-1"),
                }
            ],
        }
    },
    "cloudfront:GetVpcOrigin": {
        "VpcOrigin": {
            "Id": "v",
            "Arn": f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/v",
            "Status": "Deployed",
            "CreatedTime": "2025-01-01T00:00:00Z",
            "LastModifiedTime": "2025-01-01T00:00:00Z",
            "VpcOriginEndpointConfig": {
                "Name": "inside",
                "Arn": arn("ec2", "instance/i-1"),
                "HTTPPort": 80,
                "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
            },
        }
    },
    "cloudfront:GetDistributionConfig": by(
        "Id",
        {
            "EGOOD": distribution_config(True),
            "EBAD": distribution_config(False),
            "EDELIVERED": distribution_config(False),
        },
    ),
    "logs:DescribeDeliverySources": {
        "deliverySources": [
            {
                "name": "requests",
                "arn": arn("logs", "delivery-source:requests"),
                "service": "cloudfront",
                "logType": "ACCESS_LOGS",
                "resourceArns": [f"arn:aws:cloudfront::{ACCOUNT}:distribution/EDELIVERED"],
                "tags": {},
            }
        ]
    },
    "logs:DescribeDeliveries": {
        "deliveries": [
            {
                "id": "d1",
                "arn": arn("logs", "delivery:d1"),
                "deliverySourceName": "requests",
                "deliveryDestinationArn": arn("logs", "delivery-destination:requests"),
                "deliveryDestinationType": "S3",
                "tags": {},
            }
        ]
    },
}


def zone(name: str, private: bool) -> Members:
    return {
        "Id": f"/hostedzone/Z{name.upper()}",
        "Name": f"{name}.example.",
        "CallerReference": name,
        "Config": {"PrivateZone": private},
    }


QUERIES = {"Id": "q", "HostedZoneId": "ZGOOD", "CloudWatchLogsLogGroupArn": arn("logs", "log-group:/aws/route53/good")}

ZONES: Mapping[str, Answer] = {
    "route53:ListHostedZones": {
        "HostedZones": [zone("good", False), zone("bad", False), zone("own", True)],
        "Marker": "",
        "IsTruncated": False,
        "MaxItems": "100",
    },
    "route53:ListQueryLoggingConfigs": by(
        "HostedZoneId",
        {
            "ZGOOD": {"QueryLoggingConfigs": [QUERIES]},
            "": {"QueryLoggingConfigs": []},
        },
    ),
}

ANSWERS: Mapping[str, Answer] = {
    **CLIENT_VPN,
    **SYSTEMS,
    **BALANCERS,
    **GROUPS,
    **FIREWALLS,
    **LINES,
    **DESKTOPS,
    **DELIVERY,
    **ZONES,
}


def seed(client: Any) -> None:
    """Make the resources; ``client`` makes a client of a service."""
    networks(client("ec2"))
