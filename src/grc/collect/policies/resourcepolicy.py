"""Who the policy of a resource lets in.

Source: IAM user guide, IAM JSON policy elements: Principal; Cross-account policy evaluation logic; The confused deputy
problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.policies.analysis import Analysis, Value, shape
from grc.collect.policies.bounds import ACCOUNT_KEYS, ARN_KEYS, ORGANIZATION_KEYS, PATH_KEYS, bound, stands_for_own
from grc.collect.policies.grants import left_for_anybody, left_for_some, reaches_anybody, shuts_anybody_out
from grc.collect.policies.patterns import is_fixed
from grc.collect.policies.statements import Condition, Statement, read

ACCOUNT: Final = re.compile(r"[0-9]{12}")
ACCOUNT_OF_ARN: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):.*")
OF_NO_ACCOUNT: Final = re.compile(r"arn:[^:]*:s3:[^:]*::[^:]*")
SOURCE_KEYS: Final = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceowner"})

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "Public": ("bool", "Whether anybody may do something"),
    "PublicActions": ("texts", "The patterns of actions that are open to anybody"),
    "PublicStatements": ("texts", "The Sid, or the place, of each statement that lets anybody in"),
    "OtherAccounts": ("texts", "The ids of other accounts that are let in"),
    "OtherOrganizations": ("texts", "The ids of the organisations that are let in, our own among them"),
    "OtherPrincipals": ("texts", "Who else is let in and names no account: canonical users, providers, networks"),
    "Services": ("texts", "The service principals that are let in"),
    "UnboundServices": ("texts", "Those of them that may act for any account: nothing says whose resource asks"),
    "ServiceAccounts": ("texts", "The ids of other accounts for whose resources services are let in"),
}

SCHEMA: Final = shape("Who the policy lets in", FIELDS)


@dataclass(slots=True)
class Found:
    """Who is let in, as it is gathered statement by statement."""

    actions: set[str] = field(default_factory=set)
    statements: list[str] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)
    organizations: set[str] = field(default_factory=set)
    principals: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    unbound: set[str] = field(default_factory=set)
    served: set[str] = field(default_factory=set)


def resource_policy(sources: Sequence[Any], account: str) -> Value:
    """Who a policy lets in; without a policy it lets nobody in.

    Raises:
        UnreadableError: this is not a policy.
    """
    statements = read(sources[0])
    found = Found()
    for statement in statements:
        if statement.allows:
            _gather(statement, statements, account, found)
    return {
        "Public": bool(found.statements),
        "PublicActions": sorted(found.actions),
        "PublicStatements": found.statements,
        "OtherAccounts": sorted(found.accounts - {account}),
        "OtherOrganizations": sorted(found.organizations),
        "OtherPrincipals": sorted(found.principals),
        "Services": sorted(found.services),
        "UnboundServices": sorted(found.unbound),
        "ServiceAccounts": sorted(found.served),
    }


def resource_policies(sources: Sequence[Any], account: str) -> Value:
    """Who any of several policies lets in; without one they let nobody in.

    Raises:
        UnreadableError: one of them is not a policy.
    """
    each = [resource_policy([policy], account) for policy in (sources[0] or ())]
    held = {
        name: {text for found in each for text in found[name]} for name, (kind, _) in FIELDS.items() if kind != "bool"
    }
    return {"Public": any(found["Public"] for found in each), **{name: sorted(texts) for name, texts in held.items()}}


def _gather(allow: Statement, statements: Sequence[Statement], account: str, found: Found) -> None:
    if not left_for_some(allow, statements):
        return
    bounds = bound(allow.conditions)
    _named(allow, bounds, account, found)
    if not reaches_anybody(allow):
        return
    if bounds:
        _known(bounds, found)
        return
    actions = left_for_anybody(allow, statements)
    if actions:
        found.actions.update(actions)
        found.statements.append(allow.name)
    else:
        _spared(statements, found)


def _named(allow: Statement, bounds: Sequence[Condition], account: str, found: Found) -> None:
    for kind, names in (allow.principal or {}).items():
        fixed = [name for name in names if is_fixed(name)]
        if kind == "Service":
            found.services.update(fixed)
            found.unbound.update(() if any(map(_says_whose, bounds)) else fixed)
            found.served.update(_served(bounds, account) if fixed else ())
        else:
            _sort(fixed, found)


def _says_whose(condition: Condition) -> bool:
    """Whether a bound says whose resource asks: the ARN of a bucket does not, for its name may change hands."""
    return condition.key not in ARN_KEYS or not any(map(OF_NO_ACCOUNT.fullmatch, condition.values))


def _served(bounds: Iterable[Condition], account: str) -> set[str]:
    """The other accounts that bounds name as the source: every one of them has to hold."""
    named = [
        {account if stands_for_own(value) else account_of(value) for value in condition.values}
        for condition in bounds
        if condition.key in SOURCE_KEYS
    ]
    telling = [{one for one in accounts if one is not None} for accounts in named if None not in accounts]
    return set.intersection(*telling) - {account} if telling else set()


def _spared(statements: Iterable[Statement], found: Found) -> None:
    """Whom the Denies leave in where all others are shut out."""
    for deny in statements:
        if shuts_anybody_out(deny):
            _known(deny.conditions, found)
            for names in (deny.not_principal or {}).values():
                _sort(names, found)


def _known(bounds: Iterable[Condition], found: Found) -> None:
    """Whom conditions name, other than the resource's own account and organisation by a variable."""
    for condition in bounds:
        names = [value for value in condition.values if not stands_for_own(value)]
        if condition.key in ORGANIZATION_KEYS | PATH_KEYS:
            found.organizations.update(name.partition("/")[0] for name in names)
        elif condition.key in ACCOUNT_KEYS | ARN_KEYS:
            _sort(names, found)
        else:
            found.principals.update(names)


def _sort(names: Iterable[str], found: Found) -> None:
    """Names by the account that they stand in; one that names no account stays as it is."""
    for name in names:
        account = account_of(name)
        if account is None:
            found.principals.add(name)
        else:
            found.accounts.add(account)


def account_of(name: str) -> str | None:
    """The account that a principal or a source stands in, or None where its name does not tell."""
    arn = ACCOUNT_OF_ARN.fullmatch(name)
    return arn[1] if arn is not None else name if ACCOUNT.fullmatch(name) else None


ANALYSIS: Final = Analysis(takes=("policy",), schema=SCHEMA, compute=resource_policy)
SEVERAL: Final = Analysis(
    takes=("policies",), schema=shape("Who any of the policies lets in", FIELDS), compute=resource_policies
)
