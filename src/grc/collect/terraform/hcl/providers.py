"""Provider blocks: their aliases, the tags that they give to everything, and which of them a called module has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from grc.collect.terraform.hcl.evaluate import value_of
from grc.collect.terraform.hcl.scope import Scope
from grc.collect.terraform.hcl.tree import Block, Expression, Literal, Name, Object
from grc.collect.terraform.hcl.values import Unknown


def provider_of(blocks: Iterable[Block], alias: str) -> Block | None:
    """The block of AWS's provider with this alias, or with none where it is empty."""
    return next((block for block in blocks if block.labels == ("aws",) and _alias(block) == alias), None)


def default_tags(block: Block, scope: Scope) -> Any:
    """The tags that a provider gives to everything, or what is not known of them."""
    if "default_tags" in block.attributes:
        found = value_of(block.attributes["default_tags"], scope)
        first = found[0] if isinstance(found, list) and found else found
        return first.get("tags", {}) if isinstance(first, dict) else Unknown("default_tags is not known")
    for inner in block.blocks:
        if inner.kind == "default_tags":
            return value_of(inner.attributes["tags"], scope) if "tags" in inner.attributes else {}
        if inner.kind == "dynamic" and inner.labels == ("default_tags",):
            return Unknown("default_tags is not known")
    return {}


def passed_on(given: Expression | None, told_of: Callable[[str], Any]) -> Mapping[str, Any]:
    """What is told of the providers of a called module, by alias there: ``given`` are those that the call passes.

    ``told_of`` tells it of an alias of the caller.
    """
    if given is None:
        return {"": told_of("")}
    if not isinstance(given, Object):
        return {"": Unknown("providers are not told")}
    return {alias_of(key): told_of(alias_of(value)) for key, value in given.items}


def alias_of(expression: Expression | None) -> str:
    """The alias in ``aws.west``, or nothing. In the JSON syntax, and in an older native one, it is text."""
    if isinstance(expression, Literal):
        return str(expression.value).partition(".")[2]
    found = isinstance(expression, Name) and expression.steps and expression.steps[0]
    return found if isinstance(found, str) else ""


def _alias(block: Block) -> str:
    alias = block.attributes.get("alias")
    return str(alias.value) if isinstance(alias, Literal) else ""
