"""Which names an expression uses."""

from __future__ import annotations

from grc.policy.ast import Expression, Identifier, Index, Literal, Select, children

EVERY = "*"
"""Stands for all parameters, where ``params`` is taken as a whole."""


def names(node: Expression) -> frozenset[str]:
    """The names that an expression uses, its macros' variables among them."""
    found, nodes = set(), [node]
    while nodes:
        each = nodes.pop()
        if isinstance(each, Identifier):
            found.add(each.name)
        else:
            nodes.extend(children(each))
    return frozenset(found)


def parameters_used(node: Expression) -> frozenset[str]:
    """The parameters that an expression uses, or ``EVERY``."""
    found, nodes = set(), [node]
    while nodes:
        match each := nodes.pop():
            case Identifier(name="params"):
                found.add(EVERY)
            case Select(operand=Identifier(name="params"), field=field):
                found.add(field)
            case Index(operand=Identifier(name="params"), index=Literal(value=str() as field)):
                found.add(field)
            case _:
                nodes.extend(children(each))
    return frozenset(found)
