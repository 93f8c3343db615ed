"""From what every check saw to what holds of every requirement: pure, and the same bytes for the same input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from grc.assess.attestations import Attestations, attestation_results, attestations_at
from grc.assess.checks import Terms, conclude_check
from grc.assess.controls import conclude_control, conclude_part
from grc.assess.findings import conclude_heading, conclude_requirement, has_finding, is_shown_over_children
from grc.assess.frameworks import summarise_framework
from grc.assess.places import Reach
from grc.assess.raised import raised_results
from grc.assess.reach import missing
from grc.assess.waivers import compensating, decision, waived_checks, waiver_results
from grc.errors import ConfigError, EvidenceError
from grc.model.assessment import (
    Applicability,
    Assessment,
    CheckResult,
    ControlResult,
    Effective,
    Finding,
    PopulationResult,
    Scope,
)
from grc.model.catalogue import Catalogue, Check, Mapped, Policy, Requirement
from grc.model.evidence import Population
from grc.model.identifiers import CheckId, ControlId, KindName, PartId, RequirementId
from grc.model.kind import Kind
from grc.model.status import Status

Claims = Mapping[tuple[RequirementId, PartId], Sequence[Mapped]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a pack holds and what the checks made of it. ``risks``: None if the risk register was not read whole."""

    populations: Sequence[Population]
    kinds: Mapping[KindName, Kind]
    results: Mapping[CheckId, Sequence[PopulationResult]]
    evidence_digest: str
    risks: Collection[str] | None = None


def conclude(policy: Policy, effective: Effective, seen: Seen, *, policy_digest: str) -> Assessment:
    """Conclude every check, control, requirement and framework in scope.

    Every check and control of the policy has a result; every heading and assessable row of a framework in scope has a
    finding, in the publisher's order. A content row has none: it is shown with its parent.

    Raises:
        ConfigError: a framework in scope has no catalogue.
        EvidenceError: the evidence is newer than ``as_of``.
    """
    as_of = effective.as_of.astimezone(UTC)
    refuse_newer(_newest(seen.populations), as_of)
    catalogues = _in_scope(policy, effective.scope)
    reach = _reach(effective, seen)
    made_up_for = _proven(policy, effective, seen, reach)
    checks = _checks(policy, effective, seen, reach, made_up_for)
    controls = {name: conclude_control(policy.controls[name], checks) for name in sorted(policy.controls)}
    claims = _claims(policy)
    statements = attestations_at(effective.attestations, policy.controls, as_of, effective.period)
    found = {
        catalogue.id: _findings(catalogue, claims, controls, checks, statements, effective) for catalogue in catalogues
    }
    findings = tuple(finding for catalogue in catalogues for finding in found[catalogue.id])
    return Assessment(
        as_of=as_of,
        scope=_ordered(effective.scope, catalogues),
        evidence_digest=seen.evidence_digest,
        policy_digest=policy_digest,
        frameworks=tuple(summarise_framework(catalogue, found[catalogue.id]) for catalogue in catalogues),
        findings=findings,
        controls=tuple(controls.values()),
        checks=tuple(checks.values()),
        waivers=tuple(sorted(set(effective.waivers), key=lambda waiver: (waiver.id, str(waiver)))),
        waiver_results=waiver_results(effective.waivers, as_of, made_up_for, seen.risks),
        attestations=attestation_results(statements, findings),
        raised=raised_results(effective.raised, checks, as_of),
    )


def refuse_newer(newest: datetime | None, as_of: datetime) -> None:
    """Refuse evidence from after the instant that is assessed.

    Raises:
        EvidenceError: ``newest`` is later than ``as_of``.
    """
    if newest is not None and newest > as_of:
        raise EvidenceError(
            f"this pack holds evidence of {_said(newest)}, and nothing can be assessed as of {_said(as_of)}, before "
            "that: assess as of a later date, or use an older pack"
        )


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def max_age(kind: Kind | None, name: KindName, effective: Effective) -> timedelta:
    """How old evidence of a kind may be: the workspace's limit for it, else the kind's own, else the default."""
    own = None if kind is None else kind.max_age_days
    found = effective.max_age_days.get(name, own)
    return timedelta(days=effective.default_max_age_days if found is None else found)


def _checks(
    policy: Policy, effective: Effective, seen: Seen, reach: Reach, made_up_for: Collection[CheckId]
) -> dict[CheckId, CheckResult]:
    waived = waived_checks(effective.waivers, effective.as_of, made_up_for)
    return {
        name: _check(policy.checks[name], effective, seen, reach, may_waive=name in waived)
        for name in sorted(policy.checks)
    }


def proven(policy: Policy, effective: Effective, seen: Seen) -> frozenset[CheckId]:
    """The checks of compensating controls that are satisfied, without any waiver on themselves."""
    return _proven(policy, effective, seen, _reach(effective, seen))


def _reach(effective: Effective, seen: Seen) -> Reach:
    return Reach(seen.populations, seen.kinds, effective.scope.places)


def _proven(policy: Policy, effective: Effective, seen: Seen, reach: Reach) -> frozenset[CheckId]:
    found = [policy.checks[name] for name in compensating(effective.waivers) if name in policy.checks]
    concluded = (_check(check, effective, seen, reach, may_waive=False) for check in found)
    return frozenset(result.check for result in concluded if result.status is Status.SATISFIED)


def _check(check: Check, effective: Effective, seen: Seen, reach: Reach, *, may_waive: bool) -> CheckResult:
    kind = seen.kinds.get(check.kind)
    provider = check.kind.partition(".")[0] if kind is None else kind.provider
    ran = check.id in effective.scope.checks
    terms = Terms(
        as_of=effective.as_of,
        max_age=max_age(kind, check.kind, effective),
        in_scope=provider in effective.scope.providers,
        ran=ran,
        may_waive=may_waive,
        stale_related=_stale_related(check, effective, seen, reach),
    )
    if not ran:
        return conclude_check(check, (), terms)
    results = tuple(seen.results.get(check.id, ()))
    return conclude_check(check, (*results, *_holes(check, kind, results, reach)), terms)


def _stale_related(check: Check, effective: Effective, seen: Seen, reach: Reach) -> tuple[KindName, ...]:
    """The kinds that a check joins and whose evidence is older than their limit."""
    limits = {found.kind: max_age(seen.kinds.get(found.kind), found.kind, effective) for found in check.relate}
    return tuple(
        sorted(
            {
                found.unit.kind
                for related in limits
                for found in reach.of_kind(related)
                if effective.as_of - found.started > limits[found.unit.kind]
            }
        )
    )


def _holes(
    check: Check, kind: Kind | None, results: Iterable[PopulationResult], reach: Reach
) -> tuple[PopulationResult, ...]:
    """Results for what should have been there: a place where the kind is missing, a population not evaluated."""
    told = {(result.place, result.origin) for result in results}
    untold = tuple(
        replace(missing(found.unit.place, f"{check.id} was not evaluated on this population"), origin=found.origin)
        for found in reach.of_kind(check.kind)
        if (found.unit.place, found.origin) not in told
    )
    places = () if kind is None else reach.unreached(kind)
    return (*untold, *(missing(place, f"this pack holds no evidence of {check.kind} in {place}") for place in places))


def _claims(policy: Policy) -> Claims:
    claims: dict[tuple[RequirementId, PartId], list[Mapped]] = defaultdict(list)
    for control in policy.controls.values():
        for claim in control.maps:
            claims[claim.requirement, claim.part].append(claim)
    return claims


def _findings(
    catalogue: Catalogue,
    claims: Claims,
    controls: Mapping[ControlId, ControlResult],
    checks: Mapping[CheckId, CheckResult],
    statements: Attestations,
    effective: Effective,
) -> tuple[Finding, ...]:
    decisions = _decisions(effective)
    rows = [row for row in catalogue.requirements if has_finding(row)]
    children: dict[RequirementId | None, list[Requirement]] = defaultdict(list)
    for row in rows:
        children[row.parent].append(row)
    found: dict[RequirementId, Finding] = {}

    def finding(row: Requirement) -> Finding:
        if row.id not in found:
            found[row.id] = made(row)
        return found[row.id]

    def made(row: Requirement) -> Finding:
        decided = decisions.get(row.id)
        if is_shown_over_children(row):
            return conclude_heading(row, [finding(child) for child in children[row.id]], decided)
        parts = [
            conclude_part(part, claims.get((row.id, part.id), ()), controls, checks, statements)
            for part in row.parts or ()
        ]
        return conclude_requirement(row, parts, decided)

    return tuple(finding(row) for row in rows)


def _decisions(effective: Effective) -> Mapping[RequirementId, Applicability]:
    """The decision in force on each requirement."""
    made: dict[RequirementId, list[Applicability]] = defaultdict(list)
    for found in effective.applicability:
        made[found.requirement].append(found)
    in_force = {requirement: decision(found, effective.as_of) for requirement, found in made.items()}
    return {requirement: found for requirement, found in in_force.items() if found is not None}


def _in_scope(policy: Policy, scope: Scope) -> tuple[Catalogue, ...]:
    wanted = sorted(set(scope.frameworks))
    absent = [name for name in wanted if name not in policy.catalogues]
    if absent:
        known = ", ".join(sorted(policy.catalogues)) or "none"
        raise ConfigError(f"no catalogue of {', '.join(absent)}: the frameworks loaded are {known}")
    return tuple(policy.catalogues[name] for name in wanted)


def _ordered(scope: Scope, catalogues: Iterable[Catalogue]) -> Scope:
    return replace(
        scope,
        frameworks=tuple(catalogue.id for catalogue in catalogues),
        places=tuple(sorted(set(scope.places))),
    )


def _newest(populations: Iterable[Population]) -> datetime | None:
    return max((found.finished for found in populations), default=None)
