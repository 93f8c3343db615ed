"""Manifests as a source: the objects that files declare, as the API would take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from grc import kinds
from grc.collect.files import Claim, Tree, UnreadableError
from grc.collect.kubernetes.defaults import default
from grc.collect.kubernetes.jsontext import json_document
from grc.collect.kubernetes.objects import Normal, ObjectError, normalise
from grc.collect.kubernetes.resources import BY_OBJECT, KINDS, Resource, groups_of
from grc.collect.kubernetes.yamlstream import Document, Unreadable, documents
from grc.garbage import collector_paused
from grc.model.evidence import Coverage, Demand, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink

MAX_GAPS: Final = 100
"""How many documents that could not be read are named of a kind; the rest are counted."""
DECLARED: Final = re.compile(r"^kind:[ \t]*([A-Za-z]+)[ \t]*(?:#.*)?\r?$", re.MULTILINE)
LIST: Final = "List"
WORKLOAD: Final = KindName("kubernetes.workload")
ACCOUNT: Final = KindName("kubernetes.service-account")
MOUNTED: Final = "token_mounted"
RENDER: Final = "; if it is a template, render it first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One object, and where it stands."""

    resource: Resource
    normal: Normal
    file: str
    line: int


@dataclass(slots=True)
class Findings:
    """What all files came to: the objects of each kind, and what could not be read of it."""

    objects: dict[KindName, list[Found]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    gaps: dict[KindName, list[Gap]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def lack(self, kinds_: Iterable[KindName], reason: GapReason, detail: str) -> None:
        """Each of these kinds may lack an object."""
        for kind in kinds_:
            self.gaps[kind].append(Gap(path="", reason=reason, detail=detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestSource:
    """The manifests of a directory. ``root`` names it in places: ``file/<root>``. Meets ``model.ports.Source``."""

    tree: Tree
    claim: Claim
    root: str
    clock: Callable[[], datetime]
    name: str = "kubernetes-manifests"
    version: str = "1"

    def kinds(self) -> frozenset[KindName]:
        """What manifests can declare."""
        return KINDS

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Read every file once, then write the demanded kinds, one unit each."""
        place = Place(f"file/{self.root}")
        units = [Unit(source=self.name, place=place, kind=kind) for kind in sorted(demand.keys() & KINDS)]
        progress.planned(len(units))
        wanted = [unit for unit in units if not sink.has(unit)]
        started = self.clock()
        with collector_paused():
            found = self._read(frozenset(unit.kind for unit in wanted)) if wanted else Findings()
            for unit in wanted:
                sink.write(*self._unit(unit, found, started))
        for unit in units:
            progress.done(unit)

    def _read(self, wanted: frozenset[KindName]) -> Findings:
        found = Findings()
        wanted |= {ACCOUNT} if WORKLOAD in wanted else set()
        for path in self.claim.paths:
            for one in self._documents(path):
                if isinstance(one, Unreadable):
                    detail = f"{path}:{one.line}: {one.why}{RENDER if '{{' in one.text else ''}"
                    found.lack(_could_hold(one.text), GapReason.PARSE_ERROR, detail)
                else:
                    _take(one, path, wanted, found)
        return found

    def _documents(self, path: str) -> Iterable[Document | Unreadable]:
        try:
            data = self.tree.read(path)
            if path.endswith(".json"):
                return (json_document(data),)
            return documents(data.decode("utf-8-sig"))
        except UnreadableError as error:
            return (Unreadable(line=1, why=str(error), text=""),)
        except UnicodeDecodeError as error:
            return (Unreadable(line=1, why=f"is not UTF-8 (byte {error.start})", text=""),)

    def _unit(self, unit: Unit, found: Findings, started: datetime) -> tuple[Population, Sequence[Record]]:
        objects = found.objects[unit.kind]
        if unit.kind == WORKLOAD:
            objects = list(_left_to_accounts(objects, found.objects[ACCOUNT]))
        records = [self._record(one, unit, started, subject) for one, subject in _apart(objects)]
        gaps = _bounded(found.gaps[unit.kind])
        population = Population(
            unit=unit,
            origin=Origin.MANIFEST,
            query="read manifests",
            parameters={"files": len(self.claim.paths)},
            caller="file",
            started=started,
            finished=self.clock(),
            count=len(records),
            complete=not gaps,
            coverage=coverage(unit.kind),
            gaps=gaps,
            facts=tuple(Fact(fact="not-rendered", detail=f"{one.path} {one.reason}") for one in self.claim.skipped),
        )
        return population, records

    def _record(self, one: Found, unit: Unit, collected: datetime, subject: str) -> Record:
        return Record(
            kind=unit.kind,
            subject=SubjectId(subject),
            place=unit.place,
            origin=Origin.MANIFEST,
            collected=collected,
            body=one.normal.body,
            tags=one.normal.labels,
            gaps=one.normal.gaps,
            file=one.file,
            line=one.line,
        )


def open_manifests(tree: Tree, claim: Claim, root: str, clock: Callable[[], datetime]) -> ManifestSource:
    """Open the manifests that were recognised in a directory."""
    return ManifestSource(tree=tree, claim=claim, root=root, clock=clock)


@cache
def schemas() -> Mapping[KindName, Kind]:
    """The kinds of Kubernetes."""
    return kinds.load((kinds.SHIPPED / "kubernetes",))


def coverage(kind: KindName) -> Coverage:
    """Every field of a kind: an object says all of itself."""
    return Coverage(paths=frozenset(schemas()[kind].shape.fields), otherwise=GapReason.NOT_PROVIDED)


def members(value: Mapping[str, Any], line: int, lines: Mapping[int, int]) -> Iterator[tuple[Mapping[str, Any], int]]:
    """The objects of a document: itself, or the members of the list that it is, lists in it included."""
    pending: list[tuple[Any, int]] = [(value, line)]
    while pending:
        one, at = pending.pop()
        if not isinstance(one, dict):
            yield {}, at
            continue
        kind, items = one.get("kind"), one.get("items")
        if isinstance(kind, str) and kind.endswith(LIST) and isinstance(items, list):
            of_all = {"kind": kind.removesuffix(LIST), "apiVersion": one.get("apiVersion")} if kind != LIST else {}
            told = ((item, lines.get(id(item), at)) for item in reversed(items))
            pending += [({**of_all, **item} if isinstance(item, dict) else item, at_) for item, at_ in told]
        else:
            yield one, at


def _take(document: Document, path: str, wanted: frozenset[KindName], found: Findings) -> None:
    """Put the objects of a document where they belong."""
    if not isinstance(document.value, dict):
        found.lack(KINDS, GapReason.PARSE_ERROR, f"{path}:{document.line}: is no object")
        return
    for item, line in members(document.value, document.line, document.lines):
        where = f"{path}:{line}"
        kind, version = item.get("kind"), item.get("apiVersion")
        if not isinstance(kind, str) or not isinstance(version, str):
            if item is not document.value or kind is not None or version is not None or "metadata" in item:
                found.lack(KINDS, GapReason.PARSE_ERROR, f"{where}: says no kind and version of the API")
            continue
        resource = BY_OBJECT.get(kind)
        if resource is None or resource.kind not in wanted or version.rpartition("/")[0] not in groups_of(resource):
            continue
        if version != resource.api and version not in resource.older:
            found.lack((resource.kind,), GapReason.NOT_TRANSLATED, f"{where}: the version of this {kind} is not read")
            continue
        try:
            normal = normalise(resource, item, where, declared=True)
        except ObjectError as error:
            found.lack((resource.kind,), GapReason.PARSE_ERROR, f"{where}: {error}")
            continue
        found.objects[resource.kind].append(Found(resource=resource, normal=normal, file=path, line=line))


def _left_to_accounts(workloads: Iterable[Found], accounts: Iterable[Found]) -> Iterator[Found]:
    """The workloads, with a gap where an account that no manifest declares decides whether its token is mounted."""
    told = {one.normal.body["account_key"] for one in accounts}
    for one in workloads:
        body, gaps = one.normal.body, one.normal.gaps
        if body["account"] == default("pod.serviceAccountName") or body["account_key"] in told or MOUNTED in body:
            yield one
            continue
        detail = f"{one.file}:{one.line}: no manifest declares its service account, which decides"
        gap = Gap(path=MOUNTED, reason=GapReason.NOT_PROVIDED, detail=detail)
        yield replace(one, normal=replace(one.normal, gaps=tuple(sorted({*gaps, gap}))))


def _could_hold(text: str) -> frozenset[KindName]:
    """The kinds that an unreadable document could hold: that which it declares in one plain line, else all."""
    declared = DECLARED.findall(text)
    if len(declared) != 1 or declared[0].endswith(LIST):
        return KINDS
    resource = BY_OBJECT.get(declared[0])
    return frozenset() if resource is None else frozenset({resource.kind})


def _apart(objects: Sequence[Found]) -> Iterator[tuple[Found, str]]:
    """Each object with its subject id: where several files declare the same, the place of each tells them apart."""
    count: dict[str, int] = {}
    for one in objects:
        count[one.normal.id] = count.get(one.normal.id, 0) + 1
    seen: dict[str, int] = {}
    for one in objects:
        subject = one.normal.id
        if count[subject] > 1:
            subject = f"{subject}@{one.file}:{one.line}"
            seen[subject] = number = seen.get(subject, 0) + 1
            subject = subject if number == 1 else f"{subject}#{number}"
        yield one, subject


def _bounded(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    more = len(gaps) - MAX_GAPS
    rest = [replace(gaps[0], detail=f"{more:,} more documents could not be read")] if more > 0 else []
    return (*gaps[:MAX_GAPS], *rest)
