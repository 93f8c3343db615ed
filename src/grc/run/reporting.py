"""Reporting: from a sealed assessment to what every report is made from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from grc import canonical
from grc.evidence import AssessmentLayer, Pack, open_assessment, open_pack
from grc.evidence.manifest import Redacted
from grc.model.assessment import Assessment, Observation
from grc.model.identifiers import FrameworkId
from grc.model.status import Verdict
from grc.model.workspace import Organisation
from grc.report import EvidenceItem, Exclusion, ReportInput, SourceUsed
from grc.run.concluding import effective_conclusions, with_conclusions
from grc.run.scoped import declared_period
from grc.run.sealed import sealed_policy
from grc.run.views import given_in, views
from grc.run.waiving import matching

UNSETTLED: Final = (b'"verdict":"fail"', b'"verdict":"unknown"')
WAIVED: Final = b'"waiver":"'
"""Quotes within a text are escaped, so only a verdict is written so."""


def report_input(path: Path, which: str | None = None) -> ReportInput:
    """Gather a report's input from a pack alone.

    Raises:
        EvidenceError: the pack is not whole, or holds no assessment.
    """
    pack = open_pack(path)
    layer = open_assessment(pack, which)
    effective = layer.effective()
    concluded = effective_conclusions(path, layer)
    assessment = with_conclusions(layer.assessment(), concluded)
    policy, known = sealed_policy(layer, effective)
    scope: Any = pack.manifest.run.scope
    return ReportInput(
        assessment=assessment,
        policy=policy,
        evidence=_evidence(pack),
        observations=lambda: _unsettled(layer),
        pack=pack.digest,
        engine_version=layer.manifest.engine,
        generated_at=assessment.as_of,
        sources=tuple(SourceUsed(name=one.name, version=one.version) for one in pack.manifest.sources),
        organisation=Organisation(name=scope.get("organisation"), timezone=scope.get("timezone", "UTC"), contacts={}),
        period=declared_period(scope),
        exclusions=tuple(Exclusion(what=one["what"], reason=one["reason"]) for one in scope.get("exclusions", ())),
        policy_digests=_digests(layer),
        expected=assessment.scope.places,
        redactions=tuple(map(_redacted, pack.manifest.redactions)),
        views=views(given_in(policy, effective, assessment), assessment.scope.frameworks),
        concluded=concluded,
        waiver_matches=_matches(path, layer, assessment),
        kind_titles={name: kind.title for name, kind in {**known, **pack.kinds()}.items()},
    )


def _redacted(one: Redacted) -> str:
    told = ": ".join(text for text in (one.how, one.rule) if text)
    times = f", {one.count:,} times" if one.count else ""
    return f"{one.kind}: {one.path or 'beside the records'} ({told}{times})"


def _digests(layer: AssessmentLayer) -> dict[FrameworkId, str]:
    """A digest a framework: of the names and digests of its files in the sealed policy."""
    files: dict[FrameworkId, dict[str, str]] = {}
    for file in layer.manifest.files:
        folder, _, rest = file.path.partition("/")
        if folder == "controls" and "/" in rest:
            files.setdefault(FrameworkId(rest.partition("/")[0]), {})[file.path] = file.digest
    return {framework: canonical.digest(canonical.encode(found)) for framework, found in files.items()}


def _evidence(pack: Pack) -> tuple[EvidenceItem, ...]:
    return tuple(
        EvidenceItem(
            population=held.population,
            file=held.file,
            content_digest=held.content.digest,
            stored_digest=held.stored.digest,
            stored_bytes=held.stored.bytes,
        )
        for held in pack.manifest.populations
    )


def _matches(path: Path, layer: AssessmentLayer, assessment: Assessment) -> dict[str, int]:
    """How many subjects the waivers match that cover no failure of this assessment."""
    used = {observation.waiver for observation in layer.observed(WAIVED)}
    return dict(matching(path, [each for each in assessment.waivers if each.id not in used], layer.name))


def _unsettled(layer: AssessmentLayer) -> Iterator[Observation]:
    """The failing and unknown observations; a pass has nothing more to say than its count."""
    for observation in layer.observed(*UNSETTLED):
        if observation.verdict in (Verdict.FAIL, Verdict.UNKNOWN):
            yield observation
