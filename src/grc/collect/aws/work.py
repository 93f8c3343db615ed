"""One unit at work: listed, its sections read by whoever is free, and written once, whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any, Final, assert_never

from grc.collect.aws.batches import Waiting, read_batch
from grc.collect.aws.calls import CallError
from grc.collect.aws.computed import place_computed
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Listing, Resource, Section, template_fields
from grc.collect.aws.further import FURTHER, Further
from grc.collect.aws.normalise import UndecodableError, base
from grc.collect.aws.offered import NOT_OFFERED
from grc.collect.aws.paths import pick
from grc.collect.aws.plan import Planned
from grc.collect.aws.sections import Absent, Disabled, Gone, Held, Item, Missed, Outcome, parameters, read_section
from grc.collect.aws.tieout import tied_out
from grc.model.evidence import Coverage, Fact, Gap, GapReason, Origin, Population, Record
from grc.model.identifiers import SubjectId
from grc.model.kind import Kind

SUBJECT_GONE: Final = "subject-gone"
SERVICE_OFF: Final = "service-not-enabled"
SERVICE_ELSEWHERE: Final = "service-not-offered"
IDENTITY_CALL: Final = "sts:GetCallerIdentity"
REGIONS_CALL: Final = "ec2:DescribeRegions"

Job = Callable[[], None]


@dataclass(slots=True)
class Subject:
    """One listed item while its sections are read."""

    item: Mapping[str, Any]
    id: str
    region: str
    found_in: str
    collected: datetime
    outcomes: dict[str, Outcome] = field(default_factory=dict)


class Work:
    """The state of one unit. Its jobs may run in any thread and order; the last one to end finds it finished.

    ``announce`` is called when a page of a listing has made new jobs ready.
    """

    def __init__(self, planned: Planned, account: Account, kind: Kind) -> None:
        self.planned = planned
        self._account = account
        self._kind = kind
        self._lock = Lock()
        self._started = account.clock()
        self._subjects: dict[str, Subject] = {}
        self._gaps: list[Gap] = list(planned.gaps)
        self._facts: list[Fact] = list(planned.facts)
        self._ready: deque[Job] = deque()
        self._left = 0
        self.announce: Callable[[], None] = _nobody
        self._listings = 0
        self._waiting: Waiting[Subject] = Waiting()
        if planned.itself is None:
            for region in planned.regions:
                self._add_listing(planned.resource.line, account.place(region), region)
                self._add_further(region)
        else:
            self._take(planned.itself, planned.regions[0])

    def next_job(self) -> Job | None:
        """A job that is ready to run, or None."""
        with self._lock:
            return self._ready.popleft() if self._ready else None

    def run(self, job: Job) -> None:
        """Run one of this unit's jobs."""
        try:
            job()
        finally:
            with self._lock:
                self._left -= 1

    @property
    def finished(self) -> bool:
        """Whether no job is ready and none is running."""
        with self._lock:
            return self._left == 0

    def result(self) -> tuple[Population, list[Record]]:
        """The population and its records, once finished."""
        records = [record for subject in self._subjects.values() if (record := self._record(subject)) is not None]
        self._tie_out(len(records))
        return self._population(len(records)), records

    def _tie_out(self, count: int) -> None:
        """Tell what a second source counts of a population that has no hole of its own."""
        planned = self.planned
        if self._account.tied_out and planned.resource.counted_as and planned.regions and not self._gaps:
            fact = tied_out(self._account, planned.resource, planned.regions[0], count)
            self._facts.extend(() if fact is None else (fact,))

    def _add(self, job: Job) -> None:
        with self._lock:
            self._left += 1
            self._ready.append(job)

    def _add_listing(self, line: tuple[Resource, ...], above: Item, region: str) -> None:
        with self._lock:
            self._listings += 1
        self._add(partial(self._list, line, above, region))

    def _add_further(self, region: str) -> None:
        listing = self.planned.resource.listing
        if listing is not None and listing.also is not None:
            with self._lock:
                self._listings += 1
            self._add(partial(self._list_further, FURTHER[listing.also], region))

    def _list_further(self, further: Further, region: str) -> None:
        """List what the kind's own list leaves out."""
        try:
            for item in further(self._account, region):
                self._take(item, region)
        except CallError as failed:
            self._list_failed(failed, self.planned.resource, region)
        self._listing_ended()

    def _list(self, line: tuple[Resource, ...], above: Item, region: str) -> None:
        """List the last kind of the line for an item of the kind above it; all of the line's are listed in the end."""
        *below, resource = line
        try:
            for item in self._items(resource, above, region):
                if below:
                    self._add_listing(tuple(below), item, home(item, resource, region))
                else:
                    self._take(item, region)
        except CallError as failed:
            self._list_failed(failed, resource, region)
        self._listing_ended()

    def _listing_ended(self) -> None:
        """Read what waits in batches that are not full once nothing more is listed."""
        with self._lock:
            self._listings -= 1
            ended = self._listings == 0
        if ended:
            for section, subjects in self._waiting.rest():
                self._add(partial(self._read_batch, section, subjects))

    def _items(self, resource: Resource, above: Item, region: str) -> Iterator[Item]:
        """The items of a kind, page by page; whoever is free is told of what a page made ready.

        Raises:
            CallError: a page failed.
        """
        listing = resource.listing
        assert listing is not None
        for page in self._account.calls.pages(listing, region, parameters(listing, above)):
            elements: Any = pick(page, listing.path) or ()
            for element in elements:
                yield listed(listing, element, above)
            self.announce()

    def _list_failed(self, failed: CallError, resource: Resource, region: str) -> None:
        parent = None if resource.listing is None else resource.listing.parent
        detail = f"{failed.gap.call}: {failed.gap.detail}"
        with self._lock:
            if failed.code == NOT_OFFERED:
                self._facts.append(Fact(fact=SERVICE_ELSEWHERE, detail=f"{failed.gap.call} in {region}"))
            elif failed.code in resource.disabled_when:
                self._facts.append(Fact(fact=SERVICE_OFF, detail=detail))
            elif parent is not None and failed.code in parent.gone_when:
                self._facts.append(Fact(fact=SUBJECT_GONE, detail=f"{parent.name}: {detail}"))
            else:
                self._gaps.append(failed.gap)

    def _take(self, item: Mapping[str, Any], region: str) -> None:
        """Take one listed item in; one seen from several regions is kept as its home region shows it."""
        subject = self._subject(item, region)
        if subject is None:
            return
        with self._lock:
            known = self._subjects.get(subject.id)
            if known is None or (known.found_in != known.region and subject.found_in == subject.region):
                subject.outcomes = subject.outcomes if known is None else known.outcomes
                self._subjects[subject.id] = subject
        if known is None:
            for section in self.planned.sections:
                self._ask(section, subject)

    def _ask(self, section: Section, subject: Subject) -> None:
        """Have a section read, or wait with others until a batch of them is full; a computed one needs no call."""
        if section.computed is not None:
            return
        if section.batch is None:
            self._add(partial(self._read, section, subject))
        elif batch := self._waiting.add(section, subject.item, subject.region, subject):
            self._add(partial(self._read_batch, section, batch))

    def _subject(self, item: Mapping[str, Any], region: str) -> Subject | None:
        resource, identity = self.planned.resource, self._account.identity
        known = {"partition": identity.partition, "account": identity.account, "region": region, **item}
        keys = (resource.key, *template_fields(resource.subject))
        missing = sorted({key for key in keys if not isinstance(known.get(key), str) or not known[key]})
        if missing:
            failed = CallError(self._list_gap(f"a listed item lacks {', '.join(missing)}"))
            self._list_failed(failed, resource, region)
            return None
        return Subject(
            item=item,
            id=resource.subject.format_map(known),
            region=home(item, resource, region),
            found_in=region,
            collected=self._account.clock(),
        )

    def _read(self, section: Section, subject: Subject) -> None:
        resource = self.planned.resource
        outcome = read_section(section, resource, self._account, subject.item, subject.region)
        with self._lock:
            subject.outcomes[section.name] = outcome

    def _read_batch(self, section: Section, subjects: list[Subject]) -> None:
        items = [subject.item for subject in subjects]
        outcomes = read_batch(section, self.planned.resource, self._account, items, subjects[0].region)
        with self._lock:
            for subject, outcome in zip(subjects, outcomes, strict=True):
                subject.outcomes[section.name] = outcome

    def _record(self, subject: Subject) -> Record | None:
        if any(isinstance(outcome, Gone) for outcome in subject.outcomes.values()):
            self._facts.append(
                Fact(fact=SUBJECT_GONE, detail=self._account.redactor.subject(subject.id, self.planned.resource))
            )
            return None
        resource = self.planned.resource
        try:
            body, found = base(subject.item, resource)
        except UndecodableError as error:
            self._gaps.append(self._list_gap(str(error)))
            return None
        gaps = [*found]
        for section in self.planned.sections:
            if section.computed is None:
                self._place(section, subject.outcomes[section.name], body, gaps)
        place_computed(body, self.planned.sections, self._account.identity.account, gaps)
        gaps.extend(self._account.redactor.body(body, resource))
        tags = body.get(resource.tags) if resource.tags else None
        return Record(
            kind=resource.name,
            subject=SubjectId(self._account.redactor.subject(subject.id, resource)),
            place=self.planned.unit.place,
            origin=Origin.LIVE,
            collected=subject.collected,
            body=body,
            tags=tags if isinstance(tags, dict) else self._no_tags(gaps),
            gaps=tuple(sorted(gaps, key=str)),
        )

    def _no_tags(self, gaps: list[Gap]) -> Mapping[str, str] | None:
        """No tags where they were read and there are none; None where they were not read."""
        name = self.planned.resource.tags
        read = name in self._coverage().paths and not any(gap.path == name for gap in gaps)
        return {} if read else None

    def _place(self, section: Section, outcome: Outcome, body: dict[str, Any], gaps: list[Gap]) -> None:
        if isinstance(outcome, Held):
            body[section.name] = outcome.value
            gaps.extend(outcome.gaps)
        elif isinstance(outcome, Missed):
            gaps.append(outcome.gap)
        elif isinstance(outcome, Disabled):
            self._facts.append(Fact(fact=SERVICE_OFF, detail=outcome.detail))
        elif not isinstance(outcome, (Absent, Gone)):
            assert_never(outcome)

    def _population(self, count: int) -> Population:
        listing = self.planned.resource.listing
        return Population(
            unit=self.planned.unit,
            origin=Origin.LIVE,
            query=self._query(),
            parameters={"regions": list(self.planned.regions), **({} if listing is None else listing.fixed)},
            caller=self._account.identity.caller,
            started=self._started,
            finished=self._account.clock(),
            count=count,
            complete=not self._gaps,
            coverage=self._coverage(),
            gaps=tuple(sorted(set(self._gaps), key=str)),
            facts=tuple(sorted(set(self._facts))),
        )

    def _query(self) -> str:
        resource = self.planned.resource
        if resource.listing is None:
            return IDENTITY_CALL if resource.itself == "account" else REGIONS_CALL
        return resource.listing.read.call

    def _coverage(self) -> Coverage:
        sections = frozenset(section.name for section in self.planned.sections)
        return Coverage(paths=self._kind.base | sections, otherwise=GapReason.NOT_REQUESTED)

    def _list_gap(self, detail: str) -> Gap:
        listing = self.planned.resource.listing
        return Gap(
            path="",
            reason=GapReason.MALFORMED,
            call=self._query(),
            permission=None if listing is None else listing.read.action,
            detail=detail,
        )


def home(item: Item, resource: Resource, region: str) -> str:
    """The region in which an item lives: as it says itself, or where it was listed."""
    return str(item.get(resource.region or "") or region)


def listed(listing: Listing, element: Any, above: Item) -> Item:
    """An element of a list as an item: a bare value under its name, and with what is kept from above."""
    item = element if listing.field is None else {listing.field: element}
    kept = {into: above[name] for into, name in listing.keep.items() if above.get(name) is not None}
    return {**item, **kept} if kept else item


def _nobody() -> None:
    """Tell nobody."""
