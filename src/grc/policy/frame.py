"""What an expression has while it is evaluated: variables, a budget, and who listens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from grc.policy.ast import Expression
from grc.policy.errors import LimitError
from grc.policy.values import Optional, PartialList, RecordValue, Value, members


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one evaluation may cost.

    ``work`` counts evaluated nodes of macros' bodies, function calls, and the members and characters that functions
    go through: one to three million a second.
    """

    work: int = 3_000_000


DEFAULT_LIMITS: Final = Limits()


class Trace(Protocol):
    """Hears of every sub-expression's value and of every field that is read from a record."""

    def value(self, node: Expression, value: Value) -> None:
        """A node has been evaluated: to a value, an ``Unknown`` or a ``Failure``. Inside a macro, once a member."""

    def read(self, node: Expression, path: str, value: Value) -> None:
        """A record's field was read; None means that it was absent."""


class Meter:
    """The budget of one evaluation."""

    __slots__ = ("left",)

    def __init__(self, limits: Limits) -> None:
        self.left = limits.work

    def charge(self, work: int) -> None:
        """Take from the budget.

        Raises:
            LimitError: it is used up.
        """
        self.left -= work
        if self.left < 0:
            raise LimitError("the expression needs more work than it may do")

    def charge_call(self, arguments: list[Value]) -> None:
        """Charge a call by the size of what it is given, shared parts as often as they are met.

        Raises:
            LimitError: the budget is used up.
        """
        self.charge(1)
        pending = [value for value in arguments if type(value) in _SIZED]
        while pending:
            value = pending.pop()
            if isinstance(value, (str, bytes)):
                self.charge(len(value) >> 5)
                continue
            below = members(value) or ()
            self.charge(1 + sum(1 for _ in below))
            pending.extend(part for part in below if type(part) in _SIZED)

    def charge_result(self, value: Value) -> None:
        """Charge what a call has made.

        Raises:
            LimitError: the budget is used up.
        """
        if isinstance(value, (str, bytes)):
            self.charge(len(value) >> 4)
        elif isinstance(value, list):
            self.charge(len(value))


_SIZED: Final = frozenset({str, bytes, list, dict, PartialList, RecordValue, Optional})


class Frame:
    """The variables in sight. ``locals`` are those of the macros around."""

    __slots__ = ("bindings", "locals", "meter")

    def __init__(self, bindings: Mapping[str, Value], local: dict[str, Value], meter: Meter) -> None:
        self.bindings = bindings
        self.locals = local
        self.meter = meter

    def inner(self) -> Frame:
        """A frame for a macro's body, which may set variables of its own."""
        return Frame(self.bindings, dict(self.locals), self.meter)
