"""CEL's equality: over all types, numbers by their mathematical value, containers by their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from grc.policy.errors import EvaluationError, LimitError
from grc.policy.values import (
    Optional,
    PartialList,
    RecordValue,
    UInt,
    Unknown,
    Value,
    key_of,
    merged,
    unknowns_within,
)

MAX_COMPARISONS: Final = 1_000_000
"""Members compared in one comparison of containers: shared parts make small values that are large to walk."""

_NUMBERS: Final = frozenset({int, UInt, float})
_CONTAINERS: Final = frozenset({list, dict, PartialList, RecordValue, Optional})
_MISSING: Final = object()

Answer = bool | Unknown


def equal(left: Value, right: Value) -> Answer:
    """Whether two values are equal: unknown when that hangs on a part that could not be seen.

    Raises:
        LimitError: there is too much to compare.
    """
    kind = type(left)
    if kind not in _CONTAINERS and type(right) is kind and kind is not Unknown:
        return bool(left == right)
    return _Comparison().equal(left, right)


def unequal(left: Value, right: Value) -> Answer:
    """The opposite of ``equal``."""
    answer = equal(left, right)
    return answer if isinstance(answer, Unknown) else not answer


def contained(value: Value, container: Value) -> Answer:
    """CEL's ``in``: a member of a list, or a key of a map.

    Raises:
        EvaluationError: the value is of no type that a map's key can have.
    """
    if isinstance(container, dict):
        return _is_key(value, container)
    partial = isinstance(container, PartialList)
    unknowns = [container.unknown] if partial else []
    for item in container.items if partial else container:
        answer = equal(value, item)
        if answer is True:
            return True
        if answer is not False:
            unknowns.append(answer)
    return merged(unknowns) if unknowns else False


def _is_key(value: Value, container: dict[Value, Value]) -> Answer:
    try:
        found = container.get(key_of(value), _MISSING)
    except TypeError:
        raise EvaluationError("a map has no keys of that type") from None
    return found if isinstance(found, Unknown) else found is not _MISSING


class _Comparison:
    """One comparison, which counts its steps."""

    def __init__(self) -> None:
        self.left = MAX_COMPARISONS

    def equal(self, left: Value, right: Value) -> Answer:
        self.left -= 1
        if self.left < 0:
            raise LimitError("the values are too large to compare")
        kinds = type(left), type(right)
        if Unknown in kinds:
            return merged(value for value in (left, right) if isinstance(value, Unknown))
        if PartialList in kinds and kinds[0] in (list, PartialList) and kinds[1] in (list, PartialList):
            return self._partial(left, right)
        if kinds[0] is not kinds[1]:
            return bool(left == right) if kinds[0] in _NUMBERS and kinds[1] in _NUMBERS else False
        if kinds[0] is list:
            return len(left) == len(right) and self._all(zip(left, right, strict=True))
        if kinds[0] is dict:
            return self._maps(left, right)
        if kinds[0] is RecordValue:
            return left.shape is right.shape and self._records(left, right)
        if kinds[0] is Optional:
            return left.present == right.present and self.equal(left.value, right.value)
        return bool(left == right)

    def _all(self, pairs: Iterable[tuple[Value, Value]]) -> Answer:
        unknowns = []
        for left, right in pairs:
            answer = self.equal(left, right)
            if answer is False:
                return False
            if answer is not True:
                unknowns.append(answer)
        return merged(unknowns) if unknowns else True

    def _maps(self, left: Mapping[Value, Value], right: Mapping[Value, Value]) -> Answer:
        unknowns = [value for side in (left, right) for value in side.values() if isinstance(value, Unknown)]
        if not unknowns and len(left) != len(right):
            return False
        keys = dict.fromkeys((*left, *right))
        answers = [self._fields(left.get(key, _MISSING), right.get(key, _MISSING)) for key in keys]
        if any(answer is False for answer in answers):
            return False
        unknowns = [answer for answer in answers if isinstance(answer, Unknown)]
        return merged(unknowns) if unknowns else True

    def _fields(self, left: Value, right: Value) -> Answer:
        """A key whose value is unknown may be absent altogether."""
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return merged(value for value in (left, right) if isinstance(value, Unknown))
        if left is _MISSING or right is _MISSING:
            return False
        return self.equal(left, right)

    def _records(self, left: RecordValue, right: RecordValue) -> Answer:
        names = left.shape.fields
        return self._all((left.fields.get(name), right.fields.get(name)) for name in names)

    def _partial(self, left: Value, right: Value) -> Answer:
        """Equal never; unequal when one side surely has more members than the other can have."""
        known = [len(side.items if isinstance(side, PartialList) else side) for side in (left, right)]
        if (isinstance(left, list) and known[1] > known[0]) or (isinstance(right, list) and known[0] > known[1]):
            return False
        return merged((*unknowns_within(left), *unknowns_within(right)))
