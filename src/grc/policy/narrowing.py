"""What a condition proves about absence: after ``has(x.a) && …``, ``x.a`` is there.

A *place* is an expression that always gives the same value: a name, and fields and literal indexes of it. Facts are
sets of places that are known not to be null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grc.policy.ast import And, Bind, Call, Conditional, Expression, Has, Identifier, Index, Literal, Or, Select

Key = tuple[str | int, ...]
"""A place: the name of its variable, then field names and indexes."""

Facts = frozenset[Key]
NOTHING: Facts = frozenset()


@dataclass(frozen=True, slots=True)
class Proof:
    """What is not null when a condition is true, and what is not null when it is false."""

    true: Facts = NOTHING
    false: Facts = NOTHING


def key_of(node: Expression) -> Key | None:
    """The place that an expression names, or None when it is not one."""
    match node:
        case Identifier():
            return (node.name,)
        case Select(optional=False) | Has():
            return _below(node.operand, node.field)
        case Index(optional=False, index=Literal(value=str() | int() as step)) if not isinstance(step, bool):
            return _below(node.operand, step)
        case _:
            return None


def _below(operand: Expression, step: str | int) -> Key | None:
    above = key_of(operand)
    return None if above is None else (*above, step)


def prove(condition: Expression, solid: Callable[[Expression], bool]) -> Proof:
    """What a condition proves. ``solid`` says whether an expression can never be null."""
    match condition:
        case Has():
            return Proof(true=_path(condition))
        case Call(function="!_", arguments=(negated,)):
            inner = prove(negated, solid)
            return Proof(true=inner.false, false=inner.true)
        case Call(function="_==_" | "_!=_" as function, arguments=(left, right)):
            return _compared(function, left, right, solid)
        case Call(function="hasValue", target=Select() as chain):
            return Proof(true=_optional_path(chain))
        case And():
            proofs = [prove(operand, solid) for operand in condition.operands]
            return Proof(true=_union(each.true for each in proofs), false=_common(each.false for each in proofs))
        case Or():
            proofs = [prove(operand, solid) for operand in condition.operands]
            return Proof(true=_common(each.true for each in proofs), false=_union(each.false for each in proofs))
        case Conditional():
            return _either(condition, solid)
        case Bind(macro="bind"):
            return _without(prove(condition.body, solid), condition.name)
        case _:
            return Proof()


def _path(node: Has) -> Facts:
    """``has(a.b.c)`` proves ``a.b.c`` and all above it."""
    key = key_of(node)
    return NOTHING if key is None else frozenset(key[:length] for length in range(1, len(key) + 1))


def _optional_path(node: Expression) -> Facts:
    """``a.?b.?c.hasValue()`` proves ``a.b`` and ``a.b.c``, and so does ``a.b.?c.hasValue()``."""
    if not isinstance(node, Select):
        return NOTHING
    above = _optional_path(node.operand)
    key = _plain_key(node)
    return above if key is None else above | {key}


def _plain_key(node: Expression) -> Key | None:
    if isinstance(node, Select):
        above = _plain_key(node.operand)
        return None if above is None else (*above, node.field)
    return key_of(node)


def _compared(function: str, left: Expression, right: Expression, solid: Callable[[Expression], bool]) -> Proof:
    """``x == null`` when false, and ``x == <what is never null>`` when true, prove x."""
    same, unlike = NOTHING, NOTHING
    for one, other in ((left, right), (right, left)):
        key = key_of(one)
        if key is None:
            continue
        if isinstance(other, Literal) and other.value is None:
            unlike |= {key}
        elif solid(other):
            same |= {key}
    return Proof(true=same, false=unlike) if function == "_==_" else Proof(true=unlike, false=same)


def _either(node: Conditional, solid: Callable[[Expression], bool]) -> Proof:
    condition, then, otherwise = (prove(part, solid) for part in (node.condition, node.then, node.otherwise))
    return Proof(
        true=(condition.true | then.true) & (condition.false | otherwise.true),
        false=(condition.true | then.false) & (condition.false | otherwise.false),
    )


def _without(proof: Proof, name: str) -> Proof:
    return Proof(
        true=frozenset(key for key in proof.true if key[0] != name),
        false=frozenset(key for key in proof.false if key[0] != name),
    )


def _union(parts: Iterable[Facts]) -> Facts:
    return frozenset().union(*parts)


def _common(parts: Iterable[Facts]) -> Facts:
    first, *rest = parts
    return first.intersection(*rest)
