"""What a configuration sets in a way that is easily overlooked is told as it is, or is a gap."""

from __future__ import annotations

from pathlib import Path

import pytest
from terraform_trees import BUCKET, bodies, gap_paths, of_files, of_text

from grc.model.evidence import Record
from grc.model.identifiers import KindName


def one(folder: Path, kind: str, text: str) -> Record:
    (record,) = of_text(folder, text, kind).of(KindName(kind))
    return record


@pytest.mark.parametrize("argument", ["target", "route_key"])
def test_an_interface_made_with_a_target_has_a_route_and_a_stage_that_are_not_seen(
    tmp_path: Path, argument: str
) -> None:
    text = 'resource "aws_apigatewayv2_api" "a" {\n name = "a"\n protocol_type = "HTTP"\n %s = "x"\n}'
    record = one(tmp_path, "aws.apigatewayv2.api", text % argument)
    assert {"routes", "stages"} <= {*gap_paths(record)}
    assert not {"routes", "stages"} & record.body.keys()


def test_an_interface_made_of_a_document_has_routes_that_are_not_seen(tmp_path: Path) -> None:
    text = """
        resource "aws_apigatewayv2_api" "a" {
          name          = "a"
          protocol_type = "HTTP"
          body          = "{}"
        }
        resource "aws_apigatewayv2_route" "r" {
          api_id             = aws_apigatewayv2_api.a.id
          route_key          = "GET /"
          authorization_type = "AWS_IAM"
        }
        """
    record = one(tmp_path, "aws.apigatewayv2.api", text)
    assert "routes" not in record.body
    assert record.body["stages"] == []


@pytest.mark.parametrize(("told", "stages"), [('stage_name = "live"', ["live"]), ("", [])])
def test_a_deployment_may_make_a_stage(tmp_path: Path, told: str, stages: list[str]) -> None:
    text = """
        resource "aws_api_gateway_rest_api" "a" { name = "a" }
        resource "aws_api_gateway_deployment" "d" {
          rest_api_id = aws_api_gateway_rest_api.a.id
          %s
        }
        """
    record = one(tmp_path, "aws.apigateway.rest-api", text % told)
    assert [stage["stageName"] for stage in record.body["stages"]] == stages
    assert ("stages[0].webAclArn" in gap_paths(record)) is bool(stages)


@pytest.mark.parametrize(
    ("told", "enabled"), [('bucket = "logs.s3.amazonaws.com"', True), ("include_cookies = true", False)]
)
def test_a_distribution_that_only_tells_of_cookies_records_nothing(tmp_path: Path, told: str, enabled: bool) -> None:
    text = 'resource "aws_cloudfront_distribution" "d" {\n enabled = true\n logging_config {\n %s\n }\n}'
    record = one(tmp_path, "aws.cloudfront.distribution", text % told)
    assert record.body["config"]["Logging"]["Enabled"] is enabled


def test_a_bucket_for_logs_that_is_known_after_apply_is_one(tmp_path: Path) -> None:
    text = """
        resource "aws_s3_bucket" "logs" {}
        resource "aws_cloudfront_distribution" "d" {
          enabled = true
          logging_config { bucket = aws_s3_bucket.logs.bucket_domain_name }
        }
        """
    record = one(tmp_path, "aws.cloudfront.distribution", text)
    assert record.body["config"]["Logging"]["Enabled"] is True


def test_a_bucket_for_logs_that_nobody_told_may_be_none(tmp_path: Path) -> None:
    text = """
        variable "bucket" {}
        resource "aws_cloudfront_distribution" "d" {
          enabled = true
          logging_config { bucket = var.bucket }
        }
        """
    record = one(tmp_path, "aws.cloudfront.distribution", text)
    assert "config.Logging.Enabled" in gap_paths(record)


def test_whether_a_warehouse_is_public_hangs_on_the_provider_s_version(tmp_path: Path) -> None:
    record = one(tmp_path, "aws.redshift.cluster", 'resource "aws_redshift_cluster" "c" { cluster_identifier = "c" }')
    assert "PubliclyAccessible" in gap_paths(record)


@pytest.mark.parametrize(("word", "told"), [("TCP", "tcp"), ("all", "-1"), ("6", "tcp"), ("-1", "-1"), ("50", "50")])
def test_protocols_of_rules_are_told_in_the_words_of_aws(tmp_path: Path, word: str, told: str) -> None:
    text = """
        resource "aws_security_group" "g" {
          ingress {
            protocol    = "%s"
            from_port   = 22
            to_port     = 22
            cidr_blocks = ["0.0.0.0/0"]
          }
        }
        resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id = aws_security_group.g.id
          ip_protocol       = "%s"
          cidr_ipv4         = "0.0.0.0/0"
        }
        """
    record = one(tmp_path, "aws.ec2.security-group", text % (word, word))
    assert [rule["IpProtocol"] for rule in record.body["IpPermissions"]] == [told, told]


def test_a_protocol_in_no_word_of_aws_is_not_known(tmp_path: Path) -> None:
    text = 'resource "aws_security_group" "g" {\n ingress {\n protocol = "tcpx"\n from_port = 1\n to_port = 2\n }\n}'
    assert "IpPermissions[0].IpProtocol" in gap_paths(one(tmp_path, "aws.ec2.security-group", text))


def test_actions_of_network_rules_are_told_in_the_words_of_aws(tmp_path: Path) -> None:
    text = """
        resource "aws_network_acl" "n" {
          ingress {
            action   = "ALLOW"
            protocol = "tcp"
            rule_no  = 1
          }
        }
        resource "aws_network_acl_rule" "r" {
          network_acl_id = aws_network_acl.n.id
          rule_action    = "Allow"
          protocol       = "tcp"
          rule_number    = 2
        }
        """
    record = one(tmp_path, "aws.ec2.network-acl", text)
    assert [entry["RuleAction"] for entry in record.body["Entries"]] == ["allow", "allow"]


@pytest.mark.parametrize("noun", ["role", "user"])
def test_what_is_attached_exclusively_is_not_overlooked(tmp_path: Path, noun: str) -> None:
    text = """
        resource "aws_iam_%s" "x" { name = "x" }
        resource "aws_iam_%s_policy_attachments_exclusive" "x" {
          %s_name     = aws_iam_%s.x.name
          policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
        }
        """
    record = one(tmp_path, f"aws.iam.{noun}", text.replace("%s", noun))
    assert "AttachedManagedPolicies" in gap_paths(record)


@pytest.mark.parametrize("noun", ["role", "user"])
def test_what_is_attached_one_by_one_is_told(tmp_path: Path, noun: str) -> None:
    text = """
        resource "aws_iam_%s" "x" { name = "x" }
        resource "aws_iam_%s_policy_attachment" "x" {
          %s         = aws_iam_%s.x.name
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }
        """
    kind = KindName(f"aws.iam.{noun}")
    (body,) = bodies(of_text(tmp_path, text.replace("%s", noun), kind), kind).values()
    assert body["AttachedManagedPolicies"] == [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]


@pytest.mark.parametrize(("told", "enabled"), [("logging { enable = true }", True), ("", False)])
def test_a_warehouse_that_logs_by_a_block_of_its_own_logs(tmp_path: Path, told: str, enabled: bool) -> None:
    text = 'resource "aws_redshift_cluster" "c" {\n cluster_identifier = "c"\n %s\n}'
    assert one(tmp_path, "aws.redshift.cluster", text % told).body["logging"]["LoggingEnabled"] is enabled


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ('{ name = "a", dockerLabels = { Owner = "x" }, logConfiguration = { options = { Name = "x" } } }', True),
        ('{ name = "a", Privileged = true }', False),
        ('{ name = "a", environment = [{ Name = "A", Value = "x" }] }', False),
    ],
)
def test_containers_in_another_case_are_not_taken_for_unset(tmp_path: Path, told: str, read: bool) -> None:
    text = 'resource "aws_ecs_task_definition" "t" {\n family = "t"\n container_definitions = jsonencode([%s])\n}'
    record = one(tmp_path, "aws.ecs.task-definition", text % told)
    assert ("containerDefinitions" in record.body["definition"]) is read
    assert ("definition.containerDefinitions" in gap_paths(record)) is not read


@pytest.mark.parametrize(("value", "known"), [("true", False), ("false", True)])
def test_a_default_that_a_file_of_values_beside_it_changes_is_not_known(
    tmp_path: Path, value: str, known: bool
) -> None:
    main = """
        variable "block" { default = false }
        variable "name" { default = "b" }
        resource "aws_s3_bucket" "b" { bucket = var.name }
        resource "aws_s3_bucket_public_access_block" "b" {
          bucket            = aws_s3_bucket.b.id
          block_public_acls = var.block
        }
        """
    (record,) = of_files(tmp_path, {"main.tf": main, "prod.tfvars": f"block = {value}\n"}).of(BUCKET)
    assert ("public_access_block.BlockPublicAcls" not in gap_paths(record)) is known
    assert record.body["Name"] == "b"


def test_a_resource_that_is_not_translated_is_a_gap_with_its_line(tmp_path: Path) -> None:
    text = 'resource "aws_default_security_group" "d" {\n  vpc_id = "v"\n}'
    ((population, _),) = of_text(tmp_path, text, "aws.ec2.security-group").units.values()
    assert not population.complete
    assert "main.tf:1: AWS tells aws_default_security_group.d" in (population.gaps[0].detail or "")


def test_an_origin_that_does_not_say_what_it_is_is_a_bucket(tmp_path: Path) -> None:
    """The provider sends an empty configuration of a bucket where no other is set."""
    text = """
        resource "aws_cloudfront_distribution" "d" {
          enabled = true
          origin { domain_name = "b.s3.amazonaws.com" }
          origin {
            domain_name = "clinic.example"
            custom_origin_config { origin_protocol_policy = "https-only" }
          }
        }
        """
    record = one(tmp_path, "aws.cloudfront.distribution", text)
    items = record.body["Origins"]["Items"]
    assert [item.get("S3OriginConfig") for item in items] == [{"OriginAccessIdentity": ""}, None]


def test_rules_of_a_web_acl_are_told_with_what_they_do(tmp_path: Path) -> None:
    text = """
        resource "aws_wafv2_web_acl" "a" {
          name = "a"
          rule {
            name = "common"
            override_action {
              count {}
            }
            statement {
              managed_rule_group_statement { name = "AWSManagedRulesCommonRuleSet" }
            }
            visibility_config { cloudwatch_metrics_enabled = true }
          }
          rule {
            name = "own"
            statement {}
            visibility_config { cloudwatch_metrics_enabled = false }
          }
        }
        """
    record = one(tmp_path, "aws.wafv2.web-acl", text)
    assert record.body["web_acl"]["Rules"] == [
        {
            "Name": "common",
            "OverrideAction": {"Count": {}},
            "Statement": {"ManagedRuleGroupStatement": {"Name": "AWSManagedRulesCommonRuleSet"}},
            "VisibilityConfig": {"CloudWatchMetricsEnabled": True},
        },
        {"Name": "own", "Statement": {}, "VisibilityConfig": {"CloudWatchMetricsEnabled": False}},
    ]


def test_rules_that_are_text_or_stand_elsewhere_are_not_overlooked(tmp_path: Path) -> None:
    text = """
        resource "aws_wafv2_web_acl" "a" {
          name      = "a"
          rule_json = "[]"
        }
        """
    record = one(tmp_path, "aws.wafv2.web-acl", text)
    assert record.body["web_acl"] == {}
    assert "web_acl.Rules" in gap_paths(record)
    text = """
        resource "aws_wafv2_web_acl" "a" { name = "a" }
        resource "aws_wafv2_web_acl_rule_group_association" "r" { web_acl_arn = aws_wafv2_web_acl.a.arn }
        """
    record = one(tmp_path / "group", "aws.wafv2.web-acl", text)
    assert record.body["web_acl"] == {"Rules": [{}]}
    assert "web_acl.Rules[0]" in gap_paths(record)


def test_a_group_of_one_sort_of_instances_has_no_mix(tmp_path: Path) -> None:
    text = """
        resource "aws_autoscaling_group" "g" {
          name = "g"
          %s
        }
        """
    assert "MixedInstancesPolicy" not in one(tmp_path / "one", "aws.autoscaling.group", text % "").body
    mixed = "mixed_instances_policy {\n instances_distribution {\n %s\n }\n }"
    share = "on_demand_percentage_above_base_capacity = %s"
    for told, percent in (("", 100), (share % 20, 20)):
        record = one(tmp_path / f"mix{percent}", "aws.autoscaling.group", text % (mixed % told))
        assert record.body["MixedInstancesPolicy"]["InstancesDistribution"] == {
            "OnDemandPercentageAboveBaseCapacity": percent
        }


def test_a_service_that_another_tool_deploys_may_have_sets_of_tasks(tmp_path: Path) -> None:
    text = 'resource "aws_ecs_service" "s" {\n name = "s"\n %s\n}'
    record = one(tmp_path / "ecs", "aws.ecs.service", text % "")
    assert record.body["configuration"]["taskSets"] == []
    other = 'deployment_controller {\n type = "EXTERNAL"\n }'
    record = one(tmp_path / "external", "aws.ecs.service", text % other)
    assert "taskSets" not in record.body["configuration"]
    assert "configuration.taskSets" in gap_paths(record)


def test_addresses_of_sources_are_looked_through_and_dropped(tmp_path: Path) -> None:
    text = """
        variable "second" { type = string }
        resource "aws_codebuild_project" "p" {
          name = "p"
          source { location = "https://me:ghp_0123456789abcdefghijABCDEFGHIJ012345@github.com/x/y.git" }
          %s
        }
        """
    record = one(tmp_path / "told", "aws.codebuild.project", text % "")
    assert record.body["address_secrets"]["Names"] == ["address 1"]
    assert "ghp_" not in str(record.body)
    record = one(tmp_path / "untold", "aws.codebuild.project", text % "secondary_sources { location = var.second }")
    assert "address_secrets" not in record.body
    assert "address_secrets" in gap_paths(record)
