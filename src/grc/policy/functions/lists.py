"""The lists extension library."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from grc.model.types import ListType
from grc.policy.equality import equal
from grc.policy.errors import EvaluationError, LimitError
from grc.policy.functions.overload import (
    DYN,
    INT,
    LIST_T,
    OPTIONAL_T,
    Overload,
    function,
    method,
    refuse_size,
)
from grc.policy.values import NONE, Optional, UInt, Value

MAX_RANGE: Final = 1_000_000
MAX_PAIRS: Final = 1_000_000
"""Pairs of containers that ``distinct`` and the set functions compare."""

_NUMBERS: Final = (int, UInt, float)
_ORDERED: Final = (bool, str, bytes, datetime, timedelta)


def slice_(items: list[Value], start: int, end: int) -> list[Value]:
    """The members from ``start`` to before ``end``."""
    if not 0 <= start <= end <= len(items):
        raise EvaluationError(f"slice({start}, {end}) does not fit a list of {len(items)}")
    return items[start:end]


def flatten(items: list[Value], depth: int = 1) -> list[Value]:
    """Members that are lists are replaced by their members, ``depth`` levels down."""
    if depth < 0:
        raise EvaluationError("flatten() needs a depth of 0 or more")
    for _ in range(depth):
        if not any(type(item) is list for item in items):
            break
        refuse_size(sum(len(item) if type(item) is list else 1 for item in items))
        items = [part for item in items for part in (item if type(item) is list else (item,))]
    return items


def range_(count: int) -> list[int]:
    """0 to ``count - 1``."""
    if count > MAX_RANGE:
        raise LimitError(f"lists.range() gives at most {MAX_RANGE} members")
    return list(range(count))


def refuse_mixed(keys: Iterable[Value]) -> None:
    """Refuse to sort what has no order.

    Raises:
        EvaluationError: the keys are of unlike types, or of one without an order.
    """
    kinds = {type(key) for key in keys}
    if not (kinds <= set(_NUMBERS) or (len(kinds) == 1 and kinds <= set(_ORDERED))):
        raise EvaluationError("sorting needs members of one ordered type")


def sort(items: list[Value]) -> list[Value]:
    """In ascending order."""
    refuse_mixed(items)
    return sorted(items)


def sort_by(items: list[Value], keys: list[Value]) -> list[Value]:
    """In ascending order of the keys; ``sortBy`` computed one for each member."""
    refuse_mixed(keys)
    order = sorted(range(len(items)), key=keys.__getitem__)
    return [items[index] for index in order]


def distinct(items: list[Value]) -> list[Value]:
    """Without what equals an earlier member."""
    found: list[Value] = []
    seen = Members(())
    for item in items:
        if item not in seen:
            seen.add(item)
            found.append(item)
    return found


class Members:
    """Values that can be asked for by CEL's equality: by hash where Python's equality is CEL's."""

    def __init__(self, items: Iterable[Value]) -> None:
        self.hashed: set[tuple[object, Value]] = set()
        self.others: list[Value] = []
        self.pairs = 0
        for item in items:
            self.add(item)

    def add(self, item: Value) -> None:
        """Add a value."""
        token = _token(item)
        if token is None:
            self.others.append(item)
        else:
            self.hashed.add(token)

    def __contains__(self, item: Value) -> bool:
        token = _token(item)
        if token is not None:
            return token[1] == token[1] and token in self.hashed  # NaN equals nothing
        self.pairs += len(self.others)
        if self.pairs > MAX_PAIRS:
            raise LimitError("the lists are too large to compare")
        return any(equal(item, other) is True for other in self.others)


def _token(item: Value) -> tuple[object, Value] | None:
    kind = type(item)
    if kind in _NUMBERS:
        return "number", item
    if kind in _ORDERED or item is None:
        return kind, item
    return None


def first(items: list[Value]) -> Optional:
    """The first member, if any."""
    return Optional(True, items[0]) if items else NONE


def last(items: list[Value]) -> Optional:
    """The last member, if any."""
    return Optional(True, items[-1]) if items else NONE


OVERLOADS: Final[tuple[Overload, ...]] = (
    method("slice", (LIST_T, INT, INT), LIST_T, slice_),
    method("flatten", (ListType(DYN),), ListType(DYN), flatten),
    method("flatten", (ListType(DYN), INT), ListType(DYN), flatten),
    method("sort", (LIST_T,), LIST_T, sort),
    method("distinct", (LIST_T,), LIST_T, distinct),
    method("reverse", (LIST_T,), LIST_T, lambda items: items[::-1]),
    method("first", (LIST_T,), OPTIONAL_T, first),
    method("last", (LIST_T,), OPTIONAL_T, last),
    function("lists.range", (INT,), ListType(INT), range_),
)
