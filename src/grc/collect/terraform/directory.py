"""A directory as Terraform finds it: root modules, and plans and states that lie beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from grc.collect.files import Claim, Skipped, Tree, UnreadableError
from grc.collect.strictjson import read_json
from grc.collect.terraform.hcl.calls import called_folders
from grc.collect.terraform.hcl.declare import declare
from grc.collect.terraform.hcl.modules import Directory, is_terraform, is_values, read_directory
from grc.collect.terraform.plan import plan_of
from grc.collect.terraform.source import PLAN, QUERY, is_state, plan_estate, state_estate
from grc.collect.terraform.translation import load_translations
from grc.collect.translated import Declared, DeclaredSource, Estate, Translation, Wording
from grc.errors import ConfigError
from grc.garbage import collector_paused
from grc.model.evidence import Gap, GapReason, Origin

TEMPLATE: Final = Wording(call="terraform files", noun="configuration")
SHOWN: Final = re.compile(rb'\A\s*\{.*"format_version"\s*:\s*"[\d.]+"', re.DOTALL)
RAW: Final = re.compile(
    rb'\A\s*\{(?=.*"version"\s*:\s*\d)(?=.*"(?:lineage|serial)"\s*:)(?=.*"terraform_version"\s*:)', re.DOTALL
)
NO_TEXT: Final = "has a name that is no text"
LEFT_OUT: Final[Mapping[str, str]] = {
    ".tfvars": "holds values that Terraform does not read by itself",
    ".tfvars.json": "holds values that Terraform does not read by itself",
    ".tfstate.backup": "is the backup of a state",
    ".tftest.hcl": "holds tests, and nothing that is deployed",
    ".tofu": "is OpenTofu's own, and .tf files are read",
}


def recognise(tree: Tree) -> Claim:
    """What of a tree is Terraform's: its language, the values that it reads by itself, plans and states."""
    taken: list[str] = []
    skipped: list[Skipped] = []
    for path in tree.files:
        if not is_text(path):
            if is_terraform(path):
                skipped.append(Skipped(path=path.encode(errors="backslashreplace").decode(), reason=NO_TEXT))
        elif is_terraform(path) or is_values(path):
            taken.append(path)
        elif (reason := next((why for end, why in LEFT_OUT.items() if path.endswith(end)), None)) is not None:
            skipped.append(Skipped(path=path, reason=reason))
        elif path.endswith((".json", ".tfstate")) and is_shown(tree.head(path)):
            taken.append(path)
    return Claim(paths=tuple(taken), skipped=tuple(skipped))


def is_text(path: str) -> bool:
    """Whether a path is one of characters: the name of a file can be any bytes, and no record can hold those."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_shown(head: bytes) -> bool:
    """Whether a file that begins so is the JSON of a plan or a state."""
    return b'"terraform_version"' in head and (SHOWN.search(head) is not None or RAW.search(head) is not None)


def open_directory(tree: Tree, claim: Claim, root: str, clock: Callable[[], datetime]) -> DeclaredSource:
    """Open what was recognised in a tree as a source. ``root`` names the tree in places: ``file/<root>/<folder>``.

    Raises:
        ConfigError: there are Terraform files, and their parser is not installed.
    """
    translations = load_translations()
    with collector_paused():
        modules = _modules(read_directory(tree, claim.paths), root, translations)
        estates = [*modules, *_shown(tree, claim, root)]
    return DeclaredSource(name="terraform", version="1", estates=tuple(estates), translations=translations, clock=clock)


def _modules(directory: Directory, root: str, translations: Sequence[Translation]) -> Iterator[Estate]:
    types = frozenset(type_ for one in translations for type_ in one.types())
    # Modules that only call one another in a ring have no root: each is read as one, and the ring is told.
    called = called_folders(directory.modules)
    for folder in sorted(directory.modules.keys() - called):
        yield Estate(
            root=_named(root, folder),
            origin=Origin.TEMPLATE,
            query="terraform files",
            parameters={"module": folder or "."},
            wording=TEMPLATE,
            declared=declare(directory, folder, types),
        )


def _shown(tree: Tree, claim: Claim, root: str) -> Iterator[Estate]:
    for path in claim.paths:
        if path.endswith((".json", ".tfstate")) and not is_terraform(path) and not is_values(path):
            yield _document(tree, path, _named(root, path))


def _document(tree: Tree, path: str, root: str) -> Estate:
    try:
        document = read_json(tree.read(path))
        if is_state(document):
            return state_estate(document, path, path, root)
        return plan_estate(plan_of(document, path, path), root)
    except UnreadableError as error:
        return _unread(path, root, str(error))
    except ValueError as error:
        line = getattr(error, "lineno", None)
        return _unread(path if line is None else f"{path}:{line}", root, "is not JSON")
    except ConfigError as error:
        return _unread(path, root, str(error).removeprefix(path).strip())


def _unread(path: str, root: str, why: str) -> Estate:
    gap = Gap(path="", reason=GapReason.PARSE_ERROR, call=QUERY, detail=f"{path}: {why}")
    return Estate(
        root=root,
        origin=Origin.PLAN,
        query=QUERY,
        parameters={},
        wording=PLAN,
        declared=Declared(resources=(), holes=(gap,)),
    )


def _named(root: str, below: str) -> str:
    return f"{root}/{below}" if below else root
