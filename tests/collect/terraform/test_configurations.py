"""Directories of Terraform's language: what is written becomes fact, what files do not tell a gap at its place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from terraform_plans import plan, resource
from terraform_trees import BUCKET, bodies, collected, gap_paths, of_files, of_text, write

from grc.collect.files import Skipped, find
from grc.collect.terraform import recognise
from grc.collect.terraform.hcl.declare import declare
from grc.collect.terraform.hcl.modules import read_directory
from grc.model.evidence import GapReason, Origin
from grc.model.identifiers import KindName

GROUP = KindName("aws.ec2.security-group")
VOLUME = KindName("aws.ec2.volume")
DATABASE = KindName("aws.rds.instance")


def test_a_record_tells_its_file_and_line_and_that_nothing_was_planned(tmp_path: Path) -> None:
    held = of_files(tmp_path, {"live/eu/main.tf": '\n\nresource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'})
    (record,) = held.of(BUCKET)
    assert (record.file, record.line) == ("live/eu/main.tf", 3)
    assert (record.subject, record.place) == ("aws_s3_bucket.b", "file/infra/live/eu")
    assert record.origin is Origin.TEMPLATE


def test_a_bucket_and_what_refers_to_it_are_one_record(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        locals { main = aws_s3_bucket.main.id }
        resource "aws_s3_bucket" "main" { bucket = "main" }
        resource "aws_s3_bucket" "other" { bucket = "other" }
        resource "aws_s3_bucket_versioning" "main" {
          bucket = local.main
          versioning_configuration { status = "Enabled" }
        }
        resource "aws_s3_bucket_logging" "main" {
          bucket        = aws_s3_bucket.main.bucket
          target_bucket = "logs"
          target_prefix = "main/"
        }
        """,
    )
    found = bodies(held)
    assert found["aws_s3_bucket.main"]["versioning"] == {"Status": "Enabled"}
    assert found["aws_s3_bucket.main"]["logging"] == {"TargetBucket": "logs", "TargetPrefix": "main/"}
    assert "logging" not in found["aws_s3_bucket.other"]
    assert found["aws_s3_bucket.other"]["versioning"] == {}


def test_count_and_for_each_give_the_addresses_that_terraform_prints(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        r"""
        locals { names = { "a.b" = 1, "q\"]x" = 2, "${"x"}-$${y}" = 3 } }
        resource "aws_s3_bucket" "each" {
          for_each = local.names
          bucket   = "b-${each.value}"
        }
        resource "aws_s3_bucket" "count" {
          count  = 2
          bucket = "c-${count.index}"
        }
        resource "aws_s3_bucket" "none" { count = 0 }
        resource "aws_s3_bucket_versioning" "each" {
          for_each = aws_s3_bucket.each
          bucket   = each.value.id
          versioning_configuration { status = each.key == "a.b" ? "Enabled" : "Suspended" }
        }
        """,
    )
    found = bodies(held)
    assert set(found) == {
        'aws_s3_bucket.each["a.b"]',
        r'aws_s3_bucket.each["q\"]x"]',
        'aws_s3_bucket.each["x-$${y}"]',
        "aws_s3_bucket.count[0]",
        "aws_s3_bucket.count[1]",
    }
    assert found['aws_s3_bucket.each["a.b"]']["versioning"] == {"Status": "Enabled"}
    assert found[r'aws_s3_bucket.each["q\"]x"]']["versioning"] == {"Status": "Suspended"}


def test_modules_take_inputs_and_give_outputs(tmp_path: Path) -> None:
    held = of_files(
        tmp_path,
        {
            "main.tf": """
                module "b" {
                  for_each = toset(["one", "two"])
                  source   = "./modules/bucket"
                  name     = "${each.key}-x"
                }
                resource "aws_s3_bucket_versioning" "v" {
                  bucket = module.b["one"].id
                  versioning_configuration { status = "Enabled" }
                }
                """,
            "modules/bucket/main.tf": """
                variable "name" { type = string }
                resource "aws_s3_bucket" "this" { bucket = var.name }
                output "id" { value = aws_s3_bucket.this.id }
                """,
        },
    )
    found = bodies(held)
    assert set(found) == {f'module.b["{key}"].aws_s3_bucket.this' for key in ("one", "two")}
    one = found['module.b["one"].aws_s3_bucket.this']
    assert (one["Name"], one["versioning"]) == ("one-x", {"Status": "Enabled"})
    assert {unit.place for unit in held.units} == {"file/infra"}, "a called module is no root of its own"
    assert {record.file for record in held.of(BUCKET)} == {"modules/bucket/main.tf"}


def test_variables_are_set_as_terraform_sets_them(tmp_path: Path) -> None:
    held = of_files(
        tmp_path,
        {
            "main.tf": """
                variable "a" { default = "default" }
                variable "b" { default = "default" }
                variable "c" { default = "default" }
                variable "n" { type = number }
                resource "aws_s3_bucket" "b" { bucket = "${var.a}-${var.b}-${var.c}-${var.n + 1}" }
                """,
            "terraform.tfvars": 'a = "own"\nb = "own"\nn = "41"\n',
            "x.auto.tfvars.json": '{"b": "${auto}"}',
            "prod.tfvars": 'd = "prod"',
        },
    )
    assert bodies(held)["aws_s3_bucket.b"]["Name"] == "own-${auto}-default-42"
    tree = find(tmp_path)
    left_out = Skipped(path="prod.tfvars", reason="holds values that Terraform does not read by itself")
    assert recognise(tree).skipped == (left_out,)


def test_values_that_cannot_be_read_leave_no_variable_known(tmp_path: Path) -> None:
    text = 'variable "a" { default = "x" }\nresource "aws_s3_bucket" "b" { bucket = var.a }\n'
    held = of_files(tmp_path, {"main.tf": text, "terraform.tfvars": 'a = "unended\n'})
    (record,) = held.of(BUCKET)
    assert "Name" not in record.body
    assert "Name" in gap_paths(record)
    (gap,) = held.population(BUCKET).gaps
    assert gap.reason is GapReason.PARSE_ERROR
    assert (gap.detail or "").startswith("terraform.tfvars: ")


def test_what_is_not_known_is_a_gap_with_its_reason(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        variable "told" {}
        variable "hidden" {
          sensitive = true
          default   = "hunter2"
        }
        data "aws_region" "here" {}
        resource "random_id" "r" { byte_length = 4 }
        resource "aws_s3_bucket" "told" { bucket = "b-${var.told}" }
        resource "aws_s3_bucket" "hidden" { bucket = "b-${var.hidden}" }
        resource "aws_s3_bucket" "region" { bucket = data.aws_region.here.name }
        resource "aws_s3_bucket" "random" { bucket = "b-${random_id.r.hex}" }
        resource "aws_s3_bucket" "function" { bucket = timestamp() }
        """,
    )
    reasons = {record.subject: [gap.reason for gap in record.gaps if gap.path == "Name"] for record in held.of(BUCKET)}
    assert reasons == {
        "aws_s3_bucket.told": [GapReason.NOT_PROVIDED],
        "aws_s3_bucket.hidden": [GapReason.NOT_PROVIDED],
        "aws_s3_bucket.region": [GapReason.UNKNOWN_UNTIL_APPLY],
        "aws_s3_bucket.random": [GapReason.UNKNOWN_UNTIL_APPLY],
        "aws_s3_bucket.function": [GapReason.NOT_TRANSLATED],
    }
    assert "hunter2" not in repr(held.units)


def test_an_argument_that_is_not_set_is_not_guessed(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        resource "aws_ebs_volume" "v" { size = 8 }
        resource "aws_db_instance" "d" { identifier = "d" }
        """,
        VOLUME,
        DATABASE,
    )
    (volume,), (database,) = held.of(VOLUME), held.of(DATABASE)
    assert "Encrypted" in gap_paths(volume)
    assert "Encrypted" not in volume.body
    assert database.body["StorageEncrypted"] is False, "what a new one has is told with a source"


@pytest.mark.parametrize(
    "amount", ["count = var.n", "for_each = var.n", "for_each = toset([var.n])", "count = 1000000000"]
)
def test_how_many_there_are_is_not_guessed(tmp_path: Path, amount: str) -> None:
    held = of_text(
        tmp_path,
        f"""
        variable "n" {{}}
        resource "aws_s3_bucket" "many" {{
          {amount}
          bucket = "b"
        }}
        resource "aws_s3_bucket" "one" {{ bucket = "one" }}
        """,
    )
    population = held.population(BUCKET)
    assert set(bodies(held)) == {"aws_s3_bucket.one"}
    assert not population.complete
    assert (population.gaps[0].detail or "").startswith("main.tf:3: how often aws_s3_bucket.many is there")


def test_what_may_or_may_not_be_attached_leaves_its_owner_uncertain(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        variable "on" {}
        resource "aws_s3_bucket" "a" { bucket = "a" }
        resource "aws_s3_bucket" "b" { bucket = "b" }
        resource "aws_s3_bucket_versioning" "a" {
          count  = var.on ? 1 : 0
          bucket = aws_s3_bucket.a.id
          versioning_configuration { status = "Enabled" }
        }
        """,
    )
    one, other = held.of(BUCKET)
    assert "versioning" in gap_paths(one)
    assert "versioning" not in one.body
    assert other.body["versioning"] == {}


def test_a_module_that_is_not_here_could_hold_anything(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        module "vpc" { source = "terraform-aws-modules/vpc/aws" }
        resource "aws_s3_bucket" "b" { bucket = "b" }
        """,
        BUCKET,
        GROUP,
    )
    for kind in (BUCKET, GROUP):
        (gap,) = held.population(kind).gaps
        assert (gap.path, gap.reason) == ("", GapReason.NOT_PROVIDED)
        assert (
            gap.detail
            == "main.tf:2: module vpc comes from terraform-aws-modules/vpc/aws, which is not in this directory"
        )
    (record,) = held.of(BUCKET)
    assert "versioning" in gap_paths(record), "the module may set what nothing here sets"


def test_missing_and_circular_modules_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    bucket = 'resource "aws_s3_bucket" "b" { bucket = "b" }\n'
    held = of_files(
        tmp_path,
        {
            "main.tf": bucket + 'module "gone" { source = "./gone" }\nmodule "ring" { source = "./ring" }\n',
            "ring/main.tf": bucket + 'module "again" { source = "../ring2" }\n',
            "ring2/main.tf": 'module "back" { source = "../ring" }\n',
            "loop/main.tf": bucket + 'module "self" { source = "../loop" }\n',
        },
    )
    details = {gap.detail for population, _ in held.units.values() for gap in population.gaps}
    assert details == {
        "main.tf:2: module gone is at gone, where there is no module",
        "ring2/main.tf:1: module back calls itself",
        "loop/main.tf:2: module self calls itself",
    }
    subjects = {(record.place, record.subject) for record in held.of(BUCKET)}
    assert subjects == {
        ("file/infra", "aws_s3_bucket.b"),
        ("file/infra", "module.ring.aws_s3_bucket.b"),
        ("file/infra/loop", "aws_s3_bucket.b"),
    }


def test_loops_of_references_end_and_are_not_known(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        locals {
          a = local.b
          b = local.a
        }
        resource "aws_s3_bucket" "local" { bucket = local.a }
        resource "aws_s3_bucket" "one" { bucket = "x${aws_s3_bucket.two.bucket}" }
        resource "aws_s3_bucket" "two" { bucket = "x${aws_s3_bucket.one.bucket}" }
        resource "aws_s3_bucket" "counted" { count = length(aws_s3_bucket.counted) }
        """,
    )
    assert all("Name" in gap_paths(record) for record in held.of(BUCKET))
    assert len(list(held.of(BUCKET))) == 3
    assert not held.population(BUCKET).complete


@pytest.mark.parametrize(
    "broken",
    ['resource "aws_s3_bucket" "bad" {\n  bucket = [1,\n}\n', "x = = 1\n", "}}\n", 'locals {\n  a = "unended\n}\n'],
)
def test_a_syntax_error_is_told_with_its_line_and_other_files_are_read(tmp_path: Path, broken: str) -> None:
    good = 'resource "aws_s3_bucket" "good" { bucket = "good" }\n'
    held = of_files(tmp_path, {"bad.tf": f"# secret-in-the-file\n{broken}", "good.tf": good})
    assert set(bodies(held)) == {"aws_s3_bucket.good"}
    gaps = held.population(BUCKET).gaps
    assert {gap.reason for gap in gaps} == {GapReason.PARSE_ERROR}
    assert all((gap.detail or "").startswith("bad.tf") and "secret" not in (gap.detail or "") for gap in gaps)


def test_a_block_with_an_error_does_not_spoil_the_blocks_around_it(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        resource "aws_s3_bucket" "before" { bucket = "before" }
        resource "aws_s3_bucket" "bad" {
          bucket = "a" "b"
        }
        resource "aws_s3_bucket" "after" { bucket = "after" }
        """,
    )
    assert set(bodies(held)) == {"aws_s3_bucket.before", "aws_s3_bucket.after"}
    assert [(gap.detail or "")[:10] for gap in held.population(BUCKET).gaps] == ["main.tf:4:"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b'resource "aws_s3_bucket" "\xff" {}',
        b"\x00" * 100,
        b"[" * 100_000,
        b'a = "' + b"${" * 3_000,
        b"",
    ],
)
def test_no_content_of_a_file_stops_the_rest(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.tf").write_bytes(content)
    held = of_files(tmp_path, {"good.tf": 'resource "aws_s3_bucket" "good" { bucket = "good" }\n'})
    assert set(bodies(held)) == {"aws_s3_bucket.good"}
    assert bool(held.population(BUCKET).gaps) is bool(content)


def test_two_of_one_name_are_neither(tmp_path: Path) -> None:
    text = 'resource "aws_s3_bucket" "b" { bucket = "%s" }\n'
    held = of_files(tmp_path, {"a.tf": text % "one", "b.tf": text % "two"})
    assert bodies(held) == {}
    assert any("declared twice" in (gap.detail or "") for gap in held.population(BUCKET).gaps)


def test_an_override_stands_over_what_other_files_declare(tmp_path: Path) -> None:
    main = """
        locals { status = "Enabled" }
        resource "aws_s3_bucket" "b" { bucket = "one" }
        resource "aws_s3_bucket_versioning" "b" {
          bucket = aws_s3_bucket.b.id
          versioning_configuration {
            status     = local.status
            mfa_delete = "Enabled"
          }
        }
        """
    over = """
        locals { status = "Suspended" }
        resource "aws_s3_bucket" "b" { bucket = "two" }
        resource "aws_s3_bucket_versioning" "b" {
          versioning_configuration { status = local.status }
        }
        """
    held = of_files(tmp_path, {"main.tf": main, "a_override.tf": over})
    (body,) = bodies(held).values()
    assert (body["Name"], body["versioning"]["Status"], body["versioning"].get("MFADelete")) == (
        "two",
        "Suspended",
        None,
    )
    assert held.population(BUCKET).complete


def test_an_override_keeps_what_is_left_as_it_is_found(tmp_path: Path) -> None:
    main = """
        resource "aws_db_instance" "d" {
          storage_encrypted = true
          lifecycle { ignore_changes = [storage_encrypted] }
        }
        """
    over = """
        resource "aws_db_instance" "d" {
          lifecycle { prevent_destroy = true }
        }
        """
    (record,) = of_files(tmp_path, {"main.tf": main, "override.tf": over}, DATABASE).of(DATABASE)
    assert "StorageEncrypted" not in record.body
    assert ("StorageEncrypted", GapReason.NOT_PROVIDED) in {(gap.path, gap.reason) for gap in record.gaps}


def test_an_override_of_nothing_is_told(tmp_path: Path) -> None:
    text = 'resource "aws_s3_bucket" "%s" { bucket = "x" }\n'
    held = of_files(tmp_path, {"main.tf": text % "b", "override.tf": text % "c"})
    assert [gap.detail for gap in held.population(BUCKET).gaps] == ["override.tf:1: overrides what is not declared"]
    assert list(bodies(held)) == ["aws_s3_bucket.b"]


def test_what_is_imported_into_a_module_is_not_new(tmp_path: Path) -> None:
    main = """
        module "m" {
          source = "./m"
          count  = 1
        }
        import {
          to = module.m[0].aws_s3_bucket.old
          id = "old"
        }
        """
    module = """
        resource "aws_s3_bucket" "old" { bucket = "old" }
        resource "aws_s3_bucket" "new" { bucket = "new" }
        """
    found = {
        str(record.subject): record for record in of_files(tmp_path, {"main.tf": main, "m/main.tf": module}).of(BUCKET)
    }
    assert "public_access_block" in gap_paths(found["module.m[0].aws_s3_bucket.old"])
    assert "public_access_block" in found["module.m[0].aws_s3_bucket.new"].body


def test_dynamic_blocks_are_written_out(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        variable "ports" { default = { ssh = 22, web = 443 } }
        resource "aws_security_group" "g" {
          name = "g"
          dynamic "ingress" {
            for_each = var.ports
            iterator = port
            content {
              description = port.key
              from_port   = port.value
              to_port     = port.value
              protocol    = "tcp"
              cidr_blocks = ["10.0.0.0/8"]
            }
          }
        }
        """,
        GROUP,
    )
    (record,) = held.of(GROUP)
    rules: Any = record.body["IpPermissions"]
    assert [(rule["FromPort"], rule["IpRanges"]) for rule in rules] == [
        (22, [{"CidrIp": "10.0.0.0/8"}]),
        (443, [{"CidrIp": "10.0.0.0/8"}]),
    ]
    held = of_text(
        tmp_path,
        """
        variable "ports" {}
        resource "aws_security_group" "g" {
          dynamic "ingress" {
            for_each = var.ports
            content { from_port = ingress.value }
          }
        }
        """,
        GROUP,
    )
    (record,) = held.of(GROUP)
    assert "IpPermissions" in gap_paths(record)
    assert "IpPermissions" not in record.body


def test_a_policy_written_as_blocks_is_the_policy(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        resource "aws_s3_bucket" "b" { bucket = "b" }
        data "aws_iam_policy_document" "p" {
          statement {
            sid       = "Tls"
            effect    = "Deny"
            actions   = ["s3:*"]
            resources = ["arn:aws:s3:::b", "arn:aws:s3:::b/&{aws:username}"]
            principals {
              type        = "*"
              identifiers = ["*"]
            }
            condition {
              test     = "Bool"
              variable = "aws:SecureTransport"
              values   = ["false"]
            }
          }
        }
        resource "aws_s3_bucket_policy" "p" {
          bucket = aws_s3_bucket.b.id
          policy = data.aws_iam_policy_document.p.json
        }
        """,
    )
    (record,) = held.of(BUCKET)
    policy: Any = record.body["policy"]
    assert policy["Statement"] == [
        {
            "Sid": "Tls",
            "Effect": "Deny",
            "Action": ["s3:*"],
            "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/${aws:username}"],
            "Principal": {"AWS": ["*"]},
            "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
        }
    ]


def statements(folder: Path, text: str) -> list[tuple[str | None, str]]:
    """The ids and effects of the statements of a bucket's policy, which ``data.aws_iam_policy_document.p`` writes."""
    bucket = """
        resource "aws_s3_bucket" "b" { bucket = "b" }
        resource "aws_s3_bucket_policy" "p" {
          bucket = aws_s3_bucket.b.id
          policy = data.aws_iam_policy_document.p.json
        }
        """
    (record,) = of_files(folder, {"bucket.tf": bucket, "main.tf": text}).of(BUCKET)
    policy: Any = record.body["policy"]
    return [(one.get("Sid"), one["Effect"]) for one in policy["Statement"]]


def test_a_statement_stands_in_the_place_of_an_earlier_one_with_its_id(tmp_path: Path) -> None:
    """What the source denies and the policy itself allows under the same id is allowed."""
    found = statements(
        tmp_path,
        """
        data "aws_iam_policy_document" "base" {
          statement {
            sid    = "Tls"
            effect = "Deny"
          }
          statement { effect = "Deny" }
          statement { sid = "Base" }
        }
        data "aws_iam_policy_document" "over" {
          statement {
            sid    = "Base"
            effect = "Deny"
          }
          statement { sid = "Over" }
        }
        data "aws_iam_policy_document" "p" {
          source_policy_documents   = [data.aws_iam_policy_document.base.json, null]
          override_policy_documents = [data.aws_iam_policy_document.over.json]
          statement { sid = "Tls" }
          statement {}
        }
        """,
    )
    assert found == [("Tls", "Allow"), (None, "Deny"), ("Base", "Deny"), (None, "Allow"), ("Over", "Allow")]


def test_a_policy_that_rests_on_one_that_is_not_known_is_a_gap(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        variable "over" { type = string }
        data "aws_iam_policy_document" "p" {
          override_policy_documents = [var.over]
          statement { sid = "Tls" }
        }
        resource "aws_s3_bucket" "b" { bucket = "b" }
        resource "aws_s3_bucket_policy" "p" {
          bucket = aws_s3_bucket.b.id
          policy = data.aws_iam_policy_document.p.json
        }
        """,
    )
    (record,) = held.of(BUCKET)
    assert "policy" not in record.body
    assert "policy" in gap_paths(record)


ARN = """
    %s
    variable "region" { type = string }
    module "m" {
      source = "./m"
      %s
    }
    """
IN_MODULE = """
    %s
    resource "aws_s3_bucket" "b" {
      bucket = "records"
      %s
    }
    resource "aws_s3_bucket" "told" { bucket = aws_s3_bucket.b.arn }
    """


@pytest.mark.parametrize(
    ("providers", "passed", "own", "chosen", "arn"),
    [
        ('provider "aws" { region = "eu-central-1" }', "", "", "", "arn:aws:s3:::records"),
        ('provider "aws" { region = "cn-northwest-1" }', "", "", "", "arn:aws-cn:s3:::records"),
        ('provider "aws" { region = "us-gov-west-1" }', "", "", "", "arn:aws-us-gov:s3:::records"),
        ('provider "aws" { region = "us-iso-east-1" }', "", "", "", None),
        ('provider "aws" { region = var.region }', "", "", "", None),
        ('provider "aws" {}', "", "", "", None),
        ("", "", "", "", None),
        (
            'provider "aws" {\nalias = "cn"\nregion = "cn-north-1"\n}',
            "providers = { aws = aws.cn }",
            "",
            "",
            "arn:aws-cn:s3:::records",
        ),
        (
            'provider "aws" { region = "eu-central-1" }',
            "",
            'provider "aws" {\nalias = "x"\nregion = "cn-north-1"\n}',
            "provider = aws.x",
            "arn:aws-cn:s3:::records",
        ),
    ],
)
def test_a_bucket_has_its_arn_where_the_region_tells_the_partition(
    tmp_path: Path, providers: str, passed: str, own: str, chosen: str, arn: str | None
) -> None:
    held = of_files(tmp_path, {"main.tf": ARN % (providers, passed), "m/main.tf": IN_MODULE % (own, chosen)})
    assert bodies(held)["module.m.aws_s3_bucket.told"].get("Name") == arn


def test_what_is_attached_by_way_of_another_attachment_is_the_bucket_s(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        resource "aws_s3_bucket" "b" { bucket = "b" }
        resource "aws_s3_bucket_policy" "p" {
          bucket = aws_s3_bucket.b.id
          policy = "{}"
        }
        resource "aws_s3_bucket_versioning" "v" {
          bucket = aws_s3_bucket_policy.p.id
          versioning_configuration { status = "Enabled" }
        }
        resource "aws_s3_bucket" "unnamed" {}
        resource "aws_s3_bucket" "after" { bucket = aws_s3_bucket.unnamed.id }
        """,
    )
    assert bodies(held)["aws_s3_bucket.b"]["versioning"] == {"Status": "Enabled"}
    assert "Name" not in bodies(held)["aws_s3_bucket.after"]


def test_the_only_element_of_a_joined_list_names_its_owner(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        resource "aws_s3_bucket" "b" {
          count  = 1
          bucket = "b"
        }
        resource "aws_s3_bucket_versioning" "v" {
          bucket = join("", aws_s3_bucket.b.*.id)
          versioning_configuration { status = "Enabled" }
        }
        resource "aws_s3_bucket_logging" "l" {
          bucket        = aws_s3_bucket.b.*.id[0]
          target_bucket = "logs"
        }
        """,
    )
    (body,) = bodies(held).values()
    assert (body["versioning"], body["logging"]) == ({"Status": "Enabled"}, {"TargetBucket": "logs"})


def test_a_resource_given_for_an_object_gives_its_attributes(tmp_path: Path) -> None:
    held = of_files(
        tmp_path,
        {
            "main.tf": """
                resource "aws_s3_bucket" "b" { bucket = "b" }
                module "v" {
                  source = "./v"
                  bucket = aws_s3_bucket.b
                }
                """,
            "v/main.tf": """
                variable "bucket" {
                  type = object({ id = string, bucket = string, mark = optional(string, "x") })
                }
                resource "aws_s3_bucket_versioning" "v" {
                  bucket = var.bucket.id
                  versioning_configuration { status = "Enabled" }
                }
                resource "aws_s3_bucket" "logs" { bucket = "${var.bucket.bucket}-logs" }
                """,
        },
    )
    found = bodies(held)
    assert found["aws_s3_bucket.b"]["versioning"] == {"Status": "Enabled"}
    assert found["module.v.aws_s3_bucket.logs"]["Name"] == "b-logs"


def test_a_map_of_any_type_holds_elements_of_one(tmp_path: Path) -> None:
    """Beside a text a truth value is a text, and no text is equal to true."""
    held = of_text(
        tmp_path,
        """
        variable "settings" {
          type    = map(any)
          default = { versioned = true, name = "b" }
        }
        resource "aws_s3_bucket" "b" { bucket = var.settings.name }
        resource "aws_s3_bucket_versioning" "v" {
          bucket = aws_s3_bucket.b.id
          versioning_configuration { status = var.settings.versioned == true ? "Enabled" : "Suspended" }
        }
        """,
    )
    assert bodies(held)["aws_s3_bucket.b"]["versioning"] == {"Status": "Suspended"}


@pytest.mark.parametrize("effect", ['["Allow"]', "{}", "null", '"allow"'])
def test_a_policy_that_no_policy_is_is_a_gap(tmp_path: Path, effect: str) -> None:
    held = of_text(
        tmp_path,
        f"""
        resource "aws_s3_bucket" "b" {{ bucket = "b" }}
        resource "aws_s3_bucket_policy" "p" {{
          bucket = aws_s3_bucket.b.id
          policy = jsonencode({{ Statement = [{{ Effect = {effect}, Principal = "*", Action = "*" }}] }})
        }}
        """,
    )
    (record,) = held.of(BUCKET)
    assert [(gap.path, gap.reason) for gap in record.gaps if gap.path == "access"] == [
        ("access", GapReason.PARSE_ERROR)
    ]


def test_default_tags_of_the_provider_reach_every_resource(tmp_path: Path) -> None:
    held = of_files(
        tmp_path,
        {
            "main.tf": """
                provider "aws" {
                  default_tags { tags = { Owner = "ops", Env = "prod" } }
                }
                provider "aws" {
                  alias = "bare"
                }
                resource "aws_s3_bucket" "a" { tags = { Env = "test" } }
                resource "aws_s3_bucket" "b" { provider = aws.bare }
                module "m" { source = "./m" }
                module "n" {
                  source    = "./m"
                  providers = { aws = aws.bare }
                }
                """,
            "m/main.tf": 'resource "aws_s3_bucket" "c" { tags = { Who = "me" } }',
        },
    )
    assert {record.subject: record.tags for record in held.of(BUCKET)} == {
        "aws_s3_bucket.a": {"Owner": "ops", "Env": "test"},
        "aws_s3_bucket.b": None,
        "module.m.aws_s3_bucket.c": {"Owner": "ops", "Env": "prod", "Who": "me"},
        "module.n.aws_s3_bucket.c": {"Who": "me"},
    }


def test_what_is_imported_exists_already(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        import {
          to = aws_s3_bucket.old
          id = "old"
        }
        resource "aws_s3_bucket" "old" { bucket = "old" }
        """,
    )
    (record,) = held.of(BUCKET)
    assert "public_access_block" in gap_paths(record)


def test_files_are_read_below_the_root_only(tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text('{"Statement": []}')
    root = tmp_path / "root"
    held = of_files(
        root,
        {
            "main.tf": """
                resource "aws_s3_bucket" "in" { bucket = trimspace(file("${path.module}/name.txt")) }
                resource "aws_s3_bucket" "out" { bucket = file("../outside.json") }
                resource "aws_s3_bucket" "made" { bucket = templatefile("t.tftpl", { n = 2 }) }
                """,
            "name.txt": "named\n",
            "t.tftpl": "t%{ for i in range(n) }-${i}%{ endfor }",
        },
    )
    found = bodies(held)
    assert found["aws_s3_bucket.in"]["Name"] == "named"
    assert found["aws_s3_bucket.made"]["Name"] == "t-0-1"
    assert "Name" not in found["aws_s3_bucket.out"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"main.tf": 'resource "aws_s3_bucket" "linked" { bucket = "x" }'})
    root = tmp_path / "root"
    write(root, {"main.tf": 'module "m" { source = "./m" }\nresource "aws_s3_bucket" "b" { bucket = file("f") }'})
    (root / "m").symlink_to(tmp_path / "elsewhere")
    (root / "loop").symlink_to(root)
    (root / "f").symlink_to(tmp_path / "elsewhere" / "main.tf")
    held = collected(root)
    (record,) = held.of(BUCKET)
    assert (record.subject, "Name" in record.body) == ("aws_s3_bucket.b", False)
    assert not held.population(BUCKET).complete


def test_the_json_syntax_says_the_same(tmp_path: Path) -> None:
    document = {
        "variable": {"env": {"default": "prod", "type": "string"}},
        "locals": {"n": "${length([1, 2])}"},
        "resource": {
            "aws_s3_bucket": {"b": {"count": "${local.n}", "bucket": "b-${var.env}-${count.index}"}},
            "aws_s3_bucket_versioning": {
                "b": [{"bucket": "${aws_s3_bucket.b[0].id}", "versioning_configuration": {"status": "Enabled"}}]
            },
        },
    }
    held = of_files(tmp_path, {"main.tf.json": json.dumps(document, indent=1)})
    records = {record.subject: record for record in held.of(BUCKET)}
    first = records["aws_s3_bucket.b[0]"]
    assert (first.body["Name"], first.body["versioning"]) == ("b-prod-0", {"Status": "Enabled"})
    assert records["aws_s3_bucket.b[1]"].body["versioning"] == {}
    lines = json.dumps(document, indent=1).splitlines()
    assert '"b": {' in lines[(first.line or 0) - 1]
    broken = of_files(tmp_path / "broken", {"main.tf.json": "{\n\n nope"})
    assert [gap.detail for gap in broken.population(BUCKET).gaps] == ["main.tf.json:3: is not JSON"]


def test_dynamic_blocks_and_providers_of_the_json_syntax_are_those_of_the_native_one(tmp_path: Path) -> None:
    rule = {"from_port": "${it.value}", "to_port": "${it.value}", "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
    ports = {"for_each": [22, 443], "iterator": "it", "content": rule}
    document = {
        "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "west", "region": "us-west-2"}]},
        "variable": {"ports": {}},
        "resource": {
            "aws_security_group": {
                "all": {"dynamic": {"ingress": ports}},
                "both": {"ingress": [{**rule, "from_port": 80, "to_port": 80}], "dynamic": [{"ingress": [ports]}]},
                "untold": {"dynamic": {"ingress": {**ports, "for_each": "${var.ports}"}}},
                "west": {"provider": "aws.west", "tags": {"dynamic": "x"}},
            },
            "aws_instance": {
                "i": {"launch_template": {"dynamic": {"x": {"for_each": [], "content": {}}}}, "ami": "ami-1"},
            },
        },
        "module": {"far": {"source": "./far", "providers": {"aws": "aws.west"}}},
    }
    far = 'resource "aws_security_group" "far" {}'
    held = of_files(tmp_path, {"main.tf.json": json.dumps(document), "far/main.tf": far}, GROUP)
    records = {record.subject: record for record in held.of(GROUP)}
    ports_of = {
        subject: [rule["FromPort"] for rule in record.body.get("IpPermissions", ())]
        for subject, record in records.items()
    }
    assert ports_of == {
        "aws_security_group.all": [22, 443],
        "aws_security_group.both": [22, 443, 80],
        "aws_security_group.untold": [],
        "aws_security_group.west": [],
        "module.far.aws_security_group.far": [],
    }
    assert "IpPermissions" in gap_paths(records["aws_security_group.untold"])
    places = {subject: record.place for subject, record in records.items()}
    assert places["aws_security_group.all"] == "file/infra"
    assert places["aws_security_group.west"] == places["module.far.aws_security_group.far"] == "file/infra@west"


@pytest.mark.parametrize(
    "files",
    [
        {
            "main.tf": """
            resource "aws_db_instance" "some" {
              identifier          = "some"
              storage_encrypted   = true
              publicly_accessible = false
              lifecycle { ignore_changes = [storage_encrypted, tags["Owner"], engine_version] }
            }
            resource "aws_db_instance" "all" {
              identifier          = aws_db_subnet_group.g.name
              storage_encrypted   = true
              publicly_accessible = false
              lifecycle { ignore_changes = all }
            }
            """
        },
        {
            "main.tf.json": json.dumps(
                {
                    "resource": {
                        "aws_db_instance": {
                            "some": {
                                "identifier": "some",
                                "storage_encrypted": True,
                                "publicly_accessible": False,
                                "lifecycle": {"ignore_changes": ["storage_encrypted", "engine_version"]},
                            },
                            "all": {
                                "identifier": "${aws_db_subnet_group.g.name}",
                                "storage_encrypted": True,
                                "publicly_accessible": False,
                                "lifecycle": [{"ignore_changes": "all"}],
                            },
                        }
                    }
                }
            )
        },
    ],
    ids=["native", "json"],
)
def test_what_terraform_is_told_to_leave_as_it_is_found_is_not_known(tmp_path: Path, files: dict[str, str]) -> None:
    held = of_files(tmp_path, files, DATABASE)
    records = {record.subject: record for record in held.of(DATABASE)}
    some, every = records["aws_db_instance.some"], records["aws_db_instance.all"]
    left = "is left as it is found: lifecycle.ignore_changes names it"
    assert {gap.path for gap in some.gaps if gap.detail == left} == {"StorageEncrypted", "StorageEncryptionType"}
    assert "StorageEncrypted" not in some.body
    assert some.body["PubliclyAccessible"] is False
    assert {gap.path for gap in every.gaps if gap.detail == left} >= {"PubliclyAccessible", "StorageEncrypted"}
    assert not {"PubliclyAccessible", "StorageEncrypted"} & every.body.keys()


def test_plans_and_states_beside_are_places_of_their_own(tmp_path: Path) -> None:
    state = {
        "version": 4,
        "terraform_version": "1.9.8",
        "serial": 1,
        "lineage": "x",
        "resources": [
            {
                "mode": "managed",
                "type": "aws_s3_bucket",
                "name": "b",
                "instances": [{"attributes": {"bucket": "b", "id": "b"}}],
            }
        ],
    }
    planned = plan(resource("aws_s3_bucket.b", {"bucket": "b"}))
    held = of_files(
        tmp_path,
        {
            "main.tf": 'resource "aws_s3_bucket" "b" { bucket = "b" }',
            "out/plan.json": json.dumps(planned),
            "out/newer.json": json.dumps({**planned, "format_version": "2.0"}),
            "terraform.tfstate": json.dumps(state, indent=2),
            "terraform.tfstate.backup": json.dumps(state),
            "package.json": '{"version": 4}',
        },
    )
    records = {record.place: (record.origin, record.file) for record in held.of(BUCKET)}
    assert records == {
        "file/infra": (Origin.TEMPLATE, "main.tf"),
        "file/infra/out/plan.json": (Origin.PLAN, "out/plan.json"),
        "file/infra/terraform.tfstate": (Origin.STATE, "terraform.tfstate"),
    }
    (newer,) = (population for unit, (population, _) in held.units.items() if unit.place.endswith("newer.json"))
    assert "format version 2.0, and version 1 is read" in (newer.gaps[0].detail or "")
    assert "package.json" not in recognise(find(tmp_path)).paths


@pytest.mark.parametrize(
    "text",
    [
        "locals {\n" + "\n".join(f'  l{n} = "${{local.l{n - 1}}}${{local.l{n - 1}}}"' for n in range(1, 60)) + "\n"
        '  l0 = "xxxxxxxx"\n}',
        "locals {\n"
        + "\n".join(f"  l{n} = [local.l{n - 1}, local.l{n - 1}]" for n in range(1, 60))
        + "\n  l0 = [1]\n}",
        "locals {\n" + "\n".join(f"  l{n} = local.l{n - 1}" for n in range(1, 3000)) + "\n  l0 = 1\n}",
        pytest.param(
            "locals {\n  l59 = [for a in range(5000) : [for b in range(5000) : [for c in range(5000) : c]]]\n}",
            marks=pytest.mark.slow,
        ),
        "locals {\n  l59 = " + "(" * 2000 + "1" + ")" * 2000 + "\n}",
        "locals {\n  l59 = " + "!" * 20_000 + "true\n}",
        "locals {\n  l59 = " + "1 + " * 20_000 + "1\n}",
    ],
    ids=["text", "list", "chain", "loops", "nested", "negations", "sums"],
)
def test_what_grows_without_end_is_not_made(tmp_path: Path, text: str) -> None:
    last = "l2999" if "l2999" in text else "l59"
    held = of_text(tmp_path, f'{text}\nresource "aws_s3_bucket" "b" {{ bucket = jsonencode(local.{last}) }}\n')
    (record,) = held.of(BUCKET)
    assert "Name" in gap_paths(record)


def test_resources_beyond_the_most_are_in_doubt_and_not_left_out(tmp_path: Path) -> None:
    blocks = [
        f'resource "aws_s3_bucket" "{name}" {{ count = {count} }}\n' for name, count in (("a", 2), ("b", 2), ("c", 1))
    ]
    write(tmp_path, {"main.tf": "".join(blocks)})
    tree = find(tmp_path)
    declared = declare(read_directory(tree, recognise(tree).paths), "", frozenset({"aws_s3_bucket"}), most=3)
    assert [one.address for one in declared.resources] == [
        "aws_s3_bucket.a[0]",
        "aws_s3_bucket.a[1]",
        "aws_s3_bucket.c[0]",
    ]
    (doubted,) = declared.uncertain
    assert doubted.resource.address == "aws_s3_bucket.b"
    assert "one of more than 3 resources" in (doubted.gap.detail or "")


def test_what_another_resource_sets_is_read_in_the_type_of_its_argument(tmp_path: Path) -> None:
    held = of_text(
        tmp_path,
        """
        resource "aws_ebs_volume" "v" { size = "8" }
        resource "aws_unheard_of" "u" {
          name  = "u"
          count_of = 7
          many  = ["b", "a"]
        }
        resource "aws_s3_bucket" "typed" { bucket = aws_ebs_volume.v.size == 8 ? "eight" : "other" }
        resource "aws_s3_bucket" "text" { bucket = aws_unheard_of.u.name }
        resource "aws_s3_bucket" "number" { bucket = aws_unheard_of.u.count_of == 7 ? "a" : "b" }
        resource "aws_s3_bucket" "list" { bucket = aws_unheard_of.u.many[0] }
        """,
    )
    names = {record.subject.partition(".")[2]: record.body.get("Name") for record in held.of(BUCKET)}
    assert names == {"typed": "eight", "text": "u", "number": None, "list": None}


@pytest.mark.parametrize("depth", [50, 900])
def test_values_nested_without_end_are_not_taken(tmp_path: Path, depth: int) -> None:
    nested = '{"a": ' * depth + "1" + "}" * depth
    held = of_files(
        tmp_path,
        {
            "main.tf": 'variable "v" {}\nresource "aws_s3_bucket" "b" { tags = var.v }\n'
            'resource "aws_lambda_function" "f" {\n  environment { variables = jsondecode(file("v.json")) }\n}\n',
            "terraform.tfvars.json": f'{{"v": {nested}}}',
            "v.json": nested,
            "plan.json": json.dumps(plan(resource("aws_lambda_function.p", {"environment": []})))[:-1]
            + f', "x": {nested}}}',
        },
        BUCKET,
        "aws.lambda.function",
    )
    assert {record.subject for record in held.of(BUCKET)} == {"aws_s3_bucket.b"}
    assert "aws_lambda_function.f" in {record.subject for record in held.of(KindName("aws.lambda.function"))}


def test_a_name_that_is_no_text_is_left_out_and_said_so(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"odd-\xff.tf")).write_text('resource "aws_s3_bucket" "odd" {}')
    except OSError:
        pytest.skip("this file system has text names only")
    held = of_files(tmp_path, {"new\nline/main.tf": 'resource "aws_s3_bucket" "b" { bucket = "b" }'})
    assert [record.file for record in held.of(BUCKET)] == ["new\nline/main.tf"]
    (skipped,) = find(tmp_path).skipped
    assert skipped.path == "odd-\\xff.tf"
