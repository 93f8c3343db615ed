"""The macros over lists and maps. They absorb errors and unknowns as ``&&`` and ``||`` do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from grc.policy.ast import Comprehension, Expression, children
from grc.policy.errors import EvaluationError
from grc.policy.frame import Frame
from grc.policy.functions.lists import sort_by
from grc.policy.values import (
    Failure,
    PartialList,
    Unknown,
    Value,
    key_of,
    merged,
    type_name,
    unknowns_within,
    value_of,
)

Step = Callable[[Frame], Value]


class Body:
    """A macro made ready: its node and the steps of its predicate and its result."""

    __slots__ = ("node", "predicate", "result", "work")

    def __init__(self, node: Comprehension, predicate: Step | None, result: Step | None) -> None:
        self.node = node
        self.predicate = predicate
        self.result = result
        self.work = 1 + sum(_count(part) for part in (node.predicate, node.result) if part is not None)


def _count(expression: Expression) -> int:
    """The nodes of an expression, without those of macros inside it, which charge for themselves."""
    total = 0
    pending = [expression]
    while pending:
        node = pending.pop()
        total += 1
        pending.extend((node.target,) if isinstance(node, Comprehension) else children(node))
    return total


@dataclass(frozen=True, slots=True)
class _Members:
    """What a macro runs over: the variables' values for each member, and what may be missing."""

    rows: list[tuple[Value, ...]]
    missing: tuple[Unknown, ...] = ()


class _Outcome:
    """What the members' bodies came to that was no value."""

    __slots__ = ("failure", "unknowns")

    def __init__(self, missing: tuple[Unknown, ...]) -> None:
        self.unknowns = list(missing)
        self.failure: Failure | None = None

    def take(self, value: Value, node: Expression) -> None:
        if isinstance(value, Unknown):
            self.unknowns.append(value)
        elif self.failure is None:
            wrong = f"no such overload: a condition of the type {type_name(value)}" if _is_value(value) else ""
            self.failure = Failure(wrong, node) if wrong else value

    def stopped(self) -> Unknown | Failure | None:
        """Unknowns before errors; None when there were neither."""
        return merged(self.unknowns) if self.unknowns else self.failure


def _is_value(value: Value) -> bool:
    return type(value) is not Failure and type(value) is not Unknown


def run_comprehension(body: Body, target: Value, frame: Frame) -> Value:
    """Run a macro over a list or a map."""
    if not _is_value(target):
        return target
    members = _members(target, len(body.node.variables))
    if members is None:
        return Failure(f"no such overload: {body.node.macro}() over the type {type_name(target)}", body.node)
    try:
        return _RUNS[body.node.macro](body, members, _rows(body, members, frame), target)
    except EvaluationError as error:
        if type(error) is not EvaluationError:
            raise
        return Failure(error.message, body.node)


def _rows(body: Body, members: _Members, frame: Frame) -> Iterator[tuple[tuple[Value, ...], Frame]]:
    inner = frame.inner()
    names = body.node.variables
    for row in members.rows:
        frame.meter.charge(body.work)
        inner.locals.update(zip(names, row, strict=True))
        yield row, inner


def _members(target: Value, width: int) -> _Members | None:
    """A map's entry whose value is unknown may be absent; the places of a partial list's members are unknown."""
    match target:
        case list():
            return _Members([(item,) for item in target] if width == 1 else list(enumerate(target)))
        case PartialList():
            places = () if width == 1 else (target.unknown,)
            return _Members([(*places, item) for item in target.items], (target.unknown,))
        case dict():
            known = [(value_of(key), value) for key, value in target.items() if not isinstance(value, Unknown)]
            missing = tuple(value for value in target.values() if isinstance(value, Unknown))
            return _Members([pair[:width] for pair in known], missing)
        case _:
            return None


Rows = Iterator[tuple[tuple[Value, ...], Frame]]


def _quantifier(*, decisive: bool) -> Callable[[Body, _Members, Rows, Value], Value]:
    def run(body: Body, members: _Members, rows: Rows, target: Value) -> Value:
        assert body.predicate is not None
        outcome = _Outcome(members.missing)
        for _, frame in rows:
            value = body.predicate(frame)
            if value is decisive:
                return decisive
            if type(value) is not bool:
                outcome.take(value, body.node)
        without = outcome.stopped()
        return not decisive if without is None else without

    return run


def _exists_one(body: Body, members: _Members, rows: Rows, target: Value) -> Value:
    """Absorbs nothing: an error or an unknown anywhere is one of the whole."""
    assert body.predicate is not None
    outcome = _Outcome(members.missing)
    count = 0
    for _, frame in rows:
        value = body.predicate(frame)
        if type(value) is bool:
            count += value
        else:
            outcome.take(value, body.node)
    without = outcome.stopped()
    return count == 1 if without is None else without


def _list(body: Body, members: _Members, rows: Rows, target: Value) -> Value:
    """``filter``, ``map`` and ``transformList``. What may or may not be in the result makes it partial."""
    outcome = _Outcome(members.missing)
    items: list[Value] = []
    for row, frame in rows:
        kept = True if body.predicate is None else body.predicate(frame)
        if type(kept) is not bool:
            outcome.take(kept, body.node)
        elif kept:
            item = row[-1] if body.result is None else body.result(frame)
            if isinstance(item, Failure):
                outcome.take(item, body.node)
            else:
                items.append(item)
    if outcome.failure is not None:
        within = [found for item in items for found in unknowns_within(item)]
        return merged((*outcome.unknowns, *within)) if outcome.unknowns or within else outcome.failure
    return PartialList(items, merged(outcome.unknowns)) if outcome.unknowns else items


def _transform_map(body: Body, members: _Members, rows: Rows, target: Value) -> Value:
    """A key whose predicate or value is unknown holds the unknown: it may be absent."""
    assert body.result is not None
    if isinstance(target, PartialList):
        return target.unknown
    entries: dict[Value, Value] = {}
    failure: Failure | None = None
    for row, frame in rows:
        kept = True if body.predicate is None else body.predicate(frame)
        value = body.result(frame) if kept is True else kept
        if isinstance(value, Unknown) or (kept is True and _is_value(value)):
            entries[key_of(row[0])] = value
        elif kept is not False:
            outcome = _Outcome(())
            outcome.take(value, body.node)
            failure = failure or outcome.failure
    if isinstance(target, dict):
        entries.update((key, value) for key, value in target.items() if isinstance(value, Unknown))
    if failure is None:
        return entries
    unknowns = [value for value in entries.values() if isinstance(value, Unknown)]
    return merged(unknowns) if unknowns else failure


def _transform_entries(body: Body, members: _Members, rows: Rows, target: Value) -> Value:
    assert body.result is not None
    outcome = _Outcome(members.missing)
    entries: dict[Value, Value] = {}
    for _, frame in rows:
        kept = True if body.predicate is None else body.predicate(frame)
        value = body.result(frame) if kept is True else kept
        if kept is True and isinstance(value, dict):
            if not entries.keys().isdisjoint(value):
                outcome.take(Failure("transformMapEntry() makes a key twice", body.node), body.node)
            entries.update(value)
        elif kept is True and _is_value(value):
            outcome.take(Failure("transformMapEntry() needs a map for each member", body.node), body.node)
        elif kept is not False:
            outcome.take(value, body.node)
    without = outcome.stopped()
    return entries if without is None else without


def _sort_by(body: Body, members: _Members, rows: Rows, target: Value) -> Value:
    assert body.result is not None
    outcome = _Outcome(members.missing)
    keys = [body.result(frame) for _, frame in rows]
    for key in keys:
        if not _is_value(key):
            outcome.take(key, body.node)
    without = outcome.stopped()
    return sort_by([row[0] for row in members.rows], keys) if without is None else without


_RUNS: Final[dict[str, Callable[[Body, _Members, Rows, Value], Value]]] = {
    "all": _quantifier(decisive=False),
    "exists": _quantifier(decisive=True),
    "exists_one": _exists_one,
    "filter": _list,
    "map": _list,
    "transformList": _list,
    "transformMap": _transform_map,
    "transformMapEntry": _transform_entries,
    "sortBy": _sort_by,
}
