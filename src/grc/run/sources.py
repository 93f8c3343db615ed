"""From the words of a command line to sources of evidence. SDKs are imported only where a source needs them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from grc.collect.files import Tree, find, readable
from grc.collect.persons import Pseudonyms
from grc.errors import ConfigError, NothingToAssessError
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.ports import Source
from grc.model.workspace import Workspace
from grc.run.directory import Directory, Setting, named_apart, nothing_in, open_tree, timezone
from grc.run.keys import pseudonym_key
from grc.run.scoped import members, regions_left_out

AWS: Final = "aws"
REGISTERS: Final = "registers"
DOCUMENTS: Final = "documents"
FILES: Final = "files"
KUBERNETES: Final = "kubernetes"
GITHUB: Final = "github"
TOKENS: Final = ("GITHUB_TOKEN", "GH_TOKEN")
OF_RECORD: Final = {
    AWS: "aws",
    REGISTERS: "register",
    DOCUMENTS: "document",
    KUBERNETES: "kubernetes",
    GITHUB: "github",
    "github-export": "github",
    FILES: "file",
    "hosts": "host",
}
"""The provider that a source gives evidence of record of, by the source's name."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is asked of the sources. ``names`` are the words below or paths; empty: all that is declared.

    ``regions`` empty: all that are enabled. ``concurrency`` is the number of calls under way at once, and ``calls`` how
    many may be made of AWS in all.
    """

    names: Sequence[str] = ()
    regions: Sequence[str] = ()
    aws_profile: str | None = None
    concurrency: int = 16
    calls: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The sources of a run, and what was found in the directories among them."""

    sources: tuple[Source, ...]
    directories: tuple[Directory, ...] = ()


def open_sources(
    reach: Reach,
    workspace: Workspace,
    kinds: Mapping[KindName, Kind],
    clock: Clock,
    note: Callable[[str, str], None] | None = None,
) -> Opened:
    """Open the sources, each named once. ``note`` is told of each pseudonym that they make, and of whom.

    Raises:
        ConfigError: no source is named or declared, a path cannot be read as one, or credentials are missing.
        NothingToAssessError: there are directories alone, and nothing that is known in them.
    """
    names = tuple({_once(name): name for name in reach.names or _declared(workspace, kinds)}.values())
    if not names:
        raise ConfigError(
            "nothing to read: name a source (aws, registers, documents, kubernetes, github:ORGANIZATION or a path), "
            "or declare a scope in grc.yaml"
        )
    setting = Setting(
        workspace=workspace, kinds=kinds, clock=clock, pseudonyms=Pseudonyms(pseudonym_key(workspace), note)
    )
    roots = named_apart([Path(name) for name in names if _is_path(name)], workspace)
    found = [
        _path(Path(name), roots[Path(name)], setting) if _is_path(name) else _open(name, reach, setting)
        for name in names
    ]
    directories = tuple(each for each in found if isinstance(each, Directory))
    sources = tuple(source for each in found for source in (each.sources if isinstance(each, Directory) else (each,)))
    if not sources:
        raise NothingToAssessError("; ".join(f"{each.root}: {nothing_in(each)}" for each in directories))
    return Opened(sources=sources, directories=directories)


def providers(sources: Sequence[Source]) -> frozenset[str]:
    """The providers that these sources give evidence of record of. A plan only looks ahead: it gives none."""
    return frozenset(OF_RECORD[source.name] for source in sources if source.name in OF_RECORD and _is_of_record(source))


def _is_of_record(source: Source) -> bool:
    """Whether any evidence of a source is of record: of files it is what their kinds say."""
    if source.name != FILES:
        return True
    from grc.collect.structured import FileSource

    return not isinstance(source, FileSource) or source.is_of_record


def _declared(workspace: Workspace, kinds: Mapping[KindName, Kind]) -> list[str]:
    aws = [AWS] if workspace.aws is not None else []
    registers = [REGISTERS] if (workspace.folder / workspace.registers.folder).is_dir() and workspace.file else []
    documents = [DOCUMENTS] if (workspace.folder / workspace.documents).is_dir() and workspace.file else []
    files = [FILES] if any(kind.provider == "file" for kind in kinds.values()) else []
    clusters = [f"{KUBERNETES}:{one.context}" for one in workspace.clusters]
    organizations = [f"{GITHUB}:{name}" for name in workspace.organizations]
    paths = [str(workspace.folder / path) for path in workspace.paths]
    return [*aws, *clusters, *organizations, *registers, *documents, *files, *paths]


def _open(name: str, reach: Reach, setting: Setting) -> Source | Directory:
    word, _, which = name.partition(":")
    if name == AWS:
        return _aws(reach, setting)
    if name == REGISTERS:
        return _registers(setting)
    if name == DOCUMENTS:
        return _documents(setting)
    if name == FILES:
        return _files(setting)
    if word == KUBERNETES:
        return _kubernetes(which, setting)
    assert word == GITHUB
    return _github(which, setting)


def _once(name: str) -> str | Path:
    """What is the same for one source however it is named."""
    return Path(name).resolve() if _is_path(name) else name


def _is_path(name: str) -> bool:
    return name not in (AWS, REGISTERS, DOCUMENTS, FILES) and name.partition(":")[0] not in (KUBERNETES, GITHUB)


def _aws(reach: Reach, setting: Setting) -> Source:
    from grc.collect.aws import AwsSource, from_profile

    declared = setting.workspace.aws.regions if setting.workspace.aws else None
    return AwsSource(
        from_profile(reach.aws_profile),
        members=members(setting.workspace.aws),
        regions=tuple(reach.regions) or declared,
        left_out=regions_left_out(setting.workspace.aws),
        concurrency=reach.concurrency,
        budget=reach.calls,
        clock=setting.clock,
        pseudonyms=setting.pseudonyms,
        redact=setting.workspace.redact.fields,
    )


def _registers(setting: Setting) -> Source:
    from grc.collect.registers import RegisterSource

    folder = setting.workspace.folder / setting.workspace.registers.folder
    if not folder.is_dir():
        raise ConfigError(
            f"there is no folder {folder} that would hold the registers: make a workspace with `grc init`"
        )
    return RegisterSource(
        folder=folder,
        registers={name: kind for name, kind in setting.kinds.items() if kind.provider == "register"},
        timezone=timezone(setting.workspace),
        pseudonyms=setting.pseudonyms,
        clock=setting.clock,
        files=setting.workspace.registers.files,
        redact=setting.workspace.redact.fields,
    )


def _documents(setting: Setting) -> Source:
    from grc.collect.documents import DocumentSource
    from grc.collect.documents.source import KIND

    folder = setting.workspace.folder / setting.workspace.documents
    if not folder.is_dir():
        raise ConfigError(f"there is no folder of documents {folder}: make a workspace with `grc init`")
    return DocumentSource(
        root=setting.workspace.folder,
        folder=setting.workspace.documents,
        kind=setting.kinds[KIND],
        timezone=timezone(setting.workspace),
        pseudonyms=setting.pseudonyms,
        clock=setting.clock,
        redact=setting.workspace.redact.fields,
    )


def _files(setting: Setting) -> Source:
    from grc.collect.structured import open_files, recognise

    if not any(kind.provider == "file" for kind in setting.kinds.values()):
        folder = setting.workspace.folder / "kinds"
        raise ConfigError(f"the workspace declares no kind over files: put one into {folder}")
    tree = find(setting.workspace.folder)
    return open_files(
        tree,
        recognise(tree, setting.kinds),
        "workspace",
        setting.clock,
        setting.kinds,
        timezone=timezone(setting.workspace),
        pseudonyms=setting.pseudonyms,
        redact=setting.workspace.redact.fields,
    )


def _kubernetes(context: str, setting: Setting) -> Source:
    from grc.collect.kubernetes import open_cluster

    namespaces = {one.context: one.namespaces for one in setting.workspace.clusters}
    return open_cluster(setting.clock, context=context or None, namespaces=namespaces)


def clusters_read(sources: Sequence[Source]) -> Mapping[str, Mapping[str, Any]]:
    """The clusters among the sources: by the context, where its evidence stands and which namespaces are read."""
    if not any(source.name == KUBERNETES for source in sources):
        return {}
    from grc.collect.kubernetes import ClusterSource

    return {
        one.context: {"place": one.place, "namespaces": None if one.namespaces is None else sorted(one.namespaces)}
        for one in sources
        if isinstance(one, ClusterSource)
    }


def github_token() -> str:
    """The token for GitHub, from the environment.

    Raises:
        ConfigError: there is none.
    """
    token = next((os.environ[name] for name in TOKENS if os.environ.get(name)), "")
    if not token:
        raise ConfigError(f"reading GitHub needs a token with read rights, in {' or '.join(TOKENS)}")
    return token


def github_url() -> str | None:
    """The address of an enterprise's own GitHub, from the environment; None: the public one."""
    return os.environ.get("GITHUB_API_URL")


def github_answers() -> Path | None:
    """The folder for answers of GitHub, from the environment; None: none are kept."""
    folder = os.environ.get("GRC_GITHUB_ANSWERS")
    return Path(folder) if folder else None


def _github(organization: str, setting: Setting) -> Source:
    from grc.collect.github import open_github

    if not organization:
        raise ConfigError("name the organization: github:ORGANIZATION")
    return open_github(
        organization,
        github_token(),
        clock=setting.clock,
        url=github_url(),
        pseudonyms=setting.pseudonyms,
        redact=setting.workspace.redact.fields,
        answers=github_answers(),
    )


def _path(path: Path, root: str, setting: Setting) -> Directory | Source:
    if not path.exists():
        raise ConfigError(
            f"there is no {path}: a source is aws, registers, documents, kubernetes, github:ORGANIZATION, or the path "
            "of a directory, a Terraform plan or state, a template or a manifest"
        )
    if path.is_dir():
        return open_tree(find(path), root, setting)
    files = (path.name,) if readable(path.name) == path.name else ()
    found = open_tree(Tree(root=path.parent, files=files), root, setting)
    if found.sources and path.suffix != ".json":
        return found
    return found if found.taken.keys() - {"terraform"} else _plan(path, root, setting)


def _plan(path: Path, root: str, setting: Setting) -> Source:
    """A plan or state that is named by itself: what is wrong with it is an error, not a gap."""
    from grc.collect.terraform import open_file

    return open_file(path, root, setting.clock)
