"""A folder of documents of machines as a source: records of each machine, its accounts and its ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Final

from grc.collect.files import Claim, Tree, UnreadableError
from grc.collect.host import osquery
from grc.collect.host.document import FAMILY, Refused, read_document
from grc.collect.host.reads import Seen
from grc.collect.host.sections.machine import Machine, machine_of
from grc.collect.persons import Pseudonyms
from grc.collect.redacting import Redacting
from grc.kinds import SHIPPED, load
from grc.model.evidence import Coverage, Demand, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink
from grc.model.types import Redaction

MACHINE: Final = KindName("host.machine")
USER: Final = KindName("host.user")
LISTENER: Final = KindName("host.listener")
KINDS: Final = frozenset({MACHINE, USER, LISTENER})
LARGEST: Final = 64 * 2**20  # bytes of one document


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one file, or one folder of osquery's results, said of a machine, and when."""

    machine: Machine
    collected: datetime
    file: str


@dataclass(slots=True)
class Estate:
    """All machines of the folder, and what could not be read."""

    machines: list[Told] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSource:
    """The documents that were found in a directory. ``root`` names it in places: ``host/<root>``.

    ``clock`` gives the time of the run: a document that is newer comes from a machine whose clock is wrong, and is not
    taken. A population began with its oldest document, for that is where its age counts from. ``redact`` is what must
    not reach a pack beyond what the schemas say.
    """

    tree: Tree
    claim: Claim
    root: str
    clock: Callable[[], datetime]
    pseudonyms: Pseudonyms | None = None
    redact: Mapping[KindName, Mapping[str, Redaction]] = field(default_factory=dict)
    name: str = "hosts"
    version: str = "1"

    def kinds(self) -> frozenset[KindName]:
        """Machines, their accounts and their ports."""
        return KINDS

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Read every document, and give the demanded kinds, one unit each."""
        place = Place(f"host/{self.root}")
        units = [Unit(source=self.name, place=place, kind=kind) for kind in sorted(KINDS & demand.keys())]
        progress.planned(len(units))
        missing = [unit for unit in units if not sink.has(unit)]
        started = self.clock()
        estate = self._estate(started) if missing else Estate()
        for unit in units:
            if unit in missing:
                sink.write(*self._population(unit, estate, started))
            progress.done(unit)

    def _estate(self, now: datetime) -> Estate:
        estate = Estate()
        told: list[Told] = []
        for path in self.claim.paths:
            try:
                told.append(self._read(path))
            except (Refused, UnreadableError) as error:
                estate.gaps.append(_unread(f"{path}:1: {error}"))
        ahead = [one for one in told if one.collected > now]
        for one in ahead:
            estate.gaps.append(
                _unread(f"{one.file}:1: was collected after this run began: set that machine's clock right")
            )
        _keep_newest(estate, [one for one in told if one.collected <= now])
        return estate

    def _read(self, path: str) -> Told:
        if PurePosixPath(path).name == osquery.MARKER:
            folder = PurePosixPath(path).parent.as_posix()
            machine, collected = osquery.read_folder(folder, lambda name: self.tree.read(f"{folder}/{name}", LARGEST))
            return Told(machine=machine, collected=collected, file=path)
        document = read_document(self.tree.read(path, LARGEST))
        return Told(machine=machine_of(document), collected=document.collected, file=path)

    def _population(self, unit: Unit, estate: Estate, started: datetime) -> tuple[Population, Sequence[Record]]:
        kind = _kinds()[unit.kind]
        redacting = Redacting(kind, self.redact.get(unit.kind, {}), self.pseudonyms)
        gaps = list(estate.gaps)
        records = [record for told in estate.machines for record in self._records(unit, told, redacting, gaps)]
        if not estate.machines and not gaps:
            gaps.append(Gap(path="", reason=GapReason.NOT_PROVIDED, detail=f"{self.root} holds no document of a host"))
        population = Population(
            unit=unit,
            origin=Origin.LIVE,
            query=f"read {self.root}",
            parameters={},
            caller="file",
            started=min((told.collected for told in estate.machines), default=started),
            finished=self.clock(),
            count=len(records),
            complete=not gaps,
            coverage=Coverage(paths=frozenset(kind.shape.fields), otherwise=GapReason.NOT_PROVIDED),
            gaps=tuple(sorted(set(gaps), key=str)),
            facts=tuple(sorted(estate.facts)),
        )
        return population, records

    def _records(self, unit: Unit, told: Told, redacting: Redacting, gaps: list[Gap]) -> Iterator[Record]:
        machine = told.machine
        if unit.kind == MACHINE:
            yield self._record(unit, told, redacting, machine.body, machine.gaps)
            return
        seen = machine.users if unit.kind == USER else machine.listeners
        if seen is None:
            missing = machine.users_gap if unit.kind == USER else machine.listeners_gap
            assert missing is not None
            gaps.append(_of_host(missing, machine))
            return
        for one in _once(seen, unit.kind, machine, gaps):
            head = {"host_id": machine.host_id, "hostname": machine.body["hostname"]}
            yield self._record(unit, told, redacting, {**head, **one.fields}, one.gaps)

    def _record(
        self, unit: Unit, told: Told, redacting: Redacting, body: Mapping[str, Any], gaps: Iterable[Gap]
    ) -> Record:
        kept = _identified(unit.kind, redacting.of(body))
        return Record(
            kind=unit.kind,
            subject=SubjectId(str(kept[_key(unit.kind)])),
            place=unit.place,
            origin=Origin.LIVE,
            collected=told.collected,
            body=kept,
            gaps=tuple(sorted(set(gaps), key=lambda gap: (gap.path, str(gap)))),
            file=told.file,
            line=1,
        )


def recognise(tree: Tree) -> Claim:
    """The documents of the script, by how they begin, and folders of osquery's results, by a file that they hold."""
    paths: list[str] = []
    for path in tree.files:
        if not path.endswith(".json"):
            continue
        if PurePosixPath(path).name == osquery.MARKER or FAMILY.encode() in tree.head(path, 256):
            paths.append(path)
    return Claim(paths=tuple(paths))


def open_hosts(
    tree: Tree,
    claim: Claim,
    root: str,
    clock: Callable[[], datetime],
    *,
    pseudonyms: Pseudonyms | None = None,
    redact: Mapping[KindName, Mapping[str, Redaction]] | None = None,
) -> HostSource:
    """Open what was recognised in a directory as a source."""
    return HostSource(tree=tree, claim=claim, root=root, clock=clock, pseudonyms=pseudonyms, redact=redact or {})


@cache
def _kinds() -> Mapping[KindName, Kind]:
    return load([SHIPPED / "host"])


def _unread(detail: str) -> Gap:
    return Gap(path="", reason=GapReason.PARSE_ERROR, detail=detail)


def _of_host(gap: Gap, machine: Machine) -> Gap:
    return Gap(
        path="",
        reason=gap.reason,
        call=gap.call,
        permission=gap.permission,
        detail=f"{machine.host_id}: {gap.detail}",
    )


def _keep_newest(estate: Estate, told: Sequence[Told]) -> None:
    """Of two documents of one machine the newest counts. Two of one instant that differ contradict each other."""
    by_host: dict[str, list[Told]] = {}
    for one in told:
        by_host.setdefault(one.machine.host_id, []).append(one)
    for host_id in sorted(by_host):
        first, *others = sorted(by_host[host_id], key=lambda one: (one.collected, one.file), reverse=True)
        for other in others:
            if other.collected == first.collected and other.machine != first.machine:
                detail = f"{other.file}:1: says of {host_id} something else than {first.file}, at the same instant"
                estate.gaps.append(_unread(detail))
            elif other.machine.body["hostname"] != first.machine.body["hostname"]:
                detail = f"{other.file}:1: has the id of {first.file} and another name: give clones ids of their own"
                estate.gaps.append(_unread(detail))
            else:
                estate.facts.append(Fact(fact="older-document", detail=f"{other.file} is older than {first.file}"))
        estate.machines.append(first)


def _once(seen: Sequence[Seen], kind: KindName, machine: Machine, gaps: list[Gap]) -> Iterator[Seen]:
    """Each account or port once. An account that stands twice, or cannot be read, is a hole in the list."""
    found: set[str] = set()
    for one in seen:
        name = _own_id(kind, one.fields)
        broken = [gap for gap in one.gaps if gap.path == ""]
        if broken or name in found:
            what = broken[0].detail if broken else "an account stands twice in passwd"
            gaps.append(_unread(f"{machine.host_id}: {what}"))
            continue
        found.add(name)
        yield one


def _own_id(kind: KindName, body: Mapping[str, Any]) -> str:
    if kind == USER:
        return str(body.get("name"))
    return f"{body['protocol']}/{body['address']}/{body['port']}"


def _key(kind: KindName) -> str:
    return {MACHINE: "host_id", USER: "user_id", LISTENER: "listener_id"}[kind]


def _identified(kind: KindName, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with the id that its kind is known by, made of what may be shown."""
    if kind == MACHINE:
        return dict(body)
    return {_key(kind): f"{body['host_id']}/{_own_id(kind, body)}", **body}
