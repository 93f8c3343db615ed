"""The small estate of Kubernetes, as files and as a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kubernetes import config
from kubernetes_api import TOKEN, Server, kubeconfig

from grc.collect.files import find
from grc.collect.kubernetes import ClusterSource, open_manifests, recognise
from grc.collect.kubernetes.calls import Calls
from grc.collect.kubernetes.resources import BY_OBJECT
from grc.collect.kubernetes.yamlstream import Document, documents
from grc.model.evidence import Demand, Population, Record, Unit
from grc.model.identifiers import KindName

FILE = Path(__file__).parent / "kubernetes_estate.yaml"
COLLECTED = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass
class Held:
    """A sink and a progress that keep what they are given."""

    units: dict[Unit, tuple[Population, Sequence[Record]]] = field(default_factory=dict)
    announced: int = 0

    def has(self, unit: Unit) -> bool:
        return unit in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        assert population.count == len(records)
        self.units[population.unit] = (population, records)

    def planned(self, units: int) -> None:
        self.announced += units

    def done(self, unit: Unit) -> None:
        assert unit in self.units

    def of(self, kind: str) -> tuple[Population, Sequence[Record]]:
        return next(found for unit, found in self.units.items() if unit.kind == kind)

    def record(self, subject: str) -> Record:
        return next(one for _, records in self.units.values() for one in records if one.subject == subject)


def everything(source: Any) -> Demand:
    return {kind: frozenset({"id"}) for kind in source.kinds()}


def declared(folder: Path, *wanted: str) -> Held:
    """What the manifests in a folder come to."""
    tree = find(folder)
    source = open_manifests(tree, recognise(tree), "deploy", lambda: COLLECTED)
    held = Held()
    source.collect({KindName(kind): frozenset() for kind in wanted} or everything(source), held, held)
    return held


def objects() -> dict[str, list[dict[str, Any]]]:
    """The estate's objects by the path that lists them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for document in documents(FILE.read_text()):
        assert isinstance(document, Document)
        found.setdefault(BY_OBJECT[document.value["kind"]].path, []).append(document.value)
    return found


def cluster(
    server: Server, token: str = TOKEN, slept: list[float] | None = None, namespaces: Sequence[str] | None = None
) -> ClusterSource:
    """The source of a server, by the official client."""
    client = config.new_client_from_config_dict(kubeconfig(server, token), persist_config=False)
    waits: list[float] = [] if slept is None else slept
    return ClusterSource(
        calls=Calls(client=client, sleep=waits.append),
        cluster="main",
        context="main",
        caller="auditor",
        clock=lambda: COLLECTED,
        namespaces=namespaces,
    )


def collected(source: ClusterSource, wanted: Demand | None = None) -> Held:
    """What a cluster comes to."""
    held = Held()
    source.collect(everything(source) if wanted is None else wanted, held, held)
    return held
