"""The least-privilege IAM policy of a demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from grc.collect.aws import allowlist, declared
from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Resource
from grc.collect.aws.plan import needs_regions
from grc.model.evidence import Demand
from grc.model.identifiers import KindName

VERSION = "2012-10-17"


def least_privilege(demand: Demand, resources: Mapping[KindName, Resource] | None = None) -> dict[str, Any]:
    """An IAM policy that allows what collecting the demand calls, and nothing else.

    Shape: a policy document as data, one statement a service. A demand without AWS kinds gives no statements.
    sts:GetCallerIdentity needs no permission and is not listed.
    """
    actions = sorted({read.action for read in demanded_reads(demand, resources)})
    prefixes = sorted({action.partition(":")[0] for action in actions})
    statements = [_statement(prefix, [one for one in actions if one.startswith(f"{prefix}:")]) for prefix in prefixes]
    return {"Version": VERSION, "Statement": statements}


def demanded_reads(demand: Demand, resources: Mapping[KindName, Resource] | None = None) -> frozenset[Read]:
    """Every operation that collecting the demand may call."""
    known = declared.load() if resources is None else resources
    wanted = [known[name] for name in demand if name in known]
    listed = {resource.listing.read for resource in wanted if resource.listing is not None}
    sections = (section for resource in wanted for section in resource.wanted(demand[resource.name]))
    return frozenset(listed | {read for section in sections for read in section.reads} | set(_regions(wanted)))


def _regions(wanted: Iterable[Resource]) -> Iterable[Read]:
    return [allowlist.load().read("ec2", "describe_regions")] if needs_regions(wanted) else []


def _statement(prefix: str, actions: list[str]) -> dict[str, Any]:
    words = "".join(word.capitalize() for word in prefix.split("-"))
    return {"Sid": f"GrcReads{words}", "Effect": "Allow", "Action": actions, "Resource": "*"}
