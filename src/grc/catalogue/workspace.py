"""Reads ``grc.yaml``: what an organisation declares."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final

from grc.catalogue.checks import Kinds, path_problem
from grc.catalogue.dates import day_of, zone_of
from grc.catalogue.files import Source, read_one
from grc.catalogue.parameters import as_value
from grc.catalogue.schema import meant
from grc.errors import DataError, Problem
from grc.model.catalogue import Policy
from grc.model.identifiers import FrameworkId, KindName
from grc.model.types import Redaction
from grc.model.workspace import (
    Accounts,
    AwsScope,
    Exclusion,
    MaxAge,
    Organisation,
    Override,
    Period,
    Redact,
    RegisterFile,
    Registers,
    TagRule,
    Workspace,
)

FILE: Final = "grc.yaml"
FORMAT: Final = "grc.workspace/1"
TEMPLATE: Final = Path(__file__).with_name("template.yaml")


def load_workspace(folder: Path) -> Workspace:
    """Load the workspace of a folder that holds a ``grc.yaml``.

    Raises:
        DataError: with every problem of the file. What it says of checks, kinds and frameworks is held against them
            by ``workspace_problems`` and ``with_parameters``.
    """
    source = read_one(folder / FILE, FORMAT)
    problems = list(_own_problems(source))
    if problems:
        raise DataError(problems)
    return _workspace(folder, source.file, source.value, tuple(_overrides(source)))


def no_workspace(folder: Path) -> Workspace:
    """The defaults of a folder without a ``grc.yaml``: nothing is declared."""
    return _workspace(folder, None, {}, ())


def workspace_problems(workspace: Workspace, policy: Policy, kinds: Kinds) -> Iterator[Problem]:
    """What a workspace says of frameworks, kinds and fields that do not exist."""
    if workspace.file is None:
        return
    source = read_one(workspace.file, FORMAT)
    for index, framework in enumerate(workspace.frameworks or ()):
        if framework not in policy.catalogues:
            near = meant(framework, list(policy.catalogues))
            yield source.problem(("frameworks", index), f"there is no catalogue {framework!r}{near}")
    for kind in workspace.max_age.kinds:
        if kind not in kinds:
            yield source.problem(("max-age", kind), f"there is no kind {kind!r}{meant(kind, list(kinds))}")
    for kind, fields in workspace.redact.fields.items():
        if kind not in kinds:
            yield source.problem(("redact", "fields", kind), f"there is no kind {kind!r}{meant(kind, list(kinds))}")
            continue
        for path in fields:
            fault = path_problem(kinds[kind], path)
            if fault:
                yield source.problem(("redact", "fields", kind, path), fault)


def _workspace(folder: Path, file: Path | None, value: Mapping[str, Any], overrides: tuple[Override, ...]) -> Workspace:
    scope = value.get("scope", {})
    frameworks = value.get("frameworks")
    return Workspace(
        folder=folder,
        file=file,
        organisation=_organisation(value.get("organisation", {})),
        frameworks=None if frameworks is None else tuple(FrameworkId(name) for name in frameworks),
        aws=_aws(scope["aws"]) if "aws" in scope else None,
        paths=tuple(scope.get("paths", ())),
        tags={meaning: TagRule(key=key, value=rest) for meaning, key, rest in _tags(scope.get("tags", {}))},
        period=_period(value["period"]) if "period" in value else None,
        overrides=overrides,
        max_age=_max_age(value.get("max-age", {})),
        registers=_registers(value.get("registers", {})),
        redact=_redact(value.get("redact", {})),
        vault=value.get("vault", {}).get("path", ".grc/vault"),
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
        exclusions=tuple(exclusions),
    )


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
        )
        for name, declared in sorted(value.get("files", {}).items())
    }
    return Registers(folder=value.get("folder", "registers"), files=files)


def _redact(value: Mapping[str, Any]) -> Redact:
    fields = {
        KindName(kind): {path: Redaction(how) for path, how in sorted(below.items())}
        for kind, below in sorted(value.get("fields", {}).items())
    }
    return Redact(key=value.get("key"), fields=fields)


def _overrides(source: Source) -> Iterator[Override]:
    for check, values in source.value.get("params", {}).items():
        for name, value in values.items():
            position = source.position(("params", check, name))
            yield Override(check=check, parameter=name, value=as_value(value), position=position)


def _own_problems(source: Source) -> Iterator[Problem]:
    value = source.value
    yield from _zone_problems(source)
    yield from _period_problems(source)
    yield from _path_problems(source)
    for name, declared in value.get("registers", {}).get("files", {}).items():
        encoding = declared.get("encoding", "utf-8")
        if not _is_encoding(encoding):
            at = ("registers", "files", name, "encoding")
            yield source.problem(at, f"there is no text encoding {encoding!r}: utf-8 and windows-1252 are two")
    redact = value.get("redact", {})
    if "key" not in redact and any("pseudonym" in below.values() for below in redact.get("fields", {}).values()):
        yield source.problem(("redact",), "pseudonyms need a key: name its file under `key`")


def _zone_problems(source: Source) -> Iterator[Problem]:
    name = source.value.get("organisation", {}).get("timezone", "UTC")
    try:
        zone_of(name)
    except ValueError as error:
        yield source.problem(("organisation", "timezone"), str(error))


def _period_problems(source: Source) -> Iterator[Problem]:
    period = source.value.get("period")
    if period is None:
        return
    days = {}
    for end in ("from", "to"):
        try:
            days[end] = day_of(period[end])
        except ValueError:
            yield source.problem(("period", end), f"there is no day {period[end]}")
    if len(days) == 2 and days["from"] > days["to"]:
        yield source.problem(("period", "to"), f"is {period['to']}, before `from`, {period['from']}")


def _path_problems(source: Source) -> Iterator[Problem]:
    """Paths stay in the workspace: a workspace is handed on, and a stranger's must not read another folder."""
    value = source.value
    registers = value.get("registers", {})
    paths = [
        *((("scope", "paths", index), path) for index, path in enumerate(value.get("scope", {}).get("paths", ()))),
        (("registers", "folder"), registers.get("folder", "registers")),
        *(
            (("registers", "files", name, "file"), declared["file"])
            for name, declared in registers.get("files", {}).items()
            if "file" in declared
        ),
        (("redact", "key"), value.get("redact", {}).get("key", "key")),
        (("vault", "path"), value.get("vault", {}).get("path", "vault")),
    ]
    for at, path in paths:
        if _leaves(path):
            yield source.problem(at, f"is {path!r}: must be a path within the workspace, relative to {FILE}")


def _leaves(path: str) -> bool:
    posix, windows = PurePosixPath(path), PureWindowsPath(path)
    return posix.is_absolute() or bool(windows.anchor) or ".." in posix.parts or ".." in windows.parts


def _is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def workspace_template() -> str:
    """The text of a new ``grc.yaml``: it declares nothing, and shows what can be declared."""
    return TEMPLATE.read_text(encoding="utf-8")
