"""Concluding: an assessor's word on a requirement, put beside the engine's and never over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from grc.collect.secrets import scrub
from grc.errors import ConfigError
from grc.evidence import open_assessment, open_pack
from grc.evidence.assessments import AssessmentLayer
from grc.evidence.conclusions import FORMAT, add_conclusion, conclusions_of, last_digest
from grc.evidence.guarded import read_inside, sha256
from grc.evidence.layers import FOLDER, MANIFEST
from grc.evidence.manifest import MAX_BYTES
from grc.evidence.signing.signers import Signer
from grc.model.assessment import Assessment, Finding
from grc.model.conclusion import Concluded
from grc.model.identifiers import RequirementId
from grc.model.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person concludes, and who the person is."""

    conclusion: Status
    who: str
    role: str
    reason: str


def conclude(
    path: Path, name: str, word: Word, at: datetime, which: str | None = None, signer: Signer | None = None
) -> Concluded:
    """Put a person's conclusion on a requirement beside a pack's layers. ``signer`` None: it is not signed.

    Raises:
        ConfigError: there is no such finding, or something that was said is empty or looks like a secret.
        EvidenceError: the pack is not whole, or cannot be written or signed.
    """
    for label, text in (("--who", word.who), ("--role", word.role), ("--reason", word.reason)):
        if not text.strip():
            raise ConfigError(f"{label} is empty: a conclusion needs a person, a role and a reason")
        if scrub(text).sorts:
            raise ConfigError(f"{label} holds what looks like a secret: it would stand in the pack; leave it out")
    layer = open_assessment(open_pack(path), which)
    finding = _finding(layer, name)
    held = conclusions_of(path)
    made = Concluded(
        format=FORMAT,
        number=len(held) + 1,
        previous=last_digest(path, held),
        assessment=layer_digest(path, layer),
        requirement=finding.requirement,
        engine_status=finding.engine_status,
        conclusion=word.conclusion,
        who=word.who.strip(),
        role=word.role.strip(),
        at=at,
        reason=word.reason.strip(),
    )
    add_conclusion(path, made, signer)
    return made


def effective_conclusions(path: Path, layer: AssessmentLayer) -> Mapping[RequirementId, Concluded]:
    """The last conclusion on each requirement of one assessment.

    Raises:
        EvidenceError: the conclusions are not whole.
    """
    digest = layer_digest(path, layer)
    return {made.requirement: made for made in conclusions_of(path) if made.assessment == digest}


def with_conclusions(assessment: Assessment, made: Mapping[RequirementId, Concluded]) -> Assessment:
    """The assessment with each person's word where the engine left it blank."""
    findings = (
        replace(one, assessor_conclusion=said(made[one.requirement])) if one.requirement in made else one
        for one in assessment.findings
    )
    return replace(assessment, findings=tuple(findings)) if made else assessment


def said(made: Concluded) -> str:
    """A conclusion in words: what, against what, who, when and why."""
    against = f", where the engine proposed {_word(made.engine_status)}" if made.overrides else ""
    return f"{_word(made.conclusion)}{against}. {made.who}, {made.role}, {made.at:%Y-%m-%d}: {made.reason}"


def layer_digest(path: Path, layer: AssessmentLayer) -> str:
    """The digest of an assessment's manifest, as a file."""
    return sha256(read_inside(path, f"{FOLDER}/{layer.name}/{MANIFEST}", MAX_BYTES))


def _finding(layer: AssessmentLayer, name: str) -> Finding:
    findings = layer.assessment().findings
    fitting = [one for one in findings if one.requirement == name]
    fitting = fitting or [one for one in findings if _plain(one.requirement.partition(":")[2]) == _plain(name)]
    if len(fitting) != 1:
        several = " or ".join(one.requirement for one in fitting)
        raise ConfigError(
            f"{name!r} is one of several: say {several}" if fitting else f"{layer.name} says nothing of {name!r}"
        )
    return fitting[0]


def _plain(text: str) -> str:
    return text.replace(" ", "").casefold()


def _word(status: Status) -> str:
    return status.value.replace("_", " ")
