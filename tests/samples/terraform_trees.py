"""Directories of Terraform files, and the records that they give."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grc.collect.files import find
from grc.collect.terraform import open_directory, recognise
from grc.model.evidence import Population, Record, Unit
from grc.model.identifiers import KindName

BUCKET = KindName("aws.s3.bucket")


@dataclass
class Collected:
    """A sink and a progress that keep what they are given, by place and kind."""

    units: dict[Unit, tuple[Population, Sequence[Record]]] = field(default_factory=dict)

    def has(self, unit: Unit) -> bool:
        return unit in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit] = (population, tuple(records))

    def planned(self, units: int) -> None:
        assert units >= 0

    def done(self, unit: Unit) -> None:
        assert unit in self.units

    def of(self, kind: KindName) -> Iterator[Record]:
        for unit, (_, records) in self.units.items():
            if unit.kind == kind:
                yield from records

    def population(self, kind: KindName) -> Population:
        (found,) = (population for unit, (population, _) in self.units.items() if unit.kind == kind)
        return found


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by their paths below a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text))


def collected(folder: Path, *kinds: str) -> Collected:
    """What a directory gives of some kinds."""
    tree = find(folder)
    source = open_directory(tree, recognise(tree), "infra", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    held = Collected()
    source.collect({KindName(kind): frozenset() for kind in kinds or (BUCKET,)}, held, held)
    return held


def of_files(folder: Path, files: Mapping[str, str], *kinds: str) -> Collected:
    """What these files give of some kinds."""
    write(folder, files)
    return collected(folder, *kinds)


def of_text(folder: Path, text: str, *kinds: str) -> Collected:
    """What one file gives."""
    return of_files(folder, {"main.tf": text}, *kinds)


def bodies(held: Collected, kind: KindName = BUCKET) -> dict[str, Mapping[str, Any]]:
    """The bodies of the records of a kind, by subject."""
    return {str(record.subject): record.body for record in held.of(kind)}


def gap_paths(record: Record) -> list[str]:
    """Where a record has gaps."""
    return [gap.path for gap in record.gaps]
