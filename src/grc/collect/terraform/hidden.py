"""What a plan rests on and does not show: a ``dynamic`` block stands nowhere in it, and nor does what it goes over.

Such a block over what is not known is marked as known after apply, as is one that the provider fills in itself. But a
plan names every attribute that it rests on. One that is not known may decide a block of any resource, except of those
that it depends on itself: Terraform refuses a loop.

Source: the JSON output format of Terraform (``relevant_attributes``, since 1.2), and plans made with hashicorp/aws
5.100.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from grc.collect.translated.resource import DeclaredResource, Untold
from grc.model.evidence import GapReason

INDEXES: Final = re.compile(r"""\[(?:\d+|"(?:[^"\\]|\\.)*")\]""")
TELLS: Final = re.compile(r"1\.(?:[2-9]|\d\d)|[2-9]")
"""Versions of Terraform and OpenTofu whose plans say what they rest on: of another's, all that is not known counts."""
MOST: Final = 1000
"""So many resources are followed from one. What is cut short leaves more in doubt, and nothing less."""
AS_ARGUMENTS: Final = frozenset({"aws_security_group", "aws_network_acl"})
"""Types whose blocks are arguments to the provider: a ``dynamic`` one is told as a block of which nothing is known."""
MADE: Final = Untold(GapReason.UNKNOWN_UNTIL_APPLY, "is known after apply; a dynamic block may make it")

Referred = Mapping[str, frozenset[str]]
"""What each resource is seen to refer to, by addresses without indexes. A module's own names alone are followed."""


def without_doubt(document: Mapping[str, Any], configuration: Mapping[str, Any]) -> frozenset[str] | None:
    """The addresses, without indexes, whose blocks nothing unknown may decide; None where that holds for all."""
    resting = _resting(document)
    if not resting:
        return None
    referred = dict(_referred(configuration, ""))
    first, *others = sorted(resting)
    clear = _depends_on(first, referred)
    for other in others:
        if not clear:
            break
        clear &= _depends_on(other, referred)
    return frozenset(clear)


def doubtful(resource: DeclaredResource, clear: frozenset[str]) -> DeclaredResource:
    """A resource whose marked blocks may be dynamic: those that no expression is seen to set."""
    if resource.type in AS_ARGUMENTS or INDEXES.sub("", resource.address) in clear:
        return resource
    made = {name: MADE for name, mark in resource.unknown.items() if mark is True and name not in resource.references}
    return replace(resource, unknown={**resource.unknown, **made})


def _resting(document: Mapping[str, Any]) -> set[str]:
    """The resources of whose attributes one is not known that the plan rests on."""
    unknown = _unknown(document)
    if not TELLS.match(str(document.get("terraform_version", ""))):
        return {name for name, marks in unknown.items() if marks}
    read = {*_read_before(document.get("prior_state", {}).get("values", {}).get("root_module", {}))}
    resting = set()
    for each in document.get("relevant_attributes", ()):
        name = INDEXES.sub("", str(each["resource"]))
        attribute = str(each["attribute"][0]) if each["attribute"] else None
        marks = unknown.get(name)
        if name not in read if marks is None else marks if attribute is None else not marks.isdisjoint({attribute, ""}):
            resting.add(name)
    return resting


def _unknown(document: Mapping[str, Any]) -> dict[str, set[str]]:
    """The attributes that are not known of any instance, by resource; ``""`` stands for all of them."""
    found: dict[str, set[str]] = {}
    for change in document.get("resource_changes", ()):
        marks = change["change"].get("after_unknown")
        names = [name for name, mark in marks.items() if mark] if isinstance(marks, dict) else [""] if marks else []
        found.setdefault(INDEXES.sub("", change["address"]), set()).update(names)
    return found


def _read_before(module: Mapping[str, Any]) -> Iterator[str]:
    """The data sources that were read for the plan: those that are read at apply stand among its changes."""
    yield from (INDEXES.sub("", block["address"]) for block in module.get("resources", ()) if block["mode"] == "data")
    for child in module.get("child_modules", ()):
        yield from _read_before(child)


def _referred(module: Mapping[str, Any], path: str) -> Iterator[tuple[str, frozenset[str]]]:
    for block in module.get("resources", ()):
        texts = [*_references(block), *block.get("depends_on", ())]
        yield path + block["address"], frozenset(path + _resource_of(text) for text in texts)
    for name, call in module.get("module_calls", {}).items():
        yield from _referred(call.get("module", {}), f"{path}module.{name}.")


def _references(part: Any) -> Iterator[str]:
    """Every reference in the expressions of a block, however deep."""
    pending = [part]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if isinstance(texts := one.get("references"), list):
                yield from (text for text in texts if isinstance(text, str))
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)


def _resource_of(reference: str) -> str:
    """``aws_vpc.main`` of ``aws_vpc.main[0].id``."""
    steps = INDEXES.sub("", reference).split(".")
    return ".".join(steps[: 3 if steps[0] == "data" else 2])


def _depends_on(name: str, referred: Referred) -> set[str]:
    """A resource, and all that it is seen to refer to by way of others."""
    found, pending = {name}, [name]
    while pending and len(found) < MOST:
        new = referred.get(pending.pop(), frozenset()) - found
        found |= new
        pending.extend(new)
    return found
