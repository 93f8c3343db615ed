"""Makes a workspace of what its file declares; reads nothing, so that having none costs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grc.catalogue.dates import day_of
from grc.model.identifiers import FrameworkId, KindName
from grc.model.types import Redaction
from grc.model.workspace import (
    Accounts,
    AwsScope,
    ClusterScope,
    Exclusion,
    MaxAge,
    Organisation,
    Override,
    Period,
    Redact,
    RegisterFile,
    Registers,
    Signing,
    TagRule,
    Workspace,
)


def no_workspace(folder: Path) -> Workspace:
    """The defaults of a folder without a ``grc.yaml``: nothing is declared."""
    return workspace_of(folder, None, {}, ())


def workspace_of(
    folder: Path, file: Path | None, value: Mapping[str, Any], overrides: tuple[Override, ...]
) -> Workspace:
    """The workspace of a file that was held against its schema, and against itself."""
    scope = value.get("scope", {})
    frameworks = value.get("frameworks")
    return Workspace(
        folder=folder,
        file=file,
        organisation=_organisation(value.get("organisation", {})),
        frameworks=None if frameworks is None else tuple(FrameworkId(name) for name in frameworks),
        themes=tuple(value["themes"]) if "themes" in value else None,
        aws=_aws(scope["aws"]) if "aws" in scope else None,
        paths=tuple(scope.get("paths", ())),
        clusters=tuple(_cluster(one) for one in scope.get("kubernetes", ())),
        organizations=tuple(scope.get("github", ())),
        tags={meaning: TagRule(key=key, value=rest) for meaning, key, rest in _tags(scope.get("tags", {}))},
        period=_period(value["period"]) if "period" in value else None,
        overrides=overrides,
        max_age=_max_age(value.get("max-age", {})),
        registers=_registers(value.get("registers", {})),
        redact=_redact(value.get("redact", {})),
        vault=value.get("vault", {}).get("path", ".grc/vault"),
        documents=value.get("documents", {}).get("folder", "policies"),
        signing=Signing(**value["signing"]) if "signing" in value else None,
    )


def _organisation(value: Mapping[str, Any]) -> Organisation:
    return Organisation(
        name=value.get("name"), timezone=value.get("timezone", "UTC"), contacts=value.get("contacts", {})
    )


def _aws(value: Mapping[str, Any]) -> AwsScope:
    named, regions = value.get("accounts"), value.get("regions")
    accounts = tuple(named) if isinstance(named, list) else Accounts(named or "own")
    exclusions = (
        Exclusion(account=left_out["account"], region=left_out.get("region"), reason=left_out["reason"])
        for left_out in value.get("except", ())
    )
    return AwsScope(
        accounts=accounts,
        regions=tuple(regions) if isinstance(regions, list) else None,
        role=value.get("role"),
        external_id=value.get("external-id"),
        tie_out=value.get("tie-out") == "config",
        exclusions=tuple(exclusions),
    )


def _cluster(value: str | Mapping[str, Any]) -> ClusterScope:
    if isinstance(value, str):
        return ClusterScope(context=value)
    return ClusterScope(context=value["context"], namespaces=tuple(value["namespaces"]))


def _tags(value: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for meaning, rule in value.items():
        key, _, rest = rule.partition("=")
        yield meaning, key, rest


def _period(value: Mapping[str, str]) -> Period:
    return Period(first=day_of(value["from"]), last=day_of(value["to"]))


def _max_age(value: Mapping[str, str]) -> MaxAge:
    days = {name: int(age.removesuffix("d")) for name, age in value.items()}
    default = days.pop("default", None)
    return MaxAge(default_days=default, kinds={KindName(kind): age for kind, age in sorted(days.items())})


def _registers(value: Mapping[str, Any]) -> Registers:
    files = {
        name: RegisterFile(
            file=declared.get("file"),
            encoding=declared.get("encoding", "utf-8"),
            delimiter=declared.get("delimiter", ","),
            columns=declared.get("columns", {}),
            sheet=declared.get("sheet"),
        )
        for name, declared in sorted(value.get("files", {}).items())
    }
    return Registers(folder=value.get("folder", "registers"), files=files)


def _redact(value: Mapping[str, Any]) -> Redact:
    fields = {
        KindName(kind): {path: Redaction(how) for path, how in sorted(below.items())}
        for kind, below in sorted(value.get("fields", {}).items())
    }
    return Redact(key=value.get("key"), fields=fields, table=value.get("table"))
