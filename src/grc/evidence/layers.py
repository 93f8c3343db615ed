"""What an assessment layer is: the names of its files, its digests, and its manifest read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.guarded import sha256
from grc.evidence.manifest import AssessmentManifest
from grc.evidence.naming import policy_file
from grc.evidence.sums import sums
from grc.model.assessment import Assessment, Effective

FOLDER: Final = "assessments"
MANIFEST: Final = "manifest.json"
OBSERVATIONS: Final = "observations.ndjson.zst"
FINDINGS: Final = "findings.json"
EFFECTIVE: Final = "policy/effective.json"


def policy_digest(files: Mapping[str, bytes], effective: Effective) -> str:
    """The digest of everything that judges: the policy's data files and what is effective."""
    return _digest_of({path: sha256(data) for path, data in files.items()}, sha256(effective_bytes(effective)))


def effective_bytes(effective: Effective) -> bytes:
    """What is effective, as it stands in a layer."""
    return canonical.encode(effective)


def findings_bytes(assessment: Assessment) -> bytes:
    """An assessment as it stands in a layer: the canonical findings."""
    return canonical.encode(assessment)


def read_layer_manifest(data: bytes, called: str) -> AssessmentManifest:
    """Read an assessment's manifest and see that it agrees with itself.

    Raises:
        EvidenceError: it cannot be read, or puts a file where it does not belong.
    """
    try:
        manifest = manifests.decode(data, AssessmentManifest, manifests.ASSESSMENT)
    except EvidenceError as error:
        raise EvidenceError(f"{called} {error}") from error
    paths = [found.path for found in manifest.files]
    if paths != sorted(set(paths)) or any(found.file != policy_file(found.path) for found in manifest.files):
        raise EvidenceError(f"{called} names a file of the policy twice, out of order, or not at its place")
    return manifest


def identity(manifest: AssessmentManifest) -> str:
    """The digest that names a layer: of its manifest without how files are compressed, which changes with versions."""
    said = canonical.plain(manifest)
    assert isinstance(said, dict)
    return sha256(manifests.encode_plain({key: found for key, found in said.items() if key != "stored"}))


def recomputed_policy_digest(manifest: AssessmentManifest) -> str:
    """The policy's digest as the digests of its files give it."""
    return _digest_of({found.path: found.digest for found in manifest.files}, manifest.effective.digest)


def layer_sums(manifest: AssessmentManifest, data: bytes) -> bytes:
    """The layer's ``SHA256SUMS``. ``data`` are the manifest's bytes."""
    return sums(layer_files(manifest) | {MANIFEST: sha256(data)})


def layer_files(manifest: AssessmentManifest) -> dict[str, str]:
    """The digests of a layer's files, by name, but for the manifest itself and ``SHA256SUMS``."""
    return {
        FINDINGS: manifest.findings.digest,
        OBSERVATIONS: manifest.stored.digest,
        EFFECTIVE: manifest.effective.digest,
        **{found.file: found.digest for found in manifest.files},
    }


def _digest_of(files: Mapping[str, str], effective: str) -> str:
    return sha256(canonical.encode({"effective": effective, "files": dict(files)}))
