"""The functions of the language: one registry for the interpreter, the checker and the compiler.

``&&``, ``||``, ``?:``, ``.``, ``[]``, ``has`` and the macros are nodes of the tree, not functions. ``orValue`` and
``or`` stand here with their types, but whoever evaluates them must not evaluate the argument when the target has a
value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from grc.model.types import ListType, MapType, ObjectType, OpaqueType, OptionalType, Primitive, Type, TypeType
from grc.policy.functions import (
    arithmetic,
    comparison,
    conversion,
    encoders,
    instants,
    lists,
    maths,
    net,
    optionals,
    sets,
    strings,
    versions,
)
from grc.policy.functions.overload import Overload
from grc.policy.values import TYPE_NAMES

__all__ = ["LAZY", "NAMESPACED", "OVERLOADS", "QUADRATIC", "Overload", "find", "resolve"]

OVERLOADS: Final[tuple[Overload, ...]] = (
    *comparison.OVERLOADS,
    *arithmetic.OVERLOADS,
    *conversion.OVERLOADS,
    *strings.OVERLOADS,
    *instants.OVERLOADS,
    *lists.OVERLOADS,
    *sets.OVERLOADS,
    *maths.OVERLOADS,
    *encoders.OVERLOADS,
    *optionals.OVERLOADS,
    *net.OVERLOADS,
    *versions.OVERLOADS,
)

NAMESPACED: Final = frozenset(overload.function for overload in OVERLOADS if "." in overload.function)
"""Functions whose name has a dot: ``math.greatest`` is one name, not a method of ``math``."""

LAZY: Final = frozenset({"or", "orValue"})
"""Methods whose argument is evaluated only when it is needed."""

QUADRATIC: Final = frozenset({"distinct", "sets.contains", "sets.equivalent", "sets.intersects"})
"""Functions that compare members with each other."""

_RUNTIME: Final[Mapping[str, str]] = {
    "timestamp": "google.protobuf.Timestamp",
    "duration": "google.protobuf.Duration",
}


def _by_call() -> Mapping[tuple[str, bool, int], tuple[Overload, ...]]:
    found: dict[tuple[str, bool, int], tuple[Overload, ...]] = defaultdict(tuple)
    for overload in OVERLOADS:
        found[overload.function, overload.receiver, len(overload.arguments)] += (overload,)
    return dict(found)


_BY_CALL: Final = _by_call()


def find(function: str, *, receiver: bool, count: int) -> tuple[Overload, ...]:
    """The overloads that a call with ``count`` arguments (the target among them) may mean; empty when there is none."""
    return _BY_CALL.get((function, receiver, count), ())


@lru_cache(maxsize=4096)
def resolve(function: str, receiver: bool, kinds: tuple[type, ...]) -> Overload | None:
    """The overload for arguments of these exact Python types, by outermost type, None when there is none."""
    for overload in find(function, receiver=receiver, count=len(kinds)):
        if all(_accepts(declared, kind) for declared, kind in zip(overload.arguments, kinds, strict=True)):
            return overload
    return None


def _accepts(declared: Type, kind: type) -> bool:
    name: str | None = TYPE_NAMES.get(kind)
    match declared:
        case Primitive.DYN:
            return True
        case Primitive():
            return name == _RUNTIME.get(str(declared.value), str(declared.value))
        case ListType():
            return name == "list"
        case MapType():
            return name == "map"
        case OptionalType():
            return name == "optional_type"
        case OpaqueType():
            return name == declared.name
        case TypeType():
            return name == "type"
        case ObjectType():
            return name is None
        case _:
            return True
