"""A second opinion: AWS's documented evaluation of one request against one resource policy, by brute force.

Written from the IAM user guide (policy evaluation logic; condition operators; set operators; policy variables) and
sharing nothing with the engine. It answers one request at a time and knows nothing of who is known.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any


@dataclass(frozen=True)
class Request:
    """Who asks (an ARN, or None for somebody without credentials), for what, and under which circumstances."""

    arn: str | None
    action: str
    resource: str
    context: Mapping[str, Sequence[str]]


def allowed(policy: Mapping[str, Any], request: Request) -> bool:
    """Whether the policy alone lets the request through."""
    holding = [statement for statement in listed(policy["Statement"]) if applies(statement, request)]
    effects = {statement["Effect"] for statement in holding}
    return "Allow" in effects and "Deny" not in effects


def applies(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        about_caller(statement, request.arn)
        and about(statement, "Action", request.action.lower(), lower=True)
        and about(statement, "Resource", request.resource, lower=False)
        and all(
            operator_holds(operator, keys, request.context) for operator, keys in statement.get("Condition", {}).items()
        )
    )


def about_caller(statement: Mapping[str, Any], arn: str | None) -> bool:
    if "Principal" in statement:
        return names(statement["Principal"], arn)
    return not names(statement["NotPrincipal"], arn)


def names(principal: Any, arn: str | None) -> bool:
    ids = ["*"] if principal == "*" else listed(principal.get("AWS", []))
    if "*" in ids:
        return True
    if arn is None:
        return False
    account = arn.split(":")[4]
    return any(one in (arn, account, f"arn:aws:iam::{account}:root") for one in ids)


def about(statement: Mapping[str, Any], element: str, text: str, *, lower: bool) -> bool:
    if element in statement:
        return any(like(pattern.lower() if lower else pattern, text) for pattern in listed(statement[element]))
    if "Not" + element in statement:
        return not any(
            like(pattern.lower() if lower else pattern, text) for pattern in listed(statement["Not" + element])
        )
    return True


def operator_holds(written: str, keys: Mapping[str, Any], context: Mapping[str, Sequence[str]]) -> bool:
    qualifier, _, operator = written.rpartition(":")
    return all(
        key_holds(qualifier.lower(), operator.lower(), key.lower(), listed(values), context)
        for key, values in keys.items()
    )


def key_holds(
    qualifier: str, operator: str, key: str, values: Sequence[str], context: Mapping[str, Sequence[str]]
) -> bool:
    asked = context.get(key)
    optional, operator = operator.endswith("ifexists"), operator.removesuffix("ifexists")
    if operator == "null":
        return any((value.lower() == "true") is (asked is None) for value in values)
    negated = "not" in operator
    if asked is None:
        if qualifier == "forallvalues":
            return True
        if qualifier == "foranyvalue":
            return False
        return optional or negated
    each = [negated is not any(meets(operator, value, one, context) for value in values) for one in asked]
    return all(each) if qualifier == "forallvalues" else any(each)


def meets(operator: str, value: str, asked: str, context: Mapping[str, Sequence[str]]) -> bool:
    """Whether a value of the request meets a value of the policy, negation aside."""
    operator = operator.replace("not", "", 1)
    if operator == "ipaddress":
        return inside(asked, value)
    if operator == "bool":
        return asked.lower() == value.lower()
    if operator.startswith("date"):
        return asked < value
    resolved = variables(value, context)
    if resolved is None:
        return False
    if operator == "stringequals":
        return asked == resolved
    if operator == "stringequalsignorecase":
        return asked.lower() == resolved.lower()
    if operator == "stringlike":
        return like(resolved, asked)
    assert operator in ("arnlike", "arnequals"), operator
    return arn_like(resolved, asked)


def variables(value: str, context: Mapping[str, Sequence[str]]) -> str | None:
    for found in re.findall(r"\$\{([^}]*)\}", value):
        held = context.get(found.lower())
        if held is None:
            return None
        value = value.replace("${" + found + "}", held[0])
    return value


def arn_like(pattern: str, arn: str) -> bool:
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    return len(ours) == len(theirs) == 6 and all(like(one, other) for one, other in zip(ours, theirs, strict=True))


@lru_cache(maxsize=1 << 16)
def like(pattern: str, text: str) -> bool:
    """Wildcards, by going through both from the left."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(like(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and like(pattern[1:], text[1:])


@lru_cache(maxsize=1 << 16)
def inside(address: str, network: str) -> bool:
    try:
        found, asked = ip_network(network, strict=False), ip_address(address)
    except ValueError:
        return False
    return asked.version == found.version and asked in found


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


OURS, PARTNER, STRANGER = "111111111111", "222222222222", "999999999999"
OUR_ORGANIZATION, THEIRS = "o-ourcompany1", "o-strangers99"
CROSSING = f"arn:aws:iam::{STRANGER}:role/x:{PARTNER}:/y"
"""A role of a stranger whose path is made to look like an ARN of somebody known."""

CALLERS = (None, f"arn:aws:iam::{STRANGER}:user/mallory", CROSSING)
ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteBucket")
RESOURCES = ("arn:aws:s3:::ours", "arn:aws:s3:::ours/a/report.pdf")
ADDRESSES = ("8.8.8.8", "200.200.200.200", "2a00:1450::1")
WAYS: tuple[Mapping[str, Sequence[str]], ...] = (
    {},
    {"aws:sourcevpc": ["vpc-strange"], "aws:sourcevpce": ["vpce-strange"], "aws:vpceaccount": [STRANGER]},
    {"aws:sourcearn": [f"arn:aws:sns:us-east-1:{STRANGER}:topic"], "aws:sourceaccount": [STRANGER]},
    {"aws:sourcearn": ["arn:aws:s3:::strange-bucket"], "aws:sourceaccount": [STRANGER]},
)


def context_of(arn: str | None, address: str, way: Mapping[str, Sequence[str]], *, tls: bool) -> dict[str, Any]:
    told: dict[str, Sequence[str]] = {
        "aws:securetransport": [str(tls).lower()],
        "aws:currenttime": ["2026-01-02T03:04:05Z"],
        "aws:referer": ["https://ours.example/"],
        **way,
    }
    if "aws:sourcevpce" not in way:
        told["aws:sourceip"] = [address]
    if arn is not None:
        told |= {
            "aws:principalarn": [arn],
            "aws:principalaccount": [STRANGER],
            "kms:calleraccount": [STRANGER],
            "aws:principalorgid": [THEIRS],
            "aws:principalorgpaths": [f"{THEIRS}/r-abcd/ou-abcd-1/", f"{THEIRS}/r-abcd/"],
            "aws:userid": ["AIDASTRANGERSTRANGER"],
            "aws:username": ["mallory"],
            "aws:principaltag/team": ["ours"],
        }
    return told


def strangers() -> Iterator[Request]:
    """Every request that the judge tries: nobody in it has anything to do with us."""
    for arn, address, way, tls in itertools.product(CALLERS, ADDRESSES, WAYS, (True, False)):
        context = context_of(arn, address, way, tls=tls)
        for action, resource in itertools.product(ACTIONS, RESOURCES):
            yield Request(arn, action, resource, context)


STRANGERS = tuple(strangers())
READING = tuple(one for one in STRANGERS if (one.action, one.resource) == (ACTIONS[0], RESOURCES[1]))
"""One request of each sort of stranger."""


def open_to_strangers(policy: Mapping[str, Any], requests: Sequence[Request] = STRANGERS) -> Request | None:
    """A stranger's request that goes through, or None."""
    return next((request for request in requests if allowed(policy, request)), None)
