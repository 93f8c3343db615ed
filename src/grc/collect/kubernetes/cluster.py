"""A live cluster as a source: what its API server lists, with the credentials of a kubeconfig."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from grc.collect.kubernetes.calls import CallError, Calls
from grc.collect.kubernetes.listing import Lacking, Lists
from grc.collect.kubernetes.manifests import coverage
from grc.collect.kubernetes.objects import Normal, ObjectError, normalise
from grc.collect.kubernetes.owned import Owners
from grc.collect.kubernetes.resources import CLUSTER, KINDS, Resource
from grc.errors import ConfigError
from grc.garbage import collector_paused
from grc.model.evidence import Demand, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.ports import Progress, Sink

NAME: Final = "kubernetes"
VERSION: Final = re.compile(r"v?(\d+)\.(\d+)")
GET_VERSION: Final = "get /version"
WORKLOAD: Final = KindName("kubernetes.workload")


@dataclass(slots=True)
class Seen(Lacking):
    """What the lists of one kind gave."""

    records: dict[str, Record] = field(default_factory=dict)
    owners: Owners = field(default_factory=Owners)
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSource:
    """One cluster. Meets ``model.ports.Source``.

    ``cluster``, ``context`` and ``caller`` are the names that the kubeconfig gives. ``namespaces`` None: all of them.
    """

    calls: Calls
    cluster: str
    context: str
    caller: str
    clock: Callable[[], datetime]
    namespaces: Sequence[str] | None = None
    name: str = NAME
    version: str = "1"

    @property
    def place(self) -> Place:
        """Where the cluster's evidence stands: ``k8s/<cluster>``."""
        return Place(f"k8s/{quote(self.cluster, safe='')}")

    def kinds(self) -> frozenset[KindName]:
        """What a cluster lists, and the cluster itself."""
        return KINDS | {CLUSTER}

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """List the demanded kinds over all namespaces, one unit each.

        Raises:
            ConfigError: the server cannot be reached or refuses the credentials. Nothing was collected.
        """
        units = [Unit(source=self.name, place=self.place, kind=kind) for kind in sorted(demand.keys() & self.kinds())]
        if not units:
            return
        self._enter()
        progress.planned(len(units))
        for unit in units:
            if not sink.has(unit):
                with collector_paused():
                    sink.write(*self._unit(unit))
            progress.done(unit)

    def _enter(self) -> None:
        """Make one call that everybody who is signed in may make, so that a run that cannot begin leaves nothing."""
        try:
            self.calls.read("/api", {}, "get /api")
        except CallError as error:
            if error.gap.reason is GapReason.CREDENTIALS:
                raise ConfigError(
                    f"the cluster {self.cluster} refuses the credentials of {self.caller}: sign in again"
                ) from error
            if error.status is None and error.gap.reason is not GapReason.MALFORMED:
                raise ConfigError(f"the cluster {self.cluster} cannot be reached: {error.gap.detail}") from error

    def _unit(self, unit: Unit) -> tuple[Population, Sequence[Record]]:
        started = self.clock()
        seen = Seen()
        lists = Lists(calls=self.calls, namespaces=self.namespaces)
        if unit.kind == CLUSTER:
            self._cluster(unit, seen, started)
        for resource, item in lists.objects(unit.kind, seen):
            self._take(resource, item, unit, seen, started)
        for normal in seen.owners.unlike():
            _keep(normal, unit, seen, started)
        if seen.left_out:
            seen.facts.append(
                Fact(fact="told-by-owner", detail=f"{seen.left_out} objects are told by their owners or their like")
            )
        population = Population(
            unit=unit,
            origin=Origin.LIVE,
            query=", ".join(one.call for one in lists.of(unit.kind)) or GET_VERSION,
            parameters={} if self.namespaces is None else {"namespaces": sorted(self.namespaces)},
            caller=self.caller,
            started=started,
            finished=self.clock(),
            count=len(seen.records),
            complete=not seen.gaps,
            coverage=coverage(unit.kind),
            gaps=tuple(seen.gaps),
            facts=tuple(seen.facts),
        )
        return population, tuple(seen.records.values())

    def _take(self, resource: Resource, item: dict[str, Any], unit: Unit, seen: Seen, collected: datetime) -> None:
        try:
            normal = normalise(resource, item, resource.call, declared=False)
        except ObjectError as error:
            seen.gaps.append(Gap(path="", reason=GapReason.MALFORMED, call=resource.call, detail=f"an object {error}"))
            return
        if unit.kind == WORKLOAD and seen.owners.tells(resource.object, item, normal):
            seen.left_out += 1
            return
        if normal.id in seen.records:
            detail = "the list holds two objects of one name"
            seen.gaps.append(Gap(path="", reason=GapReason.MALFORMED, call=resource.call, detail=detail))
        _keep(normal, unit, seen, collected)

    def _cluster(self, unit: Unit, seen: Seen, collected: datetime) -> None:
        try:
            told = self.calls.read("/version", {}, GET_VERSION)
        except CallError as error:
            seen.gaps.append(error.gap)
            return
        release, platform = told.get("gitVersion"), told.get("platform")
        found = VERSION.match(release) if isinstance(release, str) else None
        if found is None:
            detail = "the answer says no version"
            seen.gaps.append(Gap(path="", reason=GapReason.MALFORMED, call=GET_VERSION, detail=detail))
            return
        identity = f"Cluster/{self.cluster}"
        body = {
            "id": identity,
            "kind": "Cluster",
            "name": self.cluster,
            "version": f"{found[1]}.{found[2]}",
            "release": release,
            **({"platform": platform} if isinstance(platform, str) else {}),
        }
        seen.records[identity] = Record(
            kind=unit.kind,
            subject=SubjectId(identity),
            place=unit.place,
            origin=Origin.LIVE,
            collected=collected,
            body=body,
            tags={},
        )


def open_cluster(
    clock: Callable[[], datetime],
    *,
    context: str | None = None,
    kubeconfig: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
    namespaces: Mapping[str, Sequence[str] | None] | None = None,
) -> ClusterSource:
    """Open the cluster of a context of a kubeconfig: by default the current one of the user's own.

    ``namespaces`` are those to read, by context; None, or a context that is not in it: all.

    Raises:
        ConfigError: the official client is not installed, or there is no such context.
    """
    try:
        from kubernetes import config
        from kubernetes.config.config_exception import ConfigException
    except ImportError as error:
        raise ConfigError("reading a cluster needs its client: pip install 'grc[kubernetes]'") from error
    file = None if kubeconfig is None else str(kubeconfig)
    try:
        contexts, current = config.list_kube_config_contexts(config_file=file)
        chosen = next((one for one in contexts if one["name"] == context), None) if context else current
        if chosen is None:
            raise ConfigError(f"the kubeconfig has no context {context!r}")
        client = config.new_client_from_config(config_file=file, context=chosen["name"], persist_config=False)
    except ConfigException as error:
        raise ConfigError(f"the kubeconfig cannot be used: {error}") from error
    details, named = chosen["context"], str(chosen["name"])
    return ClusterSource(
        calls=Calls(client=client, sleep=sleep),
        cluster=str(details["cluster"]),
        context=named,
        caller=str(details.get("user", "anonymous")),
        clock=clock,
        namespaces=(namespaces or {}).get(named),
    )


def _keep(normal: Normal, unit: Unit, seen: Seen, collected: datetime) -> None:
    seen.records[normal.id] = Record(
        kind=unit.kind,
        subject=SubjectId(normal.id),
        place=unit.place,
        origin=Origin.LIVE,
        collected=collected,
        body=normal.body,
        tags=normal.labels,
        gaps=normal.gaps,
    )
