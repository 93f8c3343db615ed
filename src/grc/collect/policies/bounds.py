"""Whether conditions bound a statement to callers that are known.

Source: IAM user guide, IAM JSON policy elements: Condition operators (a key that is missing makes every operator
false but the negated ones, …IfExists and Null; the keys of one block must all hold, one of a key's values is enough);
AWS global condition context keys; Amazon S3 user guide, Blocking public access, the meaning of "public".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Final

from grc.collect.policies.patterns import is_fixed
from grc.collect.policies.statements import Condition

NEGATED: Final = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}
TEXTS: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})
ARNS: Final = frozenset({"arnequals", "arnlike"})

ARN_KEYS: Final = frozenset({"aws:sourcearn", "aws:principalarn", "s3:dataaccesspointarn"})
ACCOUNT_KEYS: Final = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:principalaccount",
        "aws:vpceaccount",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
    }
)
ORGANIZATION_KEYS: Final = frozenset({"aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"})
PATH_KEYS: Final = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"})
NETWORK_KEYS: Final = frozenset({"aws:sourcevpc", "aws:sourcevpce"})
TOKEN_KEYS: Final = frozenset({"lambda:eventsourcetoken"})
"""Keys that only one source of events has a value for, by which it is known: a skill of Alexa has no ARN in AWS."""
USER_ID: Final = "aws:userid"
SOURCE_IP: Final = "aws:sourceip"
FROM_WITHIN: Final = frozenset({"elasticfilesystem:accessedviamounttarget"})
"""Keys that are true only for who stands in the resource's own network."""

OWN: Final = {
    "${aws:resourceaccount}": frozenset({"aws:sourceaccount", "aws:principalaccount", "kms:calleraccount"}),
    "${aws:resourceorgid}": ORGANIZATION_KEYS,
}
"""Variables that stand for the resource's own account and organisation, and the keys that they bound to these."""

ARN_OF_ACCOUNT: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[0-9]{12}:.+")
TEXT_OF_ACCOUNT: Final = re.compile(r"arn:[^:*?]*:[^:*?]*:[^:*?]*:[0-9]{12}:.+")
BUCKET: Final = re.compile(r"arn:[^:*?]+:s3:[^:]*:[^:]*:[^:*?/]+")
PATH_OF_ORGANIZATION: Final = re.compile(r"o-[0-9a-z]{10,32}/.*")
SESSIONS_OF_ROLE: Final = re.compile(r"A[0-9A-Z]{15,}:.*")

WIDEST: Final = {4: 8, 6: 32}
"""The shortest prefix of a range of addresses that still names somebody; shorter ones are anybody."""
MOST: Final = {4: 2**28, 6: 2**104}
"""How many addresses all ranges of a condition may hold together."""


def bound(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """The conditions that hold only for callers that are known; none where anybody may meet them all."""
    return tuple(condition for condition in conditions if _is_bound(condition))


def shuts_out(conditions: Iterable[Condition]) -> bool:
    """Whether a Deny under these conditions holds for all but callers that are known."""
    return all(_shuts_out(condition) for condition in conditions)


def _is_bound(condition: Condition) -> bool:
    """Whether it is false for anybody else, and where its key is missing."""
    if condition.if_exists or condition.all_of or not condition.values:
        return False
    return _known_only(condition.operator, condition.key, condition.values)


def _shuts_out(condition: Condition) -> bool:
    """Whether it is true for anybody else, and where its key is missing."""
    operator = NEGATED.get(condition.operator)
    if operator is None or condition.any_of or not condition.values:
        return False
    if any(map(stands_for_own, condition.values)):  # Where such a variable has no value, a Deny does not hold.
        return False
    return _known_only(operator, condition.key, condition.values)


def _known_only(operator: str, key: str, values: tuple[str, ...]) -> bool:
    if operator == "ipaddress":
        return key == SOURCE_IP and narrow(values)
    if operator == "bool":
        return key in FROM_WITHIN and all(value.lower() == "true" for value in values)
    if operator in TEXTS | ARNS:
        return all(_known(operator, key, value) for value in values)
    return False


def _known(operator: str, key: str, value: str) -> bool:
    """Whether a value of a key names somebody: wildcards may stand only after what names them."""
    if stands_for_own(value):
        return key in OWN[value.lower()] and operator in TEXTS
    if "$" in value:
        return False
    if key in ARN_KEYS:
        return _known_arn(operator, value)
    if operator in ARNS:
        return False
    if key in PATH_KEYS:
        return is_fixed(value) or PATH_OF_ORGANIZATION.fullmatch(value) is not None
    if key == USER_ID:
        return is_fixed(value) or SESSIONS_OF_ROLE.fullmatch(value) is not None
    return key in ACCOUNT_KEYS | ORGANIZATION_KEYS | NETWORK_KEYS | TOKEN_KEYS and is_fixed(value)


def stands_for_own(value: str) -> bool:
    """Whether a value is a variable that stands for the resource's own account or organisation."""
    return value.lower() in OWN


def _known_arn(operator: str, value: str) -> bool:
    """An ARN operator compares part by part; a text operator lets a wildcard reach over the colons."""
    if is_fixed(value):
        return True
    if operator in ARNS:
        return ARN_OF_ACCOUNT.fullmatch(value) is not None or BUCKET.fullmatch(value) is not None
    return TEXT_OF_ACCOUNT.fullmatch(value) is not None


def narrow(ranges: Iterable[str]) -> bool:
    """Whether ranges of addresses name somebody: none is as wide as the Internet, nor are all of them together.

    Private addresses name nobody outside. What is no range matches nothing.
    """
    found = []
    for text in ranges:
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            return False
    four = [network for network in found if isinstance(network, IPv4Network) and not _private(network)]
    six = [network for network in found if isinstance(network, IPv6Network)]
    if any(network.overlaps(MAPPED) for network in six):
        return False
    return _few(list(collapse_addresses(four)), 4) and _few(list(collapse_addresses(six)), 6)


MAPPED: Final = IPv6Network("::ffff:0:0/96")
PRIVATE: Final = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def _private(network: IPv4Network) -> bool:
    return any(network.subnet_of(private) for private in PRIVATE)


def _few(networks: list[IPv4Network] | list[IPv6Network], version: int) -> bool:
    return (
        all(network.prefixlen >= WIDEST[version] for network in networks)
        and sum(network.num_addresses for network in networks) <= MOST[version]
    )
