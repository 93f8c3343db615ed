"""The exact interpreter: the language definition, node by node.

Every node becomes a function from a frame to a value, an ``Unknown`` or a ``Failure``. Where both meet, the unknown
wins: whatever could not be seen might have been what saved the expression, or what broke it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from grc.policy.access import has, index, index_optional, select, select_optional
from grc.policy.ast import (
    And,
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
    MapLiteral,
    Or,
    Select,
    UIntValue,
)
from grc.policy.comprehensions import Body, run_comprehension
from grc.policy.errors import EvaluationError, LimitError
from grc.policy.frame import DEFAULT_LIMITS, Frame, Limits, Meter, Trace
from grc.policy.functions import LAZY, QUADRATIC, resolve
from grc.policy.parser import qualified_name
from grc.policy.values import (
    NONE,
    STOPPED,
    TYPE_NAMES,
    Failure,
    Optional,
    PartialList,
    RecordValue,
    TypeValue,
    UInt,
    Unknown,
    Value,
    key_of,
    merged,
    type_name,
    unknowns_within,
)

__all__ = ["Limits", "Plan", "Trace", "interpret", "plan"]

Step = Callable[[Frame], Value]

_CONTAINERS: Final = frozenset({list, dict, PartialList, RecordValue, Optional})
_TYPES: Final = {name: TypeValue(name) for name in TYPE_NAMES.values()}
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Plan:
    """An expression made ready; it may be run any number of times."""

    expression: Expression
    step: Step

    def run(self, bindings: Mapping[str, Value], limits: Limits = DEFAULT_LIMITS) -> Value:
        """The value, or an ``Unknown``, or a ``Failure``."""
        try:
            return self.step(Frame(bindings, {}, Meter(limits)))
        except LimitError as error:
            return Failure(error.message, error.node or self.expression)
        except RecursionError:
            return Failure("the values are nested too deeply", self.expression)


def plan(expression: Expression, *, typed: bool = False, trace: Trace | None = None) -> Plan:
    """Make an expression ready. ``typed``: null is an absent field below which ``has`` is false and ``.?`` is none."""
    return Plan(expression, _Planner(typed, trace).plan(expression, frozenset()))


def interpret(
    expression: Expression,
    bindings: Mapping[str, Value],
    limits: Limits = DEFAULT_LIMITS,
    *,
    typed: bool = False,
    trace: Trace | None = None,
) -> Value:
    """The expression's value, or an ``Unknown``.

    Raises:
        EvaluationError: CEL's runtime error; ``LimitError`` when the budget is used up.
    """
    value = plan(expression, typed=typed, trace=trace).run(bindings, limits)
    if isinstance(value, Failure):
        raise EvaluationError(value.message, value.node)
    return value


def stopped(values: Iterable[Value]) -> Unknown | Failure | None:
    """What an operation on these values comes to when one of them is none: unknowns before errors."""
    failure = None
    unknowns = []
    for value in values:
        if type(value) is Unknown:
            unknowns.append(value)
        elif type(value) is Failure and failure is None:
            failure = value
    return merged(unknowns) if unknowns else failure


def _no_overload(function: str, values: Iterable[Value], node: Expression) -> Failure:
    return Failure(f"no such overload: {function}({', '.join(map(type_name, values))})", node)


def _refused(function: str, value: Value, node: Expression) -> Unknown | Failure:
    """What a value of a wrong type, or no value at all, makes of the operation."""
    if type(value) is Unknown or type(value) is Failure:
        return value
    return _no_overload(function, (value,), node)


class _Planner:
    """Turns nodes into steps. ``scope`` holds the names of the macros' variables around a node."""

    def __init__(self, typed: bool, trace: Trace | None) -> None:
        self.typed = typed
        self.trace = trace

    def plan(self, node: Expression, scope: frozenset[str]) -> Step:
        step = self._step(node, scope)
        trace = self.trace
        if trace is None:
            return step

        def traced(frame: Frame) -> Value:
            value = step(frame)
            trace.value(node, value)
            return value

        return traced

    def _plans(self, nodes: Iterable[Expression], scope: frozenset[str]) -> tuple[Step, ...]:
        return tuple(self.plan(node, scope) for node in nodes)

    def _step(self, node: Expression, scope: frozenset[str]) -> Step:
        match node:
            case Literal():
                return _constant(UInt(node.value.value) if isinstance(node.value, UIntValue) else node.value)
            case And() | Or():
                return _logic(node, self._plans(node.operands, scope), decisive=isinstance(node, Or))
            case Conditional():
                return self._conditional(node, scope)
            case Call():
                return self._call(node, scope)
            case Identifier() | Select() | Has() | Index():
                return self._reading(node, scope)
            case _:
                return self._making(node, scope)

    def _reading(self, node: Identifier | Select | Has | Index, scope: frozenset[str]) -> Step:
        match node:
            case Identifier():
                return self._identifier(node, scope)
            case Select():
                return self._select(node, scope)
            case Has():
                return self._has(node, scope)
            case Index():
                return self._index(node, scope)
            case _:
                assert_never(node)

    def _making(self, node: ListLiteral | MapLiteral | Comprehension | Bind, scope: frozenset[str]) -> Step:
        match node:
            case ListLiteral():
                return self._list(node, scope)
            case MapLiteral():
                return self._map(node, scope)
            case Comprehension():
                return self._comprehension(node, scope)
            case Bind():
                return self._bind(node, scope)
            case _:
                assert_never(node)

    def _identifier(self, node: Identifier, scope: frozenset[str]) -> Step:
        name = node.name
        if name in scope and not node.absolute:
            return lambda frame: frame.locals[name]
        otherwise = _TYPES.get(name) or Failure(f"undeclared reference to {name!r}", node)
        return lambda frame: frame.bindings.get(name, otherwise)

    def _select(self, node: Select, scope: frozenset[str]) -> Step:
        step = self._field(node, scope)
        qualified = _qualified(node, scope)
        if qualified is None:
            return step
        if qualified in _TYPES:
            return _constant(_TYPES[qualified])

        def variable(frame: Frame) -> Value:
            """A variable's own name may have dots; the longest name wins."""
            value = frame.bindings.get(qualified, _ABSENT)
            return step(frame) if value is _ABSENT else value

        return variable

    def _field(self, node: Select, scope: frozenset[str]) -> Step:
        operand = self.plan(node.operand, scope)
        field, optional, typed, trace = node.field, node.optional, self.typed, self.trace

        def step(frame: Frame) -> Value:
            value = operand(frame)
            if type(value) is Unknown or type(value) is Failure:
                return value
            _tell(trace, node, value, field)
            try:
                return select_optional(value, field, typed=typed) if optional else select(value, field)
            except EvaluationError as error:
                return Failure(error.message, node)

        return step

    def _has(self, node: Has, scope: frozenset[str]) -> Step:
        operand = self.plan(node.operand, scope)
        typed, trace = self.typed, self.trace

        def step(frame: Frame) -> Value:
            value = operand(frame)
            if type(value) is Unknown or type(value) is Failure:
                return value
            _tell(trace, node, value, node.field)
            try:
                return has(value, node.field, typed=typed)
            except EvaluationError as error:
                return Failure(error.message, node)

        return step

    def _index(self, node: Index, scope: frozenset[str]) -> Step:
        parts = self._plans((node.operand, node.index), scope)
        optional, typed, trace = node.optional, self.typed, self.trace

        def step(frame: Frame) -> Value:
            values = [part(frame) for part in parts]
            without = stopped(values)
            if without is not None:
                return without
            operand, key = values
            _tell(trace, node, operand, key)
            try:
                return index_optional(operand, key, typed=typed) if optional else index(operand, key)
            except EvaluationError as error:
                return Failure(error.message, node)

        return step

    def _call(self, node: Call, scope: frozenset[str]) -> Step:
        receiver = node.target is not None
        nodes = node.arguments if node.target is None else (node.target, *node.arguments)
        parts = self._plans(nodes, scope)
        if receiver and node.function in LAZY and len(parts) == 2:
            return _lazy(node, *parts)

        def step(frame: Frame) -> Value:
            values = [part(frame) for part in parts]
            without = stopped(values)
            return _apply(node, receiver, values, frame.meter) if without is None else without

        return step

    def _conditional(self, node: Conditional, scope: frozenset[str]) -> Step:
        condition, then, otherwise = self._plans((node.condition, node.then, node.otherwise), scope)

        def step(frame: Frame) -> Value:
            value = condition(frame)
            if value is True:
                return then(frame)
            if value is False:
                return otherwise(frame)
            return _refused("_?_:_", value, node.condition)

        return step

    def _list(self, node: ListLiteral, scope: frozenset[str]) -> Step:
        parts = self._plans((element.value for element in node.elements), scope)
        optionals = tuple(element.optional for element in node.elements)

        def step(frame: Frame) -> Value:
            values = [part(frame) for part in parts]
            without = stopped(values)
            if without is not None:
                return without
            frame.meter.charge(len(values))
            items = []
            for value, optional in zip(values, optionals, strict=True):
                if not optional:
                    items.append(value)
                elif type(value) is not Optional:
                    return _no_overload("[?_]", (value,), node)
                elif value.present:
                    items.append(value.value)
            return items

        return step

    def _map(self, node: MapLiteral, scope: frozenset[str]) -> Step:
        parts = self._plans((part for entry in node.entries for part in (entry.key, entry.value)), scope)
        optionals = tuple(entry.optional for entry in node.entries)

        def step(frame: Frame) -> Value:
            values = [part(frame) for part in parts]
            without = stopped(values)
            if without is not None:
                return without
            frame.meter.charge(len(values))
            try:
                return _entries(values[::2], values[1::2], optionals)
            except EvaluationError as error:
                return Failure(error.message, node)

        return step

    def _comprehension(self, node: Comprehension, scope: frozenset[str]) -> Step:
        target = self.plan(node.target, scope)
        inner = scope | set(node.variables)
        predicate = None if node.predicate is None else self.plan(node.predicate, inner)
        result = None if node.result is None else self.plan(node.result, inner)
        body = Body(node, predicate, result)
        return lambda frame: run_comprehension(body, target(frame), frame)

    def _bind(self, node: Bind, scope: frozenset[str]) -> Step:
        value = self.plan(node.value, scope)
        body = self.plan(node.body, scope | {node.name})

        def with_value(frame: Frame, bound: Value) -> Value:
            inner = frame.inner()
            inner.locals[node.name] = bound
            return body(inner)

        if node.macro == "bind":  # an error or unknown counts only when the body reads it
            return lambda frame: with_value(frame, value(frame))

        def step(frame: Frame) -> Value:
            optional = value(frame)
            if type(optional) is not Optional:
                return _refused(node.macro, optional, node)
            if not optional.present:
                return NONE
            found = with_value(frame, optional.value)
            if node.macro == "optMap":
                return found if type(found) in STOPPED else Optional(True, found)
            return found if type(found) is Optional else _refused(node.macro, found, node)

        return step


def _constant(value: Value) -> Step:
    return lambda frame: value


def _qualified(node: Select, scope: frozenset[str]) -> str | None:
    name = qualified_name(node)
    return None if name is None or name.partition(".")[0] in scope else name


def _tell(trace: Trace | None, node: Expression, operand: Value, field: Value) -> None:
    """Tell the trace that a field of a record is read, also through an optional."""
    if trace is None:
        return
    record = operand.value if type(operand) is Optional else operand
    if type(record) is RecordValue and type(field) is str:
        path = f"{record.path}.{field}" if record.path else field
        trace.read(node, path, record.fields.get(field))


def _logic(node: And | Or, parts: tuple[Step, ...], *, decisive: bool) -> Step:
    """``&&`` and ``||``: the decisive value decides alone, whatever the others are."""
    name = "_||_" if decisive else "_&&_"

    def step(frame: Frame) -> Value:
        undecided: list[Value] = []
        for part in parts:
            value = part(frame)
            if value is decisive:
                return decisive
            if type(value) is not bool:
                undecided.append(_refused(name, value, node))
        return stopped(undecided) if undecided else not decisive

    return step


def _lazy(node: Call, target: Step, argument: Step) -> Step:
    """``or`` and ``orValue``: the argument is not looked at when the target has a value."""

    def step(frame: Frame) -> Value:
        optional = target(frame)
        if type(optional) is not Optional:
            return _refused(node.function, optional, node)
        if optional.present:
            return optional if node.function == "or" else optional.value
        other = argument(frame)
        return other if node.function == "orValue" or type(other) is Optional else _refused("or", other, node)

    return step


def _apply(node: Call, receiver: bool, values: list[Value], meter: Meter) -> Value:
    overload = resolve(node.function, receiver, tuple(map(type, values)))
    if overload is None:
        return _no_overload(node.function, values, node)
    meter.charge_call(values)
    if not overload.partial:
        hidden = [found for value in values if type(value) in _CONTAINERS for found in unknowns_within(value)]
        if hidden:
            return merged(hidden)
    if node.function in QUADRATIC:
        meter.charge(_pairs(values))
    try:
        value = overload.implementation(*values)
        meter.charge_result(value)
        return value
    except LimitError as error:
        raise LimitError(error.message, node) from None
    except EvaluationError as error:
        return Failure(error.message, node)


def _pairs(values: list[Value]) -> int:
    """How many comparisons a search for every member among all others takes, when members are no scalars."""
    return sum(sum(type(item) in _CONTAINERS for item in value) for value in values) ** 2


def _entries(keys: list[Value], values: list[Value], optionals: tuple[bool, ...]) -> dict[Value, Value]:
    entries: dict[Value, Value] = {}
    for key, value, optional in zip(keys, values, optionals, strict=True):
        if type(key) not in (bool, int, UInt, str):
            raise EvaluationError(f"the type {type_name(key)} cannot be the key of a map")
        if key_of(key) in entries:
            raise EvaluationError("the map has a key twice")
        if not optional:
            entries[key_of(key)] = value
        elif type(value) is not Optional:
            raise EvaluationError(f"the optional entry is of the type {type_name(value)}")
        elif value.present:
            entries[key_of(key)] = value.value
    return entries
