"""Reporting: from a sealed assessment to what every report is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from grc import canonical
from grc.errors import ReportError
from grc.evidence import AssessmentLayer, Pack, open_assessment, open_pack
from grc.evidence.manifest import Redacted
from grc.model.assessment import Assessment, Observation
from grc.model.attestation import Standing
from grc.model.catalogue import Policy, View
from grc.model.identifiers import FrameworkId, KindName
from grc.model.kind import Kind
from grc.model.status import EXPLAINED
from grc.model.views import ProcessingView
from grc.model.wording import counted
from grc.model.workspace import Organisation
from grc.report import Earlier, EvidenceItem, Exclusion, ReportInput, SourceUsed
from grc.run.concluding import effective_conclusions, with_conclusions
from grc.run.coverage import Answered, coverage
from grc.run.desk import Desk
from grc.run.judged import judge_of
from grc.run.locating import located
from grc.run.scoped import declared_period
from grc.run.sealed import same_policy, sealed_policy
from grc.run.views import given_in, record_of_processing, views
from grc.run.waiving import matching

UNSETTLED: Final = (b'"verdict":"fail"', b'"verdict":"unknown"')
WAIVED: Final = b'"waiver":"'
"""Quotes within a text are escaped, so only a verdict is written so."""


def report_input(
    path: Path,
    which: str | None = None,
    before: Sequence[Path] = (),
    opened: Pack | None = None,
    desk: Desk | None = None,
) -> ReportInput:
    """Gather a report's input from a pack alone. ``before`` are earlier packs to compare with.

    ``opened`` is the pack where the caller has it open: its manifest is large, and read once then. ``desk`` holds the
    policy in force where the caller has that: an assessment that was made under it is not read again.

    Raises:
        EvidenceError: a pack is not whole, or holds no assessment.
        ReportError: a pack to compare with is not an earlier one.
    """
    pack = opened or open_pack(path)
    layer = open_assessment(pack, which)
    effective = layer.effective()
    concluded = effective_conclusions(path, layer)
    assessment = with_conclusions(layer.assessment(), concluded)
    policy, judged = (desk and same_policy(layer, effective, desk)) or sealed_policy(layer, effective)
    known = pack.kinds(judged)
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
        views=(
            *views(given_in(policy, effective, assessment), assessment.scope.frameworks),
            *_processing(pack, policy, assessment, scope.get("timezone", "UTC")),
        ),
        concluded=concluded,
        waiver_matches=_matches(path, layer, assessment),
        kind_titles={name: kind.title for name, kind in known.items()},
        every=lambda: layer.traced(pack),
        coverage=_coverage(policy, known, assessment),
        located=lambda wanted: located(pack, wanted),
        earlier=tuple(_earlier(before, layer, assessment.as_of)),
    )


def _processing(pack: Pack, policy: Policy, assessment: Assessment, zone: str) -> Iterator[ProcessingView]:
    """The record of processing, for each framework that asks to account for its duties."""
    for name in assessment.scope.frameworks:
        if View.ACCOUNTABILITY in policy.catalogues[name].views:
            yield record_of_processing(pack, policy.catalogues[name], ZoneInfo(zone))


def _earlier(paths: Sequence[Path], now: AssessmentLayer, as_of: datetime) -> list[Earlier]:
    """Earlier packs, the oldest first."""
    judge, found = judge_of(now), []
    for path in paths:
        pack = open_pack(path)
        layer = open_assessment(pack)
        then = layer.assessment()
        if then.as_of >= as_of:
            raise ReportError(f"{path}: its assessment is as of {then.as_of}, which is not before {as_of}")
        found.append(Earlier(pack=pack.digest, assessment=then, judged_alike=judge_of(layer) == judge))
    return sorted(found, key=lambda it: it.assessment.as_of)


def _coverage(
    policy: Policy, kinds: Mapping[KindName, Kind], assessment: Assessment
) -> dict[FrameworkId, Mapping[str, int]]:
    """The parts of each framework by what tests them, with the statements that count here."""
    answered: Answered = frozenset(
        (result.attestation.control, part.requirement, part.part)
        for result in assessment.attestations
        if result.standing is Standing.COUNTS
        for part in result.answers
    )
    found: dict[FrameworkId, Mapping[str, int]] = {}
    for one in coverage(policy, kinds, assessment.scope.frameworks, answered):
        testers: Counter[str] = Counter()
        for method in one.methods:
            testers.update({tester.value: count for tester, count in method.tested_by.items()})
        found[one.framework] = testers
    return found


def _redacted(one: Redacted) -> str:
    told = ": ".join(text for text in (one.how, one.rule) if text)
    times = f", {counted(one.count, 'time')}" if one.count else ""
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
        if observation.verdict in EXPLAINED:
            yield observation
