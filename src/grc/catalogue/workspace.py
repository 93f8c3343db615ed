"""Reads ``grc.yaml``: what an organisation declares."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grc.catalogue.checks import Kinds, path_problem
from grc.catalogue.dates import day_of
from grc.catalogue.declared import workspace_of
from grc.catalogue.files import Source, read_one
from grc.catalogue.inside import leaves
from grc.catalogue.parameters import as_value
from grc.catalogue.schema import meant
from grc.errors import DataError, Problem
from grc.model.catalogue import Policy
from grc.model.timezones import zone_of
from grc.model.workspace import Override, Workspace

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
    return workspace_of(folder, source.file, source.value, tuple(_overrides(source)))


def workspace_problems(workspace: Workspace, policy: Policy, kinds: Kinds) -> Iterator[Problem]:
    """What a workspace says of frameworks, kinds and fields that do not exist."""
    if workspace.file is None:
        return
    source = read_one(workspace.file, FORMAT)
    for index, framework in enumerate(workspace.frameworks or ()):
        if framework not in policy.catalogues:
            near = meant(framework, list(policy.catalogues))
            yield source.problem(("frameworks", index), f"there is no catalogue {framework!r}{near}")
    themes = sorted({control.theme for control in policy.controls.values()})
    for index, theme in enumerate(workspace.themes or ()):
        if theme not in themes:
            near = meant(theme, themes, f"; there are {', '.join(themes)}")
            yield source.problem(("themes", index), f"no control has the theme {theme!r}{near}")
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
    """Paths stay in the workspace."""
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
        (("documents", "folder"), value.get("documents", {}).get("folder", "policies")),
        (("redact", "key"), value.get("redact", {}).get("key", "key")),
        (("redact", "table"), value.get("redact", {}).get("table", "table")),
        (("vault", "path"), value.get("vault", {}).get("path", "vault")),
        (("signing", "key"), value.get("signing", {}).get("key", "key")),
    ]
    for at, path in paths:
        if leaves(path):
            yield source.problem(at, f"is {path!r}: must be a path within the workspace, relative to {FILE}")


def _is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def workspace_template() -> str:
    """The text of a new ``grc.yaml``: it declares nothing, and shows what can be declared."""
    return TEMPLATE.read_text(encoding="utf-8")
