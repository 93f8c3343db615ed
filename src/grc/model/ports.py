"""The seams between rooms: a source writes into a sink, a judge reads from a store of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from grc.model.evidence import Demand, Population, Record, Unit
from grc.model.identifiers import KindName


class Sink(Protocol):
    """Where a source puts what it saw. Safe to call from several threads."""

    def has(self, unit: Unit) -> bool:
        """Whether this unit is already held whole (a resumed run)."""

    def write(self, population: Population, records: Sequence[Record]) -> None:
        """Hold one unit, whole or not at all. Records may come in any order."""


class Progress(Protocol):
    """Told of work as it is planned and done; prints nothing itself in library use."""

    def planned(self, units: int) -> None:
        """So many more units are known of."""

    def done(self, unit: Unit) -> None:
        """This unit is finished, with or without gaps."""


class Source(Protocol):
    """Something that evidence comes from. Never judges."""

    @property
    def name(self) -> str:
        """What units, populations and packs call it."""

    @property
    def version(self) -> str:
        """The version of the collector, not of what it reads."""

    def kinds(self) -> frozenset[KindName]:
        """The kinds that this source can give."""

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Collect the demanded kinds into the sink. Failing to see is a gap, not an error."""


class EvidenceStore(Protocol):
    """Sealed evidence, read back. Iteration order is fixed: by kind, then place."""

    def populations(self) -> Sequence[Population]:
        """Every population, by kind and place."""

    def lines(self, population: Population) -> Iterator[bytes]:
        """The population's records: chunks of whole canonical NDJSON lines, each ended by a newline."""
