"""Translates operators, functions and methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from grc.model.types import ListType, MapType, OptionalType, Primitive, Type
from grc.policy.ast import Call, Expression, ListLiteral, Literal, children
from grc.policy.codegen import Code, Frame, NotCompiled, boolean, translate, value
from grc.policy.equality import contained, equal
from grc.policy.functions.overload import Overload
from grc.policy.shortcuts import structured, undecided
from grc.policy.values import UInt

ORDERS: Final[Mapping[str, str]] = {"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
ARITHMETIC: Final[Mapping[str, str]] = {"_+_": "+", "_-_": "-", "_*_": "*"}
TESTS_OF_TEXT: Final[Mapping[str, str]] = {"startsWith": "startswith", "endsWith": "endswith"}

SAME_EQUALITY: Final = frozenset(
    {Primitive.BOOL, Primitive.INT, Primitive.STRING, Primitive.BYTES, Primitive.TIMESTAMP, Primitive.DURATION}
)
"""Types between whose values Python's ``==`` is CEL's."""
HASHED: Final = frozenset({Primitive.INT, Primitive.STRING, Primitive.BYTES})
"""Types by whose hash a member of a list is found as ``==`` finds it."""
ORDERED: Final = frozenset(
    {Primitive.INT, Primitive.DOUBLE, Primitive.STRING, Primitive.BYTES, Primitive.TIMESTAMP, Primitive.DURATION}
)
PYTHON: Final[Mapping[Type, type]] = {
    Primitive.BOOL: bool,
    Primitive.INT: int,
    Primitive.UINT: UInt,
    Primitive.DOUBLE: float,
    Primitive.STRING: str,
    Primitive.BYTES: bytes,
    Primitive.TIMESTAMP: datetime,
    Primitive.DURATION: timedelta,
    Primitive.NULL: type(None),
}


def call(node: Call, frame: Frame) -> Code:
    """Python for a call.

    Raises:
        NotCompiled: it is left to the interpreter.
    """
    operands = children(node)
    types = [frame.type(operand) for operand in operands]
    match node.function:
        case "_==_":
            return _equality(operands, frame, negated=False)
        case "_!=_":
            return _equality(operands, frame, negated=True)
        case "@in":
            return _membership(operands, frame)
        case "!_":
            return _negation(operands[0], frame)
        case "size" if isinstance(types[0], (ListType, MapType)) or types[0] in (Primitive.STRING, Primitive.BYTES):
            return Code(f"len({translate(operands[0], frame).text})")
        case "size" if types[0] is Primitive.DYN:
            return Code(f"sized({translate(operands[0], frame).text})")
        case function if function in ORDERS and types[0] is types[1] and types[0] in ORDERED:
            left, right = (value(operand, frame).text for operand in operands)
            return Code(f"({left} {ORDERS[function]} {right})", truth=True)
        case function if function in ARITHMETIC and types == [Primitive.INT, Primitive.INT]:
            left, right = (value(operand, frame).text for operand in operands)
            return Code(f"whole({left} {ARITHMETIC[function]} {right})")
        case function if function in TESTS_OF_TEXT and types == [Primitive.STRING, Primitive.STRING]:
            left, right = (value(operand, frame).text for operand in operands)
            return Code(f"{left}.{TESTS_OF_TEXT[function]}({right})", truth=True)
        case "contains" if types == [Primitive.STRING, Primitive.STRING]:
            left, right = (value(operand, frame).text for operand in operands)
            return Code(f"({right} in {left})", truth=True)
        case function if function in OPTIONALS:
            return OPTIONALS[function](operands, frame)
        case _:
            return _applied(node, operands, types, frame)


def _equality(operands: tuple[Expression, ...], frame: Frame, *, negated: bool) -> Code:
    for operand, other in (operands, operands[::-1]):
        if isinstance(other, Literal) and other.value is None:
            if isinstance(frame.type(operand), OptionalType):
                raise NotCompiled("an optional value beside null")
            return Code(f"({_raw(operand, frame)} is {'not ' if negated else ''}None)", truth=True)
        if isinstance(other, ListLiteral) and not other.elements and isinstance(frame.type(operand), ListType):
            return Code(f"(len({_raw(operand, frame)}) {'!=' if negated else '=='} 0)", truth=True)
    left, right = (value(operand, frame) for operand in operands)
    types = [frame.type(operand) for operand in operands]
    if _same_equality(types[0], types[1]):
        return Code(f"({left.text} {'!=' if negated else '=='} {right.text})", truth=True)
    name = frame.writer.constant(equal)
    return Code(f"({'not ' if negated else ''}{name}({left.text}, {right.text}))", truth=True)


def _raw(operand: Expression, frame: Frame) -> str:
    """The operand where only its presence matters: an object may stand in for itself."""
    return translate(operand, frame).text


def _same_equality(left: Type, right: Type) -> bool:
    if isinstance(left, ListType) and isinstance(right, ListType):
        return _same_equality(left.element, right.element)
    return left is right and left in SAME_EQUALITY


def _membership(operands: tuple[Expression, ...], frame: Frame) -> Code:
    item, container = (value(operand, frame) for operand in operands)
    types = [frame.type(operand) for operand in operands]
    match types[1]:
        case ListType(element=element) if element is types[0] and element in SAME_EQUALITY:
            if container.constant and element in HASHED:
                known = frame.writer.constant(frozenset(container.value))
                return Code(f"({_solid(item)} in {known})", truth=True)
            return Code(f"({_solid(item)} in {container.text})", truth=True)
        case MapType(key=Primitive.STRING) if types[0] is Primitive.STRING:
            return Code(f"({_solid(item)} in {container.text})", truth=True)
        case ListType() | MapType() | Primitive.DYN:
            return Code(f"{frame.writer.constant(_held)}({_solid(item)}, {container.text})", truth=True)
        case _:
            raise NotCompiled("in something else")


def _solid(code: Code) -> str:
    """The value, which is not None: Python would look for it all the same."""
    return f"present({code.text})" if code.maybe else code.text


def _held(item: Any, container: Any) -> bool:
    if type(container) is not list and type(container) is not dict:
        undecided()
    answer = contained(item, container)
    return answer if answer is True or answer is False else undecided()


def _negation(operand: Expression, frame: Frame) -> Code:
    code = translate(operand, frame)
    if code.truth:
        return Code(f"(not {code.text})", truth=True)
    if frame.type(operand) is Primitive.BOOL:
        return Code(f"NOT[{code.text}]", truth=True)
    return Code(f"(not {boolean(operand, frame)})", truth=True)


def _applied(node: Call, operands: tuple[Expression, ...], types: list[Type], frame: Frame) -> Code:
    """A function of the registry, by its implementation."""
    overloads = frame.checked.calls[id(node)]
    if isinstance(frame.type(node), OptionalType):
        raise NotCompiled("an optional result")
    codes = [value(operand, frame) for operand in operands]
    arguments = ", ".join(_solid(code) for code in codes)
    truth = frame.type(node) is Primitive.BOOL
    if len(overloads) == 1 and not any(_untyped(found) for found in types):
        return Code(f"{frame.writer.constant(overloads[0].implementation)}({arguments})", truth=truth)
    return Code(f"{frame.writer.constant(_dispatcher(overloads))}({arguments})", truth=truth)


def _untyped(found: Type) -> bool:
    match found:
        case ListType():
            return _untyped(found.element)
        case MapType():
            return _untyped(found.value)
        case _:
            return found is Primitive.DYN


def _dispatcher(overloads: tuple[Overload, ...]) -> Callable[..., Any]:
    """What picks an overload by the exact types of the values, as the interpreter does."""
    table: dict[tuple[type, ...], Callable[..., Any]] = {}
    for overload in overloads:
        if not all(argument in PYTHON for argument in overload.arguments):
            raise NotCompiled("an untyped argument")
        table[tuple(PYTHON[argument] for argument in overload.arguments)] = overload.implementation

    def dispatch(*arguments: Any) -> Any:
        found = table.get(tuple(map(type, arguments)))
        return undecided() if found is None else found(*arguments)

    return dispatch


def _or_value(operands: tuple[Expression, ...], frame: Frame) -> Code:
    found, default = translate(operands[0], frame), translate(operands[1], frame)
    if not isinstance(frame.type(operands[0]), OptionalType):
        raise NotCompiled("orValue of something untyped")
    if structured(frame.type(operands[1])):
        raise NotCompiled("an object as a default")
    held = default.text if default.constant else frame.writer.keep(default.text)
    name = frame.writer.fresh()
    return Code(f"({held} if ({name} := {found.text}) is None else {name})", maybe=default.maybe)


def _has_value(operands: tuple[Expression, ...], frame: Frame) -> Code:
    if not isinstance(frame.type(operands[0]), OptionalType):
        raise NotCompiled("hasValue of something untyped")
    return Code(f"({translate(operands[0], frame).text} is not None)", truth=True)


def _value(operands: tuple[Expression, ...], frame: Frame) -> Code:
    if not isinstance(frame.type(operands[0]), OptionalType):
        raise NotCompiled("value of something untyped")
    return Code(f"present({translate(operands[0], frame).text})")


def _of(operands: tuple[Expression, ...], frame: Frame) -> Code:
    return Code(f"present({translate(operands[0], frame).text})")


def _none(operands: tuple[Expression, ...], frame: Frame) -> Code:
    return Code("None", maybe=True)


def _or(operands: tuple[Expression, ...], frame: Frame) -> Code:
    if not all(isinstance(frame.type(operand), OptionalType) for operand in operands):
        raise NotCompiled("or of something untyped")
    found, other = (translate(operand, frame) for operand in operands)
    held = frame.writer.keep(other.text)
    name = frame.writer.fresh()
    return Code(f"({held} if ({name} := {found.text}) is None else {name})", maybe=True)


OPTIONALS: Final[Mapping[str, Callable[[tuple[Expression, ...], Frame], Code]]] = {
    "orValue": _or_value,
    "hasValue": _has_value,
    "value": _value,
    "or": _or,
    "optional.of": _of,
    "optional.none": _none,
}
"""An optional is the value or None here. Its default is evaluated before, needed or not."""
