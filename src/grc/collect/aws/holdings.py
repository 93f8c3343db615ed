"""Which policies a user, a group or a role holds: its own, those attached, those of its groups, and its boundary.

Source: iam:GetAccountAuthorizationDetails. The policies, the groups and the roles of the account are read once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from grc.collect.aws import allowlist
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Call
from grc.collect.policies import UnreadableError
from grc.collect.policies.rights import Holdings, rights
from grc.collect.policies.statements import Statement, read
from grc.model.evidence import Gap, GapReason

METHOD: Final = "get_account_authorization_details"
OWN: Final = ("UserPolicyList", "GroupPolicyList", "RolePolicyList")
PAGE: Final = 1000
SERVICE_LINKED: Final = "/aws-service-role/"

Item = Mapping[str, Any]
Named = tuple[str, tuple[Statement, ...]]
Documents = Mapping[str, Any]


def rights_of(account: Account, item: Item) -> dict[str, Any]:
    """What a listed user, group or role may do.

    Raises:
        CallError: a policy that it holds could not be had or read.
    """
    return _rights(account, item, account.once.get("mighty", lambda: _mighty(account)))


def _rights(account: Account, item: Item, mighty: frozenset[str]) -> dict[str, Any]:
    try:
        return rights(_holdings(account, item, mighty))
    except UnreadableError as error:
        raise _failed(GapReason.MALFORMED, str(error)) from error


def _mighty(account: Account) -> frozenset[str]:
    """What is worth having: roles, groups and policies that give every right, or a way to it.

    AWS's own roles cannot be taken on. A policy that cannot be read is worth having for all that is known.
    """
    found = {arn for arn, policy in _policies(account).items() if _is_mighty(policy, account.identity.account)}
    for holder in (*_listed(account, "RoleDetailList", ("Role",)), *_groups(account).values()):
        if not str(holder.get("Path", "")).startswith(SERVICE_LINKED):
            held = _rights(account, holder, frozenset(found))
            if held["Admin"] or held["Escalations"]:
                found.add(str(holder.get("Arn")))
    return frozenset(found)


def _is_mighty(policy: object, account: str) -> bool:
    if not isinstance(policy, tuple):
        return True
    held = rights(Holdings(policies=(("", policy),), account=account))
    return bool(held["Admin"] or held["Escalations"])


def _holdings(account: Account, item: Item, mighty: frozenset[str]) -> Holdings:
    groups = _groups(account) if item.get("GroupList") else {}
    holders = [item, *(_found(groups, name, "group") for name in item.get("GroupList", ()))]
    boundary = item.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return Holdings(
        policies=tuple(policy for holder in holders for policy in _held(account, holder)),
        boundary=None if boundary is None else _read(_found(_policies(account), boundary, "boundary")),
        account=account.identity.account,
        own=str(item.get("Arn", "")),
        mighty=mighty,
    )


def _held(account: Account, holder: Item) -> Iterator[Named]:
    """A holder's own policies, and those attached to it."""
    for name in OWN:
        for policy in holder.get(name, ()):
            yield str(policy.get("PolicyName", "")), _read(policy.get("PolicyDocument"))
    for attached in holder.get("AttachedManagedPolicies", ()):
        document = _found(_policies(account), attached.get("PolicyArn"), "policy")
        yield str(attached.get("PolicyName", "")), _read(document)


def _read(document: object) -> tuple[Statement, ...]:
    return document if isinstance(document, tuple) else read(document, needed="a policy comes without its document")


def _policies(account: Account) -> Documents:
    """The statements in force of every managed policy, by ARN; the document where it cannot be read."""
    return _once(account, "managed-policies", lambda: dict(_managed(account)))


def _managed(account: Account) -> Iterator[tuple[str, Any]]:
    for policy in _listed(account, "Policies", ("LocalManagedPolicy", "AWSManagedPolicy")):
        versions = policy.get("PolicyVersionList", ())
        document = next((one.get("Document") for one in versions if one.get("IsDefaultVersion")), None)
        try:
            yield str(policy.get("Arn")), read(document, needed="a policy comes without its document")
        except UnreadableError:
            yield str(policy.get("Arn")), document


def _groups(account: Account) -> Documents:
    return _once(account, "groups", lambda: {one["GroupName"]: one for one in _listed_groups(account)})


def _listed_groups(account: Account) -> Iterable[Item]:
    return (one for one in _listed(account, "GroupDetailList", ("Group",)) if one.get("GroupName"))


def _once(account: Account, name: str, read_all: Callable[[], Documents]) -> Documents:
    found: Documents = account.once.get(name, read_all)
    return found


def _listed(account: Account, path: str, kinds: tuple[str, ...]) -> Iterator[Item]:
    read_all = allowlist.load().read("iam", METHOD)
    call = Call(read=read_all, path=path, params={}, fixed={"Filter": list(kinds)}, page=PAGE)
    for page in account.calls.pages(call, account.identity.home, call.fixed):
        yield from page[path]


def _found(known: Documents, name: object, what: str) -> Any:
    """What stands under a name.

    Raises:
        CallError: the account's answer does not hold it.
    """
    if name not in known:
        raise _failed(GapReason.NOT_PROVIDED, f"IAM does not tell the {what} {name}")
    return known[str(name)]


def _failed(reason: GapReason, detail: str) -> CallError:
    source = allowlist.load().read("iam", METHOD)
    return CallError(Gap(path="", reason=reason, call=source.call, permission=source.action, detail=detail))
