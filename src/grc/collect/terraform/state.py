"""Reads Terraform states: ``terraform show -json`` of a state, and a raw ``terraform.tfstate`` of version 4.

A state holds every argument that the provider told when it last looked: one that is null there is not set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from grc.collect.terraform.addresses import quoted
from grc.collect.translated import Declared, DeclaredResource, Uncertain
from grc.model.evidence import Fact, Gap, GapReason

RAW_VERSION: Final = 4
CALL: Final = "terraform state"


class NoStateError(Exception):
    """This is not a state that is read; the text says why."""


def read_state(document: Any, file: str) -> tuple[str, Declared]:
    """The version of Terraform that wrote a state, and what it declares. ``file`` is what records call it.

    Raises:
        NoStateError: the document is no state of a version that is read.
    """
    try:
        if "format_version" in document:
            return _shown(document, file)
        return _raw(document, file)
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise NoStateError(f"is not the JSON of a Terraform state ({error!r})") from error


def _shown(document: Mapping[str, Any], file: str) -> tuple[str, Declared]:
    version = str(document["format_version"])
    if version.partition(".")[0] != "1":
        raise NoStateError(f"is a state of format version {version}, and version 1 is read")
    root = (document.get("values") or {}).get("root_module", {})
    blocks = list(_shown_blocks(root))
    resources = [_shown_resource(block, file) for block in blocks if not block.get("deposed_key")]
    facts = [
        _fact("tainted", f"{block['address']} is tainted: the next apply replaces it")
        for block in blocks
        if block.get("tainted")
    ]
    facts += [_deposed(block["address"]) for block in blocks if block.get("deposed_key")]
    return str(document.get("terraform_version", "unknown")), _declared(resources, facts)


def _shown_blocks(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    stack = [module]
    while stack:
        one = stack.pop()
        yield from (block for block in one.get("resources", ()) if block.get("mode") == "managed")
        stack.extend(one.get("child_modules", ()))


def _shown_resource(block: Mapping[str, Any], file: str) -> DeclaredResource:
    sensitive = block.get("sensitive_values")
    return _resource(block["address"], block["type"], block["values"], sensitive, file)


def _raw(document: Mapping[str, Any], file: str) -> tuple[str, Declared]:
    version = document["version"]
    if version != RAW_VERSION:
        raise NoStateError(f"is a state of version {version}, and version {RAW_VERSION} is read")
    resources: list[DeclaredResource] = []
    facts: list[Fact] = []
    for block in document["resources"]:
        if block["mode"] == "managed":
            for instance in block["instances"]:
                address = _address(block, instance)
                if instance.get("deposed"):
                    facts.append(_deposed(address))
                    continue
                if instance.get("status") == "tainted":
                    facts.append(_fact("tainted", f"{address} is tainted: the next apply replaces it"))
                sensitive = _hidden(instance.get("sensitive_attributes") or ())
                resources.append(_resource(address, block["type"], instance["attributes"], sensitive, file))
    return str(document.get("terraform_version", "unknown")), _declared(resources, facts)


def _address(block: Mapping[str, Any], instance: Mapping[str, Any]) -> str:
    local = f"{block['type']}.{block['name']}"
    module = block.get("module")
    key = instance.get("index_key")
    index = "" if key is None else f"[{quoted(key)}]" if isinstance(key, str) else f"[{key}]"
    return f"{module}.{local}{index}" if module else f"{local}{index}"


def _hidden(paths: Any) -> dict[str, Any]:
    """The mirror of what is sensitive: the argument at the head of each path, whole."""
    found: dict[str, Any] = {}
    for path in paths:
        first = path.partition(".")[0] if isinstance(path, str) else path[0]["value"]
        found[str(first)] = True
    return found


def _resource(address: str, type_: str, values: Any, sensitive: Any, file: str) -> DeclaredResource:
    return DeclaredResource(
        address=str(address),
        module="",
        type=str(type_),
        values=dict(values),
        unknown={},
        sensitive=sensitive if isinstance(sensitive, dict) else {},
        references={},
        created=False,
        exhaustive=True,
        file=file,
        line=None,
        within=_region(values),
    )


def _region(values: Any) -> str:
    """Region and account, as the ARN of a resource says them; nothing of one that has none."""
    arn = values.get("arn") if isinstance(values, Mapping) else None
    steps = arn.split(":") if isinstance(arn, str) else []
    return ":".join(steps[3:5]) if len(steps) > 4 and steps[3] else ""


def _declared(resources: list[DeclaredResource], facts: list[Fact]) -> Declared:
    by_address: dict[str, list[DeclaredResource]] = {}
    for one in resources:
        by_address.setdefault(one.address, []).append(one)
    if len({one.within for one in resources} - {""}) == 1:
        by_address = {at: [replace(one, within="") for one in same] for at, same in by_address.items()}
    single = [same[0] for same in by_address.values() if len(same) == 1]
    return Declared(
        resources=tuple(sorted(single, key=lambda one: one.address)),
        uncertain=tuple(_twice(same[0]) for _, same in sorted(by_address.items()) if len(same) > 1),
        facts=tuple(sorted(set(facts))),
    )


def _twice(resource: DeclaredResource) -> Uncertain:
    detail = f"{resource.file}: {resource.address} stands twice in the state"
    return Uncertain(resource=resource, gap=Gap(path="", reason=GapReason.MALFORMED, call=CALL, detail=detail))


def _fact(fact: str, detail: str) -> Fact:
    return Fact(fact=fact, detail=detail)


def _deposed(address: str) -> Fact:
    return _fact("deposed", f"a replaced {address} is still to be destroyed, and is not told here")
