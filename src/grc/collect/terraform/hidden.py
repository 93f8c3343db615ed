"""What a plan rests on and does not show: a ``dynamic`` block stands nowhere in it, and nor does what it goes over.

Such a block over a list that is not known is marked as known after apply, as is one that the provider fills in itself.
But a plan names every attribute that it rests on, and every reference outside of ``dynamic`` blocks and locals: where
one is named that nothing is seen to refer to, a block may be made of it.

Source: the JSON output format of Terraform (``relevant_attributes``), and plans made with hashicorp/aws 5.100.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from grc.collect.translated.resource import DeclaredResource, Untold
from grc.model.evidence import GapReason

INDEXES: Final = re.compile(r"""\[(?:\d+|"(?:[^"\\]|\\.)*")\]""")
PLAIN: Final = ("id", "arn", "name")
"""How the names of attributes end that hold one text: no block is made for each of one."""
AS_ARGUMENTS: Final = frozenset({"aws_security_group", "aws_network_acl"})
"""Types whose blocks are arguments to the provider: a ``dynamic`` one is told as a block of which nothing is known."""
MADE: Final = Untold(GapReason.UNKNOWN_UNTIL_APPLY, "is known after apply; a dynamic block may make it")


def hidden(relevant: Iterable[Mapping[str, Any]], module: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
    """Whether the plan rests on something that is not known and could be a list, and nothing is seen to refer to it."""
    named = {
        (INDEXES.sub("", str(each["resource"])), str(each["attribute"][0]) if each["attribute"] else "")
        for each in relevant
    }
    unknown = {pair for pair in named if not pair[1].endswith(PLAIN) and _may_be_unknown(pair, changes)}
    return bool(unknown) and not unknown <= set(_seen(module, ""))


def doubtful(resource: DeclaredResource) -> DeclaredResource:
    """A resource whose marked blocks may be dynamic: those that no expression is seen to set."""
    if resource.type in AS_ARGUMENTS:
        return resource
    made = {name: MADE for name, mark in resource.unknown.items() if mark is True and name not in resource.references}
    return replace(resource, unknown={**resource.unknown, **made})


def _may_be_unknown(pair: tuple[str, str], changes: Mapping[str, Any]) -> bool:
    """Whether an attribute of any instance is not known; a data source is read at apply, and is not told here."""
    name, attribute = pair
    marks = [change.get("after_unknown") for at, change in changes.items() if INDEXES.sub("", at) == name]
    return not marks or any(mark is True or (isinstance(mark, dict) and mark.get(attribute)) for mark in marks)


def _seen(module: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """The attributes that the expressions of a module and of those below it refer to, by resource."""
    calls = module.get("module_calls", {})
    for texts in _references({name: part for name, part in module.items() if name != "module_calls"}):
        yield from _attributes(texts, path)
    for name, call in calls.items():
        for texts in _references({key: part for key, part in call.items() if key != "module"}):
            yield from _attributes(texts, path)
        yield from _seen(call.get("module", {}), f"{path}module.{name}.")


def _references(part: Any) -> Iterator[list[str]]:
    pending = [part]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if isinstance(texts := one.get("references"), list):
                yield [INDEXES.sub("", text) for text in texts if isinstance(text, str)]
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)


def _attributes(texts: list[str], path: str) -> Iterator[tuple[str, str]]:
    """``aws_vpc.main.id`` as the resource and its attribute."""
    for text in texts:
        steps = text.split(".")
        width = 3 if steps[0] == "data" else 2
        if len(steps) > width:
            yield path + ".".join(steps[:width]), steps[width]
