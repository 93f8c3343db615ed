"""Writing a pack's evidence layer: a population at a time, whole or not at all, and sealed at the end."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.durable import flush_folder, flush_folders, write_file, writing
from grc.evidence.guarded import sha256
from grc.evidence.journal import FORMAT, Begun, Entry, Journal
from grc.evidence.lines import record_lines, settled
from grc.evidence.lock import Lock
from grc.evidence.manifest import Content, EvidenceManifest, Held, Redacted, Resumption, Run, SourceUsed, Stored
from grc.evidence.naming import population_file
from grc.evidence.pack import MANIFEST, SUMS, evidence_sums
from grc.evidence.readme import NAME as README
from grc.evidence.readme import readme
from grc.evidence.redactions import listed
from grc.evidence.signing.sealing import Sealer
from grc.evidence.signing.statements import evidence_statement
from grc.model.evidence import Population, Record, Unit
from grc.model.identifiers import KindName, Place
from grc.model.kind import Kind

LEVEL: Final = 1
"""zstd's: higher ones gain little here and cost much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """The run that collects. ``scope`` is what the command was asked for, as JSON data without anything that changes
    from one call to the next: an interrupted run is gone on with only when it is the same."""

    id: str
    started: datetime
    engine: str
    scope: Mapping[str, Any]


class PackWriter:
    """Holds what sources saw until it is sealed. Meets ``model.ports.Sink``; safe to call from several threads.

    Works in ``<PACK>.partial``, with a journal; a run that was interrupted is gone on with by a writer on the same
    folder. Nothing stands at ``<PACK>`` before ``seal`` is through.

    Raises:
        EvidenceError: the pack exists, another run is writing it, or what was begun there is of another run.
    """

    def __init__(self, folder: Path, run: RunFacts, kinds: Mapping[KindName, Kind]) -> None:
        self.folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link at its end
        with writing(self.folder):
            _refuse_existing(self.folder)
        self.partial = self.folder.with_name(self.folder.name + ".partial")
        self._content = self.partial / "pack"
        self._kinds = kinds
        self._mutex = threading.Lock()
        self._sealable: set[KindName] = set()
        self._busy: set[tuple[KindName, Place]] = set()
        self._earlier: set[tuple[KindName, Place]] = set()
        self._held: dict[tuple[KindName, Place], Held] = {}
        self._numbers = itertools.count(1)
        manifests.encode_plain(canonical.plain(run.scope))
        with writing(self.partial):
            self._content.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(self.partial / "lock")
            try:
                self._journal = Journal(self.partial / "journal.ndjson")
                _refuse_existing(self.folder)  # sealed while this writer waited for the lock
                self._begun, self._resumed = self._begin(run)
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder. What is held stays there for a later run, unless it was sealed."""
        if hasattr(self, "_journal"):
            self._journal.close()
        self._lock.release()

    def discard(self, *, held: bool = False) -> None:
        """Remove the work folder if it holds nothing, so that a run that never began leaves nothing behind.

        ``held``: also what it holds, of a run that can never end.

        Raises:
            EvidenceError: it cannot be removed.
        """
        if held or not self._held:
            with self._mutex, writing(self.partial):
                self._journal.close()
                shutil.rmtree(self.partial)

    @property
    def resumed(self) -> int:
        """How many populations are held from an interrupted run."""
        return len(self._earlier)

    def has(self, unit: Unit) -> bool:
        """Whether this unit is already held whole."""
        with self._mutex:
            held = self._held.get((unit.kind, unit.place))
            return held is not None and held.population.unit == unit

    def write(self, population: Population, records: Sequence[Record]) -> None:
        """Hold one unit, whole or not at all. Records may come in any order.

        Raises:
            EvidenceError: the disk is full or cannot be written; the unit is held already; its kind is not known;
                or the source gave what cannot be held (see ``lines.settled`` and ``lines.record_lines``).
        """
        key = (population.unit.kind, population.unit.place)
        self._reserve(population)
        try:
            held = self._store(population, records)
            with self._mutex, writing(self.partial):
                self._journal.add(Entry(held=held))
                self._held[key] = held
                self._earlier.discard(key)
        finally:
            with self._mutex:
                self._busy.discard(key)

    def seal(
        self,
        *,
        finished: datetime,
        sources: Iterable[SourceUsed],
        redactions: Iterable[Redacted] = (),
        sealer: Sealer | None = None,
    ) -> str:
        """Write the manifest, sign it, and put the pack in its place, at once. Gives the evidence's digest.

        ``redactions`` are those beyond what the kinds themselves declare. ``sealer`` None: the pack is not signed.

        Raises:
            EvidenceError: the disk is full or cannot be written, the pack exists by now, or it cannot be signed.
        """
        with self._mutex, writing(self.folder):
            made = self._manifest(finished, sources, redactions)
            self._sweep()
            data = manifests.encode(made)
            self._put(README, readme())
            self._put(SUMS, evidence_sums(made, data))
            self._put(MANIFEST, data)
            for name, beside in (sealer.files(evidence_statement(made, data)) if sealer else {}).items():
                self._put(f"evidence/{name}", beside)
            flush_folders(self._content)
            _refuse_existing(self.folder)
            self._content.rename(self.folder)
            flush_folder(self.folder.parent)
            self.close()
            shutil.rmtree(self.partial, ignore_errors=True)  # the pack is sealed, whatever becomes of this
        return sha256(data)

    def _begin(self, run: RunFacts) -> tuple[Begun, tuple[Resumption, ...]]:
        try:
            begun, entries = self._journal.read()
        except EvidenceError as error:
            raise EvidenceError(f"{self.partial}: {error}: delete the folder and start again") from error
        self._held = {
            (entry.held.population.unit.kind, entry.held.population.unit.place): entry.held
            for entry in entries
            if entry.held is not None
        }
        self._held = {key: held for key, held in self._held.items() if self._is_whole(held)}
        self._earlier = set(self._held)
        if begun is None or not self._held:
            begun = Begun(format=FORMAT, engine=run.engine, run=run.id, started=run.started, scope=run.scope)
            self._journal.begin(begun)
            return begun, ()
        self._refuse_other(begun, run)
        again = Resumption(id=run.id, started=run.started)
        self._journal.add(Entry(resumed=again))
        return begun, (*(entry.resumed for entry in entries if entry.resumed is not None), again)

    def _refuse_other(self, begun: Begun, run: RunFacts) -> None:
        if begun.engine != run.engine or canonical.plain(begun.scope) != canonical.plain(run.scope):
            raise EvidenceError(
                f"{self.partial}: an interrupted run with other arguments or another version ({begun.engine}) began "
                "this: finish it with what it was begun with, delete the folder, or write to another pack"
            )

    def _is_whole(self, held: Held) -> bool:
        path = self._content / held.file
        if held.file != population_file(held.population.unit.kind, held.population.unit.place) or not path.is_file():
            return False
        data = path.read_bytes()
        return len(data) == held.stored.bytes and sha256(data) == held.stored.digest

    def _reserve(self, population: Population) -> None:
        unit = population.unit
        key = (unit.kind, unit.place)
        if unit.kind not in self._kinds:
            raise EvidenceError(f"the source {unit.source!r} gave the kind {unit.kind}, which is not known here")
        with self._mutex:
            if unit.kind not in self._sealable:  # known now, not after hours of collecting
                manifests.encode_plain(self._kinds[unit.kind].document)
                self._sealable.add(unit.kind)
            held = self._held.get(key)
            if held is not None and (held.population.unit, held.population.origin) != (unit, population.origin):
                raise EvidenceError(
                    f"{unit.kind} in {unit.place} was given twice: as {held.population.origin.value} by "
                    f"{held.population.unit.source!r} and as {population.origin.value} by {unit.source!r}: "
                    "one kind in one place has one population: write to two packs"
                )
            if key in self._busy or (held is not None and key not in self._earlier):
                raise EvidenceError(
                    f"{unit.kind} in {unit.place} was given twice: this is an error in the source {unit.source!r}"
                )
            self._busy.add(key)

    def _store(self, population: Population, records: Sequence[Record]) -> Held:
        import zstandard

        unit = population.unit
        kept = settled(population, records)
        content = b"".join(record_lines(kept))
        stored = zstandard.ZstdCompressor(level=LEVEL).compress(content)
        held = Held(
            population=replace(population, count=len(kept)),
            file=population_file(unit.kind, unit.place),
            content=Content(digest=sha256(content), bytes=len(content), lines=len(kept)),
            stored=Stored(digest=sha256(stored), bytes=len(stored)),
            oldest=min(map(attrgetter("collected"), kept), default=None),
            newest=max(map(attrgetter("collected"), kept), default=None),
            gaps=manifests.count_gaps(unit.kind, (*population.gaps, *(gap for record in kept for gap in record.gaps))),
        )
        manifests.encode_plain(canonical.plain(held))
        with writing(self.partial):
            self._put(held.file, stored)
        return held

    def _put(self, name: str, data: bytes) -> None:
        write_file(self._content / name, data, by_way_of=self.partial / f"{next(self._numbers)}.tmp")

    def _manifest(
        self, finished: datetime, sources: Iterable[SourceUsed], redactions: Iterable[Redacted]
    ) -> EvidenceManifest:
        assert not self._busy, "a source is still writing"
        held = tuple(self._held[key] for key in sorted(self._held))
        used = {key[0]: self._kinds[key[0]] for key in sorted(self._held)}
        redacted = listed(used.values(), (found.population for found in held))
        return EvidenceManifest(
            format=manifests.EVIDENCE,
            engine=self._begun.engine,
            run=Run(
                id=self._begun.run,
                started=self._begun.started,
                finished=finished,
                scope=self._begun.scope,
                resumed=self._resumed,
            ),
            sources=tuple(sorted(set(sources))),
            kinds={name: kind.document for name, kind in used.items()},
            populations=held,
            gaps=manifests.sum_gaps(count for found in held for count in found.gaps),
            redactions=tuple(sorted({*redacted, *redactions})),
            readme=Stored(digest=sha256(readme()), bytes=len(readme())),
        )

    def _sweep(self) -> None:
        """Remove what an interrupted run left and the journal does not tell of."""
        named = {self._content / held.file for held in self._held.values()}
        for folder, _, names in os.walk(self._content, topdown=False):
            for path in (Path(folder, name) for name in names):
                if path not in named:
                    path.unlink()
            if not any(Path(folder).iterdir()):
                Path(folder).rmdir()


def _refuse_existing(folder: Path) -> None:
    if folder.exists() or folder.is_symlink():
        raise EvidenceError(f"{folder}: exists already, and a pack is never overwritten: name another, or move it away")
