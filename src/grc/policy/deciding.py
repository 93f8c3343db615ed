"""Which part of an expression fixed its result: the false operand of an ``&&``, the element that ``all`` failed on."""

from __future__ import annotations

from typing import NamedTuple

from grc.policy.ast import And, Bind, Call, Comprehension, Conditional, Expression, Or
from grc.policy.checker import Checked
from grc.policy.locating import Bindings, Places, locator, members
from grc.policy.values import STOPPED, Value


class Point(NamedTuple):
    """A part of an expression, its value, and what its names mean there."""

    node: Expression
    value: Value
    bindings: Bindings
    places: Places


def deciding(checked: Checked, value: Value, bindings: Bindings, places: Places) -> Point:
    """The smallest part that fixed ``value``, that of the whole. ``places`` names the variables that hold evidence."""
    found: Point | None = Point(checked.expression, value, bindings, places)
    while found is not None:
        point = found
        found = _below(checked, point)
    return point


def _below(checked: Checked, point: Point) -> Point | None:
    node = point.node
    match node:
        case And() | Or():
            return _operand(checked, point, node)
        case Call(function="!_", arguments=(negated,)):
            value = point.value
            return _below(checked, point._replace(node=negated, value=not value if isinstance(value, bool) else value))
        case Conditional():
            return _branch(checked, point, node)
        case Comprehension(macro="all" | "exists", predicate=predicate) if predicate is not None:
            return _element(checked, point, node, predicate)
        case Bind(macro="bind"):
            located = locator(checked, node.value)(point.bindings, point.places)
            value = checked.outcome(point.bindings, node.value)
            bindings, places = {**point.bindings, node.name: value}, {**point.places, node.name: located}
            return Point(node.body, point.value, bindings, places)
        case _:
            return None


def _operand(checked: Checked, point: Point, node: And | Or) -> Point | None:
    """The operand that decided alone. Where all were needed (a true ``&&``, a false ``||``) there is none."""
    if point.value is isinstance(node, And):
        return None
    for operand in node.operands:
        value = checked.outcome(point.bindings, operand)
        if _like(value, point.value):
            return point._replace(node=operand, value=value)
    return None


def _branch(checked: Checked, point: Point, node: Conditional) -> Point:
    condition = checked.outcome(point.bindings, node.condition)
    if isinstance(condition, STOPPED):
        return point._replace(node=node.condition, value=condition)
    return point._replace(node=node.then if condition is True else node.otherwise)


def _element(checked: Checked, point: Point, node: Comprehension, predicate: Expression) -> Point | None:
    """The element that ``all`` failed on, that ``exists`` found, or that could not be decided."""
    if point.value is (node.macro == "all"):
        return None
    for bindings, places in members(checked, node, point.bindings, point.places):
        value = checked.outcome(bindings, predicate)
        if _like(value, point.value):
            return Point(predicate, value, bindings, places)
    return None


def _like(one: Value, other: Value) -> bool:
    """The same bool, or both without a value."""
    return one is other or (type(one) is type(other) and isinstance(one, STOPPED))
