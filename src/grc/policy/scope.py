"""What the names in an expression mean at one point of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from grc.model.types import Primitive, Type
from grc.policy.narrowing import NOTHING, Facts


class Term(NamedTuple):
    """What the checker knows of one expression.

    ``nullable``: it may be null here. ``absentable``: it would be, had no condition before it said otherwise.
    ``enum``: the texts that it can be, where they are known; empty when any.
    """

    type: Type
    nullable: bool = False
    absentable: bool = False
    enum: tuple[str, ...] = ()


UNTYPED = Term(Primitive.DYN)
"""What is left after a problem: it fits everywhere, so that one mistake gives one message."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that may be used here, those among them that macros have declared, and what is known to be there."""

    names: Mapping[str, Term]
    local: frozenset[str] = frozenset()
    known: Facts = NOTHING

    def declare(self, name: str, term: Term) -> Scope:
        """This scope and one more name."""
        return Scope({**self.names, name: term}, self.local | {name}, self.known)

    def knowing(self, facts: Facts) -> Scope:
        """This scope where also these places are there."""
        return Scope(self.names, self.local, self.known | facts) if facts else self

    def visible(self, *, absolute: bool) -> Mapping[str, Term]:
        """The names that can be meant: a leading dot skips those of the macros."""
        if not absolute:
            return self.names
        return {name: term for name, term in self.names.items() if name not in self.local}


def outermost(variables: Mapping[str, Type]) -> Scope:
    """The scope at the start of an expression: its variables, none of which is ever null."""
    return Scope({name: Term(declared) for name, declared in variables.items()})
