"""Reading the assessments that were made from a pack's evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

import msgspec

from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.guarded import CHUNK, is_folder, read_inside, read_lines, read_stored
from grc.evidence.layers import EFFECTIVE, FINDINGS, FOLDER, MANIFEST, OBSERVATIONS, read_layer_manifest
from grc.evidence.lines import split
from grc.evidence.manifest import AssessmentManifest, Stored
from grc.evidence.pack import Pack
from grc.model.assessment import Assessment, Effective, Observation, Observed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AssessmentLayer:
    """One sealed assessment. ``name`` is its folder's."""

    pack: Path
    name: str
    manifest: AssessmentManifest

    @property
    def path(self) -> Path:
        """The layer's folder."""
        return self.pack / FOLDER / self.name

    def assessment(self) -> Assessment:
        """What was concluded.

        Raises:
            EvidenceError: the findings are not what was sealed.
        """
        return value_of(read_stored(self.path, FINDINGS, self.manifest.findings), Assessment, self.path / FINDINGS)

    def effective(self) -> Effective:
        """What it was concluded under.

        Raises:
            EvidenceError: it is not what was sealed.
        """
        return value_of(read_stored(self.path, EFFECTIVE, self.manifest.effective), Effective, self.path / EFFECTIVE)

    def policy_files(self) -> Mapping[str, bytes]:
        """The data files that judged, by their path in the policy.

        Raises:
            EvidenceError: one is not what was sealed.
        """
        return {
            found.path: read_stored(self.path, found.file, Stored(digest=found.digest, bytes=found.bytes))
            for found in self.manifest.files
        }

    def observations(self, size: int = CHUNK) -> Iterator[bytes]:
        """The observations, a line a subject: chunks of whole canonical lines, each of about so many octets.

        Raises:
            EvidenceError: they are not what was sealed. Known for sure only when the last chunk was taken.
        """
        return read_lines(self.path, OBSERVATIONS, self.manifest.observations, self.manifest.stored, size)

    def observed(self, *containing: bytes) -> Iterator[Observation]:
        """The observations one by one; of those lines alone that contain one of some texts, if any are given.

        Raises:
            EvidenceError: they are not what was sealed.
        """
        for subject in self.subjects(*containing):
            yield from subject.each()

    def traced(self, pack: Pack) -> Iterator[Observation]:
        """The observations one by one, each with the digest of its record: of what simply passed, made of the evidence.

        Raises:
            EvidenceError: they are not what was sealed, or not of this evidence.
        """
        for unit, found in groupby(self.subjects(), key=attrgetter("kind", "place")):
            held = pack.held.get(unit)
            records = iter(()) if held is None else pack.digests(held.population)
            for seen in found:
                digest = next((digest for subject, digest in records if subject == seen.subject), None)
                if digest is None or seen.digest not in (None, digest):
                    raise EvidenceError(f"{self.path / OBSERVATIONS}: {seen.subject!r} has no record, or another one")
                yield from replace(seen, digest=digest).each()

    def subjects(self, *containing: bytes) -> Iterator[Observed]:
        """The same a subject at a time, by kind, place and subject.

        Raises:
            EvidenceError: they are not what was sealed.
        """
        decode = msgspec.json.Decoder(Observed).decode
        for line in split(self.observations()):
            if not containing or any(text in line for text in containing):
                yield _value(decode, line, self.path / OBSERVATIONS)


def assessments_of(path: Path) -> tuple[str, ...]:
    """The names of a pack's assessments, oldest instant first."""
    folder = path / FOLDER
    names = (found.name for found in folder.iterdir()) if is_folder(folder) else ()
    return tuple(sorted(names, key=lambda name: (_instant(name), name)))


def open_assessment(pack: Pack, which: str | None = None) -> AssessmentLayer:
    """Open an assessment by its name or the beginning of it; without one, that of the latest instant.

    Raises:
        EvidenceError: there is none, several fit, it cannot be read, or it was made from other evidence.
    """
    name = _chosen(pack.path, which)
    data = read_inside(pack.path, f"{FOLDER}/{name}/{MANIFEST}", manifests.MAX_BYTES)
    manifest = read_layer_manifest(data, f"{pack.path}: {FOLDER}/{name}/{MANIFEST}")
    if manifest.evidence != pack.digest:
        raise EvidenceError(f"{pack.path}: {FOLDER}/{name} was made from other evidence: run `grc verify`")
    return AssessmentLayer(pack.path, name, manifest)


def _chosen(path: Path, which: str | None) -> str:
    names = assessments_of(path)
    if not names:
        raise EvidenceError(f"{path}: holds no assessment: run `grc assess {path}`")
    if which is None:
        fitting = [name for name in names if _instant(name) == _instant(names[-1])]
    else:
        fitting = [name for name in names if name.startswith(which)]
    if len(fitting) == 1:
        return fitting[0]
    asked = f"fits {which!r}" if which is not None else "is of the latest instant"
    if not fitting:
        raise EvidenceError(f"{path}: no assessment {asked}: there are {', '.join(names)}")
    raise EvidenceError(f"{path}: more than one assessment {asked}: name one of {', '.join(fitting)}")


def _instant(name: str) -> str:
    """The part of a layer's name that orders it in time."""
    return name.partition("Z")[0]


def value_of(data: bytes, kind: type[T], called: Path | str) -> T:
    """Read a value of the model from a file of a layer.

    Raises:
        EvidenceError: the bytes do not say what they must.
    """
    value = _value(msgspec.json.Decoder(kind).decode, data, called)
    manifests.refuse_naive(value)
    return value


def _value(decode: Callable[[bytes], T], data: bytes, called: Path | str) -> T:
    try:
        return decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EvidenceError(f"{called}: does not say what it must: {error}") from error
