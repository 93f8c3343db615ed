"""What is stated of a sealed layer: the digest of its manifest, and the facts of the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grc import canonical
from grc.evidence.guarded import sha256
from grc.evidence.manifest import AssessmentManifest, EvidenceManifest
from grc.evidence.signing.envelope import statement

EVIDENCE: Final = "urn:grc:evidence/1"
ASSESSMENT: Final = "urn:grc:assessment/1"


def evidence_statement(manifest: EvidenceManifest, data: bytes) -> Mapping[str, Any]:
    """The statement of an evidence layer. ``data`` are the manifest's bytes."""
    predicate = {
        "engine": manifest.engine,
        "run": {"id": manifest.run.id, "started": manifest.run.started, "finished": manifest.run.finished},
        "populations": len(manifest.populations),
        "records": sum(held.content.lines for held in manifest.populations),
        "gaps": sum(gap.count for gap in manifest.gaps),
    }
    return statement({"evidence/manifest.json": sha256(data)}, EVIDENCE, _plain(predicate))


def assessment_statement(manifest: AssessmentManifest, data: bytes, name: str) -> Mapping[str, Any]:
    """The statement of an assessment. ``name`` is its folder's."""
    predicate = {
        "engine": manifest.engine,
        "as_of": manifest.as_of,
        "evidence": manifest.evidence,
        "policy": manifest.policy,
    }
    return statement({f"assessments/{name}/manifest.json": sha256(data)}, ASSESSMENT, _plain(predicate))


def _plain(predicate: Mapping[str, Any]) -> Mapping[str, Any]:
    data = canonical.plain(predicate)
    assert isinstance(data, dict)
    return data
