"""How types fit together: which value may stand where, what two branches have in common, what a type is called."""

from __future__ import annotations

from typing import Final

from grc.model.types import (
    ListType,
    MapType,
    ObjectType,
    OpaqueType,
    OptionalType,
    Primitive,
    Type,
    TypeParameter,
    TypeType,
)

FREE: Final = TypeParameter("_")
"""What an empty list holds: anything, until something says more."""

Bound = dict[str, Type]


def show(given: Type) -> str:
    """The name of a type as a message writes it: ``list(string)``."""
    match given:
        case Primitive():
            return "null" if given is Primitive.NULL else given.value
        case ListType():
            return f"list({show(given.element)})"
        case MapType():
            return f"map({show(given.key)}, {show(given.value)})"
        case OptionalType():
            return f"optional({show(given.value)})"
        case OpaqueType() | ObjectType():
            return given.name
        case TypeType():
            return "type"
        case TypeParameter():
            return "any" if given == FREE else given.name


def unify(expected: Type, actual: Type, bound: Bound) -> bool:
    """Whether a value of type ``actual`` may stand where ``expected`` is asked for; binds the parameters it meets.

    ``dyn`` fits everywhere: what it holds is tested when the expression runs.
    """
    if isinstance(expected, Primitive) and isinstance(actual, Primitive):
        return expected is actual or Primitive.DYN in (expected, actual)
    if expected is Primitive.DYN or actual is Primitive.DYN or FREE in (expected, actual):
        if isinstance(expected, TypeParameter) and expected != FREE:
            return _bind(expected, actual, bound)
        return True
    match expected, actual:
        case TypeParameter(), _:
            return _bind(expected, actual, bound)
        case ListType(), ListType():
            return unify(expected.element, actual.element, bound)
        case MapType(), MapType():
            return unify(expected.key, actual.key, bound) and unify(expected.value, actual.value, bound)
        case OptionalType(), OptionalType():
            return unify(expected.value, actual.value, bound)
        case ObjectType(), _:
            return expected is actual
        case _:
            return expected == actual


def _bind(parameter: TypeParameter, actual: Type, bound: Bound) -> bool:
    earlier = bound.get(parameter.name)
    if earlier is None:
        bound[parameter.name] = actual
        return True
    if not alike(earlier, actual):
        return False
    bound[parameter.name] = join(earlier, actual)
    return True


def alike(one: Type, other: Type) -> bool:
    """Whether values of the two types can be equal."""
    return unify(one, other, {})


def join(one: Type, other: Type) -> Type:
    """The type of a value that is of the one type or of the other: ``dyn`` where they differ."""
    if one == FREE:
        return other
    if other == FREE:
        return one
    match one, other:
        case ListType(), ListType():
            return ListType(join(one.element, other.element))
        case MapType(), MapType():
            return MapType(join(one.key, other.key), join(one.value, other.value))
        case OptionalType(), OptionalType():
            return OptionalType(join(one.value, other.value))
        case _:
            return one if one == other else Primitive.DYN


def substitute(given: Type, bound: Bound) -> Type:
    """The type with its parameters replaced by what they were bound to; an unbound one stays free."""
    match given:
        case TypeParameter():
            return bound.get(given.name, FREE)
        case ListType():
            return ListType(substitute(given.element, bound))
        case MapType():
            return MapType(substitute(given.key, bound), substitute(given.value, bound))
        case OptionalType():
            return OptionalType(substitute(given.value, bound))
        case _:
            return given
