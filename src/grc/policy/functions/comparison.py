"""Equality, order, membership, negation and ``size``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from grc.model.types import Type
from grc.policy.equality import contained, equal, unequal
from grc.policy.functions.overload import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    INT,
    LIST_T,
    MAP_K_T,
    STRING,
    TIMESTAMP,
    UINT,
    K,
    Overload,
    T,
    function,
    method,
)
from grc.policy.values import PartialList, Unknown, Value, merged

NUMBERS: Final = (INT, UINT, DOUBLE)

_ORDERED: Final[tuple[tuple[Type, Type], ...]] = (
    *((left, right) for left in NUMBERS for right in NUMBERS),
    *((same, same) for same in (BOOL, STRING, BYTES, TIMESTAMP, DURATION)),
)
_ORDERS: Final[tuple[tuple[str, Callable[[Value, Value], bool]], ...]] = (
    ("_<_", operator.lt),
    ("_<=_", operator.le),
    ("_>_", operator.gt),
    ("_>=_", operator.ge),
)


def size(value: Value) -> int | Unknown:
    """Characters, octets, members or entries. A map's entry whose value is unknown may be absent."""
    if isinstance(value, PartialList):
        return value.unknown
    if isinstance(value, dict):
        unknowns = [entry for entry in value.values() if isinstance(entry, Unknown)]
        if unknowns:
            return merged(unknowns)
    return len(value)


OVERLOADS: Final[tuple[Overload, ...]] = (
    function("_==_", (T, T), BOOL, equal, partial=True),
    function("_!=_", (T, T), BOOL, unequal, partial=True),
    *(function(name, pair, BOOL, compare) for name, compare in _ORDERS for pair in _ORDERED),
    function("@in", (T, LIST_T), BOOL, contained, partial=True),
    function("@in", (K, MAP_K_T), BOOL, contained, partial=True),
    function("!_", (BOOL,), BOOL, operator.not_),
    *(
        define("size", (sized,), INT, size, partial=True)
        for define in (function, method)
        for sized in (STRING, BYTES, LIST_T, MAP_K_T)
    ),
)
