"""What is stated of a sealed layer: the digest of its manifest, and the facts of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence.faults import shown
from grc.evidence.guarded import sha256
from grc.evidence.manifest import AssessmentManifest, EvidenceManifest, refuse_naive
from grc.evidence.signing.envelope import Envelope, statement

T = TypeVar("T")

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


def stated_in(
    envelope: Envelope, kind: str, called: str, model: type[T], stated: Callable[[T], Mapping[str, Any]]
) -> T:
    """What an envelope's statement says, where the statement is that: its predicate, but for the signer.

    ``kind`` is the predicate's type, ``called`` names it, and ``stated`` is the whole statement of a value.

    Raises:
        EvidenceError: it is another statement, or says more or other than such a value does.
    """
    said = envelope.statement
    predicate = said.get("predicate")
    if said.get("predicateType") != kind or not isinstance(predicate, dict):
        raise EvidenceError(f"holds no {called}: {shown(str(said.get('predicateType')))}")
    try:
        found = msgspec.convert({key: it for key, it in predicate.items() if key != "signer"}, model)
    except msgspec.ValidationError as error:
        raise EvidenceError(f"holds no {called}: {error}") from error
    refuse_naive(found)
    again = dict(stated(found))
    if "signer" in predicate:
        again["predicate"] = {**again["predicate"], "signer": predicate["signer"]}
    if again != said:
        raise EvidenceError(f"states more than a {called} does, or contradicts itself")
    return found


def _plain(predicate: Mapping[str, Any]) -> Mapping[str, Any]:
    data = canonical.plain(predicate)
    assert isinstance(data, dict)
    return data
