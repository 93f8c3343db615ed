"""Which pieces of the evidence a part of an expression looks at, with their paths and values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from grc.policy.ast import (
    Bind,
    Comprehension,
    Expression,
    Has,
    Identifier,
    Index,
    Literal,
    Select,
    children,
)
from grc.policy.checker import Checked
from grc.policy.locating import Bindings, Located, Locator, Places, locator, members

MAX_SEEN: Final = 20
NO_EVIDENCE: Final = frozenset({"params", "as_of", "org"})

Seen = dict[str, Located]
Seer = Callable[[Bindings, Places, Seen], None]


def look(checked: Checked, node: Expression, bindings: Bindings, places: Places) -> Seen:
    """What the part looks at, by path: the first twenty pieces."""
    seen: Seen = {}
    _seer(checked, node)(bindings, places, seen)
    return seen


def _seer(checked: Checked, node: Expression) -> Seer:
    ready: Seer | None = checked.prepared.get((look, id(node)))
    if ready is None:
        ready = checked.prepared[look, id(node)] = _made(checked, node) or _nothing
    return ready


def _nothing(bindings: Bindings, places: Places, seen: Seen) -> None:
    """Where no evidence is looked at."""


def _made(checked: Checked, node: Expression) -> Seer | None:
    match node:
        case Literal():
            return None
        case Identifier() | Select() | Has() | Index():
            return _piece(checked, node)
        case Comprehension():
            return _gone_over(checked, node)
        case Bind(macro="bind"):
            return _bound(checked, node)
        case _:
            return _each(checked, children(node))


def _each(checked: Checked, nodes: tuple[Expression, ...]) -> Seer | None:
    parts = [part for part in (_seer(checked, node) for node in nodes) if part is not _nothing]
    if len(parts) < 2:
        return parts[0] if parts else None

    def see(bindings: Bindings, places: Places, seen: Seen) -> None:
        for part in parts:
            part(bindings, places, seen)

    return see


def _piece(checked: Checked, node: Identifier | Select | Has | Index) -> Seer | None:
    base: Expression = node
    while isinstance(base, (Select, Has, Index)):
        base = base.operand
    if isinstance(base, Identifier) and base.name in NO_EVIDENCE:
        return _each(checked, tuple(below for below in children(node) if not isinstance(node, (Select, Has))))
    locate: Locator = locator(checked, node)
    otherwise = _each(checked, children(node)) or _nothing
    index = _seer(checked, node.index) if isinstance(node, Index) else _nothing

    def see(bindings: Bindings, places: Places, seen: Seen) -> None:
        located = locate(bindings, places)
        if located.path is None:
            otherwise(bindings, places, seen)
            return
        if located.path and len(seen) < MAX_SEEN:
            seen.setdefault(located.path, located)
        index(bindings, places, seen)

    return see


def _gone_over(checked: Checked, node: Comprehension) -> Seer:
    """What a macro looks at in each element; where there is none, what it went over."""
    body = _each(checked, tuple(part for part in (node.predicate, node.result) if part is not None)) or _nothing
    target = _seer(checked, node.target)

    def see(bindings: Bindings, places: Places, seen: Seen) -> None:
        before = len(seen)
        for inner_bindings, inner_places in members(checked, node, bindings, places):
            body(inner_bindings, inner_places, seen)
            if len(seen) >= MAX_SEEN:
                return
        if len(seen) == before:
            target(bindings, places, seen)

    return see


def _bound(checked: Checked, node: Bind) -> Seer:
    value, body, locate = _seer(checked, node.value), _seer(checked, node.body), locator(checked, node.value)

    def see(bindings: Bindings, places: Places, seen: Seen) -> None:
        value(bindings, places, seen)
        bound = {**bindings, node.name: checked.outcome(bindings, node.value)}
        body(bound, {**places, node.name: locate(bindings, places)}, seen)

    return see
