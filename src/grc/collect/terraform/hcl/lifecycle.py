"""What a resource's ``lifecycle`` leaves as it is found: Terraform never sets it again, so files do not tell it.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from grc.collect.terraform.hcl.tree import Block, Expression, Literal, Name, Object, Of, Tuple
from grc.collect.translated import Untold
from grc.model.evidence import GapReason

ALL: Final = "all"
IGNORED: Final = "ignore_changes"
LEFT: Final = Untold(GapReason.NOT_PROVIDED, "is left as it is found: lifecycle.ignore_changes names it")


def leave_ignored(block: Block, values: dict[str, Any], unknown: dict[str, Any]) -> None:
    """Make a gap of each argument that is set and whose changes are ignored.

    Of ``all`` it is every argument but those that are another resource's: they say what the resource belongs to.
    """
    names = frozenset(_ignored(block))
    if not names:
        return
    for name in values.keys() & (values.keys() if ALL in names else names):
        if name in names or not _refers(block.attributes.get(name)):
            values[name], unknown[name] = None, LEFT


def _ignored(block: Block) -> Iterator[str]:
    """The arguments whose changes are ignored: of ``tags["x"]`` the whole."""
    for stated in _stated(block):
        for one in stated.elements if isinstance(stated, Tuple) else (stated,):
            named = one.base if isinstance(one, Of) else one
            if isinstance(named, Name):
                yield named.root
            elif isinstance(named, Literal) and isinstance(named.value, str):
                yield named.value.partition(".")[0].partition("[")[0]


def _stated(block: Block) -> Iterator[Expression]:
    """What ``ignore_changes`` is set to, in the native syntax and in that of JSON."""
    for inner in block.blocks:
        if inner.kind == "lifecycle" and IGNORED in inner.attributes:
            yield inner.attributes[IGNORED]
    written = block.attributes.get("lifecycle")
    for one in written.elements if isinstance(written, Tuple) else (written,):
        for key, value in one.items if isinstance(one, Object) else ():
            if isinstance(key, Literal) and key.value == IGNORED:
                yield value


def _refers(expression: Expression | None) -> bool:
    return isinstance(expression, Name) and expression.root.startswith("aws_")
