"""Trees of templates for tests, and what their source gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from grc import kinds
from grc.collect.cloudformation import TemplateSource, open_templates, recognise
from grc.collect.files import find
from grc.model.evidence import Population, Record, Unit
from grc.model.identifiers import KindName
from grc.model.kind import Kind

KEPT = Mapping[KindName, tuple[Population, Sequence[Record]]]


@cache
def known() -> Mapping[KindName, Kind]:
    return kinds.load()


@dataclass
class Held:
    """A sink and a progress that keep what they are given."""

    units: dict[KindName, tuple[Population, Sequence[Record]]] = field(default_factory=dict)

    def has(self, unit: Unit) -> bool:
        return unit.kind in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit.kind] = (population, records)

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit.kind in self.units


def put(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def source_of(folder: Path) -> TemplateSource:
    tree = find(folder)
    return open_templates(tree, recognise(tree), "infra", lambda: datetime(2026, 11, 22, tzinfo=UTC), known())


def collected(folder: Path, files: Mapping[str, str | bytes]) -> KEPT:
    """Everything that the templates of these files come to, by kind."""
    put(folder, files)
    source, held = source_of(folder), Held()
    source.collect({kind: frozenset() for kind in source.kinds()}, held, held)
    return held.units
