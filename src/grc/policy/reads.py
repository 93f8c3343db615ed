"""Which parts of a record an expression reads: what must be collected, decoded and known for it to be decided.

A path is dotted, without list indexes and without the keys of maps. A path means all below it; reading
``Rules.exists(r, r.Status == …)`` reads ``Rules.Status`` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from grc.model.types import ListType, MapType, ObjectType, OptionalType, Type
from grc.policy.ast import (
    Bind,
    Call,
    Comprehension,
    Conditional,
    Expression,
    Has,
    Identifier,
    Index,
    ListLiteral,
    Literal,
    Select,
    children,
)
from grc.policy.checker import Checked

Trail = tuple[str, str]
"""The variable that holds the record (or the list of records), and a path in it; "" is the whole."""
Trails = frozenset[Trail]
Names = Mapping[str, Trails]
NOWHERE: Final[Trails] = frozenset()

PASSED_ON: Final = frozenset({"orValue", "or", "value", "optional.of"})
"""Functions whose result is one of their operands: reading goes on behind them."""
PICKED: Final = frozenset({"first", "last", "reverse", "slice"})
"""Methods whose result is members of their target."""


def reads(checked: Checked, roots: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The paths read below each of the variables ``roots``; "" is the whole record.

    A related list of which only the number of its records matters reads nothing of them.
    """
    reader = _Reader(checked, frozenset(roots))
    reader.consume(checked.expression, {root: frozenset({(root, "")}) for root in reader.roots})
    return {root: frozenset(reader.paths(root)) for root in sorted(reader.roots)}


def joined(path: str, step: str) -> str:
    """A path and one more step."""
    return f"{path}.{step}" if path else step


def covered(path: str, by: Iterable[str]) -> bool:
    """Whether the path is one of ``by`` or stands below one."""
    return any(path == other or not other or path.startswith(other + ".") for other in by)


def minimal(paths: Iterable[str]) -> frozenset[str]:
    """The paths without those that stand below another."""
    given = frozenset(paths)
    if len(given) < 2:
        return given
    return frozenset(path for path in given if not covered(path, given - {path}))


class _Reader:
    """One walk over a checked tree. A trail is *consumed* where its value is used and not only gone through."""

    def __init__(self, checked: Checked, roots: frozenset[str]) -> None:
        self.types = checked.types
        self.roots = roots
        self.consumed: set[Trail] = set()
        self.counted: set[Trail] = set()

    def paths(self, root: str) -> frozenset[str]:
        """What was read below one root. A list that was only counted is read where nothing below it is."""
        whole = minimal(path for name, path in self.consumed if name == root)
        counted = (path for name, path in self.counted if name == root and path)
        bare = (path for path in counted if not any(other.startswith(path + ".") for other in whole))
        return minimal([*whole, *bare])

    def consume(self, node: Expression, names: Names) -> None:
        """The value of this node is used as a whole."""
        self.consumed |= self.trails(node, names)

    def presence(self, trails: Trails, kind: Type) -> None:
        """Only whether the value is there is used, or how many there are.

        Of a list that is a fact wherever its members are; of an object it is one only where the object is read whole.
        """
        into = self.counted if isinstance(_inner(kind), ListType) else self.consumed
        into |= trails

    def trails(self, node: Expression, names: Names) -> Trails:
        """Where the value of this node comes from, once all that it takes to get there is noted as read."""
        match node:
            case Select():
                return self._below(node.operand, node.field, names)
            case Identifier():
                return names.get(node.name, NOWHERE)
            case Call():
                return self._called(node, names)
            case Literal():
                return NOWHERE
            case Has():
                found = self._below(node.operand, node.field, names)
                if found:
                    self.presence(found, _field_type(self.types[id(node.operand)], node.field))
                return NOWHERE
            case Index():
                return self._indexed(node, names)
            case Conditional():
                self.consume(node.condition, names)
                return self.trails(node.then, names) | self.trails(node.otherwise, names)
            case ListLiteral():
                return NOWHERE.union(*[self.trails(element.value, names) for element in node.elements])
            case Comprehension():
                return self._comprehended(node, names)
            case Bind():
                return self._bound(node, names)
            case _:
                return self._all(children(node), names)

    def _all(self, nodes: Iterable[Expression], names: Names) -> Trails:
        for node in nodes:
            self.consume(node, names)
        return NOWHERE

    def _below(self, operand: Expression, field: str, names: Names) -> Trails:
        found = self.trails(operand, names)
        if not found or not isinstance(_inner(self.types[id(operand)]), ObjectType):
            return found
        return frozenset((root, joined(path, field)) for root, path in found)

    def _indexed(self, node: Index, names: Names) -> Trails:
        if isinstance(_inner(self.types[id(node.operand)]), ObjectType):
            assert isinstance(node.index, Literal)
            return self._below(node.operand, str(node.index.value), names)
        self.consume(node.index, names)
        return self.trails(node.operand, names)

    def _called(self, node: Call, names: Names) -> Trails:
        operands = children(node)
        if node.function in PASSED_ON:
            return NOWHERE.union(*[self.trails(operand, names) for operand in operands])
        if node.function in PICKED and node.target is not None and isinstance(self.types[id(node.target)], ListType):
            self._all(node.arguments, names)
            return self.trails(node.target, names)
        if node.function in ("_==_", "_!=_") and any(_is_null(operand) for operand in operands):
            operands = tuple(operand for operand in operands if not _is_null(operand))
        elif node.function not in ("hasValue", "size"):
            return self._all(operands, names)
        for operand in operands:
            self.presence(self.trails(operand, names), self.types[id(operand)])
        return NOWHERE

    def _comprehended(self, node: Comprehension, names: Names) -> Trails:
        target = self.trails(node.target, names)
        inner = dict(names)
        for position, name in enumerate(node.variables):
            counts = len(node.variables) == 2 and position == 0
            is_index = counts and isinstance(self.types[id(node.target)], ListType)
            inner[name] = NOWHERE if is_index else target
        self.presence(target, self.types[id(node.target)])
        if node.predicate is not None:
            self.consume(node.predicate, inner)
        result = NOWHERE if node.result is None else self.trails(node.result, inner)
        match node.macro:
            case "filter":
                return target
            case "map" | "transformList":
                return result
            case "sortBy":
                self.consumed |= result
                return target
            case _:
                self.consumed |= result
                return NOWHERE

    def _bound(self, node: Bind, names: Names) -> Trails:
        value = self.trails(node.value, names)
        if node.macro != "bind":
            self.presence(value, self.types[id(node.value)])
        return self.trails(node.body, {**names, node.name: value})


def _inner(found: Type) -> Type:
    return found.value if isinstance(found, OptionalType) else found


def _field_type(owner: Type, field: str) -> Type:
    inner = _inner(owner)
    if isinstance(inner, ObjectType):
        return inner.fields[field].type
    return inner.value if isinstance(inner, MapType) else inner


def _is_null(node: Expression) -> bool:
    return isinstance(node, Literal) and node.value is None
