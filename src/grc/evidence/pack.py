"""Reading a sealed pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from grc.errors import DataError, EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.guarded import is_folder, open_inside, read_inside, read_lines, sha256
from grc.evidence.lines import record_from, split, subject_from
from grc.evidence.manifest import EvidenceManifest, Held
from grc.evidence.naming import population_file
from grc.evidence.sums import NAME, sums
from grc.kinds import kind_from
from grc.model.evidence import Population, Record
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.kind import Kind

MANIFEST: Final = "evidence/manifest.json"
SUMS: Final = "evidence/" + NAME


@dataclass(frozen=True, slots=True)
class Pack:
    """A sealed pack's evidence. Meets ``model.ports.EvidenceStore``; can be sent to another process.

    ``digest`` is that of its manifest, and stands for all of the evidence.
    """

    path: Path
    digest: str
    manifest: EvidenceManifest
    held: Mapping[tuple[KindName, Place], Held]

    @property
    def newest(self) -> datetime | None:
        """The last instant that the evidence is from; None when there is none."""
        populations = (held.population.finished for held in self.manifest.populations)
        records = (held.newest for held in self.manifest.populations if held.newest is not None)
        return max((*populations, *records), default=None)

    def kinds(self, known: Mapping[KindName, Kind] | None = None) -> Mapping[KindName, Kind]:
        """The kinds as they were when the evidence was collected, and those of ``known`` that it does not hold.

        One of ``known`` that is declared alike is taken as it is, and not made again. They were read from canonical
        documents, as these are: the order of a kind's fields shows in explanations.

        Raises:
            EvidenceError: a kind's document is not one.
        """
        found = dict(known or {})
        for name, document in self.manifest.kinds.items():
            if name not in found or found[name].document != document:
                found[name] = _kind(self.path, name, document)
        return found

    def kind(self, name: KindName) -> Kind:
        """One kind as it was when the evidence was collected.

        Raises:
            EvidenceError: its document is not one.
        """
        return _kind(self.path, name, self.manifest.kinds[name])

    def populations(self) -> Sequence[Population]:
        """Every population, by kind and place."""
        return tuple(held.population for held in self.manifest.populations)

    def lines(self, population: Population) -> Iterator[bytes]:
        """The population's records: chunks of whole canonical lines, each line ended by a newline.

        Raises:
            EvidenceError: the file is not what was sealed. Known for sure only when the last chunk was taken.
        """
        held = self.held[population.unit.kind, population.unit.place]
        return read_lines(self.path, held.file, held.content, held.stored)

    def records(self, population: Population) -> Iterator[Record]:
        """The population's records, by subject.

        Raises:
            EvidenceError: the file is not what was sealed, or a line is not a record.
        """
        return map(record_from, split(self.lines(population)))

    def digests(self, population: Population) -> Iterator[tuple[SubjectId, str]]:
        """The population's subjects in their order, each with the digest of its record's line.

        Raises:
            EvidenceError: the file is not what was sealed, or a line is not a record.
        """
        return ((subject_from(line), sha256(line)) for line in split(self.lines(population)))

    def digest_of(self, population: Population, subject: SubjectId) -> str:
        """The digest of a subject's record in one population.

        Raises:
            EvidenceError: the file is not what was sealed, or holds no such record.
        """
        for found, digest in self.digests(population):
            if found == subject:
                return digest
        raise EvidenceError(f"{self.path}: holds no record of {subject!r} in {population.unit.place}: run `grc verify`")

    def record(self, kind: KindName, subject: SubjectId) -> Record | None:
        """The record of a subject, from the first place that has one; None when there is none.

        Raises:
            EvidenceError: a file is not what was sealed.
        """
        return next(self.records_of(kind, subject), None)

    def records_of(self, kind: KindName, subject: SubjectId) -> Iterator[Record]:
        """Every record of a subject, by place: a subject stands once in each place that it was seen in.

        Raises:
            EvidenceError: a file is not what was sealed.
        """
        for population in self.populations():
            if population.unit.kind == kind:
                yield from (record for record in self.records(population) if record.subject == subject)


def open_pack(path: Path) -> Pack:
    """Open a sealed pack. Its manifest is unchanged, and its files are there and of the stated size.

    Reading a population's lines to the end tells that they are unchanged; ``verify`` tells it of everything.

    Raises:
        EvidenceError: there is no sealed pack, or its manifest cannot be read or names what is not there.
    """
    if is_work_folder(path) or not is_folder(path / "evidence"):
        raise EvidenceError(f"{path}: is not a sealed pack: {why_no_pack(path)}")
    data = read_inside(path, MANIFEST, manifests.MAX_BYTES)
    manifest = read_manifest(path, data)
    wanted = evidence_sums(manifest, data)
    if read_inside(path, SUMS, len(wanted)) != wanted:
        raise EvidenceError(f"{path}: {MANIFEST} was changed since it was sealed: run `grc verify {path}`")
    for held in manifest.populations:
        with open_inside(path, held.file) as file:
            if file.seek(0, 2) != held.stored.bytes:
                raise EvidenceError(f"{path}: {held.file} is not as large as when it was sealed: run `grc verify`")
    return Pack(path, sha256(data), manifest, {_key(held): held for held in manifest.populations})


def is_work_folder(path: Path) -> bool:
    """Whether this is where a pack is being written, whatever it holds."""
    found = path.absolute()
    return found.name.endswith(".partial") or found.parent.name.endswith(".partial")


def read_manifest(path: Path, data: bytes) -> EvidenceManifest:
    """Read an evidence manifest and see that it agrees with itself.

    Raises:
        EvidenceError: it cannot be read, a population stands twice or out of order, or its file or kind is another's.
    """
    try:
        manifest = manifests.decode(data, EvidenceManifest, manifests.EVIDENCE)
    except EvidenceError as error:
        raise EvidenceError(f"{path}: {MANIFEST} {error}") from error
    keys = [_key(held) for held in manifest.populations]
    if keys != sorted(set(keys)):
        raise EvidenceError(f"{path}: {MANIFEST} names a population twice, or not in order")
    for held in manifest.populations:
        kind, place = _key(held)
        if held.file != population_file(kind, place):
            raise EvidenceError(f"{path}: {MANIFEST} puts {kind} in {place} at {held.file!r}: not its place")
        if kind not in manifest.kinds:
            raise EvidenceError(f"{path}: {MANIFEST} lacks the kind {kind}")
        if held.population.count != held.content.lines or min(held.content.bytes, held.stored.bytes) < 0:
            raise EvidenceError(f"{path}: {MANIFEST} contradicts itself about {kind} in {place}")
    return manifest


def evidence_sums(manifest: EvidenceManifest, data: bytes) -> bytes:
    """The layer's ``SHA256SUMS``. ``data`` are the manifest's bytes."""
    stored = {held.file.removeprefix("evidence/"): held.stored.digest for held in manifest.populations}
    return sums({**stored, "manifest.json": sha256(data)})


def _key(held: Held) -> tuple[KindName, Place]:
    return held.population.unit.kind, held.population.unit.place


def _kind(path: Path, name: KindName, document: Mapping[str, object]) -> Kind:
    try:
        kind = kind_from(document, f"{path}/{MANIFEST}")
    except (DataError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: {MANIFEST}: the kind {name} cannot be read: {error}") from error
    if kind.name != name:
        raise EvidenceError(f"{path}: {MANIFEST}: the kind {name} calls itself {kind.name}")
    return kind


def why_no_pack(path: Path) -> str:
    """Why a path is not that of a sealed pack, and what to do: it may be the folder that packs are in."""
    named, path = path, path.absolute()
    if is_work_folder(path):
        return "it is being collected, or was interrupted: run the same command again to go on"
    if is_folder(path.parent / f"{path.name}.partial"):
        return "its collection was interrupted: run the same command again to go on"
    within = packs_within(path)
    if within:
        return f"packs are within it: name one, such as {named / within[-1].relative_to(path)}"
    return "there is no folder `evidence` in it"


def packs_within(path: Path) -> list[Path]:
    """The sealed packs of a folder, or of its `packs`, by name; an unreadable one has none."""
    try:
        return sorted(found.parent.parent for depth in ("*", "packs/*") for found in path.glob(f"{depth}/{MANIFEST}"))
    except OSError:
        return []
