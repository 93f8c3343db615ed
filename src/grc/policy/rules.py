"""The typing rules: what a field, a member, a macro or a comparison gives. Text is what is wrong instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grc.model.types import ListType, MapType, ObjectType, OptionalType, Primitive, Type
from grc.policy.ast import Call, Comprehension, Expression, ListLiteral, Literal, children
from grc.policy.checked import did_you_mean
from grc.policy.interpreter import plan
from grc.policy.scope import UNTYPED, Term
from grc.policy.unification import FREE, alike, show
from grc.policy.values import Failure

KEYS: Final = frozenset({Primitive.BOOL, Primitive.INT, Primitive.UINT, Primitive.STRING, Primitive.DYN, FREE})
MAX_LISTED: Final = 12


def untyped(found: Type) -> bool:
    """Whether nothing is known of a value before it is there."""
    return found is Primitive.DYN or found == FREE


def field_of(owner: Type, name: str) -> Term | str:
    """What selecting a field gives."""
    match owner:
        case ObjectType() if name in owner.fields:
            declared = owner.fields[name]
            return Term(declared.type, declared.nullable, declared.nullable, declared.enum)
        case ObjectType():
            return f"{owner.name} has no field {name!r}{did_you_mean(name, sorted(owner.fields))}"
        case MapType() if alike(owner.key, Primitive.STRING):
            return Term(owner.value)
        case _:
            return UNTYPED if untyped(owner) else f"{show(owner)} has no fields"


def member_of(owner: Type, index: Type) -> Type | str:
    """What indexing gives."""
    match owner:
        case ListType():
            return owner.element if alike(Primitive.INT, index) else f"a list is indexed by an int, not {show(index)}"
        case MapType() if not alike(owner.key, index):
            return f"the keys of this map are {show(owner.key)}, not {show(index)}"
        case MapType():
            return owner.value
        case _:
            return Primitive.DYN if untyped(owner) else f"{show(owner)} cannot be indexed"


def optional_value(found: Type) -> Type | None:
    """The type in an optional, None when the value is no optional."""
    if isinstance(found, OptionalType):
        return found.value
    return Primitive.DYN if untyped(found) else None


def unequal(left: Term, right: Term) -> str | None:
    """Why two values are never equal."""
    for term, other in ((left, right), (right, left)):
        if term.type is Primitive.NULL:
            return None if other.absentable or untyped(other.type) else f"{show(other.type)} is never null here"
    if alike(left.type, right.type):
        return None
    return f"{show(left.type)} and {show(right.type)} are never equal{_advice(left.type, right.type)}"


def _advice(left: Type, right: Type) -> str:
    if isinstance(left, OptionalType) != isinstance(right, OptionalType):
        return ": take the optional's value with .orValue(…)"
    if {left, right} <= {Primitive.INT, Primitive.UINT, Primitive.DOUBLE}:
        return ": convert one with int(…), uint(…) or double(…)"
    return ""


def not_in(item: Type, holder: Type) -> str | None:
    """Why a value is never in another."""
    match holder:
        case ListType(element=held) | MapType(key=held):
            return None if alike(held, item) else f"{show(item)} is never in {show(holder)}"
        case ObjectType():
            return f"{holder.name} has declared fields: use has(…) to ask for one"
        case _:
            return None if untyped(holder) else f"'in' looks into a list or a map, not {show(holder)}"


def never_held(term: Term, other: Expression) -> Iterator[tuple[Literal, str]]:
    """The literals that a field with a closed set of texts is compared with and can never equal."""
    if not term.enum:
        return
    written = [element.value for element in other.elements] if isinstance(other, ListLiteral) else [other]
    for node in written:
        if isinstance(node, Literal) and isinstance(node.value, str) and node.value not in term.enum:
            known = did_you_mean(node.value, term.enum) or f": it is one of {', '.join(term.enum[:MAX_LISTED])}"
            yield node, f"the field is never {node.value!r}{known}"


def kept_enum(node: Call, target: Term | None) -> tuple[str, ...]:
    """``orValue`` and ``value`` give what the field can hold, or the default when that is written out."""
    if target is None or not target.enum or node.function not in ("orValue", "value"):
        return ()
    defaults = [argument.value if isinstance(argument, Literal) else None for argument in node.arguments]
    texts = [value for value in defaults if isinstance(value, str)]
    return (*target.enum, *texts) if len(texts) == len(defaults) else ()


def always_fails(node: Call) -> str | None:
    """Why a call of a function gives an error whatever the evidence is: a pattern or a date written wrongly."""
    if node.function.startswith(("_", "!", "-", "@")):
        return None
    if all(isinstance(operand, Literal) for operand in children(node)):
        value = plan(node).run({})
        return f"always fails: {value.message}" if isinstance(value, Failure) else None
    pattern = node.arguments[-1] if node.function == "matches" else None
    if isinstance(pattern, Literal) and isinstance(pattern.value, str):
        text = Literal(start=pattern.start, end=pattern.end, value="")
        return always_fails(Call(start=node.start, end=node.end, function="matches", target=text, arguments=(pattern,)))
    return None


def variables_of(node: Comprehension, over: Type) -> tuple[Type, ...] | str:
    """The types of a macro's variables."""
    two = len(node.variables) == 2
    match over:
        case ListType():
            return (Primitive.INT, over.element) if two else (over.element,)
        case MapType():
            return (over.key, over.value) if two else (over.key,)
        case ObjectType():
            return f"{over.name} has declared fields: {node.macro} goes over a list or a map"
        case _ if untyped(over):
            return (Primitive.DYN,) * len(node.variables)
        case _:
            return f"{node.macro} goes over a list or a map, not {show(over)}"


def gathered(node: Comprehension, over: Type, result: Type) -> Type | str:
    """What a macro gives. ``result`` is the type of what it makes of each element."""
    match node.macro:
        case "filter" | "sortBy":
            return ListType(over.key) if isinstance(over, MapType) else over
        case "map" | "transformList":
            return ListType(result)
        case "transformMap":
            return MapType(_places(over), result)
        case "transformMapEntry":
            if isinstance(result, MapType):
                return result
            unsaid = MapType(Primitive.DYN, Primitive.DYN)
            return unsaid if untyped(result) else f"transformMapEntry makes entries from maps, not from {show(result)}"
        case _:
            return Primitive.BOOL


def _places(over: Type) -> Type:
    if isinstance(over, MapType):
        return over.key
    return Primitive.INT if isinstance(over, ListType) else Primitive.DYN
