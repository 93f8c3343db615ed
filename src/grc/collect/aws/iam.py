"""The least-privilege IAM policy of a demand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from grc.collect.aws import allowlist, declared
from grc.collect.aws.accounts import ASSUME, Members
from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Resource
from grc.collect.aws.plan import needs_regions
from grc.model.evidence import Demand
from grc.model.identifiers import KindName

VERSION: Final = "2012-10-17"
MANAGED_POLICY_LIMIT: Final = 6_144
"""Characters of a managed policy, spaces not counted. Source: IAM and STS quotas, IAM User Guide."""

Document = dict[str, Any]


def least_privilege(demand: Demand, resources: Mapping[KindName, Resource] | None = None) -> Document:
    """An IAM policy that allows what collecting the demand calls, and nothing else.

    Shape: a policy document as data, one statement a service. A demand without AWS kinds gives no statements.
    sts:GetCallerIdentity needs no permission and is not listed.
    """
    actions = sorted({read.action for read in demanded_reads(demand, resources)})
    prefixes = sorted({action.partition(":")[0] for action in actions})
    statements = [_statement(prefix, [one for one in actions if one.startswith(f"{prefix}:")]) for prefix in prefixes]
    return {"Version": VERSION, "Statement": statements}


def entering(members: Members) -> Document:
    """What whoever runs a scan needs beside reading: to take on the role of each other account, and to list them.

    Shape: as of ``least_privilege``. Any partition: a policy cannot ask in which it is.
    """
    accounts = ["*"] if members.accounts is None else sorted({*members.accounts} - members.left_out)
    roles = [f"arn:*:iam::{account}:role/{members.role}" for account in accounts]
    statements = [{"Sid": "GrcEntersAccounts", "Effect": "Allow", "Action": [ASSUME], "Resource": roles}]
    if members.accounts is None:
        lists = allowlist.load().read("organizations", "list_accounts").action
        statements.append({"Sid": "GrcListsAccounts", "Effect": "Allow", "Action": [lists], "Resource": ["*"]})
    return {"Version": VERSION, "Statement": statements}


def demanded_reads(demand: Demand, resources: Mapping[KindName, Resource] | None = None) -> frozenset[Read]:
    """Every operation that collecting the demand may call."""
    known = declared.load() if resources is None else resources
    wanted = [known[name] for name in demand if name in known]
    listed = {read for resource in wanted for listing in resource.listings for read in listing.reads}
    sections = (section for resource in wanted for section in resource.wanted(demand[resource.name]))
    return frozenset(listed | {read for section in sections for read in section.reads} | set(_regions(wanted)))


def managed(policy: Document, limit: int = MANAGED_POLICY_LIMIT) -> list[Document]:
    """The policy as documents that are no longer than a managed policy may be: together they allow the same.

    A statement that is too long alone is cut in two. Statements keep their order, so a service stands in one document
    or in neighbouring ones.
    """
    documents: list[Document] = []
    for statement in _short_enough(policy["Statement"], limit):
        if documents and length(_with(documents[-1], statement)) <= limit:
            documents[-1] = _with(documents[-1], statement)
        else:
            documents.append({"Version": policy["Version"], "Statement": [statement]})
    return documents


def length(policy: Document) -> int:
    """The characters of a policy as IAM counts them."""
    return len(json.dumps(policy, separators=(",", ":")))


def _short_enough(statements: Iterable[Document], limit: int) -> Iterator[Document]:
    for statement in statements:
        if length({"Version": VERSION, "Statement": [statement]}) <= limit or len(statement["Action"]) == 1:
            yield statement
            continue
        half = len(statement["Action"]) // 2
        first = {**statement, "Action": statement["Action"][:half]}
        second = {**statement, "Sid": f"{statement['Sid']}More", "Action": statement["Action"][half:]}
        yield from _short_enough((first, second), limit)


def _with(policy: Document, statement: Document) -> Document:
    return {**policy, "Statement": [*policy["Statement"], statement]}


def _regions(wanted: Iterable[Resource]) -> Iterable[Read]:
    return [allowlist.load().read("ec2", "describe_regions")] if needs_regions(wanted) else []


def _statement(prefix: str, actions: list[str]) -> Document:
    words = "".join(word.capitalize() for word in prefix.split("-"))
    return {"Sid": f"GrcReads{words}", "Effect": "Allow", "Action": actions, "Resource": "*"}
