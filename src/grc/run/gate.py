"""The gate: what a scan's exit code says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from grc.model.assessment import Assessment, CheckResult
from grc.model.catalogue import Severity
from grc.model.identifiers import FrameworkId
from grc.model.status import UNDECIDED, Status

ORDER: Final = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)


class Gated(Enum):
    """What the gate found."""

    NOTHING_FAILED = "nothing failed"
    FAILED = "a failure"
    UNDECIDED = "no failure, but something undecided"
    NOTHING_TO_ASSESS = "nothing to assess"


def gate_checks(assessment: Assessment, fail_on: Severity) -> Gated:
    """The observations of the checks that ran, of this severity and above; plans and the like count too."""
    results = [
        result
        for result in assessment.checks
        if (result.ran or result.ahead) and ORDER.index(result.severity) >= ORDER.index(fail_on)
    ]
    populations = [population for result in results for population in (*result.populations, *result.ahead)]
    if any(population.failed for population in populations):
        return Gated.FAILED
    gaps = any(population.gaps or not population.complete for population in populations)
    if not gaps and not any(population.subjects for population in populations):
        return Gated.NOTHING_TO_ASSESS
    if gaps or any(population.unknown for population in populations) or any(map(_undecided, results)):
        return Gated.UNDECIDED
    return Gated.NOTHING_FAILED


def gate_requirements(assessment: Assessment, frameworks: Sequence[FrameworkId]) -> Gated:
    """The statuses of the counted requirements of these frameworks."""
    statuses = [
        finding.engine_status
        for finding in assessment.findings
        if finding.counted_in is not None and finding.requirement.partition(":")[0] in frameworks
    ]
    return _of_statuses(statuses)


def _of_statuses(statuses: Iterable[Status]) -> Gated:
    found = set(statuses) - {Status.NOT_APPLICABLE}
    if found & {Status.NOT_SATISFIED, Status.PARTIAL}:
        return Gated.FAILED
    if found & UNDECIDED:
        return Gated.UNDECIDED
    return Gated.NOTHING_FAILED if found else Gated.NOTHING_TO_ASSESS


def _undecided(result: CheckResult) -> bool:
    return result.in_scope and result.ran and result.status in UNDECIDED
