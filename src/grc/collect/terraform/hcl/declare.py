"""A root module as what it declares: its resources and those of the modules it calls, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.terraform.arguments import complete
from grc.collect.terraform.hcl.bodies import META, body_of, parted
from grc.collect.terraform.hcl.calls import local_source
from grc.collect.terraform.hcl.expansion import UNTOLD, Element
from grc.collect.terraform.hcl.inputs import given_values
from grc.collect.terraform.hcl.instance import Instance
from grc.collect.terraform.hcl.lifecycle import leave_ignored
from grc.collect.terraform.hcl.modules import Directory, Module
from grc.collect.terraform.hcl.providers import alias_of
from grc.collect.terraform.hcl.reach import Reach
from grc.collect.terraform.hcl.references import references_of
from grc.collect.terraform.hcl.tree import Block, Literal, Name, Trouble
from grc.collect.terraform.hcl.values import Unknown
from grc.collect.translated import Declared, DeclaredResource, Uncertain
from grc.collect.translated.resource import region_of
from grc.model.evidence import Gap, GapReason

CALL: Final = "terraform files"
MOST: Final = 200_000
"""Resources of one root module."""
INDEXES: Final = re.compile(r"""\[(?:\d+|"(?:[^"\\]|\\.)*"|[^\]"]{0,1000})\]""")


@dataclass(slots=True)
class _Found:
    most: int
    resources: list[DeclaredResource] = field(default_factory=list)
    uncertain: list[Uncertain] = field(default_factory=list)
    holes: list[Gap] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


def declare(directory: Directory, folder: str, types: frozenset[str], most: int = MOST) -> Declared:
    """What the root module in a folder declares of these types; resources beyond ``most`` are in doubt."""
    reach = Reach(directory=directory, root=folder)
    module = directory.modules[folder]
    found = _Found(most)
    given, troubles = given_values(directory, folder)
    _holes(found, troubles)
    root = Instance(
        reach=reach,
        module=module,
        path="",
        given=given,
        caller=None,
        above=(folder,),
        doubt=None,
        tags={},
        providers={},
        regions={},
    )
    _collect(root, types, found, frozenset(_imported(module)))
    resources = _once_each(found)
    return Declared(
        resources=tuple(sorted(resources, key=lambda one: one.address)),
        uncertain=tuple(sorted(found.uncertain, key=lambda one: (one.resource.address, one.gap))),
        holes=tuple(sorted(set(found.holes))),
    )


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
        elements = UNTOLD
    if len(found.resources) + len(elements) > found.most:
        doubt, elements = Unknown(f"is one of more than {found.most} resources"), UNTOLD
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
    leave_ignored(block, values, unknown)
    complete(block.labels[0], values)
    whole = instance.address(f"{block.labels[0]}.{block.labels[1]}")
    address = f"{whole}{element.index}"
    _tag(instance, block, values, unknown)
    return DeclaredResource(
        address=address,
        module="",
        type=block.labels[0],
        values=values,
        unknown=unknown,
        sensitive=sensitive,
        references={
            name: references_of(block.attributes.get(name), value, scope)
            for name, value in body.items()
            if value is not None
        },
        created=not imported or _whole(whole) not in imported,
        exhaustive=False,
        file=block.file,
        line=block.line,
        within=_within(instance, block, values, address),
    )


def _within(instance: Instance, block: Block, values: Mapping[str, Any], address: str) -> str:
    """The provider, and the region where the resource says one itself."""
    provider = instance.provider(alias_of(block.attributes.get("provider")))
    return region_of(provider, values.get("region"), address) if "region" in block.attributes else provider


def _tag(instance: Instance, block: Block, values: dict[str, Any], unknown: dict[str, Any]) -> None:
    """Join the provider's default tags to the resource's own."""
    provider = block.attributes.get("provider")
    default = instance.default_tags(alias_of(provider))
    own = values.get("tags", {})
    if unknown.get("tags") or isinstance(default, Unknown):
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
