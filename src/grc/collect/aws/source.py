"""AWS as a source of evidence."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from grc import kinds
from grc.collect.aws import declared, tieout
from grc.collect.aws.accounts import Found, Members, enter, find_accounts, wrong_account
from grc.collect.aws.calls import CallError, Calls, Meter
from grc.collect.aws.context import Account, Clock
from grc.collect.aws.crew import Crew
from grc.collect.aws.declared import Resource
from grc.collect.aws.identity import Identity, identify, identify_in, open_session
from grc.collect.aws.plan import SOURCE, Regions, find_regions, least_calls, needs_regions, plan, unreadable
from grc.collect.aws.redact import Redactor, Told
from grc.collect.aws.sessions import USER_AGENT, Clients, Roots, SessionFactory
from grc.collect.aws.supply import Entered, Entering, Supply
from grc.collect.aws.work import Work
from grc.collect.persons import Pseudonyms
from grc.model.evidence import Demand
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink

if TYPE_CHECKING:
    from botocore.session import Session

ATTEMPTS: Final = 6
CALLS_TO_ENTER: Final = 3
"""The role, the identity and the regions of an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a collection would take at the least: its calls are those that are made where nothing is found."""

    accounts: int
    regions: int
    units: int
    calls: int


class AwsSource:
    """One AWS account, read with the credentials of the session, or several. Meets ``model.ports.Source``.

    ``members`` are the accounts to read where it is not the one of the credentials alone. ``regions`` None means all
    that an account has enabled; what is seen of the whole account is not asked for in the regions ``left_out`` of an
    account. ``concurrency`` is the number of calls at a time, ``budget`` how many may be made in all.
    ``redact`` is what the workspace hides beyond the resource files; ``pseudonyms`` is None where it has no key.
    ``tally`` counts the calls of the last collection by operation.
    """

    name = SOURCE
    version = USER_AGENT

    def __init__(
        self,
        sessions: SessionFactory,
        *,
        clock: Clock,
        members: Members | None = None,
        regions: Sequence[str] | None = None,
        left_out: Iterable[tuple[str, str]] = (),
        concurrency: int = 16,
        attempts: int = ATTEMPTS,
        budget: int | None = None,
        executor: Executor | None = None,
        pseudonyms: Pseudonyms | None = None,
        redact: Told | None = None,
        resources: Mapping[KindName, Resource] | None = None,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._members = members
        self._regions = regions
        self._left_out = frozenset(left_out)
        self._concurrency = concurrency
        self._attempts = attempts
        self._budget = budget
        self._executor = executor
        self._redactor = Redactor(told=redact or {}, pseudonyms=pseudonyms)
        self._resources = declared.load() if resources is None else resources
        self.tally: Mapping[str, int] = {}

    def kinds(self) -> frozenset[KindName]:
        """The kinds that AWS gives."""
        return frozenset(self._resources)

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Collect the demanded kinds: who we are, which accounts and regions there are, then unit by unit.

        Raises:
            ConfigError: there are no usable credentials, a region does not exist, or what the workspace says to redact
                cannot be done. Nothing was collected.
            EvidenceError: the sink cannot write.
        """
        wanted = {name: paths for name, paths in demand.items() if name in self._resources}
        if not wanted:
            return
        self._redactor.check(self._resources)
        meter = Meter(self._budget)
        try:
            self._collect(wanted, meter, sink, progress)
        finally:
            self.tally = meter.tally

    def estimate(self, demand: Demand) -> Estimate:
        """What a collection would take at the least, from the accounts and from the regions of the credentials' own.

        Raises:
            ConfigError: there are no usable credentials, or a region does not exist.
        """
        wanted = {name: paths for name, paths in demand.items() if name in self._resources}
        session = open_session(self._sessions)
        clients = self._clients(session)
        try:
            calls = Calls(clients)
            identity = identify(session, calls)
            own = self._account(identity, calls, wanted)
            units = plan(wanted, self._resources, identity, self._regions_of(own, wanted))
            accounts = sum(1 for found in find_accounts(self._members, identity, calls) if found.readable)
        finally:
            clients.close()
        regions = frozenset(region for planned in units for region in planned.regions)
        return Estimate(
            accounts=accounts,
            regions=len(regions),
            units=accounts * len(units),
            calls=accounts * (least_calls(units) + CALLS_TO_ENTER),
        )

    def _collect(self, wanted: Demand, meter: Meter, sink: Sink, progress: Progress) -> None:
        session = open_session(self._sessions)
        clients = self._clients(session)
        try:
            calls = Calls(clients, meter)
            identity = identify(session, calls)
            own = self._account(identity, calls, wanted)
            found = list(find_accounts(self._members, identity, calls))
            regions = self._regions_of(own, wanted) if any(one.account == identity.account for one in found) else None
            doors = (partial(self._enter, one, own, regions, session, wanted, meter) for one in found)
            self._work(Supply(doors, _schemas(), sink, progress))
        finally:
            clients.close()

    def _enter(
        self, found: Found, own: Account, regions: Regions | None, session: Session, wanted: Demand, meter: Meter
    ) -> Entered:
        """Enter an account: the credentials' own is open already, another by its role."""
        if not found.readable:
            return Entered(own, deque(unreadable(wanted, self._resources, found)), None)
        if found.account == own.identity.account:
            assert regions is not None
            return Entered(own, deque(plan(wanted, self._resources, own.identity, regions)), None)
        try:
            return self._other(found.account, own.identity, session, wanted, meter)
        except CallError as failed:
            return Entered(own, deque(unreadable(wanted, self._resources, replace(found, gap=failed.gap))), None)

    def _other(self, name: str, own: Identity, session: Session, wanted: Demand, meter: Meter) -> Entered:
        """Enter another account.

        Raises:
            CallError: its role cannot be assumed, or leads elsewhere.
        """
        assert self._members is not None
        clients = self._clients(enter(self._sessions, session, own, self._members, name))
        calls = Calls(clients, meter)
        try:
            identity = identify_in(own.home, calls)
            if identity.account != name:
                raise CallError(wrong_account(name, identity.account))
            account = self._account(identity, calls, wanted)
            units = plan(wanted, self._resources, identity, self._regions_of(account, wanted))
        except BaseException:
            clients.close()
            raise
        return Entered(account, deque(units), clients)

    def _account(self, identity: Identity, calls: Calls, wanted: Demand) -> Account:
        return Account(
            identity=identity,
            calls=calls,
            clock=self._clock,
            redactor=self._redactor,
            tied_out=tieout.is_wanted(wanted),
        )

    def _clients(self, session: Session) -> Clients:
        roots = _roots(self._resources.values())
        return Clients(session, connections=self._concurrency, attempts=self._attempts, roots=roots)

    def _regions_of(self, account: Account, wanted: Demand) -> Regions:
        if not needs_regions(self._resources[name] for name in wanted):
            return Regions(known={}, asked=())
        identity = account.identity
        left_out = frozenset(region for name, region in self._left_out if name == identity.account)
        return find_regions(account.calls, identity, self._regions, left_out)

    def _work(self, supply: Supply) -> None:
        crew: Crew[Work | Entering] = Crew(supply.next, supply.finish)
        try:
            if self._executor is not None:
                crew.run(self._executor, self._concurrency)
                return
            with ThreadPoolExecutor(self._concurrency, thread_name_prefix="grc-aws") as executor:
                crew.run(executor, self._concurrency)
        finally:
            supply.close()


@cache
def _schemas() -> Mapping[KindName, Kind]:
    """The kinds that come with the engine: they are many, and the same for every collection."""
    return kinds.load((kinds.SHIPPED / SOURCE,))


def _roots(resources: Iterable[Resource]) -> Roots:
    calls = [call for resource in resources for call in resource.every_call]
    return {(call.read.service, call.read.operation): call.root for call in calls if call.root is not None}
