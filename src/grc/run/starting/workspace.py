"""What a workspace holds at its beginning, and what of that is missing in a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grc import catalogue
from grc.collect.documents.texts import FORMATS
from grc.collect.registers.tables import SUFFIXES
from grc.model.kind import Kind
from grc.model.workspace import Workspace
from grc.run.desk import known_kinds
from grc.run.rewriting import write_new
from grc.run.starting.registers import PROVIDER, name_of, page, template

FILES: Final = Path(__file__).with_name("files")
CONFIGURATION: Final = "grc.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The files that were added, or would be, and how many of a workspace's were there already."""

    added: tuple[str, ...]
    kept: int


def begin(folder: Path, *, dry_run: bool = False) -> Begun:
    """Add to a folder what a workspace begins with and the folder lacks. Nothing is ever overwritten.

    A register or a policy that is kept in another format than the template's is there already.

    Raises:
        ConfigError: the folder cannot be written.
        DataError: the workspace that is there, or a schema of its own, is wrong.
    """
    there = (folder / CONFIGURATION).is_file()
    workspace = catalogue.load_workspace(folder) if there else catalogue.no_workspace(folder)
    files = dict(_files(workspace))
    missing = {name: text for name, text in files.items() if not _is_there(workspace, name)}
    if not dry_run:
        for name, text in missing.items():
            write_new(folder / name, text)
    return Begun(added=tuple(missing), kept=len(files) - len(missing))


def _files(workspace: Workspace) -> Iterator[tuple[str, str]]:
    yield CONFIGURATION, catalogue.workspace_template()
    for name in ("README.md", "waivers.yaml", "applicability.yaml", "attestations/README.md", "findings/README.md"):
        yield name, _shipped(name)
    yield ".gitignore", _shipped("gitignore")
    folder = workspace.registers.folder
    yield f"{folder}/README.md", _shipped("registers.md")
    yield f"{folder}/schemas/README.md", _shipped("schemas.md")
    for kind in _registers(workspace):
        yield f"{folder}/{name_of(kind)}.csv", template(kind)
        yield f"{folder}/columns/{name_of(kind)}.md", page(kind)
    yield f"{workspace.documents}/README.md", _shipped("policies.md")
    for name, text in policy_templates().items():
        yield f"{workspace.documents}/{name}", text


def policy_templates() -> Mapping[str, str]:
    """The policy documents that a workspace begins with, by file name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((FILES / "policies").glob("*.md"))}


def _registers(workspace: Workspace) -> list[Kind]:
    return [kind for kind in known_kinds(workspace).values() if kind.provider == PROVIDER]


def _shipped(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")


def _is_there(workspace: Workspace, name: str) -> bool:
    path = workspace.folder / name
    if _exists(path):
        return True
    if path.parent == workspace.folder / workspace.registers.folder and path.suffix == ".csv":
        told = workspace.registers.files.get(path.stem)
        others = [path.with_suffix(suffix) for suffix in SUFFIXES]
        return (told is not None and told.file is not None) or any(map(_exists, others))
    if path.parent == workspace.folder / workspace.documents and path.suffix == ".md":
        return any(_exists(path.with_suffix(suffix)) for suffix in FORMATS)
    return False


def _exists(path: Path) -> bool:
    """Whether anything has this name, a link that leads nowhere included."""
    return path.exists() or path.is_symlink()
