"""A report about some of the frameworks that were assessed, for an auditor of those."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from grc.errors import ReportError
from grc.model.assessment import Assessment, Finding, Observation
from grc.model.attestation import AttestationResult
from grc.model.identifiers import CheckId, FrameworkId, RequirementId
from grc.model.raised import RaisedFinding
from grc.report.input import ReportInput


def narrowed(report: ReportInput, frameworks: Collection[str]) -> ReportInput:
    """The report with these frameworks alone: their conclusions, the controls mapped to them, and the checks of those.

    No status changes: what was concluded stays. Scope, evidence and waivers stay whole.

    Raises:
        ReportError: one of them was not assessed.
    """
    assessed = report.assessment.scope.frameworks
    strangers = sorted(frozenset(frameworks) - frozenset(assessed))
    if strangers:
        raise ReportError(f"{', '.join(strangers)} was not assessed: this pack has {', '.join(assessed)}")
    kept = tuple(framework for framework in assessed if framework in frameworks)
    assessment = _assessment(report, kept)
    checks = frozenset(result.check for result in assessment.checks)
    return replace(
        report,
        assessment=assessment,
        observations=lambda: _of(report.observations(), checks),
        every=_all_of(report.every, checks),
        views=tuple(view for view in report.views if view.framework in kept),
    )


def _assessment(report: ReportInput, frameworks: tuple[FrameworkId, ...]) -> Assessment:
    whole = report.assessment
    rows = frozenset(row.id for name in frameworks for row in report.policy.catalogues[name].requirements)
    findings = tuple(finding for finding in whole.findings if finding.requirement in rows)
    mapped = frozenset(_controls(findings))
    controls = tuple(result for result in whole.controls if result.control in mapped)
    tested = frozenset(check for result in controls for check in (*result.deciding, *result.advisory))
    return replace(
        whole,
        scope=replace(whole.scope, frameworks=frameworks),
        frameworks=tuple(summary for summary in whole.frameworks if summary.framework in frameworks),
        findings=findings,
        controls=controls,
        checks=tuple(result for result in whole.checks if result.check in tested),
        raised=tuple(each for each in whole.raised if _is_about(each.finding, tested, rows)),
        attestations=tuple(_attestations(whole.attestations, rows)),
    )


def _is_about(finding: RaisedFinding, checks: Collection[CheckId], rows: Collection[RequirementId]) -> bool:
    return finding.requirement in rows or not finding.checks.isdisjoint(checks)


def _attestations(results: Iterable[AttestationResult], rows: Collection[RequirementId]) -> Iterator[AttestationResult]:
    """The statements on some of these requirements, each as it was made."""
    for result in results:
        if any(part.requirement in rows for part in result.attestation.parts):
            yield replace(result, answers=tuple(part for part in result.answers if part.requirement in rows))


def _controls(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        for part in finding.parts:
            yield from (mapped.control for mapped in part.controls)


def _all_of(
    every: Callable[[], Iterable[Observation]] | None, checks: frozenset[CheckId]
) -> Callable[[], Iterable[Observation]] | None:
    return None if every is None else lambda: _of(every(), checks)


def _of(observations: Iterable[Observation], checks: frozenset[CheckId]) -> Iterator[Observation]:
    return (observation for observation in observations if observation.check in checks)
