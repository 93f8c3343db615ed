"""The remedies of the checks on AWS: none is left out, commands and arguments are real, and they do mend."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aws_commands
import pytest
from remedies_applied import HEADER, judged

from grc import kinds
from grc.catalogue.loading import Loaded
from grc.collect.terraform import load_translations
from grc.collect.terraform.hcl.syntax import read_native
from grc.collect.terraform.hcl.tree import Block
from grc.model.catalogue import Check, Declined
from grc.yamltext import read

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = ROOT / "tests" / "samples"
PROVIDER: Final[Mapping[str, Any]] = json.loads((SAMPLES / "terraform_remedies.json").read_text(encoding="utf-8"))
UNDECIDED: Final[Mapping[str, str]] = {
    check: group["reason"]
    for group in read(SAMPLES / "terraform_remedies.yaml").value["undecided"]
    for check in group["checks"]
}
META: Final = frozenset({"count", "depends_on", "for_each", "lifecycle", "provider"})


@pytest.fixture(scope="module")
def checks(shipped: Loaded) -> list[Check]:
    """The shipped checks on AWS."""
    return [placed.check for name, placed in sorted(shipped.checks.items()) if placed.check.kind.startswith("aws.")]


def test_every_check_gives_a_command_and_terraform_or_says_why_not(checks: list[Check]) -> None:
    assert len(checks) >= 452
    silent = [check.id for check in checks if check.remedy.cli is None or check.remedy.terraform is None]
    assert silent == []


def test_a_reason_reads_on_after_because(checks: list[Check]) -> None:
    """`none, because …`: it begins small, unless with a name of code, and has no stop."""
    ways = [way for check in checks for way in (check.remedy.cli, check.remedy.terraform)]
    reasons = {way.reason for way in ways if isinstance(way, Declined)}
    assert len(reasons) > 20
    assert [reason for reason in reasons if reason.endswith(".") or reason[0].isupper() or len(reason) < 20] == []


def lines(command: str) -> Iterator[str]:
    """The commands of a remedy: a line each, which a backslash carries on; comments are for the reader."""
    yield from (line for line in command.strip().replace("\\\n", " ").splitlines() if not line.startswith("#"))


def test_the_cli_takes_every_command(checks: list[Check]) -> None:
    commands = [
        (check.id, line) for check in checks if isinstance(check.remedy.cli, str) for line in lines(check.remedy.cli)
    ]
    assert len(commands) >= 440
    wrong = [(check, problem) for check, line in commands for problem in aws_commands.problems(line)]
    assert wrong == []


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("aws s3api put-bucket-versionning --bucket NAME", "no operation put-bucket-versionning of s3api"),
        ("aws s3 put-bucket-versioning --bucket NAME", "no operation put-bucket-versioning of s3"),
        ("aws ec2 delete-volume --volume ID", "ec2 delete-volume: no option --volume"),
        ("aws ec2 delete-volume", "ec2 delete-volume: VolumeId is missing"),
        ("aws ec2 copy-snapshot --encrypted yes --source-region R --source-snapshot-id I", "takes no value"),
        ("aws ec2 delete-volume --no-volume-id", "no option --no-volume-id"),
        ("aws kms enable-key-rotation --key-id ID && aws kms rotate --key-id ID", "no operation rotate of kms"),
        ("aws acm update-certificate-options --certificate-arn A --options Logging=ENABLED", "no field Logging"),
        ("aws ecr put-registry-scanning-configuration --rules '[{\"frequency\": 1}]'", "frequency"),
        ("aws appsync update-graphql-api --api-id I --name N --authentication-type TYPE", "TYPE is none of API_KEY"),
        ("aws elb modify-load-balancer-attributes --load-balancer-attributes X={A=b,C=d}", "the shell"),
        ("aws ec2 modify-launch-template --launch-template-id ID --default-version $Latest", "the shell"),
        ("aws iam list-users --max-items ten", "ten is no number"),
        ("aws iam get-user --user-name NAME …", "an ellipsis"),
    ],
)
def test_what_the_cli_would_refuse_is_told(command: str, problem: str) -> None:
    assert any(problem in found for found in aws_commands.problems(command)), aws_commands.problems(command)


def terraform(checks: list[Check]) -> Iterator[tuple[Check, str]]:
    yield from ((check, check.remedy.terraform) for check in checks if isinstance(check.remedy.terraform, str))


def test_terraform_remedies_are_whole_blocks(checks: list[Check]) -> None:
    for check, text in terraform(checks):
        document = read_native(text.encode(), check.id)
        assert document.troubles == (), check.id
        assert {block.kind for block in document.blocks} <= {"resource", "data"}, check.id


def test_the_provider_knows_every_type_and_argument(checks: list[Check]) -> None:
    used = set()
    for check, text in terraform(checks):
        for block in read_native(text.encode(), check.id).blocks:
            if block.kind == "resource":
                type_ = block.labels[0]
                used.add((type_, ""))
                used.update((type_, path) for path in paths(block))
    known = PROVIDER["arguments"]
    assert {(type_, path) for type_, path in used if path and path not in known.get(type_, {})} == set()
    assert {type_ for type_, _ in used} == set(known)
    assert {(type_, path) for type_ in known for path in known[type_]} == {one for one in used if one[1]}


def paths(block: Block, above: str = "") -> Iterator[str]:
    """The arguments and blocks of a block, by the blocks that lead to them."""
    yield from (above + name for name in block.attributes if above or name not in META)
    for inner in block.blocks:
        yield above + inner.kind
        yield from paths(inner, f"{above}{inner.kind}.")


def test_where_a_remedy_stands_in_a_configuration_its_check_passes(tmp_path: Path, checks: list[Check]) -> None:
    """The strongest proof: the resource that a remedy makes is judged as a configuration's resources are."""
    translations, known = load_translations(), kinds.load()
    passing, others = [], {}
    for check, text in terraform(checks):
        owners = [one for one in translations if one.kind == check.kind]
        told = {type_ for one in owners for type_ in (one.type, *(part.type for part in one.attached))}
        if told & {type_ for type_, _ in HEADER.findall(text)}:
            verdicts = judged(tmp_path / check.id, check, known, owners)
            assert verdicts, check.id
            if set(verdicts.values()) == {"pass"}:
                passing.append(check.id)
            else:
                others[check.id] = verdicts
    assert {check: said for check, said in others.items() if "fail" in said.values()} == {}
    assert sorted(others) == sorted(UNDECIDED)
    assert len(passing) >= 204


def test_a_remedy_that_does_not_mend_is_noticed(tmp_path: Path, checks: list[Check]) -> None:
    (versioning,) = (check for check in checks if check.id == "aws.s3.bucket.versioning")
    assert isinstance(versioning.remedy.terraform, str)
    broken = re.sub("Enabled", "Suspended", versioning.remedy.terraform)
    owners = [one for one in load_translations() if one.kind == versioning.kind]
    said = judged(tmp_path, with_terraform(versioning, broken), kinds.load(), owners)
    assert said == {"aws_s3_bucket.example": "fail"}


def with_terraform(check: Check, text: str) -> Check:
    return replace(check, remedy=replace(check.remedy, terraform=text))
