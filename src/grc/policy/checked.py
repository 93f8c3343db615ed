"""What the checker gives: a typed expression, or what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from grc.model.types import Type
from grc.policy.ast import Expression
from grc.policy.errors import CompileError
from grc.policy.functions import Overload
from grc.policy.interpreter import Plan, plan
from grc.policy.values import Value


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """One thing wrong with an expression; ``offset`` counts characters of its source from 0."""

    offset: int
    message: str


class Refused(CompileError):  # noqa: N818 - raised with one or many refusals
    """An expression that was read but not accepted. Carries *all* that is wrong, by offset."""

    def __init__(self, refusals: Sequence[Refusal], source: str) -> None:
        self.refusals = tuple(sorted(set(refusals)))
        first = self.refusals[0]
        super().__init__("; ".join(refusal.message for refusal in self.refusals), first.offset, source)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checked:
    """An expression in which every node has a type.

    Nodes are known by ``id``; the tree is held here, so no id is ever used again. ``nullable`` holds the nodes that may
    be null where they stand. ``calls`` holds, for each call, the overloads that its arguments allow: one, unless an
    argument is ``dyn``. ``prepared`` keeps what is made ready of a node, by who made it, so that it is made once.
    """

    source: str
    expression: Expression
    variables: Mapping[str, Type]
    types: Mapping[int, Type]
    nullable: frozenset[int]
    calls: Mapping[int, tuple[Overload, ...]]
    prepared: dict[tuple[object, int], Any] = field(default_factory=dict, repr=False)

    @property
    def type(self) -> Type:
        """The type of the whole."""
        return self.types[id(self.expression)]

    def text(self, node: Expression) -> str:
        """The source text of a node, its white space folded."""
        return " ".join(self.source[node.start : node.end].split())

    def outcome(self, bindings: Mapping[str, Value], node: Expression | None = None) -> Value:
        """The value of the whole or of a part: a value, an ``Unknown``, or a ``Failure`` for CEL's runtime error.

        ``bindings`` holds the macros' variables around the part too.
        """
        part = self.expression if node is None else node
        ready: Plan | None = self.prepared.get((plan, id(part)))
        if ready is None:
            ready = self.prepared[plan, id(part)] = plan(part, typed=True)
        return ready.run(bindings)


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """``: did you mean 'x'?`` when something known is near, else nothing."""
    folded = {str(other).casefold(): str(other) for other in known}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f": did you mean {folded[near[0]]!r}?" if near else ""
