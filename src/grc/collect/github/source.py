"""GitHub as a source of evidence: one organization, live or from an export of its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from grc import kinds
from grc.collect.github.answers import CallError, Request, Transport
from grc.collect.github.calls import Absent, Calls, Held, Missed, Outcome
from grc.collect.github.declared import Read, Resource, Section, load
from grc.collect.github.files import READS as FILE_READS
from grc.collect.github.files import read_files
from grc.collect.github.projection import NORMALISERS, ShapeError, project
from grc.collect.github.protection import READS as PROTECTION_READS
from grc.collect.github.protection import read_protection
from grc.collect.github.reasons import failure
from grc.collect.github.subjects import OFF, Finder, Found, Subject, texts
from grc.collect.persons import Pseudonyms
from grc.collect.redacting import Redact, Redacting
from grc.collect.strictjson import read_json
from grc.errors import ConfigError
from grc.model.evidence import Coverage, Demand, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink

PROVIDER: Final = "github"
USER: Final = Request("/user")
DERIVED: Final[Mapping[str, Callable[[Calls, Mapping[str, str]], tuple[Held | None, list[Gap]]]]] = {
    "files": read_files,
    "protection": read_protection,
}
DERIVED_READS: Final[Mapping[str, tuple[Read, ...]]] = {"files": FILE_READS, "protection": PROTECTION_READS}
"""The reads that each derived section makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubSource:
    """One organization. Meets ``model.ports.Source``.

    ``caller`` says whose eyes saw it; ``concurrency`` is how many subjects are read at a time. ``parameters`` are kept
    with each population. ``redact`` is what must not reach a pack, beyond what is never read.
    """

    org: str
    transport: Transport
    clock: Callable[[], datetime]
    caller: str
    parameters: Mapping[str, object]
    concurrency: int = 4
    name: str = PROVIDER
    version: str = "1"
    pseudonyms: Pseudonyms | None = None
    redact: Redact = field(default_factory=dict)

    def kinds(self) -> frozenset[KindName]:
        """The kinds that GitHub gives."""
        return frozenset(load())

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Collect the demanded kinds, one unit each."""
        wanted = sorted(demand.keys() & self.kinds())
        place = Place(f"{PROVIDER}/{self.org.lower()}")  # to GitHub a name is one in every case
        units = [Unit(source=self.name, place=place, kind=kind) for kind in wanted]
        progress.planned(len(units))
        calls = Calls(self.transport)
        for unit in units:
            if not sink.has(unit):
                sink.write(*self._read(unit, demand[unit.kind], calls))
            progress.done(unit)

    def _read(self, unit: Unit, paths: frozenset[str], calls: Calls) -> tuple[Population, Sequence[Record]]:
        started = self.clock()
        resource, kind = load()[unit.kind], schemas()[unit.kind]
        asked = {path.partition(".")[0] for path in paths}
        sections = [section for name, section in resource.sections.items() if name in asked]
        found = Finder(self.org, calls, schemas()).find(resource)
        redacting = Redacting(kind, self.redact.get(unit.kind, {}), self.pseudonyms)
        one = partial(_record, unit, resource, kind, sections, calls, redacting)
        with ThreadPoolExecutor(self.concurrency, thread_name_prefix="grc-github") as executor:
            read = list(executor.map(one, found.subjects.values()))
        facts = {fact for _, facts in read for fact in facts} | set(found.facts)
        records = [record for record, _ in read]
        return self._population(unit, resource, kind, sections, started, found, records, facts), records

    def _population(
        self,
        unit: Unit,
        resource: Resource,
        kind: Kind,
        sections: Sequence[Section],
        started: datetime,
        found: Found,
        records: Sequence[Record],
        facts: set[Fact],
    ) -> Population:
        covered = kind.base | {section.name for section in sections}
        return Population(
            unit=unit,
            origin=Origin.LIVE,
            query="; ".join(listing.read.call for listing in resource.listings),
            parameters=self.parameters,
            caller=self.caller,
            started=started,
            finished=self.clock(),
            count=len(records),
            complete=not found.gaps,
            coverage=Coverage(paths=covered, otherwise=GapReason.NOT_REQUESTED),
            gaps=tuple(sorted(set(found.gaps), key=str)),
            facts=tuple(sorted(facts)),
        )


def caller_of(transport: Transport) -> str:
    """Whose token it is: an account's name, or that it is not an account's.

    Raises:
        ConfigError: GitHub does not accept the token.
    """
    try:
        answer = transport.get(USER)
    except CallError as failed:
        return f"unknown ({failed.detail})"
    if answer.status == 401:
        raise ConfigError("GitHub does not accept the token: give one that has not expired in GITHUB_TOKEN")
    if answer.status != 200:
        return f"a token of no account ({failure(answer).detail})"
    try:
        login = read_json(answer.body)["login"]
    except (ValueError, KeyError, TypeError):
        return "unknown (the answer is not of the documented form)"
    return login if isinstance(login, str) else "unknown"


def _record(
    unit: Unit,
    resource: Resource,
    kind: Kind,
    sections: Sequence[Section],
    calls: Calls,
    redacting: Redacting,
    subject: Subject,
) -> tuple[Record, list[Fact]]:
    body, gaps = dict(subject.body), list(subject.gaps)
    facts: list[Fact] = []
    times = [subject.collected]
    for section in sections:
        held = _section(section, kind, calls, subject, gaps, facts)
        if held is not None:
            body[section.name] = held.value
            times.append(held.received)
    kept = redacting.of(body)
    name = subject.id if not redacting.told else resource.subject.format_map(texts(kept))
    record = Record(
        kind=unit.kind,
        subject=SubjectId(name),
        place=unit.place,
        origin=Origin.LIVE,
        collected=min(times),
        body=kept,
        tags=_tags(resource, kept),
        gaps=tuple(sorted(gaps, key=str)),
    )
    return record, [Fact(fact=one.fact, detail=one.detail.replace(subject.id, name)) for one in facts]


def _section(
    section: Section, kind: Kind, calls: Calls, subject: Subject, gaps: list[Gap], facts: list[Fact]
) -> Held | None:
    if section.derive is not None:
        held, missing = DERIVED[section.derive](calls, subject.values)
        gaps.extend(missing)
        return held
    if section.where and not _is_set(subject.body, section.where):
        return None
    read = section.read
    assert read is not None
    outcome = _member(read, kind, calls, subject) if section.member else calls.outcome(read, subject.values)
    if isinstance(outcome, Absent):
        if outcome.off:
            facts.append(Fact(fact=OFF, detail=f"{subject.id}: {read.call}"))
        return None
    if isinstance(outcome, Held):
        outcome = _shaped(section, kind, outcome)
    if isinstance(outcome, Missed):
        gaps.append(outcome.gap(section.name, read))
        return None
    return outcome


def _is_set(body: Mapping[str, Any], path: str) -> bool:
    """Whether a setting of a subject is true."""
    value: Any = body
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value is True


def _member(read: Read, kind: Kind, calls: Calls, subject: Subject) -> Outcome:
    """Whether the subject stands in a list."""
    outcome = calls.listed(read, subject.values)
    if not isinstance(outcome, Held):
        return outcome
    if not all(isinstance(item, dict) and isinstance(item.get(kind.key), str) for item in outcome.value):
        return Missed(GapReason.MALFORMED, "a listed item has no name")
    names = {item[kind.key].casefold() for item in outcome.value}
    return Held(value=subject.body[kind.key].casefold() in names, received=outcome.received)


def _shaped(section: Section, kind: Kind, outcome: Held) -> Held | Missed:
    """The value of a section, cut to what the kind declares."""
    try:
        value = outcome.value
        if section.name in NORMALISERS:
            value = [NORMALISERS[section.name](item) for item in value]
        return Held(value=project(value, kind.shape.fields[section.name].type, section.name), received=outcome.received)
    except ShapeError as error:
        return Missed(GapReason.MALFORMED, str(error))


def _tags(resource: Resource, body: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The properties that an organization gives its repositories, where they are shown."""
    found = body.get(resource.tags) if resource.tags else None
    if not isinstance(found, dict):
        return None
    return {name: value for name, value in found.items() if isinstance(value, str)}


@cache
def schemas() -> Mapping[KindName, Kind]:
    """The kinds of GitHub."""
    return kinds.load((kinds.SHIPPED / PROVIDER,))
