"""Terraform remedies as they would stand in a configuration: with what they refer to and what their resource needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aws_cassette import Held
from terraform_trees import collected, write
from terraform_twins import verdicts

from grc.collect.translated import Translation
from grc.model.catalogue import Check
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.policy import compile_check, demand

HEADER = re.compile(r'^resource "(\w+)" "(\w+)" \{$', re.MULTILINE)
REFERENCE = re.compile(r"(?<![\w.])(aws_\w+)\.(\w+)(\[\*\])?\.(\w+)")
PROVIDER = 'provider "aws" {\n  region = "eu-central-1"\n}\n'
NOW = datetime(2026, 11, 23, tzinfo=UTC)

NEEDED: Mapping[str, Mapping[str, str]] = {
    "aws_athena_workgroup": {"name": '"reports"'},
    "aws_backup_vault": {"name": '"nightly"'},
    "aws_ecs_service": {"name": '"appointments"'},
    "aws_ecs_task_definition": {"container_definitions": '"[]"'},
    "aws_iam_role": {"name": '"laboratory"'},
    "aws_iam_user": {"name": '"deployer"'},
    "aws_s3_bucket": {"bucket": '"clinic-records"'},
    "aws_wafv2_web_acl": {"name": '"website"', "scope": '"REGIONAL"'},
    "aws_cloudfront_distribution": {"enabled": "true"},
    "aws_codebuild_project": {"name": '"build"'},
    "aws_db_instance": {"engine": '"postgres"'},
    "aws_rds_cluster": {"engine": '"postgres"'},
}
"""Arguments that a resource must set, which a remedy leaves out where they do not decide; a check may read them."""


def judged(folder: Path, check: Check, kinds: Mapping[KindName, Kind], owners: Sequence[Translation]) -> dict[str, str]:
    """The verdict on each resource that the remedy declares or sets a part of, by its address."""
    assert isinstance(check.remedy.terraform, str)
    text, addresses = applied(check.remedy.terraform, owners)
    program = compile_check(check, kinds)
    write(folder, {"main.tf": text})
    found = collected(folder, *demand([program]))
    held = Held()
    for population, records in found.units.values():
        held.write(population, records)
    said = verdicts(held, [program], kinds, NOW)
    return {subject: verdict for (_, subject, _), verdict in said.items() if subject in addresses}


def applied(remedy: str, owners: Sequence[Translation]) -> tuple[str, frozenset[str]]:
    """The remedy with what it refers to, and the addresses of the resources that it is about."""
    declared = set(HEADER.findall(remedy))
    about = {one for one in declared if one[0] in {owner.type for owner in owners}}
    parts = {(part.type, part.by, owner.type) for owner in owners for part in owner.attached}
    for type_, by, owner in parts:
        if any(type_ == one for one, _ in declared):
            about |= {(owner, name) for name in re.findall(rf"^  {by}\s*=\s*{owner}\.(\w+)\.", remedy, re.MULTILINE)}
    bare = [f'resource "{type_}" "{name}" {{\n}}' for type_, name in sorted(about - declared)]
    whole = "\n".join([_known(remedy, declared | about), *bare])
    return PROVIDER + HEADER.sub(_completed(whole), whole), frozenset(f"{type_}.{name}" for type_, name in about)


def _known(remedy: str, here: set[tuple[str, str]]) -> str:
    """The remedy with a text in place of each reference to what is not declared with it."""

    def stand_in(match: re.Match[str]) -> str:
        type_, name, splat, attribute = match.groups()
        if (type_, name) in here:
            return match[0]
        text = (
            f'"arn:aws:{type_.split("_")[1]}:eu-central-1:111122223333:{name}"'
            if attribute.endswith("arn")
            else f'"{name}"'
        )
        return f"[{text}]" if splat else text

    return re.sub(r"\bvar\.\w+", '"known"', REFERENCE.sub(stand_in, remedy))


def _completed(text: str) -> Callable[[re.Match[str]], str]:
    """What puts the needed arguments that the block does not set behind its first line."""

    def header(match: re.Match[str]) -> str:
        body = text[match.end() : text.index("\n}", match.end() - 1)]
        needed = NEEDED.get(match[1], {})
        lacking = [
            f"  {name} = {value}" for name, value in needed.items() if not re.search(rf"^  {name}\s", body, re.M)
        ]
        return "\n".join([match[0], *lacking])

    return header
