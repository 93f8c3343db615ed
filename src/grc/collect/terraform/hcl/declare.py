"""A root module as what it declares: its resources and those of the modules it calls, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.files import Tree, UnreadableError
from grc.collect.terraform.arguments import complete
from grc.collect.terraform.hcl.bodies import META, body_of, parted
from grc.collect.terraform.hcl.evaluate import Scope
from grc.collect.terraform.hcl.jsonsyntax import read_json_values
from grc.collect.terraform.hcl.modules import OWN_VALUES, Directory, Module
from grc.collect.terraform.hcl.syntax import read_native
from grc.collect.terraform.hcl.tree import Block, Expression, Literal, Name, Opaque, Trouble
from grc.collect.terraform.hcl.values import Unknown, find_unknown
from grc.collect.terraform.hcl.world import Element, Instance, Reach, alias_of, local_source, speaks_of
from grc.collect.translated import Declared, DeclaredResource, Uncertain
from grc.model.evidence import Gap, GapReason

CALL: Final = "terraform files"
MOST: Final = 200_000
"""Resources of one root module."""
INDEXES: Final = re.compile(r"""\[(?:\d+|"(?:[^"\\]|\\.)*"|[^\]"]*)\]""")
UNTOLD: Final[Mapping[str, Any]] = {
    "each": Unknown("each is not known"),
    "count": Unknown("count is not known"),
}


@dataclass(slots=True)
class _Found:
    resources: list[DeclaredResource] = field(default_factory=list)
    uncertain: list[Uncertain] = field(default_factory=list)
    holes: list[Gap] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


def declare(directory: Directory, folder: str, types: frozenset[str]) -> Declared:
    """What the root module in a folder of a directory declares of these types."""
    reach = Reach(directory=directory, root=folder)
    module = directory.modules[folder]
    found = _Found()
    given, troubles = _given(directory, folder)
    _holes(found, troubles)
    root = Instance(
        reach=reach, module=module, path="", given=given, caller=None, above=(folder,), doubt=None, providers={}
    )
    _collect(root, types, found, frozenset(_imported(module)))
    resources = _once_each(found)
    return Declared(
        resources=tuple(sorted(resources, key=lambda one: one.address)),
        uncertain=tuple(sorted(found.uncertain, key=lambda one: (one.resource.address, one.gap))),
        holes=tuple(sorted(set(found.holes))),
    )


def _given(directory: Directory, folder: str) -> tuple[dict[str, Expression], list[Trouble]]:
    """The values of the root's variables, from the files that Terraform reads by itself, in its order."""
    beside = directory.values.get(folder, ())
    own = [path for name in OWN_VALUES for path in beside if path.rpartition("/")[2] == name]
    given: dict[str, Expression] = {}
    troubles: list[Trouble] = []
    for path in [*own, *(path for path in beside if path not in own)]:
        try:
            given |= _values(directory.tree, path)
        except (UnreadableError, ValueError) as error:
            # Any variable could have been set in it.
            troubles.append(Trouble(file=path, line=None, why=f"cannot be read, so no variable is known: {error}"))
            return _Nothing(), troubles
    return {**given, **_otherwise(directory, folder, given)}, troubles


def _otherwise(directory: Directory, folder: str, given: Mapping[str, Expression]) -> Mapping[str, Expression]:
    """The variables that files of values beside the root set to something else, where a deployment names them."""
    declared = directory.modules[folder].of("variable")
    known = {name: block.attributes["default"] for (name,), block in declared.items() if "default" in block.attributes}
    found: dict[str, Expression] = {}
    for path in sorted(directory.named.get(folder, ())):
        try:
            told = _values(directory.tree, path)
        except (UnreadableError, ValueError):
            continue  # which variables it sets is not known, nor whether anybody names it
        shown = path.encode(errors="backslashreplace").decode()
        why = f"is set otherwise in {shown}, where a deployment names it"
        now = {**known, **given}
        found |= {name: Opaque(why) for name, value in told.items() if name in now and repr(now[name]) != repr(value)}
    return found


class _Nothing(dict[str, Expression]):
    """Values that cannot be read: each name has one that is not known."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> Expression:
        return Name("terraform", ("tfvars",))


def _values(tree: Tree, path: str) -> Mapping[str, Expression]:
    source = tree.read(path)
    if path.endswith(".json"):
        return read_json_values(source)
    document = read_native(source, path)
    if document.troubles:
        raise ValueError(f"line {document.troubles[0].line} {document.troubles[0].why}")
    return document.blocks[0].attributes if document.blocks and not document.blocks[0].kind else {}


def _collect(instance: Instance, types: frozenset[str], found: _Found, imported: frozenset[str]) -> None:
    module = instance.module
    if module.folder not in found.told:
        found.told.add(module.folder)
        _holes(found, [*module.troubles, *(_twice(block) for block in module.twice)])
    doubled = {block.labels for block in module.twice if block.kind == "resource"}
    for labels, block in module.of("resource").items():
        if labels[0] in types:
            _expand(instance, block, found, imported, doubled=labels in doubled)
    for block in module.of("module").values():
        _call(instance, block, types, found, imported)


def _expand(instance: Instance, block: Block, found: _Found, imported: frozenset[str], *, doubled: bool) -> None:
    elements = instance.elements(block)
    doubt = elements if isinstance(elements, Unknown) else instance.doubt
    if doubled:
        doubt = Unknown("is declared twice")
    if isinstance(elements, Unknown):
        elements = (Element("", None, UNTOLD),)
    if len(found.resources) + len(elements) > MOST:
        doubt, elements = Unknown(f"is one of more than {MOST} resources"), (Element("", None, UNTOLD),)
    for element in elements:
        resource = _resource(instance, block, element, imported)
        if doubt is None:
            found.resources.append(resource)
        else:
            found.uncertain.append(_uncertain(resource, doubt))


def _uncertain(resource: DeclaredResource, doubt: Unknown) -> Uncertain:
    reason = GapReason.NOT_PROVIDED if doubt.sensitive else doubt.reason
    where = f"{resource.file}:{resource.line}" if resource.line is not None else resource.file
    detail = f"{where}: how often {resource.address} is there is not known: {doubt.why}"
    return Uncertain(resource=resource, gap=Gap(path="", reason=reason, call=CALL, detail=detail))


def _resource(instance: Instance, block: Block, element: Element, imported: frozenset[str]) -> DeclaredResource:
    scope = instance.scope.bind(element.bound) if element.bound else instance.scope
    body = body_of(block, scope, META)
    values, unknown, sensitive = parted(body)
    complete(block.labels[0], values)
    local = f"{block.labels[0]}.{block.labels[1]}"
    _tag(instance, block, values, unknown)
    return DeclaredResource(
        address=f"{instance.address(local)}{element.index}",
        module="",
        type=block.labels[0],
        values=values,
        unknown=unknown,
        sensitive=sensitive,
        references={
            name: _spoken(block.attributes.get(name), value, scope) for name, value in body.items() if value is not None
        },
        created=not imported or _whole(instance.address(local)) not in imported,
        exhaustive=False,
        file=block.file,
        line=block.line,
    )


def _spoken(expression: Expression | None, value: Any, scope: Scope) -> tuple[str, ...]:
    """What an argument refers to: one attribute, or of a list each element's where every one is known to have one."""
    if isinstance(value, Unknown):
        return (value.speaks,) if value.speaks is not None else ()
    if isinstance(value, list):
        elements = [one.speaks for one in value if isinstance(one, Unknown) and one.speaks is not None]
        return tuple(elements) if len(elements) == len(value) else ()
    if expression is None or type(expression) is Literal:
        return ()
    spoken = speaks_of(expression, scope)
    return () if spoken is None else (spoken,)


def _tag(instance: Instance, block: Block, values: dict[str, Any], unknown: dict[str, Any]) -> None:
    """Join the provider's default tags to the resource's own."""
    provider = block.attributes.get("provider")
    default = instance.default_tags(alias_of(provider))
    own = values.get("tags", {})
    if unknown.get("tags") or find_unknown(default) is not None or not isinstance(default, Mapping):
        unknown["tags_all"] = unknown.get("tags") or True
        values["tags_all"] = None
    elif default or own:
        values["tags_all"] = {**default, **own} if isinstance(own, Mapping) else default


def _call(instance: Instance, block: Block, types: frozenset[str], found: _Found, imported: frozenset[str]) -> None:
    children = instance.children(block)
    if not children and instance.elements(block):
        _hole(found, Trouble(file=block.file, line=block.line, why=_why_missing(instance, block)))
    for child in children.values():
        _collect(child, types, found, imported)


def _why_missing(instance: Instance, block: Block) -> str:
    name, source = block.labels[0], block.attributes.get("source")
    folder = local_source(block, instance.module.folder)
    if folder is None:
        told = source.value if isinstance(source, Literal) and isinstance(source.value, str) else "a place not told"
        return f"module {name} comes from {told[:200]}, which is not in this directory"
    if folder in instance.above:
        return f"module {name} calls itself"
    if folder not in instance.reach.directory.modules:
        return f"module {name} is at {folder or '.'}, where there is no module"
    return f"module {name} lies too deep"


def _twice(block: Block) -> Trouble:
    return Trouble(file=block.file, line=block.line, why=f"{block.kind} {'.'.join(block.labels)} is declared twice")


def _imported(module: Module) -> Iterator[str]:
    """What the root module's blocks bring in that exists already, in any module: addresses without indexes."""
    for block in module.imports:
        to = block.attributes.get("to")
        if isinstance(to, Name):
            yield ".".join((to.root, *(step for step in to.steps if isinstance(step, str))))
        elif isinstance(to, Literal) and isinstance(to.value, str):
            yield _whole(to.value)


def _whole(address: str) -> str:
    """An address without the indexes in it."""
    return INDEXES.sub("", address)


def _holes(found: _Found, troubles: Sequence[Trouble]) -> None:
    for trouble in troubles:
        _hole(found, trouble)


def _hole(found: _Found, trouble: Trouble) -> None:
    reason = GapReason.NOT_PROVIDED if "module " in trouble.why else GapReason.PARSE_ERROR
    found.holes.append(Gap(path="", reason=reason, call=CALL, detail=str(trouble)))


def _once_each(found: _Found) -> list[DeclaredResource]:
    """Resources of one address each: of two with the same it is not known which is meant."""
    by_address: dict[str, list[DeclaredResource]] = {}
    for one in found.resources:
        by_address.setdefault(one.address, []).append(one)
    for same in by_address.values():
        if len(same) > 1:
            found.uncertain.extend(_uncertain(one, Unknown("is declared twice")) for one in same)
    return [same[0] for same in by_address.values() if len(same) == 1]
