"""The accounts of an organisation: which there are, and how each is entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from botocore import exceptions as boto

from grc.collect.aws import allowlist
from grc.collect.aws.calls import CallError, Calls
from grc.collect.aws.declared import Call
from grc.collect.aws.identity import Identity
from grc.collect.aws.reasons import code_of, detail_of, reason_of
from grc.model.evidence import Fact, Gap, GapReason
from grc.model.identifiers import Place

if TYPE_CHECKING:
    from botocore.session import Session

    from grc.collect.aws.sessions import SessionFactory

BEYOND: Final = Place("aws/organization")
"""Stands for the accounts of an organisation that could not be listed."""
ASSUME: Final = "sts:AssumeRole"
ACTIVE: Final = "ACTIVE"
ACCOUNT_OFF: Final = "account-not-active"
SESSION_NAME: Final = "grc"
METHOD: Final = "assume-role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The accounts to read, each through its own role of one name. ``accounts`` None: all of the organisation.

    ``external_id`` is what the roles ask for. Of ``left_out`` nothing is asked at all.
    """

    role: str
    external_id: str | None = None
    accounts: tuple[str, ...] | None = None
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An account that is in scope, or the place of accounts that could not be listed.

    With ``facts`` or a ``gap`` nothing in it can be read, and they say why.
    """

    place: Place
    account: str = ""
    gap: Gap | None = None
    facts: tuple[Fact, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether nothing is known that keeps it from being read."""
        return self.gap is None and not self.facts


def find_accounts(members: Members | None, identity: Identity, calls: Calls) -> Iterator[Found]:
    """The accounts in scope, as they are listed: without members the one of the credentials.

    Source: organizations:ListAccounts, from the organisation's management account or one that it delegates to. Where
    it gives no answer, the credentials' own account is read all the same.
    """
    if members is None:
        yield _account(identity.account)
    elif members.accounts is not None:
        yield from (_account(account) for account in members.accounts if account not in members.left_out)
    else:
        yield from _organisation(members, identity, calls)


def enter(sessions: SessionFactory, session: Session, identity: Identity, members: Members, account: str) -> Session:
    """A session with the role's credentials in another account; they are made anew before they expire.

    Raises:
        CallError: the role cannot be assumed.
    """
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    external = {} if members.external_id is None else {"ExternalId": members.external_id}
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(session.create_client, region_name=identity.home),
        source_credentials=session.get_credentials(),
        role_arn=f"arn:{identity.partition}:iam::{account}:role/{members.role}",
        extra_args={"RoleSessionName": SESSION_NAME, **external},
    )
    credentials = DeferredRefreshableCredentials(
        method=METHOD, refresh_using=partial(_fresh, fetcher.fetch_credentials)
    )
    try:
        credentials.get_frozen_credentials()
    except (boto.ClientError, boto.BotoCoreError) as error:
        raise CallError(_not_assumed(reason_of(error), detail_of(error)), code_of(error)) from error
    entered = sessions()
    entered._credentials = credentials  # botocore's own way in: there is no public one for credentials that refresh
    return entered


def _fresh(fetch: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """New credentials. Some that have ended already are no credentials: botocore would take them for a bug.

    Raises:
        botocore.exceptions.CredentialRetrievalError: they have ended already, by this machine's clock.
    """
    found = fetch()
    if datetime.fromisoformat(found["expiry_time"]) <= datetime.now(UTC):
        raise boto.CredentialRetrievalError(provider=METHOD, error_msg="they have ended already: check the clock")
    return found


def wrong_account(account: str, found: str) -> Gap:
    """The gap of an account whose role led into another one."""
    return _not_assumed(GapReason.MALFORMED, f"the role of {account} led into {found}")


def _not_assumed(reason: GapReason, detail: str) -> Gap:
    return Gap(path="", reason=reason, call=ASSUME, permission=ASSUME, detail=detail)


def _account(account: str) -> Found:
    return Found(place=Place(f"aws/{account}"), account=account)


def _organisation(members: Members, identity: Identity, calls: Calls) -> Iterator[Found]:
    seen = set(members.left_out)
    read = allowlist.load().read("organizations", "list_accounts")
    try:
        for page in calls.pages(Call(read=read, path="Accounts", params={}, fixed={}), identity.home, {}):
            for listed in page["Accounts"]:
                if listed["Id"] not in seen:
                    seen.add(listed["Id"])
                    yield _listed(listed)
    except CallError as failed:
        yield Found(place=BEYOND, gap=failed.gap)
        if identity.account not in seen:
            yield _account(identity.account)


def _listed(listed: Mapping[str, Any]) -> Found:
    found = _account(listed["Id"])
    state = listed.get("State") or listed.get("Status") or ACTIVE
    if state == ACTIVE:
        return found
    fact = Fact(fact=ACCOUNT_OFF, detail=f"{found.account}: organizations:ListAccounts says {state}")
    return Found(place=found.place, account=found.account, facts=(fact,))
