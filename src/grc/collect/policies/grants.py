"""What the Allows of a policy leave after its Denies, and to whom.

Source: IAM user guide, Policy evaluation logic (a Deny that holds outweighs every Allow); IAM JSON policy elements:
Principal, NotPrincipal, Action, NotAction, Resource, NotResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from grc.collect.policies.bounds import shuts_out
from grc.collect.policies.patterns import covers, is_fixed
from grc.collect.policies.statements import Statement

EVERYTHING: Final = ("*",)


def reaches_anybody(statement: Statement) -> bool:
    """Whether a statement is about anybody, its conditions aside: ``*``, or all but some, or nobody named at all."""
    if statement.principal is None:
        return True
    return any(not is_fixed(name) for names in statement.principal.values() for name in names)


def allowed_actions(statement: Statement) -> tuple[str, ...]:
    """The patterns of what an Allow allows; one that says what it leaves out is taken for everything."""
    return EVERYTHING if statement.actions is None else statement.actions


def left_for_anybody(allow: Statement, statements: Iterable[Statement]) -> tuple[str, ...]:
    """The patterns of actions that no Deny takes from everybody who is not known, on all that the Allow is about."""
    return _left(allow, [one for one in statements if shuts_anybody_out(one)])


def shuts_anybody_out(statement: Statement) -> bool:
    """Whether a statement is a Deny for all but callers that are known."""
    if statement.allows or not shuts_out(statement.conditions):
        return False
    if statement.not_principal is not None:
        return all(is_fixed(name) for names in statement.not_principal.values() for name in names)
    return _denies_everybody(statement)


def left_for_some(allow: Statement, statements: Iterable[Statement]) -> tuple[str, ...]:
    """The patterns of actions that no Deny takes from everybody, whoever it is."""
    denies = [one for one in statements if not one.allows and _denies_everybody(one) and not one.conditions]
    return _left(allow, denies)


def _left(allow: Statement, denies: Sequence[Statement]) -> tuple[str, ...]:
    return tuple(
        action
        for action in allowed_actions(allow)
        if not any(_denies_action(deny, action) and _denies_resources(deny, allow) for deny in denies)
    )


def _denies_everybody(deny: Statement) -> bool:
    return deny.principal is not None and "*" in deny.principal.get("AWS", ())


def _denies_action(deny: Statement, action: str) -> bool:
    if deny.actions is not None:
        return any(covers(pattern, action) for pattern in deny.actions)
    return False


def _denies_resources(deny: Statement, allow: Statement) -> bool:
    """Whether a Deny is about every resource of an Allow."""
    if deny.resources is None:
        return deny.not_resources is None
    if "*" in deny.resources:
        return True
    if allow.resources is None:
        return False
    return all(any(covers(wide, narrow) for wide in deny.resources) for narrow in allow.resources)
