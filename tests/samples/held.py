"""A sink and a progress that keep what they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from grc.model.evidence import Population, Record, Unit


@dataclass
class Held:
    """What was written, by unit."""

    units: dict[Unit, tuple[Population, Sequence[Record]]] = field(default_factory=dict)

    def has(self, unit: Unit) -> bool:
        return unit in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit] = (population, records)

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit in self.units

    def of(self, kind: str) -> tuple[Population, Sequence[Record]]:
        """The one unit of a kind."""
        (found,) = [held for unit, held in self.units.items() if unit.kind == kind]
        return found
