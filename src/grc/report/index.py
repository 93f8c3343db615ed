"""An assessment by its ids, gathered once: what the views look up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grc.model.assessment import CheckResult, ControlResult, Finding, Observation, PopulationResult
from grc.model.catalogue import Check, Part, Requirement
from grc.model.evidence import OF_RECORD, Gap
from grc.model.identifiers import CheckId, ControlId, FrameworkId, KindName, RequirementId
from grc.model.status import EXPLAINED, Status, Verdict
from grc.report.input import EvidenceItem, ReportInput
from grc.report.shared import SharedPart, shared_parts, wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The observations of one check that are not passes, by what became of them."""

    failed: tuple[Observation, ...] = ()
    unknown: tuple[Observation, ...] = ()
    waived: tuple[Observation, ...] = ()
    ahead: tuple[Observation, ...] = ()


NOTHING_SEEN = Seen()


@dataclass(frozen=True, slots=True)
class Index:
    """Lookups over one report's input.

    ``controls_of`` names the controls that each check decides, ``answered_by`` the checks that answer a requirement.
    """

    input: ReportInput
    requirements: Mapping[RequirementId, Requirement]
    findings: Mapping[RequirementId, Finding]
    controls: Mapping[ControlId, ControlResult]
    checks: Mapping[CheckId, CheckResult]
    evidence: Mapping[KindName, tuple[EvidenceItem, ...]]
    seen: Mapping[CheckId, Seen]
    controls_of: Mapping[CheckId, tuple[ControlId, ...]]
    requirements_of: Mapping[ControlId, tuple[RequirementId, ...]]
    answered_by: Mapping[RequirementId, frozenset[CheckId]]
    shared: Mapping[FrameworkId, Mapping[str, SharedPart]]

    def shared_at(self, row: Requirement, part: Part) -> str | None:
        """The anchor where a part is said for the many requirements that share it, or None."""
        found = self.shared[row.framework].get(wording(row, part))
        return found.anchor if found and (found.id, found.method) == (part.id, part.method) else None

    def kind(self, check: CheckId) -> KindName | None:
        """The kind that a check tests, where the policy still has the check."""
        found = self.input.policy.checks.get(check)
        return found.kind if found else None

    def title(self, check: CheckId) -> str:
        """The title of a check, or its id where the policy does not have it."""
        found = self.input.policy.checks.get(check)
        return found.title if found else check

    def check(self, check: CheckId) -> Check | None:
        """The check as the policy has it."""
        return self.input.policy.checks.get(check)

    def fails(self, check: CheckId) -> bool:
        """Whether a check failed."""
        return check in self.checks and self.checks[check].status is Status.NOT_SATISFIED

    def gaps(self, check: CheckId) -> tuple[tuple[PopulationResult | Observation, Gap], ...]:
        """The gaps that one check met, each with the population or the observation that met it."""
        result = self.checks[check]
        met: list[tuple[PopulationResult | Observation, Gap]] = [
            (population, gap) for population in result.populations for gap in population.gaps
        ]
        unknown = self.seen.get(check, NOTHING_SEEN).unknown
        met.extend((observation, gap) for observation in unknown for gap in observation.gaps)
        return tuple(met)


def build(report: ReportInput) -> Index:
    """Gather an assessment by its ids, in one pass over the observations."""
    assessment = report.assessment
    selected = [report.policy.catalogues[framework] for framework in assessment.scope.frameworks]
    requirements = {row.id: row for catalogue in selected for row in catalogue.requirements}
    return Index(
        input=report,
        requirements=requirements,
        findings={finding.requirement: finding for finding in assessment.findings},
        controls={result.control: result for result in assessment.controls},
        checks={result.check: result for result in assessment.checks},
        evidence=_by_kind(report.evidence),
        seen=_by_check(report.observations()),
        controls_of=_deciding(assessment.controls),
        requirements_of=_mapped(assessment.findings),
        answered_by=_answered(assessment.findings),
        shared={catalogue.id: shared_parts(catalogue) for catalogue in selected},
    )


def _by_kind(items: Iterable[EvidenceItem]) -> Mapping[KindName, tuple[EvidenceItem, ...]]:
    kinds: defaultdict[KindName, list[EvidenceItem]] = defaultdict(list)
    for item in sorted(items, key=lambda item: (item.population.unit.kind, item.population.unit.place)):
        kinds[item.population.unit.kind].append(item)
    return {kind: tuple(held) for kind, held in kinds.items()}


def _by_check(observations: Iterable[Observation]) -> Mapping[CheckId, Seen]:
    seen: defaultdict[CheckId, defaultdict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    for observation in observations:
        if fate := _fate(observation):
            seen[observation.check][fate].append(observation)
    return {
        check: Seen(**{fate: tuple(sorted(held, key=_order)) for fate, held in fates.items()})
        for check, fates in seen.items()
    }


def _fate(observation: Observation) -> str | None:
    if observation.verdict not in EXPLAINED:
        return None
    if observation.origin not in OF_RECORD:
        return "ahead"
    if observation.verdict is Verdict.UNKNOWN:
        return "unknown"
    return "failed" if observation.waiver is None else "waived"


def _order(observation: Observation) -> tuple[str, str, str]:
    return observation.place, observation.subject, observation.origin


def _deciding(results: Iterable[ControlResult]) -> Mapping[CheckId, tuple[ControlId, ...]]:
    controls: defaultdict[CheckId, list[ControlId]] = defaultdict(list)
    for result in results:
        for check in result.deciding:
            controls[check].append(result.control)
    return {check: tuple(held) for check, held in controls.items()}


def _mapped(findings: Iterable[Finding]) -> Mapping[ControlId, tuple[RequirementId, ...]]:
    requirements: defaultdict[ControlId, dict[RequirementId, None]] = defaultdict(dict)
    for finding in findings:
        for part in finding.parts:
            for mapped in part.controls:
                requirements[mapped.control][finding.requirement] = None
    return {control: tuple(held) for control, held in requirements.items()}


def _answered(findings: Iterable[Finding]) -> Mapping[RequirementId, frozenset[CheckId]]:
    return {
        finding.requirement: frozenset(
            check for part in finding.parts for mapped in part.controls for check in mapped.checks
        )
        for finding in findings
    }
