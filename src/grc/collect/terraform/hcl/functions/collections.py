"""Functions that look at no more of lists and maps than their length, their keys or their order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.functions.arguments import a_list, a_map, single
from grc.collect.terraform.hcl.functions.uniform import uniform
from grc.collect.terraform.hcl.values import LONGEST_LIST, Unknown, WrongError, find_unknown, spread, to_number, to_text


def _merge(*maps: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in maps:
        found.update(a_map(one) if one is not None else {})
    return found


def concat(*lists: Any) -> list[Any]:
    """The elements of all lists."""
    return list(itertools.chain.from_iterable(map(a_list, lists)))


def _lookup(among: Any, key: Any, *default: Any) -> Any:
    found = a_map(among)
    if key in found:
        return found[key]
    if not default:
        raise WrongError("has no such key")
    return default[0]


def _element(among: Any, index: Any) -> Any:
    elements = a_list(among)
    if not elements:
        raise WrongError("is empty")
    at = to_number(index)
    if not isinstance(at, int) or at < 0:
        raise ValueError
    return elements[at % len(elements)]


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(single(value))
    return len(value) if isinstance(value, Mapping) else len(a_list(value))


def _keys(value: Any) -> list[Any]:
    return sorted(a_map(value))


def _values(value: Any) -> list[Any]:
    found = a_map(value)
    return [found[key] for key in sorted(found)]


def _one(value: Any) -> Any:
    elements = a_list(value)
    if len(elements) > 1:
        raise WrongError("has more than one element")
    return elements[0] if elements else None


def _slice(value: Any, start: Any, end: Any) -> list[Any]:
    elements = a_list(value)
    if not 0 <= start <= end <= len(elements):
        raise WrongError("has no such part")
    return elements[start:end]


def _zipmap(keys: Any, values: Any) -> dict[str, Any]:
    if find_unknown(keys) is not None:
        raise TypeError
    return {to_text(key): value for key, value in zip(a_list(keys), a_list(values), strict=True)}


def _flatten(value: Any) -> Any:
    found: list[Any] = []
    for one in a_list(value):
        if isinstance(one, Unknown):
            return spread(one)
        inner = _flatten(one) if isinstance(one, list) else [one]
        if isinstance(inner, Unknown):
            return inner
        found.extend(inner)
        if len(found) > LONGEST_LIST:
            raise ValueError
    return found


def _tolist(value: Any) -> Any:
    if find_unknown(value) is None:
        return uniform(a_list(value))
    # An unknown element may make text of the others.
    return [one if isinstance(one, (str, list, dict, Unknown)) else Unknown("is of a type not known") for one in value]


def _tomap(value: Any) -> dict[str, Any]:
    found = a_map(value)
    return dict(zip(found, uniform([*found.values()]), strict=True))


def _coalesce(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Unknown):
            return spread(value)
        if value is not None and value != "":
            return value
    raise WrongError("has no value")


def _coalescelist(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Unknown):
            return spread(value)
        if a_list(value):
            return value
    raise WrongError("has no list that is not empty")


SHALLOW: Final[Mapping[str, Callable[..., Any]]] = {
    "concat": concat,
    "element": _element,
    "flatten": _flatten,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "merge": _merge,
    "one": _one,
    "reverse": lambda value: a_list(value)[::-1],
    "slice": _slice,
    "tolist": _tolist,
    "tomap": _tomap,
    "values": _values,
    "zipmap": _zipmap,
}

LENIENT: Final[Mapping[str, Callable[..., Any]]] = {"coalesce": _coalesce, "coalescelist": _coalescelist}
