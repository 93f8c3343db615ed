"""Whether an assessment layer is what was sealed, and is of the evidence beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.assessments import AssessmentLayer
from grc.evidence.faults import Fault, shown
from grc.evidence.guarded import SMALL, content_of, read_inside, read_stored, sha256
from grc.evidence.layers import (
    EFFECTIVE,
    FINDINGS,
    FOLDER,
    MANIFEST,
    OBSERVATIONS,
    effective_bytes,
    findings_bytes,
    identity,
    layer_files,
    layer_sums,
    read_layer_manifest,
    recomputed_policy_digest,
)
from grc.evidence.lines import split
from grc.evidence.manifest import Content, Stored
from grc.evidence.naming import assessment_folder
from grc.evidence.shapes import observed_look
from grc.evidence.signing.statements import assessment_statement
from grc.evidence.sums import NAME
from grc.evidence.verify_evidence import Layer
from grc.model.assessment import Observed
from grc.model.status import EXPLAINED
from grc.model.wording import counted


def verify_assessment(path: Path, name: str, evidence: str | None, *, lines: bool = True) -> Layer:
    """Verify one assessment. ``evidence`` is the digest of the evidence beside it; None when that cannot be read.

    ``lines`` False: its observations by their digest alone.
    """
    folder = f"{FOLDER}/{name}"
    called = f"{folder}/{MANIFEST}"
    try:
        data = read_inside(path, called, manifests.MAX_BYTES)
        manifest = read_layer_manifest(data, called)
    except EvidenceError as error:
        fault = Fault(file=shown(called), message=_said(path, called, error))
        return Layer(folder=folder, files=frozenset({called, f"{folder}/{NAME}"}), faults=(fault,), digest=None)
    layer = AssessmentLayer(path, name, manifest)
    faults = tuple(
        Fault(file=shown(f"{folder}/{file}"), message=message)
        for file, message in (
            *_manifest_faults(layer, data, evidence),
            *_stored_faults(layer, data),
            *_findings_faults(layer),
            *_observation_faults(layer, lines),
        )
    )
    holds = (
        f"{folder}: the observations of {counted(manifest.observations.lines, 'subject')} and the findings are as they "
        f"were sealed, and name this evidence and this policy ({manifest.policy})"
    )
    return Layer(
        folder=folder,
        files=frozenset(f"{folder}/{file}" for file in (*layer_files(manifest), MANIFEST, NAME)),
        faults=faults,
        digest=sha256(data),
        stated=assessment_statement(manifest, data, name),
        holds=() if faults or evidence is None else (holds,),
    )


Found = Iterator[tuple[str, str]]


def _manifest_faults(layer: AssessmentLayer, data: bytes, evidence: str | None) -> Found:
    manifest = layer.manifest
    try:
        if manifests.encode(manifest) != data:
            yield MANIFEST, "is not written in its one canonical form (RFC 8785)"
        if layer.name != assessment_folder(manifest.as_of, identity(manifest)):
            yield MANIFEST, "is not what its folder's name says: one of the two was changed"
    except EvidenceError as error:
        yield MANIFEST, shown(str(error))
    if evidence is not None and manifest.evidence != evidence:
        yield MANIFEST, f"names other evidence: {shown(manifest.evidence)}"
    if manifest.policy != recomputed_policy_digest(manifest):
        yield MANIFEST, "names another policy than its files are"


def _stored_faults(layer: AssessmentLayer, data: bytes) -> Found:
    """Files whose bytes are not what the manifest states. Observations are read apart, as they may be large."""
    manifest = layer.manifest
    for found in manifest.files:
        yield from _stored_fault(layer, found.file, Stored(digest=found.digest, bytes=found.bytes))
    wanted = layer_sums(manifest, data)
    try:
        if read_inside(layer.path, NAME, len(wanted)) != wanted:
            yield NAME, "names other digests than the manifest, or the manifest was changed"
    except EvidenceError as error:
        yield NAME, _said(layer.path, NAME, error)


def _stored_fault(layer: AssessmentLayer, file: str, stored: Stored) -> Found:
    try:
        read_stored(layer.path, file, stored)
    except EvidenceError as error:
        yield shown(file), _said(layer.path, file, error)


def _findings_faults(layer: AssessmentLayer) -> Found:
    manifest = layer.manifest
    try:
        effective = layer.effective()
        if sha256(effective_bytes(effective)) != manifest.effective.digest or effective.as_of != manifest.as_of:
            yield EFFECTIVE, "is not canonical, or is of another instant"
    except EvidenceError as error:
        yield EFFECTIVE, _said(layer.path, EFFECTIVE, error)
    try:
        found = layer.assessment()
    except EvidenceError as error:
        yield FINDINGS, _said(layer.path, FINDINGS, error)
        return
    if sha256(findings_bytes(found)) != manifest.findings.digest:
        yield FINDINGS, "is not in its one canonical form"
    named = (found.evidence_digest, found.policy_digest, found.as_of)
    if named != (manifest.evidence, manifest.policy, manifest.as_of):
        yield FINDINGS, "names other evidence, another policy or another instant than the manifest"


def _observation_faults(layer: AssessmentLayer, lines: bool) -> Found:
    try:
        content = _read_again(layer) if lines else content_of(layer.observations())
    except EvidenceError as error:
        yield OBSERVATIONS, _said(layer.path, OBSERVATIONS, error)
        return
    if content != layer.manifest.observations:
        yield OBSERVATIONS, "its content is not what the manifest states"


def _read_again(layer: AssessmentLayer) -> Content:
    hashed = hashlib.sha256()
    size = lines = 0
    previous: tuple[str, ...] = ()
    for chunk in layer.observations(SMALL):
        hashed.update(chunk)
        size += len(chunk)
        exactly = (_exactly(line, number) for number, line in enumerate(split((chunk,)), start=lines + 1))
        for found in observed_look().lines(chunk) or exactly:
            lines += 1
            previous = _in_order(found, lines, previous)
    return Content(digest="sha256:" + hashed.hexdigest(), bytes=size, lines=lines)


def _exactly(line: bytes, number: int) -> Observed:
    try:
        found = msgspec.json.decode(line, type=Observed)
        canonically = canonical.encode(found) == line
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EvidenceError(f"line {number:,} holds no observations: {error}") from error
    if not canonically:
        raise EvidenceError(f"line {number:,} is not in its one canonical form")
    return found


def _in_order(found: Observed, number: int, previous: tuple[str, ...]) -> tuple[str, ...]:
    key = (found.kind, found.place, found.subject)
    if key <= previous:
        raise EvidenceError(f"line {number:,} is not in the order of kind, place and subject, or stands twice")
    checks = [outcome.check for outcome in found.observations]
    if not checks or checks != sorted(set(checks)):
        raise EvidenceError(f"line {number:,} does not name its checks once each and in order")
    if (found.digest is not None) is not any(outcome.verdict in EXPLAINED for outcome in found.observations):
        raise EvidenceError(f"line {number:,}: only where a check fails or is unknown, the digest of the record stands")
    return key


def _said(path: Path, file: str, error: EvidenceError) -> str:
    message = str(error)
    for prefix in (f"{path / file}: ", f"{path}: ", f"{file} ", f"{file}: "):
        message = message.removeprefix(prefix)
    return shown(message)
