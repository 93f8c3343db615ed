"""Where resources stand that a configuration makes in several regions or accounts: each in a place of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from terraform_plans import plan, resource
from terraform_trees import Collected, of_files

from grc.collect.terraform import open_file, open_plan
from grc.model.identifiers import KindName

REGION = KindName("aws.account-region")
DETECTOR = KindName("aws.guardduty.detector")
QUEUE = KindName("aws.sqs.queue")
BUCKET = KindName("aws.s3.bucket")
GROUP = KindName("aws.ec2.security-group")
KINDS = (REGION, DETECTOR, QUEUE, BUCKET)
MAIN = """
provider "aws" { region = "eu-central-1" }
provider "aws" {
  alias  = "west"
  region = "eu-west-1"
}
resource "aws_ebs_encryption_by_default" "here" { enabled = true }
resource "aws_guardduty_detector" "there" {
  provider = aws.west
  enable   = true
}
resource "aws_s3_bucket" "global" {
  provider = aws.west
  bucket   = "b"
}
resource "aws_sqs_queue" "own" { region = "us-east-1" }
resource "aws_sqs_queue" "untold" { region = aws_sns_topic.t.region }
module "plain" { source = "./m" }
module "passed" {
  source    = "./m"
  providers = { aws = aws.west, aws.other = aws }
}
"""
MODULE = """
resource "aws_sqs_queue" "q" {}
resource "aws_sqs_queue" "other" { provider = aws.other }
module "deep" { source = "./deep" }
"""
DEEP = 'resource "aws_sqs_queue" "q" {}\n'
LEGACY = """
provider "aws" { region = "us-west-2" }
resource "aws_sqs_queue" "q" {}
"""


def places(held: Collected) -> dict[str, str]:
    """The place of each subject, after the root."""
    every = (record for kind in sorted({unit.kind for unit in held.units}) for record in held.of(kind))
    return {str(record.subject): record.place.partition("@")[2] for record in every}


def of_document(folder: Path, document: object, opened: Any, *kinds: KindName) -> Collected:
    path = folder / "given.json"
    path.write_text(json.dumps(document))
    source = opened(path, "given.json", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    held = Collected()
    source.collect({kind: frozenset() for kind in kinds}, held, held)
    return held


def test_files_tell_the_provider_through_modules(tmp_path: Path) -> None:
    files = {"main.tf": MAIN, "m/main.tf": MODULE, "m/deep/main.tf": DEEP}
    held = of_files(tmp_path, files, *KINDS)
    assert places(held) == {
        "aws_ebs_encryption_by_default.here": "",
        "aws_guardduty_detector.there": "west",
        "aws_s3_bucket.global": "",
        "aws_sqs_queue.own": "us-east-1",
        "aws_sqs_queue.untold": "aws_sqs_queue.untold",
        "module.plain.aws_sqs_queue.q": "",
        "module.plain.aws_sqs_queue.other": "module.plain:other",
        "module.plain.module.deep.aws_sqs_queue.q": "",
        "module.passed.aws_sqs_queue.q": "west",
        "module.passed.aws_sqs_queue.other": "",
        "module.passed.module.deep.aws_sqs_queue.q": "west",
    }
    assert {unit.kind for unit in held.units if unit.place.endswith("@west")} == {DETECTOR, QUEUE}


def test_a_module_with_a_provider_of_its_own_stands_apart(tmp_path: Path) -> None:
    main = 'module "a" { source = "./m" }\nmodule "b" { source = "./m" }\n'
    held = of_files(tmp_path, {"main.tf": main, "m/main.tf": LEGACY}, QUEUE)
    assert sorted(places(held).values()) == ["module.a:", "module.b:"]


def test_what_may_not_be_there_is_a_hole_of_its_own_region(tmp_path: Path) -> None:
    main = 'resource "aws_sqs_queue" "q" {\n  provider = aws.west\n  count = var.n\n}\nvariable "n" {}\n'
    held = of_files(tmp_path, {"main.tf": main}, QUEUE)
    assert {unit.place.partition("@")[2]: bool(it.gaps) for unit, (it, _) in held.units.items()} == {
        "": False,
        "west": True,
    }


def test_two_places_never_have_one_name(tmp_path: Path) -> None:
    root = 'resource "aws_sqs_queue" "q" { provider = aws.west }\n'
    held = of_files(tmp_path, {"a/main.tf": root, "a@west/main.tf": root}, QUEUE)
    assert len(held.units) == 4
    assert sorted(len(records) for _, records in held.units.values()) == [0, 0, 1, 1]


def test_a_plan_tells_the_provider_and_the_region(tmp_path: Path) -> None:
    document = plan(
        resource("aws_guardduty_detector.a", {"enable": True}),
        resource("aws_guardduty_detector.b", {"enable": True}),
        resource("aws_guardduty_detector.c", {"enable": True, "region": "eu-west-1"}),
        resource("aws_guardduty_detector.d", {"enable": True}, refers={"region": ["var.r"]}, unknown={"region": True}),
    )
    blocks = document["configuration"]["root_module"]["resources"]
    for block, key in zip(blocks, ("aws", "aws.west", "aws.west", "aws"), strict=True):
        block["provider_config_key"] = key
    assert places(of_document(tmp_path, document, open_plan, DETECTOR)) == {
        "aws_guardduty_detector.a": "",
        "aws_guardduty_detector.b": "west",
        "aws_guardduty_detector.c": "west:eu-west-1",
        "aws_guardduty_detector.d": "aws_guardduty_detector.d",
    }


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        (("eu-west-1:1", "eu-west-1:1", None), ["", "", ""]),
        (("eu-west-1:1", "eu-west-2:1", None), ["eu-west-1:1", "eu-west-2:1", ""]),
        (("eu-west-1:1", "eu-west-1:2", ":1"), ["eu-west-1:1", "eu-west-1:2", ""]),
    ],
)
def test_a_state_tells_the_region_where_there_are_several(
    tmp_path: Path, regions: tuple[str | None, ...], expected: list[str]
) -> None:
    def queue(number: int, region: str | None) -> Mapping[str, Any]:
        arn = {} if region is None else {"arn": f"arn:aws:sqs:{region}:q"}
        return {"mode": "managed", "type": "aws_sqs_queue", "name": f"q{number}", "instances": [{"attributes": arn}]}

    resources = [queue(number, region) for number, region in enumerate(regions)]
    document = {"version": 4, "terraform_version": "1.9.8", "serial": 1, "lineage": "x", "resources": resources}
    found = places(of_document(tmp_path, document, open_file, QUEUE))
    assert [found[name] for name in sorted(found)] == expected
