"""What a failure or a gap bears on, read off the findings. Nothing is concluded again here.

A failing check *bears on* a requirement when it answers a part of that requirement, through some control. Whether
a repair would change the requirement's status is the assessment's to say, not a report's: so the words are "bears on"
and "is the only failure".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from grc.model.assessment import PopulationResult
from grc.model.catalogue import Severity
from grc.model.evidence import GapReason
from grc.model.identifiers import CheckId, FrameworkId, Place, RequirementId
from grc.model.status import Status
from grc.report.index import Index

RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one failing check bears on. ``alone`` are the requirements in which no other check fails."""

    check: CheckId
    severity: Severity
    failed: int
    requirements: tuple[RequirementId, ...]
    frameworks: tuple[FrameworkId, ...]
    alone: tuple[RequirementId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One kind of gap over the whole assessment: what was missing, where, and which checks it left undecided."""

    reason: GapReason
    call: str | None
    permission: str | None
    details: tuple[str, ...]
    places: tuple[Place, ...]
    subjects: int
    checks: tuple[CheckId, ...]
    severity: Severity
    requirements: tuple[RequirementId, ...]
    frameworks: tuple[FrameworkId, ...]


def failures(index: Index) -> tuple[Effect, ...]:
    """Every failing check: the most severe first, then the one that bears on most requirements."""
    failing = [result for result in index.checks.values() if result.status is Status.NOT_SATISFIED and result.failed]
    causes = _causes(index)
    effects = []
    for result in failing:
        requirements = borne(index, (result.check,))
        alone = tuple(entry for entry in requirements if causes[entry] == {result.check})
        effects.append(
            Effect(
                check=result.check,
                severity=result.severity,
                failed=result.failed,
                requirements=requirements,
                frameworks=_frameworks(index, requirements),
                alone=alone,
            )
        )
    return tuple(sorted(effects, key=lambda it: (RANK[it.severity], -len(it.requirements), -it.failed, it.check)))


def missing(index: Index) -> tuple[Missing, ...]:
    """Every kind of gap that the checks met, the one that bears on most requirements first."""
    met: defaultdict[tuple[GapReason, str, str], _Met] = defaultdict(_Met.empty)
    for check in index.checks:
        for where, gap in index.gaps(check):
            entry = met[gap.reason, gap.call or "", gap.permission or ""]
            entry.checks.add(check)
            entry.places.add(where.place)
            if not isinstance(where, PopulationResult):
                entry.subjects.add((where.kind, where.subject))
            if gap.detail:
                entry.details.add(gap.detail)
    gaps = [_missing(index, key, entry) for key, entry in met.items()]
    return tuple(sorted(gaps, key=lambda it: (-len(it.requirements), RANK[it.severity], it.call or "", it.reason)))


def borne(index: Index, checks: Iterable[CheckId]) -> tuple[RequirementId, ...]:
    """The counted requirements that these checks bear on."""
    bearing = frozenset(checks)
    return tuple(
        row
        for row, requirement in index.requirements.items()
        if requirement.counted_in and not bearing.isdisjoint(index.answered_by.get(row, ()))
    )


def _causes(index: Index) -> Mapping[RequirementId, set[CheckId]]:
    return {row: set(filter(index.fails, checks)) for row, checks in index.answered_by.items()}


def _frameworks(index: Index, requirements: Iterable[RequirementId]) -> tuple[FrameworkId, ...]:
    return tuple(dict.fromkeys(index.requirements[entry].framework for entry in requirements))


@dataclass(frozen=True, slots=True)
class _Met:
    checks: set[CheckId]
    places: set[Place]
    subjects: set[tuple[str, str]]
    details: set[str]

    @classmethod
    def empty(cls) -> _Met:
        return cls(set(), set(), set(), set())


def _missing(index: Index, key: tuple[GapReason, str, str], met: _Met) -> Missing:
    reason, call, permission = key
    checks = tuple(sorted(met.checks))
    requirements = borne(index, checks)
    return Missing(
        reason=reason,
        call=call or None,
        permission=permission or None,
        details=tuple(sorted(met.details)),
        places=tuple(sorted(met.places)),
        subjects=len(met.subjects),
        checks=checks,
        severity=min((index.checks[check].severity for check in checks), key=RANK.__getitem__),
        requirements=requirements,
        frameworks=_frameworks(index, requirements),
    )
