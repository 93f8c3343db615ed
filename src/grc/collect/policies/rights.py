"""What a principal may do by its identity policies: everything, or what gives it more than it was given.

Source: IAM user guide, Policy evaluation logic (a Deny outweighs, a boundary bounds); IAM JSON policy elements: Action,
NotAction, Resource; Grant a user permissions to pass a role.

A condition is not counted in favour but for those that say what may be attached, to whom, or passed to which service.
Policies of the organisation and of sessions may take away more; they are not seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, Final

from grc.collect.policies import escalations
from grc.collect.policies.analysis import Analysis, Value, shape
from grc.collect.policies.bounds import ARNS, TEXTS
from grc.collect.policies.escalations import Escalation
from grc.collect.policies.patterns import covers, is_fixed, literal, matches
from grc.collect.policies.statements import Condition, Statement, read

PASSING: Final = "iam:passrole"
TAKING_ON: Final = "sts:assumerole"
AIMED: Final = frozenset({PASSING, TAKING_ON, "iam:addusertogroup", "iam:updateassumerolepolicy"})
"""Actions that give what their target holds: on named targets they count where one of these is worth taking."""
DECRYPTIONS: Final = ("kms:decrypt", "kms:reencryptfrom")
MASTERY: Final = (
    "iam:attachgrouppolicy",
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createpolicyversion",
    "iam:putgrouppolicy",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
)
"""Who may do all these to everybody may do everything."""
POWERFUL: Final = frozenset({"AdministratorAccess", "IAMFullAccess", "PowerUserAccess", "SystemAdministrator"})
"""Policies of AWS's own that give a principal rights over others."""

PASSED_TO: Final = "iam:passedtoservice"
POLICY: Final = "iam:policyarn"
BOUNDARY: Final = "iam:permissionsboundary"
SELF: Final = "${aws:username}"
OWN_ACCOUNT: Final = re.compile(r"\$\{aws:(principal|resource)account\}", re.IGNORECASE)
"""The account of the caller, and that of what is asked for: here both are the account that the policy stands in."""
PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")
NOBODY: Final = "zq9-nobody-has-this-name"
NUMBER: Final = "000000000000"
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    PASSING: ("iam::{account}:role/",),
    TAKING_ON: ("iam::{account}:role/",),
    **dict.fromkeys(DECRYPTIONS, ("kms:{region}:{account}:key/",)),
    "iam:updateassumerolepolicy": ("iam::{account}:role/",),
    "iam:addusertogroup": ("iam::{account}:group/",),
    "iam:createpolicyversion": ("iam::{account}:policy/",),
    "iam:attachgrouppolicy": ("iam::{account}:group/",),
    "iam:putgrouppolicy": ("iam::{account}:group/",),
    "iam:attachrolepolicy": ("iam::{account}:role/",),
    "iam:putrolepolicy": ("iam::{account}:role/",),
    "iam:attachuserpolicy": ("iam::{account}:user/",),
    "iam:putuserpolicy": ("iam::{account}:user/",),
}
"""The resources that an action is about; who may do it to one that nobody thought of may do it to all."""

SCHEMA: Final = shape(
    "What the policies allow",
    {
        "Admin": ("bool", "Whether all of IAM may be rewritten, and so everything be done"),
        "AdminThrough": ("texts", "The policies that give that"),
        "Escalations": ("texts", "The known ways that lead from these rights to more of them"),
        "EscalatesThrough": ("texts", "The policies that open these ways"),
        "AssumesAnyRole": ("bool", "Whether every role that trusts the account may be taken on"),
        "PassesAnyRole": ("bool", "Whether every role may be passed to some service"),
        "DecryptsAnyKey": ("bool", "Whether data under every KMS key may be decrypted"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a principal holds: its policies by name, and its boundary (None: it has none).

    ``own`` is the principal's ARN ("" for a policy by itself), ``mighty`` the ARNs of the roles, groups and policies
    that are worth having.
    """

    policies: tuple[tuple[str, tuple[Statement, ...]], ...]
    boundary: tuple[Statement, ...] | None = None
    account: str
    own: str = ""
    mighty: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grant:
    """One Allow that gives an action, and the policy that it stands in."""

    policy: str
    allow: Statement


@dataclass(slots=True)
class Granted:
    """The grants by action that no Deny and no boundary takes away."""

    by_action: dict[str, list[Grant]] = field(default_factory=dict)

    def of(self, action: str) -> list[Grant]:
        return self.by_action.get(action, [])


def identity_policy(sources: Sequence[Any], account: str) -> Value:
    """What a policy by itself allows its holder.

    Raises:
        UnreadableError: this is not a policy.
    """
    return rights(Holdings(policies=(("", read(sources[0], needed="the policy has no document")),), account=account))


def rights(held: Holdings) -> Value:
    """What a principal may do."""
    granted = _granted(held)
    admin = _through_all(granted, MASTERY, held)
    ways = [(way.id, _through(granted, way, held)) for way in escalations.load()]
    return {
        "Admin": bool(admin),
        "AdminThrough": _named(admin),
        "Escalations": sorted(name for name, grants in ways if grants),
        "EscalatesThrough": _named([grant for _, grants in ways for grant in grants]),
        "AssumesAnyRole": bool(_on_all(granted.of(TAKING_ON), TAKING_ON, held)),
        "PassesAnyRole": bool(_on_all(granted.of(PASSING), PASSING, held)),
        "DecryptsAnyKey": any(_on_all(granted.of(action), action, held) for action in DECRYPTIONS),
    }


def _named(grants: Iterable[Grant]) -> list[str]:
    return sorted({grant.policy for grant in grants} - {""})


def _granted(held: Holdings) -> Granted:
    """What is allowed and not taken away: by a Deny without conditions, or by what the boundary does not allow."""
    policies = [(name, [_placed(one, held.account) for one in policy]) for name, policy in held.policies]
    denies = [one for _, policy in policies for one in policy if not one.allows and not one.conditions]
    limit = None if held.boundary is None else _granted(Holdings(policies=(("", held.boundary),), account=held.account))
    found = Granted()
    for name, policy in policies:
        for allow in policy:
            if allow.allows and allow.resources != ():
                for action in critical(allow.actions, allow.not_actions):
                    if not _denied(action, allow, denies) and (limit is None or limit.of(action)):
                        found.by_action.setdefault(action, []).append(Grant(name, allow))
    return found


def _placed(statement: Statement, account: str) -> Statement:
    """The statement with the id of the account where a variable stands for it."""
    if statement.resources is None or not any(map(OWN_ACCOUNT.search, statement.resources)):
        return statement
    return replace(
        statement,
        resources=tuple(OWN_ACCOUNT.sub(account or NUMBER, pattern) for pattern in statement.resources),
    )


def _denied(action: str, allow: Statement, denies: Iterable[Statement]) -> bool:
    return any(
        action in critical(deny.actions, deny.not_actions) and _about_all_of(deny, allow)
        for deny in denies
        if deny.actions is not None or deny.not_actions is not None
    )


def _about_all_of(deny: Statement, allow: Statement) -> bool:
    if deny.resources is None:
        return deny.not_resources is None
    wanted = ("*",) if allow.resources is None else allow.resources
    return all(any(covers(wide, narrow) for wide in deny.resources) for narrow in wanted)


@cache
def watched() -> Mapping[str, tuple[str, ...]]:
    """The actions that matter here, by service."""
    every = {action for way in escalations.load() for action in way.actions} | {*DECRYPTIONS, *MASTERY}
    services = {action.partition(":")[0] for action in every}
    return {name: tuple(sorted(one for one in every if one.startswith(f"{name}:"))) for name in sorted(services)}


@lru_cache(maxsize=50_000)
def critical(actions: tuple[str, ...] | None, not_actions: tuple[str, ...] | None) -> frozenset[str]:
    """Those of the watched actions that a statement is about; one that names none is about all."""
    every = frozenset(action for of_service in watched().values() for action in of_service)
    if actions is not None:
        return frozenset(action for pattern in actions for action in _matched(pattern))
    return every - frozenset(action for pattern in not_actions or () for action in _matched(pattern))


@lru_cache(maxsize=50_000)
def _matched(pattern: str) -> tuple[str, ...]:
    service = pattern.partition(":")[0]
    within = [watched().get(service, ())] if is_fixed(service) else watched().values()
    return tuple(action for actions in within for action in actions if matches(pattern, action))


def _through(granted: Granted, way: Escalation, held: Holdings) -> list[Grant]:
    """The grants that open a way; none where an action of it is missing."""
    if way.bounded and held.boundary is None:
        return []
    found: list[Grant] = []
    for action in way.actions:
        serving = [grant for grant in granted.of(action) if _serves(grant.allow, action, way, held)]
        if not serving:
            return []
        found.extend(serving)
    return found


def _through_all(granted: Granted, actions: Iterable[str], held: Holdings) -> list[Grant]:
    found: list[Grant] = []
    for action in actions:
        serving = [one for one in _on_all(granted.of(action), action, held) if not _tamed(one.allow, action, held)]
        if not serving:
            return []
        found.extend(serving)
    return found


def _serves(allow: Statement, action: str, way: Escalation, held: Holdings) -> bool:
    if _tamed(allow, action, held) or (way.others and _is_about_self(allow, held.own)):
        return False
    if action in AIMED and not (_is_on_all(allow, action, held.account) or _reaches(allow, held.mighty)):
        return False
    return not (action == PASSING and way.service is not None and _passes_elsewhere(allow, way.service))


def _on_all(grants: Iterable[Grant], action: str, held: Holdings) -> list[Grant]:
    return [grant for grant in grants if _is_on_all(grant.allow, action, held.account)]


def _is_on_all(allow: Statement, action: str, account: str) -> bool:
    return allow.resources is None or any(_is_all(pattern, action, account) for pattern in allow.resources)


@lru_cache(maxsize=50_000)
def _is_all(pattern: str, action: str, account: str) -> bool:
    kinds = (kind.format(account=account or NUMBER, region=_region(pattern)) for kind in KINDS[action])
    return any(matches(pattern, f"arn:{partition}:{kind}{NOBODY}") for kind in kinds for partition in PARTITIONS)


def _region(pattern: str) -> str:
    """The region that an ARN's pattern names: all that there is in one region is all as well."""
    return pattern.split(":")[3] if pattern.count(":") > 4 else "some"


def _reaches(allow: Statement, targets: frozenset[str]) -> bool:
    return any(_matches_one(pattern, targets) for pattern in allow.resources or ())


@lru_cache(maxsize=50_000)
def _matches_one(pattern: str, targets: frozenset[str]) -> bool:
    head = literal(pattern)
    if not any(beginning.startswith(head) or head.startswith(beginning) for beginning in _beginnings(targets)):
        return False
    return any(target.startswith(head) and matches(pattern, target) for target in targets)


@lru_cache(maxsize=100)
def _beginnings(targets: frozenset[str]) -> frozenset[str]:
    """How ARNs begin, up to the account: most patterns begin otherwise."""
    return frozenset(":".join(target.split(":", 4)[:4]) for target in targets)


def _is_about_self(allow: Statement, own: str) -> bool:
    return allow.resources is not None and all(
        pattern.endswith(f"/{SELF}") or (own != "" and pattern == own) for pattern in allow.resources
    )


def _tamed(allow: Statement, action: str, held: Holdings) -> bool:
    """Whether conditions say which policies may be attached, or that who gets them stands under a boundary."""
    if action.startswith(("iam:attach", "iam:put")):
        return any(_pins(one, key, held.mighty) for one in allow.conditions for key in (POLICY, BOUNDARY))
    return False


def _pins(condition: Condition, key: str, mighty: frozenset[str]) -> bool:
    """Whether a condition holds for single policies alone, none of which is worth having."""
    return (
        condition.key == key
        and condition.operator in TEXTS | ARNS
        and not (condition.if_exists or condition.all_of or not condition.values)
        and all(is_fixed(value) and value.rpartition("/")[2] not in POWERFUL for value in condition.values)
        and mighty.isdisjoint(condition.values)
    )


def _passes_elsewhere(allow: Statement, service: str) -> bool:
    """Whether a role may be passed to other services alone."""
    return any(
        condition.key == PASSED_TO
        and condition.operator in TEXTS
        and not (condition.if_exists or condition.all_of)
        and not any(matches(value.lower(), service) for value in condition.values)
        for condition in allow.conditions
    )


ANALYSIS: Final = Analysis(takes=("policy",), schema=SCHEMA, compute=identity_policy)
