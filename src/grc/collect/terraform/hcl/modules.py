"""One folder of Terraform files as a module: what it declares, by name, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from grc.collect.files import Tree, UnreadableError
from grc.collect.terraform.hcl.jsonsyntax import read_json_syntax
from grc.collect.terraform.hcl.syntax import read_native
from grc.collect.terraform.hcl.tree import Block, Document, Expression, Opaque, Trouble

LARGEST: Final = 16 * 2**20
"""Bytes. A larger file of Terraform's language is not read."""
OWN_VALUES: Final = ("terraform.tfvars", "terraform.tfvars.json")
AT_MOST: Final = {"variable": 1, "output": 1, "module": 1, "resource": 2, "data": 2}
"""Blocks with a name of their own, and how many labels name one."""
MERGED: Final = frozenset({"lifecycle"})
"""Nested blocks that one of an override file does not replace."""


@dataclass(slots=True, kw_only=True)
class Module:
    """What a folder declares. ``folder`` is the path below the root of the tree, or nothing for the root itself."""

    folder: str
    blocks: dict[str, dict[tuple[str, ...], Block]] = field(default_factory=dict)
    locals: dict[str, Expression] = field(default_factory=dict)
    providers: list[Block] = field(default_factory=list)
    imports: list[Block] = field(default_factory=list)
    twice: list[Block] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def of(self, kind: str) -> Mapping[tuple[str, ...], Block]:
        """The blocks of one kind, by their labels."""
        return self.blocks.get(kind, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A tree as Terraform sees it: its modules by folder, and by folder the files of values that it reads by itself.

    ``named`` are those that it reads where a deployment names them.
    """

    tree: Tree
    modules: Mapping[str, Module]
    values: Mapping[str, Sequence[str]]
    named: Mapping[str, Sequence[str]]
    paths: frozenset[str]


def read_directory(tree: Tree, claimed: Iterable[str]) -> Directory:
    """Read every module among the claimed files of a tree.

    Raises:
        ConfigError: there are Terraform files, and their parser is not installed.
    """
    folders: dict[str, list[str]] = {}
    values: dict[str, list[str]] = {}
    for path in sorted(claimed):
        if is_terraform(path) or is_values(path):
            (folders if is_terraform(path) else values).setdefault(path.rpartition("/")[0], []).append(path)
    modules = {folder: read_module(tree, folder, paths) for folder, paths in folders.items()}
    named: dict[str, list[str]] = {}
    for path in tree.files:
        if path.endswith((".tfvars", ".tfvars.json")) and not is_values(path):
            named.setdefault(path.rpartition("/")[0], []).append(path)
    return Directory(tree=tree, modules=modules, values=values, named=named, paths=frozenset(tree.files))


def is_values(path: str) -> bool:
    """Whether a file holds values of variables that Terraform reads by itself."""
    return path.rpartition("/")[2] in OWN_VALUES or path.endswith((".auto.tfvars", ".auto.tfvars.json"))


def is_terraform(path: str) -> bool:
    """Whether a file is one of Terraform's language."""
    return path.endswith((".tf", ".tf.json"))


def read_module(tree: Tree, folder: str, paths: Iterable[str]) -> Module:
    """Read a folder's files. What cannot be read is a trouble, and the rest is read.

    Raises:
        ConfigError: the parser is not installed.
    """
    module = Module(folder=folder)
    for path in sorted(paths, key=lambda path: (_overrides(path), path)):
        document = read_file(tree, path)
        module.troubles.extend(document.troubles)
        for block in document.blocks:
            (_override if _overrides(path) else _add)(module, block)
    return module


def read_file(tree: Tree, path: str) -> Document:
    """Read one file of either syntax."""
    try:
        source = tree.read(path, LARGEST)
    except UnreadableError as error:
        return Document(blocks=(), troubles=(Trouble(file=path, line=None, why=str(error)),))
    return read_json_syntax(source, path) if path.endswith(".json") else read_native(source, path)


def _overrides(path: str) -> bool:
    name = path.rpartition("/")[2].removesuffix(".json").removesuffix(".tf")
    return name == "override" or name.endswith("_override")


def _override(module: Module, block: Block) -> None:
    """Put what an override file says over what the other files declare, as Terraform does."""
    if block.kind == "locals":
        module.locals.update(block.attributes)
    elif block.kind in AT_MOST:
        known = module.blocks.get(block.kind, {})
        if block.labels in known:
            known[block.labels] = _merged(known[block.labels], block)
        else:
            module.troubles.append(Trouble(file=block.file, line=block.line, why="overrides what is not declared"))
    elif block.kind in ("provider", "import"):
        why = f"overrides a block of the kind {block.kind}, and that is not read"
        module.troubles.append(Trouble(file=block.file, line=block.line, why=why))


def _merged(block: Block, over: Block) -> Block:
    """A block under another of its name: each argument is replaced, and all nested blocks of a kind at once.

    Of ``lifecycle`` Terraform replaces the arguments that the other sets: what either leaves to others is kept here.
    """
    # `count` and `for_each` exclude each other: Terraform takes the one that the override sets.
    dropped = {"count", "for_each"} if over.attributes.keys() & {"count", "for_each"} else set()
    replaced = _named(over) | over.attributes.keys()
    return replace(
        block,
        attributes={
            **{name: one for name, one in block.attributes.items() if name not in dropped | _named(over)},
            **over.attributes,
        },
        blocks=(*(inner for inner in block.blocks if _nested(inner) not in replaced - MERGED), *over.blocks),
    )


def _named(block: Block) -> set[str]:
    return {_nested(inner) for inner in block.blocks}


def _nested(block: Block) -> str:
    """What a nested block sets, written out or dynamic."""
    return block.labels[0] if block.kind == "dynamic" and block.labels else block.kind


def _add(module: Module, block: Block) -> None:
    if block.kind == "locals":
        for name, expression in block.attributes.items():
            module.locals[name] = Opaque("is set twice") if name in module.locals else expression
    elif block.kind in AT_MOST:
        _add_named(module, block)
    elif block.kind == "provider":
        module.providers.append(block)
    elif block.kind == "import":
        module.imports.append(block)


def _add_named(module: Module, block: Block) -> None:
    if len(block.labels) != AT_MOST[block.kind]:
        module.troubles.append(Trouble(file=block.file, line=block.line, why=f"is no {block.kind} with its labels"))
        return
    known = module.blocks.setdefault(block.kind, {})
    if block.labels in known:
        module.twice.append(block)
    else:
        known[block.labels] = block
