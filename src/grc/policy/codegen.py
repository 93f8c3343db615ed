"""Translates a checked expression to Python over projected records.

An expression stays one wherever it can; macros become loops, whose lines are written before it is used. What is
written gives CEL's own answer or raises. So ``and`` and ``or`` may look at their operands from left to right: the first
that decides does so in CEL too, whatever the others are.

An optional value is written as the value or None: an absent field has no other form, and null never stands in evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from grc.model.types import ListType, MapType, ObjectType, OptionalType, Primitive, Type
from grc.policy.ast import (
    And,
    Bind,
    Call,
    Comprehension,
    Conditional,
    Element,
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
from grc.policy.checker import Checked
from grc.policy.projection import attribute
from grc.policy.shortcuts import converter, structured
from grc.policy.values import UInt
from grc.policy.writer import Writer

MAX_DEPTH: Final = 60
"""Deeper expressions are left to the interpreter: Python bounds the depth of its own source."""

JOINED: Final = "related"
"""How the names of related lists begin."""


class NotCompiled(Exception):  # noqa: N818 - not an error: the interpreter evaluates such an expression
    """There is no Python for this that is certain to agree with CEL."""


@dataclass(frozen=True, slots=True)
class Code:
    """Python for one value.

    ``maybe``: it may be None, for an absent value. ``truth``: it can be nothing but a bool. ``constant`` says that
    ``value`` is known already.
    """

    text: str
    maybe: bool = False
    truth: bool = False
    constant: bool = False
    value: Any = None


@dataclass(frozen=True, slots=True)
class Fields:
    """A name whose fields are each known apart: ``params``, ``subject``."""

    fields: Mapping[str, Code]


Names = Mapping[str, Code | Fields]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an expression is translated: its types, what its names stand for, and what is being written.

    ``touched`` collects the declared fields that the Python reads.
    """

    checked: Checked
    names: Names
    writer: Writer
    touched: set[tuple[ObjectType, str]]
    depth: int = 0
    loops: int = 0

    def type(self, node: Expression) -> Type:
        """The type of a node."""
        return self.checked.types[id(node)]

    def naming(self, **names: Code) -> Frame:
        """This frame with more names."""
        return replace(self, names={**self.names, **names})

    def constant(self, value: Any) -> Code:
        """A value known now."""
        if value is None or value is True or value is False:
            return Code(str(value), maybe=value is None, truth=value is not None, constant=True, value=value)
        return Code(self.writer.constant(value), constant=True, value=value)


def translate(node: Expression, frame: Frame) -> Code:
    """Python for a node; the lines it needs are written first.

    Raises:
        NotCompiled: it is left to the interpreter.
    """
    from grc.policy import codecalls, codemacros

    if frame.depth > MAX_DEPTH:
        raise NotCompiled("too deep")
    frame = replace(frame, depth=frame.depth + 1)
    match node:
        case Literal():
            return _literal(node, frame)
        case Identifier():
            return _identifier(node, frame)
        case Select():
            return _reached(node.operand, node.field, node.optional, frame)
        case Has():
            return _has(node, frame)
        case Index():
            return _index(node, frame)
        case Call():
            return codecalls.call(node, frame)
        case And() | Or():
            return _junction(node, frame)
        case Conditional():
            return _conditional(node, frame)
        case ListLiteral() | MapLiteral():
            return _list(node, frame) if isinstance(node, ListLiteral) else _map(node, frame)
        case Comprehension():
            return codemacros.comprehension(node, frame)
        case Bind():
            return codemacros.bind(node, frame)


def boolean(node: Expression, frame: Frame) -> str:
    """Python for a node that can be nothing but a bool, or raises."""
    code = translate(node, frame)
    if code.truth:
        return code.text
    if frame.type(node) is Primitive.BOOL:
        return f"TRUTH[{code.text}]"
    return f"truth({code.text})"


def value(node: Expression, frame: Frame, *, within: Type | None = None) -> Code:
    """Python for a node whose value is used whole: neither an optional nor an object of which only parts are there.

    ``within`` is the type of what passes the value on: an object may stand in it as long as it is still known as one.
    """
    found = frame.type(node)
    if isinstance(found, OptionalType) or (structured(found) and found != within):
        raise NotCompiled("an object or an optional value is used whole")
    return translate(node, frame)


def _literal(node: Literal, frame: Frame) -> Code:
    if isinstance(node.value, UIntValue):
        return frame.constant(UInt(node.value.value))
    return frame.constant(node.value)


def _identifier(node: Identifier, frame: Frame) -> Code:
    found = frame.names.get(node.name)
    if not isinstance(found, Code) or node.absolute:
        raise NotCompiled(node.name)
    return found


def _reached(operand: Expression, field: str, optional: bool, frame: Frame) -> Code:
    """``operand.field`` and ``operand.?field``; an optional operand is gone through."""
    if isinstance(operand, Identifier) and isinstance(frame.names.get(operand.name), Fields):
        fields = frame.names[operand.name]
        assert isinstance(fields, Fields)
        if field not in fields.fields:
            raise NotCompiled(field)
        return fields.fields[field]
    owner = frame.type(operand)
    chained = isinstance(owner, OptionalType)
    inner = owner.value if isinstance(owner, OptionalType) else owner
    optional = optional or chained
    if inner is Primitive.NULL:
        raise NotCompiled("a field of null")
    code = translate(operand, frame)
    text = code.text
    if code.maybe and optional:
        step = frame.writer.fresh()
        return replace(_field(step, inner, field, frame, optional=True), text=_guarded(text, step, inner, field, frame))
    return _field(text, inner, field, frame, optional=optional)


def _guarded(text: str, step: str, inner: Type, field: str, frame: Frame) -> str:
    return f"(None if ({step} := {text}) is None else {_field(step, inner, field, frame, optional=True).text})"


def _field(owner: str, kind: Type, field: str, frame: Frame, *, optional: bool) -> Code:
    match kind:
        case ObjectType():
            found = converted(touch(owner, kind, field, frame), kind.fields[field].type, frame)
            return found if optional or kind.fields[field].nullable else Code(f"present({found.text})")
        case MapType(key=Primitive.STRING) if not (optional and kind.value in (Primitive.DYN, Primitive.NULL)):
            name = frame.writer.constant(field)
            return Code(f"{owner}.get({name})", maybe=True) if optional else Code(f"{owner}[{name}]")
        case MapType(key=Primitive.STRING):
            return Code(f"maybe_entry({owner}, {frame.writer.constant(field)})", maybe=True)
        case Primitive.DYN:
            name = frame.writer.constant(field)
            return Code(f"maybe_entry({owner}, {name})", maybe=True) if optional else Code(f"pick({owner}, {name})")
        case _:
            raise NotCompiled("a field of something else")


def touch(owner: str, kind: ObjectType, field: str, frame: Frame) -> str:
    """Python for a declared field as it was decoded; None where it is absent."""
    frame.touched.add((kind, field))
    return f"{owner}.{attribute(kind, field)}"


def converted(text: str, declared: Type, frame: Frame) -> Code:
    """A decoded value as CEL's."""
    convert = converter(declared)
    if convert is None:
        return Code(text, maybe=True)
    name, step = frame.writer.constant(convert), frame.writer.fresh()
    return Code(f"(None if ({step} := {text}) is None else {name}({step}))", maybe=True)


def _has(node: Has, frame: Frame) -> Code:
    owner = frame.type(node.operand)
    if isinstance(node.operand, Identifier) and isinstance(frame.names.get(node.operand.name), Fields):
        raise NotCompiled("has() of a known field")
    match owner:
        case ObjectType():
            operand = translate(node.operand, frame)
            if not operand.maybe:
                return Code(f"({touch(operand.text, owner, node.field, frame)} is not None)", truth=True)
            step = frame.writer.fresh()
            below = touch(step, owner, node.field, frame)
            return Code(f"(({step} := {operand.text}) is not None and {below} is not None)", truth=True)
        case MapType(key=Primitive.STRING):
            operand = translate(node.operand, frame)
            return Code(f"({frame.writer.constant(node.field)} in {operand.text})", truth=True)
        case Primitive.DYN:
            operand = translate(node.operand, frame)
            return Code(f"picked({operand.text}, {frame.writer.constant(node.field)})", truth=True)
        case _:
            raise NotCompiled("has() of something else")


def _index(node: Index, frame: Frame) -> Code:
    owner = frame.type(node.operand)
    chained = isinstance(owner, OptionalType)
    inner = owner.value if isinstance(owner, OptionalType) else owner
    if isinstance(inner, ObjectType) and isinstance(node.index, Literal) and isinstance(node.index.value, str):
        return _reached(node.operand, node.index.value, node.optional, frame)
    wanted = frame.type(node.index)
    if not _indexed(inner, wanted):
        raise NotCompiled("an index of another type")
    operand, index = translate(node.operand, frame), translate(node.index, frame)
    if chained or (node.optional and operand.maybe):
        step, key = frame.writer.fresh(), index.text if index.constant else frame.writer.keep(index.text)
        text = f"(None if ({step} := {operand.text}) is None else maybe_entry({step}, {key}))"
        return Code(text, maybe=True)
    if node.optional:
        return Code(f"maybe_entry({operand.text}, {index.text})", maybe=True)
    if isinstance(inner, MapType) and wanted is Primitive.STRING:
        return Code(f"{operand.text}[{index.text}]")
    return Code(f"entry({operand.text}, {index.text})")


def _indexed(owner: Type, wanted: Type) -> bool:
    """Whether members of the one type can be named by values of the other."""
    match owner:
        case ListType():
            return wanted in (Primitive.INT, Primitive.DYN)
        case MapType(key=Primitive.STRING):
            return wanted in (Primitive.STRING, Primitive.DYN)
        case _:
            return owner is Primitive.DYN and wanted in (Primitive.STRING, Primitive.INT, Primitive.DYN)


def _junction(node: And | Or, frame: Frame) -> Code:
    """Operands that need lines of their own are written below an ``if`` that asks whether they still matter."""
    writer = frame.writer
    word, header = ("and", "if {}") if isinstance(node, And) else ("or", "if not {}")
    held: str | None = None
    waiting: list[str] = []
    for operand in node.operands:
        with writer.aside() as lines:
            code = boolean(operand, frame)
        if not lines:
            waiting.append(code)
            continue
        if waiting:
            held = _keep(writer, held, [*([held] if held else []), *waiting], word)
            waiting = []
        if held is None:
            writer.splice(lines)
            held = writer.keep(code)
            continue
        with writer.block(header.format(held)):
            writer.splice(lines)
            writer.line(f"{held} = {code}")
    parts = [*([held] if held else []), *waiting]
    return Code(f"({f' {word} '.join(parts)})", truth=True)


def _keep(writer: Writer, held: str | None, parts: list[str], word: str) -> str:
    name = held or writer.fresh()
    writer.line(f"{name} = {f' {word} '.join(parts)}")
    return name


def _conditional(node: Conditional, frame: Frame) -> Code:
    found, writer = frame.type(node), frame.writer
    condition = boolean(node.condition, frame)
    with writer.aside() as then_lines:
        then = value(node.then, frame, within=found)
    with writer.aside() as otherwise_lines:
        otherwise = value(node.otherwise, frame, within=found)
    maybe, truth = then.maybe or otherwise.maybe, then.truth and otherwise.truth
    if not (then_lines or otherwise_lines):
        return Code(f"({then.text} if {condition} else {otherwise.text})", maybe, truth)
    name = writer.fresh()
    with writer.block(f"if {condition}"):
        writer.splice(then_lines)
        writer.line(f"{name} = {then.text}")
    with writer.block("else"):
        writer.splice(otherwise_lines)
        writer.line(f"{name} = {otherwise.text}")
    return Code(name, maybe, truth)


def _list(node: ListLiteral, frame: Frame) -> Code:
    if any(element.optional for element in node.elements):
        return Code(f"given({', '.join(_perhaps(element, frame) for element in node.elements)})")
    found = frame.type(node)
    inner = found.element if isinstance(found, ListType) else None
    parts = [value(element.value, frame, within=inner) for element in node.elements]
    if all(part.constant for part in parts):
        return frame.constant([part.value for part in parts])
    return Code(f"[{', '.join(part.text for part in parts)}]")


def _perhaps(element: Element, frame: Frame) -> str:
    """An element that stands in the list only where it is there."""
    if not element.optional:
        code = value(element.value, frame)
        return f"present({code.text})" if code.maybe else code.text
    found = frame.type(element.value)
    if not isinstance(found, OptionalType) or structured(found.value):
        raise NotCompiled("an optional element that is an object, or untyped")
    return translate(element.value, frame).text


def _map(node: MapLiteral, frame: Frame) -> Code:
    keys = [entry.key.value for entry in node.entries if isinstance(entry.key, Literal)]
    if len(keys) < len(node.entries) or not all(isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
        raise NotCompiled("keys of other types")
    if any(entry.optional for entry in node.entries):
        raise NotCompiled("optional entries")
    values = [value(entry.value, frame).text for entry in node.entries]
    pairs = [f"{frame.writer.constant(key)}: {held}" for key, held in zip(keys, values, strict=True)]
    return Code(f"{{{', '.join(pairs)}}}")
