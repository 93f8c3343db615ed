"""How often a block is there: the instances that its ``count`` or ``for_each`` makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from grc.collect.terraform.addresses import quoted
from grc.collect.terraform.hcl.evaluate import value_of
from grc.collect.terraform.hcl.scope import Scope
from grc.collect.terraform.hcl.tree import Block
from grc.collect.terraform.hcl.values import Handle, SetOf, Unknown, WrongError, find_unknown, is_number, to_text

MOST: Final = 20_000
"""Instances of one block."""


@dataclass(frozen=True, slots=True)
class Element:
    """One instance of a block: its index as Terraform prints it, its key, and what ``each`` or ``count`` is."""

    index: str
    key: Any
    bound: Mapping[str, Any]


SINGLE: Final = (Element("", None, {}),)
"""The instance of a block that has neither ``count`` nor ``for_each``."""
UNTOLD: Final = (Element("", None, {"each": Unknown("each is not known"), "count": Unknown("count is not known")}),)
"""What stands for the instances of a block where they are not known."""


def expand(block: Block, scope: Scope) -> Sequence[Element] | Unknown:
    """The instances of a block, or what is not known of them."""
    if "count" in block.attributes:
        return _counted(value_of(block.attributes["count"], scope))
    if "for_each" in block.attributes:
        return _keyed(value_of(block.attributes["for_each"], scope))
    return SINGLE


def element_of(elements: Sequence[Element], key: Any) -> Element:
    """The instance of a key.

    Raises:
        WrongError: there is none.
    """
    for element in elements:
        if element is not SINGLE[0] and to_text(element.key) == to_text(key):
            return element
    raise WrongError("has no such instance")


def _counted(count: Any) -> Sequence[Element] | Unknown:
    if isinstance(count, Unknown):
        return count
    if not is_number(count) or not 0 <= count <= MOST or count != int(count):
        return Unknown(f"count is no number up to {MOST}")
    return [Element(f"[{number}]", number, {"count": {"index": number}}) for number in range(int(count))]


def _keyed(among: Any) -> Sequence[Element] | Unknown:
    opened = among.every() if isinstance(among, Handle) else among
    if isinstance(opened, Unknown):
        return opened
    if isinstance(opened, list):
        if not all(isinstance(one, str) for one in opened) or (opened and not isinstance(opened, SetOf)):
            return find_unknown(opened) or Unknown("for_each goes through what is no set of texts")
        opened = {one: one for one in opened}
    if not isinstance(opened, Mapping) or len(opened) > MOST:
        return Unknown(f"for_each is no map or set of up to {MOST}")
    return [
        Element(f"[{quoted(key)}]", key, {"each": {"key": key, "value": value}})
        for key, value in sorted(opened.items(), key=lambda item: item[0])
    ]
