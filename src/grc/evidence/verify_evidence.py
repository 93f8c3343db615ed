"""Whether an evidence layer is what was sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.faults import Fault, shown
from grc.evidence.guarded import SMALL, content_of, read_inside, read_lines, read_stored, sha256
from grc.evidence.manifest import EvidenceManifest, Held
from grc.evidence.pack import MANIFEST, SUMS, Pack, evidence_sums, read_manifest
from grc.evidence.readme import NAME as README
from grc.evidence.redactions import listed
from grc.evidence.reread import read_again
from grc.evidence.shapes import Shape
from grc.evidence.signing.statements import evidence_statement
from grc.model.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What verifying one layer found. ``files`` are those that it must have; ``digest`` is its manifest's.

    ``folder`` is where its manifest stands; ``stated`` what its signature must state, where the manifest can be read.
    """

    folder: str
    files: frozenset[str]
    faults: tuple[Fault, ...]
    digest: str | None
    stated: Mapping[str, Any] | None = None
    holds: tuple[str, ...] = ()


def verify_evidence(path: Path, *, lines: bool = True) -> Layer:
    """Verify the manifest, each population file and the sums. ``lines`` False: by their digests alone."""
    try:
        data = read_inside(path, MANIFEST, manifests.MAX_BYTES)
        manifest = read_manifest(path, data)
    except EvidenceError as error:
        faults: tuple[Fault, ...] = (_fault(path, MANIFEST, error),)
        return Layer(folder="evidence", files=frozenset({MANIFEST, SUMS}), faults=faults, digest=None)
    shapes: defaultdict[str, Shape] = defaultdict(Shape)
    faults = (
        *_manifest_faults(path, manifest, data),
        *(
            fault
            for held in manifest.populations
            for fault in _population_faults(path, held, shapes[held.population.unit.kind] if lines else None)
        ),
        *_sums_faults(path, manifest, data),
        *_readme_faults(path, manifest),
    )
    records = sum(held.content.lines for held in manifest.populations)
    holds = (
        f"evidence: {counted(len(manifest.populations), 'population')} with {counted(records, 'record')}, as sealed "
        f"({sha256(data)})"
    )
    files = {MANIFEST, SUMS, *(held.file for held in manifest.populations), *([README] if manifest.readme else [])}
    return Layer(
        folder="evidence",
        files=frozenset(files),
        faults=faults,
        digest=sha256(data),
        stated=evidence_statement(manifest, data),
        holds=() if faults else (holds,),
    )


def _manifest_faults(path: Path, manifest: EvidenceManifest, data: bytes) -> Iterator[Fault]:
    try:
        if manifests.encode(manifest) != data:
            yield Fault(file=MANIFEST, message="is not written in its one canonical form (RFC 8785)")
        kinds = Pack(path, "", manifest, {}).kinds()
    except EvidenceError as error:
        yield _fault(path, MANIFEST, error)
        return
    if set(kinds) != {held.population.unit.kind for held in manifest.populations}:
        yield Fault(file=MANIFEST, message="holds a kind that no population is of")
    if not set(listed(kinds.values(), (held.population for held in manifest.populations))) <= set(manifest.redactions):
        yield Fault(
            file=MANIFEST, message="does not list every redaction that its kinds declare or its populations count"
        )
    if manifest.records_root is not None:
        yield Fault(file=MANIFEST, message="states a root of all records, which this engine cannot check")
    if manifest.gaps != manifests.sum_gaps(count for held in manifest.populations for count in held.gaps):
        yield Fault(file=MANIFEST, message="counts other gaps in all than in its populations")


def _sums_faults(path: Path, manifest: EvidenceManifest, data: bytes) -> Iterator[Fault]:
    wanted = evidence_sums(manifest, data)
    try:
        if read_inside(path, SUMS, len(wanted)) != wanted:
            yield Fault(file=SUMS, message="names other digests than the manifest, or the manifest was changed")
    except EvidenceError as error:
        yield _fault(path, SUMS, error)


def _readme_faults(path: Path, manifest: EvidenceManifest) -> Iterator[Fault]:
    if manifest.readme is None:
        return
    try:
        read_stored(path, README, manifest.readme)
    except EvidenceError as error:
        yield _fault(path, README, error)


def _population_faults(path: Path, held: Held, shape: Shape | None) -> Iterator[Fault]:
    """What is wrong with a population's file. ``shape`` None: its digests alone are looked at."""
    try:
        found = _by_digest(path, held) if shape is None else read_again(path, held, shape)
    except EvidenceError as error:
        yield _fault(path, held.file, error)
        return
    for name in ("content", "oldest", "newest", "gaps"):
        if getattr(found, name) != getattr(held, name):
            yield Fault(file=held.file, message=f"its {name} is not what the manifest states")


def _by_digest(path: Path, held: Held) -> Held:
    return replace(held, content=content_of(read_lines(path, held.file, held.content, held.stored, SMALL)))


def _fault(path: Path, file: str, error: EvidenceError) -> Fault:
    message = str(error).removeprefix(f"{path}: ").removeprefix(f"{file} ").removeprefix(f"{file}: ")
    return Fault(file=file, message=shown(message))
