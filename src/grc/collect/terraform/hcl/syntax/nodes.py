"""Nodes of tree-sitter's concrete tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

DEEPEST: Final = 60
"""Expressions and blocks nested deeper than this are not read."""


class TooDeepError(Exception):
    """Nested deeper than is read."""


def first_of(nodes: Iterable[Node], kind: str) -> Node | None:
    """The first node of a kind."""
    return next((node for node in nodes if node.type == kind), None)


def expressions_in(node: Node) -> list[Node]:
    """The expressions right below a node."""
    return [one for one in node.children if one.type == "expression"]


def first_error(node: Node) -> Node:
    """The first error in a node that holds one, as deep as it is told."""
    while not (node.is_error or node.is_missing):
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            break
        node = inner
    return node
