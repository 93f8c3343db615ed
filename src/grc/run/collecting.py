"""Collecting: what the selected checks read, from the sources, into a sealed pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from grc import __version__
from grc.collect.secrets import Redacting, without_secrets
from grc.errors import ConfigError
from grc.evidence import Pack, PackWriter, RunFacts, Sealer, SourceUsed, open_pack
from grc.model.catalogue import Check
from grc.model.identifiers import FrameworkId, KindName, Place
from grc.model.ports import Progress, Source
from grc.model.workspace import Exclusion, Workspace
from grc.run.desk import Desk
from grc.run.judging import compiled, demand_of
from grc.run.revealing import Ledger, table_of
from grc.run.scoped import CLUSTERS, Claiming, OverlapError, Scoped, accounts_read
from grc.run.selection import frameworks_of, select
from grc.run.sources import AWS, Clock, Opened, Reach, clusters_read, open_sources, providers


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a run is narrowed to; empty is no narrowing."""

    checks: Sequence[str] = ()
    frameworks: Sequence[str] = ()


def collect(
    desk: Desk,
    reach: Reach,
    out: Path,
    asked: Asked,
    *,
    clock: Clock,
    progress: Progress,
    sealer: Sealer | None = None,
) -> Pack:
    """Collect what the selected checks read and seal it as a pack. An interrupted run goes on where it stopped.

    ``sealer`` None: the pack is not signed.

    Raises:
        ConfigError: nothing to read, an unknown name, missing credentials, or no check for what can be read.
        NothingToAssessError: there are directories alone, and nothing that is known in them.
        EvidenceError: the pack exists, or cannot be written or signed.
    """
    started = clock()
    table, ledger = table_of(desk.workspace), Ledger()
    opened = open_sources(reach, desk.workspace, desk.kinds, clock, ledger.note if table else None)
    sources = opened.sources
    frameworks = frameworks_of(desk.policy, asked.frameworks or desk.workspace.frameworks or ())
    selected = selected_checks(desk, sources, asked, frameworks)
    wanted = demand_of(compiled(selected, desk.kinds), desk.workspace.aws)
    scope = _scope(desk, opened, reach, frameworks, selected)
    facts = RunFacts(id=_run_id(started), started=started, engine=__version__, scope=without_secrets(scope))
    above = [folder for folder in out.parents if not folder.exists()]
    with PackWriter(out, facts, desk.kinds) as writer:
        scoped = Scoped(Redacting(writer, desk.kinds), desk.workspace.aws)
        try:
            claimed: dict[tuple[KindName, Place], Source] = {}
            for source in _asked_first(sources):
                source.collect(wanted, Claiming(scoped, source, claimed), progress)
                scoped.refuse_other_account()
        except ConfigError as error:
            writer.discard(held=isinstance(error, OverlapError))
            _remove_empty(above)
            raise
        finally:
            if table:
                ledger.keep(table)
        used = [SourceUsed(name=source.name, version=source.version) for source in sources]
        writer.seal(finished=clock(), sources=used, sealer=sealer)
    return open_pack(out)


def _asked_first(sources: Iterable[Source]) -> list[Source]:
    """Those that need credentials first: a run that cannot begin has then collected nothing that it would leave."""
    return sorted(sources, key=lambda source: source.name != AWS)


def _remove_empty(folders: Iterable[Path]) -> None:
    """Remove the folders that this run made and in which nothing stands, the innermost first."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def selected_checks(
    desk: Desk, sources: Sequence[Source], asked: Asked, frameworks: Sequence[FrameworkId]
) -> tuple[Check, ...]:
    """The checks that are asked for and that the sources can give evidence for.

    Raises:
        ConfigError: there are none, or a name is unknown.
    """
    offered = frozenset(kind for source in sources for kind in source.kinds())
    themes = desk.workspace.themes
    selected = select(desk.policy, checks=asked.checks, frameworks=frameworks, kinds=offered, themes=themes)
    if not selected:
        names = ", ".join(source.name for source in sources)
        raise ConfigError(f"no selected check reads what {names} can give: see `grc list checks`")
    return selected


def _scope(
    desk: Desk, opened: Opened, reach: Reach, frameworks: Sequence[FrameworkId], selected: Sequence[Check]
) -> Mapping[str, Any]:
    sources, directories = opened.sources, opened.directories
    return {
        "sources": [source.name for source in sources],
        "providers": sorted(providers(sources)),
        "frameworks": list(frameworks),
        "checks": [check.id for check in selected],
        "regions": list(reach.regions),
        "organisation": desk.workspace.organisation.name,
        "timezone": desk.workspace.organisation.timezone,
        **({"directories": [each.told() for each in directories]} if directories else {}),
        **_declared(desk.workspace),
        **(accounts_read(desk.workspace.aws) if any(source.name == AWS for source in sources) else {}),
        **({CLUSTERS: clusters} if (clusters := clusters_read(sources)) else {}),
    }


def _declared(workspace: Workspace) -> Mapping[str, Any]:
    """The period that the audit is about, and what a person left out of scope, where they are declared."""
    period = workspace.period
    excluded = workspace.aws.exclusions if workspace.aws else ()
    return {
        **({"period": {"from": period.first.isoformat(), "to": period.last.isoformat()}} if period else {}),
        **({"exclusions": [_excluded(one) for one in excluded]} if excluded else {}),
    }


def _excluded(one: Exclusion) -> Mapping[str, str]:
    what = f"AWS account {one.account}" + (f", region {one.region}" if one.region else "")
    return {"what": what, "reason": one.reason}


def _run_id(started: datetime) -> str:
    return started.strftime("%Y%m%dT%H%M%S.%fZ")
