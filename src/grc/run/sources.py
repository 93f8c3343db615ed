"""From the words of a command line to sources of evidence. SDKs are imported only where a source needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from grc.collect.persons import Pseudonyms
from grc.errors import ConfigError
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.ports import Source
from grc.model.workspace import Workspace
from grc.run.keys import pseudonym_key
from grc.run.scoped import members, regions_left_out

AWS: Final = "aws"
REGISTERS: Final = "registers"
DOCUMENTS: Final = "documents"
FILES: Final = "files"
HOSTS: Final = "hosts"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is asked of the sources. ``names`` are ``aws``, ``registers``, ``documents`` or paths; empty: all declared.

    ``regions`` empty: all that are enabled. ``concurrency`` is the number of calls under way at once, and ``calls`` how
    many may be made of AWS in all.
    """

    names: Sequence[str] = ()
    regions: Sequence[str] = ()
    aws_profile: str | None = None
    concurrency: int = 16
    calls: int | None = None


def open_sources(
    reach: Reach, workspace: Workspace, kinds: Mapping[KindName, Kind], clock: Clock
) -> tuple[Source, ...]:
    """Open the sources, each named once.

    Raises:
        ConfigError: no source is named or declared, a path cannot be read as one, or credentials are missing.
    """
    names = tuple(dict.fromkeys(reach.names or _declared(workspace, kinds)))
    if not names:
        raise ConfigError(
            "nothing to read: name a source (aws, registers, documents or a path), or declare a scope in grc.yaml"
        )
    pseudonyms = Pseudonyms(pseudonym_key(workspace))
    return tuple(_open(name, reach, workspace, kinds, clock, pseudonyms) for name in names)


def providers(sources: Sequence[Source]) -> frozenset[str]:
    """The providers that these sources give evidence of record of. A plan only looks ahead: it gives none."""
    named = {AWS: "aws", REGISTERS: "register", DOCUMENTS: "document", FILES: "file", HOSTS: "host"}
    return frozenset(named[source.name] for source in sources if source.name in named)


def _declared(workspace: Workspace, kinds: Mapping[KindName, Kind]) -> list[str]:
    aws = [AWS] if workspace.aws is not None else []
    registers = [REGISTERS] if (workspace.folder / workspace.registers.folder).is_dir() and workspace.file else []
    documents = [DOCUMENTS] if (workspace.folder / workspace.documents).is_dir() and workspace.file else []
    files = [FILES] if any(kind.provider == "file" for kind in kinds.values()) else []
    return [*aws, *registers, *documents, *files, *(str(workspace.folder / path) for path in workspace.paths)]


def _open(
    name: str,
    reach: Reach,
    workspace: Workspace,
    kinds: Mapping[KindName, Kind],
    clock: Clock,
    pseudonyms: Pseudonyms,
) -> Source:
    if name == AWS:
        return _aws(reach, workspace, clock, pseudonyms)
    if name == REGISTERS:
        return _registers(workspace, kinds, clock, pseudonyms)
    if name == DOCUMENTS:
        return _documents(workspace, kinds, clock, pseudonyms)
    if name == FILES:
        return _files(workspace, kinds, clock, pseudonyms)
    return _path(Path(name), workspace, clock)


def _aws(reach: Reach, workspace: Workspace, clock: Clock, pseudonyms: Pseudonyms) -> Source:
    from grc.collect.aws import AwsSource, from_profile

    declared = workspace.aws.regions if workspace.aws else None
    return AwsSource(
        from_profile(reach.aws_profile),
        members=members(workspace.aws),
        regions=tuple(reach.regions) or declared,
        left_out=regions_left_out(workspace.aws),
        concurrency=reach.concurrency,
        budget=reach.calls,
        clock=clock,
        pseudonyms=pseudonyms,
        redact=workspace.redact.fields,
    )


def _registers(workspace: Workspace, kinds: Mapping[KindName, Kind], clock: Clock, pseudonyms: Pseudonyms) -> Source:
    from grc.collect.registers import RegisterSource

    folder = workspace.folder / workspace.registers.folder
    if not folder.is_dir():
        raise ConfigError(f"there is no folder of registers {folder}: make a workspace with `grc init`")
    return RegisterSource(
        folder=folder,
        registers={name: kind for name, kind in kinds.items() if kind.provider == "register"},
        timezone=ZoneInfo(workspace.organisation.timezone),
        pseudonyms=pseudonyms,
        clock=clock,
        files=workspace.registers.files,
        redact=workspace.redact.fields,
    )


def _documents(workspace: Workspace, kinds: Mapping[KindName, Kind], clock: Clock, pseudonyms: Pseudonyms) -> Source:
    from grc.collect.documents import DocumentSource
    from grc.collect.documents.source import KIND

    folder = workspace.folder / workspace.documents
    if not folder.is_dir():
        raise ConfigError(f"there is no folder of documents {folder}: make a workspace with `grc init`")
    return DocumentSource(
        root=workspace.folder,
        folder=workspace.documents,
        kind=kinds[KIND],
        timezone=ZoneInfo(workspace.organisation.timezone),
        pseudonyms=pseudonyms,
        clock=clock,
        redact=workspace.redact.fields,
    )


def _files(workspace: Workspace, kinds: Mapping[KindName, Kind], clock: Clock, pseudonyms: Pseudonyms) -> Source:
    from grc.collect.files import find
    from grc.collect.structured import open_files, recognise

    if not any(kind.provider == "file" for kind in kinds.values()):
        raise ConfigError(f"the workspace declares no kind over files: put one into {workspace.folder / 'kinds'}")
    tree = find(workspace.folder)
    return open_files(
        tree,
        recognise(tree, kinds),
        "workspace",
        clock,
        kinds,
        timezone=ZoneInfo(workspace.organisation.timezone),
        pseudonyms=pseudonyms,
        redact=workspace.redact.fields,
    )


def _path(path: Path, workspace: Workspace, clock: Clock) -> Source:
    from grc.collect.terraform import open_plan

    if not path.exists():
        raise ConfigError(
            f"there is no {path}: a source is aws, registers, documents, or the path of a Terraform plan in JSON"
        )
    if path.is_dir():
        raise ConfigError(f"{path} is a folder: name the plan in it, made with `terraform show -json`")
    root = path.resolve()
    within = root.is_relative_to(workspace.folder.resolve())
    return open_plan(path, str(root.relative_to(workspace.folder.resolve())) if within else path.name, clock)
