"""Which overloads of a function fit the arguments, and what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

from grc.model.types import Type
from grc.policy.functions import OVERLOADS, Overload
from grc.policy.unification import Bound, join, show, substitute, unify
from grc.policy.values import TYPE_NAMES

NAMED: Final = frozenset(TYPE_NAMES.values()) | {"dyn"}
"""Names that stand for types where no variable has them."""
LAST_STEPS: Final = frozenset(name.rpartition(".")[2] for name in NAMED if "." in name)
SIGNS: Final[Mapping[str, str]] = {"!_": "!", "-_": "-", "@in": "in"}


@dataclass(frozen=True, slots=True)
class Resolved:
    """The overloads that the arguments allow, and the type of what they give."""

    overloads: tuple[Overload, ...]
    result: Type


def type_named(name: str) -> bool:
    """Whether a name is that of a type."""
    return name in NAMED


def type_may_end_in(step: str) -> bool:
    """Whether the name of a type that has dots ends in this step: few selections are worth a closer look."""
    return step in LAST_STEPS


def resolve(function: str, target: Type | None, arguments: Sequence[Type]) -> Resolved | str:
    """The overloads that fit, or what is wrong. ``target`` is None for what is not called as a method."""
    return _resolved(function, target, tuple(arguments))


@lru_cache(maxsize=4096)
def _resolved(function: str, target: Type | None, arguments: tuple[Type, ...]) -> Resolved | str:
    given = arguments if target is None else (target, *arguments)
    named = _by_name().get(function, ())
    declared = [each for each in named if each.receiver == (target is not None)]
    fitting: list[Overload] = []
    result: Type | None = None
    for overload in declared:
        bound: Bound = {}
        if len(overload.arguments) == len(given) and _all_fit(overload.arguments, given, bound):
            gives = substitute(overload.result, bound)
            result = gives if result is None else join(result, gives)
            fitting.append(overload)
    if result is None:
        return _refusal(function, target, given, bool(named), declared)
    return Resolved(tuple(fitting), result)


def _all_fit(expected: Sequence[Type], given: Sequence[Type], bound: Bound) -> bool:
    return all(unify(wanted, found, bound) for wanted, found in zip(expected, given, strict=True))


@cache
def _by_name() -> Mapping[str, tuple[Overload, ...]]:
    found: dict[str, list[Overload]] = {}
    for overload in OVERLOADS:
        found.setdefault(overload.function, []).append(overload)
    return {name: tuple(overloads) for name, overloads in found.items()}


def _refusal(
    function: str, target: Type | None, given: Sequence[Type], known: bool, declared: Sequence[Overload]
) -> str:
    if not known:
        near = get_close_matches(function, list(_by_name()), n=1, cutoff=0.6)
        return f"there is no function {function!r}" + (f": did you mean {near[0]!r}?" if near else "")
    if not declared:
        form = f"a function: {function}(x)" if target is not None else f"a method: x.{function}(…)"
        return f"{function!r} is {form}"
    sign = SIGNS.get(function) or function.strip("_")
    called = ", ".join(show(each) for each in given)
    if function.startswith("_") or function in SIGNS:
        return f"{sign} does not go with {' and '.join(show(each) for each in given)}"
    wanted = sorted({", ".join(show(each) for each in overload.arguments) for overload in declared})
    return f"{function} does not take ({called}), but ({') or ('.join(wanted[:6])})"
