"""One unit at work: listed, its sections read by whoever is free, and written once, whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any, Final, assert_never

from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Section, template_fields
from grc.collect.aws.normalise import UndecodableError, base
from grc.collect.aws.paths import pick
from grc.collect.aws.plan import Planned
from grc.collect.aws.sections import Absent, Disabled, Gone, Held, Missed, Outcome, parameters, read_section
from grc.model.evidence import Coverage, Fact, Gap, GapReason, Origin, Population, Record
from grc.model.identifiers import SubjectId
from grc.model.kind import Kind

SUBJECT_GONE: Final = "subject-gone"
SERVICE_OFF: Final = "service-not-enabled"
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
        if planned.itself is None:
            for region in planned.regions:
                self._add(partial(self._list, region))
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
        return self._population(len(records)), records

    def _add(self, job: Job) -> None:
        with self._lock:
            self._left += 1
            self._ready.append(job)

    def _list(self, region: str) -> None:
        resource = self.planned.resource
        assert resource.listing is not None
        try:
            for page in self._account.calls.pages(resource.listing, region, parameters(resource.listing, {})):
                for item in pick(page, resource.listing.path) or ():  # type: ignore[attr-defined]
                    self._take(item, region)
                self.announce()
        except CallError as failed:
            self._list_failed(failed)

    def _list_failed(self, failed: CallError) -> None:
        with self._lock:
            if failed.code in self.planned.resource.disabled_when:
                self._facts.append(Fact(fact=SERVICE_OFF, detail=f"{failed.gap.call}: {failed.gap.detail}"))
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
                self._add(partial(self._read, section, subject))

    def _subject(self, item: Mapping[str, Any], region: str) -> Subject | None:
        resource, identity = self.planned.resource, self._account.identity
        known = {"partition": identity.partition, "account": identity.account, "region": region, **item}
        keys = (resource.key, *template_fields(resource.subject))
        missing = sorted({key for key in keys if not isinstance(known.get(key), str) or not known[key]})
        if missing:
            self._list_failed(CallError(self._list_gap(f"a listed item lacks {', '.join(missing)}")))
            return None
        return Subject(
            item=item,
            id=resource.subject.format_map(known),
            region=str(item.get(resource.region or "") or region),
            found_in=region,
            collected=self._account.clock(),
        )

    def _read(self, section: Section, subject: Subject) -> None:
        resource = self.planned.resource
        outcome = read_section(section, resource, self._account, subject.item, subject.region)
        with self._lock:
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
            self._place(section, subject.outcomes[section.name], body, gaps)
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


def _nobody() -> None:
    """Tell nobody."""
