"""AWS as a source of evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Final

from grc import kinds
from grc.collect.aws import declared
from grc.collect.aws.calls import Calls
from grc.collect.aws.context import Account, Clock
from grc.collect.aws.crew import Crew
from grc.collect.aws.declared import Resource
from grc.collect.aws.identity import identify, open_session
from grc.collect.aws.plan import SOURCE, Planned, Regions, find_regions, needs_regions, plan
from grc.collect.aws.redact import Redactor, Told
from grc.collect.aws.sessions import USER_AGENT, Clients, Roots, SessionFactory
from grc.collect.aws.work import Work
from grc.collect.persons import Pseudonyms
from grc.model.evidence import Demand
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink

ATTEMPTS: Final = 6


class AwsSource:
    """One AWS account, read with the credentials of the session. Meets ``model.ports.Source``.

    ``regions`` None means all that the account has enabled; what is seen of the whole account is not asked for in the
    regions ``left_out`` of an account. ``concurrency`` is the number of calls at a time.
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
        regions: Sequence[str] | None = None,
        left_out: Iterable[tuple[str, str]] = (),
        concurrency: int = 16,
        attempts: int = ATTEMPTS,
        executor: Executor | None = None,
        pseudonyms: Pseudonyms | None = None,
        redact: Told | None = None,
        resources: Mapping[KindName, Resource] | None = None,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._regions = regions
        self._left_out = frozenset(left_out)
        self._concurrency = concurrency
        self._attempts = attempts
        self._executor = executor
        self._redactor = Redactor(told=redact or {}, pseudonyms=pseudonyms)
        self._resources = declared.load() if resources is None else resources
        self.tally: Mapping[str, int] = {}

    def kinds(self) -> frozenset[KindName]:
        """The kinds that AWS gives."""
        return frozenset(self._resources)

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Collect the demanded kinds: who we are, which regions there are, then unit by unit.

        Raises:
            ConfigError: there are no usable credentials, a region does not exist, or what the workspace says to redact
                cannot be done. Nothing was collected.
            EvidenceError: the sink cannot write.
        """
        wanted = {name: paths for name, paths in demand.items() if name in self._resources}
        if not wanted:
            return
        self._redactor.check(self._resources)
        session = open_session(self._sessions)
        roots = _roots(self._resources.values())
        clients = Clients(session, connections=self._concurrency, attempts=self._attempts, roots=roots)
        calls = Calls(clients)
        try:
            identity = identify(session, calls)
            regional = needs_regions(self._resources[name] for name in wanted)
            left_out = frozenset(region for account, region in self._left_out if account == identity.account)
            none = Regions(known={}, asked=())
            regions = find_regions(calls, identity, self._regions, left_out) if regional else none
            account = Account(identity=identity, calls=calls, clock=self._clock, redactor=self._redactor)
            self._collect(account, plan(wanted, self._resources, identity, regions), sink, progress)
        finally:
            self.tally = calls.tally
            clients.close()

    def _collect(self, account: Account, units: Sequence[Planned], sink: Sink, progress: Progress) -> None:
        schemas = kinds.load((kinds.SHIPPED / SOURCE,))
        progress.planned(len(units))

        def finish(work: Work) -> None:
            population, records = work.result()
            sink.write(population, records)
            progress.done(population.unit)

        crew = Crew(_works(account, units, schemas, sink, progress), finish)
        if self._executor is not None:
            crew.run(self._executor, self._concurrency)
            return
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="grc-aws") as executor:
            crew.run(executor, self._concurrency)


def _works(
    account: Account, units: Sequence[Planned], schemas: Mapping[KindName, Kind], sink: Sink, progress: Progress
) -> Iterator[Work]:
    """The units not yet held, each opened when it is asked for."""
    for planned in units:
        if sink.has(planned.unit):
            progress.done(planned.unit)
        else:
            yield Work(planned, account, schemas[planned.resource.name])


def _roots(resources: Iterable[Resource]) -> Roots:
    calls = [call for resource in resources for call in resource.every_call]
    return {(call.read.service, call.read.operation): call.root for call in calls if call.root is not None}
