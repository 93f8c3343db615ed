"""Which names an expression uses."""

from __future__ import annotations

from grc.policy.ast import Expression, Identifier, Index, Literal, Select, children

EVERY = "*"
"""Stands for all parameters, where ``params`` is taken as a whole."""


def names(node: Expression) -> frozenset[str]:
    """The names that an expression uses, its macros' variables among them."""
    own = frozenset({node.name}) if isinstance(node, Identifier) else frozenset()
    return own.union(*(names(below) for below in children(node)))


def parameters_used(node: Expression) -> frozenset[str]:
    """The parameters that an expression uses, or ``EVERY``."""
    match node:
        case Identifier(name="params"):
            return frozenset({EVERY})
        case Select(operand=Identifier(name="params"), field=field):
            return frozenset({field})
        case Index(operand=Identifier(name="params"), index=Literal(value=str() as field)):
            return frozenset({field})
    return frozenset().union(*(parameters_used(below) for below in children(node)))
