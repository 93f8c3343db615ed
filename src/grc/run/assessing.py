"""Assessing: findings from a pack alone, offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from grc import __version__, catalogue
from grc.evidence import AssessmentLayer, AssessmentWriter, Pack, Sealer, open_assessment, open_pack, policy_digest
from grc.model.assessment import Effective, Scope
from grc.model.identifiers import CheckId, FrameworkId
from grc.run.collecting import Asked
from grc.run.decisions import attestations_of, findings_of
from grc.run.desk import Desk
from grc.run.judging import judge, several
from grc.run.scoped import declared_period, declared_places
from grc.run.sealed import policy_files
from grc.run.selection import frameworks_of, select
from grc.run.withheld import refuse_secrets

DEFAULT_MAX_AGE_DAYS = 7


def assess(
    desk: Desk, path: Path, asked: Asked, *, as_of: datetime, jobs: int = 1, sealer: Sealer | None = None
) -> AssessmentLayer:
    """Assess a pack as of an instant, in so many processes, and put the assessment into it.

    ``sealer`` None: the assessment is not signed.

    Raises:
        ConfigError: an unknown name, or a secret in what the workspace decided.
        DataError: the workspace's waivers, decisions, attestations or findings are wrong, or hold a secret.
        EvidenceError: this is no whole pack, its evidence is newer than ``as_of``, or it cannot be written or
            signed.
    """
    pack = open_pack(path)
    effective = _effective(desk, pack, asked, as_of)
    kinds = {**desk.kinds, **pack.kinds()}
    files = policy_files(desk.roots, desk.policy, desk.kinds)
    refuse_secrets(files, effective)
    digest = policy_digest(files, effective)
    with AssessmentWriter(pack, engine=__version__) as writer, several(jobs, writer) as processes:
        assessment = judge(pack, desk.policy, kinds, effective, digest, writer.write, processes)
        written = writer.seal(assessment, files, effective, sealer)
    return open_assessment(pack, written.name)


def _effective(desk: Desk, pack: Pack, asked: Asked, as_of: datetime) -> Effective:
    workspace = desk.workspace
    return Effective(
        as_of=as_of,
        scope=_scope(desk, pack.manifest.run.scope, asked),
        parameters={
            check.id: {parameter.name: parameter.value for parameter in check.parameters}
            for check in desk.policy.checks.values()
            if check.parameters
        },
        org=workspace.facts(),
        waivers=catalogue.load_waivers(workspace.folder, desk.policy, workspace.organisation.timezone)
        if workspace.file
        else (),
        applicability=catalogue.load_applicability(workspace.folder, desk.policy) if workspace.file else (),
        tailoring=catalogue.load_tailoring(workspace.folder, desk.policy) if workspace.file else None,
        attestations=attestations_of(desk),
        raised=findings_of(desk),
        period=declared_period(pack.manifest.run.scope),
        max_age_days=workspace.max_age.kinds,
        default_max_age_days=DEFAULT_MAX_AGE_DAYS
        if workspace.max_age.default_days is None
        else workspace.max_age.default_days,
    )


def _scope(desk: Desk, run: Mapping[str, Any], asked: Asked) -> Scope:
    """The scope of the run that collected, narrowed by what is asked now."""
    frameworks = frameworks_of(desk.policy, asked.frameworks or run.get("frameworks", ()))
    return Scope(
        frameworks=frameworks,
        providers=frozenset(run.get("providers", ())),
        checks=_checks(desk, run, asked, frameworks),
        places=declared_places(desk.workspace, run),
    )


def _checks(desk: Desk, run: Mapping[str, Any], asked: Asked, frameworks: Sequence[FrameworkId]) -> frozenset[CheckId]:
    known = frozenset(CheckId(name) for name in run.get("checks", ()) if name in desk.policy.checks)
    if not asked.checks and not asked.frameworks:
        return known
    wanted = select(
        desk.policy,
        checks=asked.checks,
        frameworks=frameworks,
        kinds=frozenset(desk.kinds),
        themes=desk.workspace.themes,
    )
    return frozenset(check.id for check in wanted)
