"""Functions that look at each element of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.functions.arguments import a_list
from grc.collect.terraform.hcl.values import LONGEST_LIST, WrongError, same, to_text, to_truth


def _distinct(value: Any) -> list[Any]:
    found: list[Any] = []
    for one in a_list(value):
        if not any(same(one, other) for other in found):
            found.append(one)
    return found


def _index(among: Any, value: Any) -> int:
    for at, one in enumerate(a_list(among)):
        if same(one, value):
            return at
    raise WrongError("has no such element")


def _range(*arguments: Any) -> list[int]:
    if not all(isinstance(one, int) for one in arguments):
        raise ValueError
    found = range(*arguments)
    if len(found) > LONGEST_LIST:
        raise ValueError
    return list(found)


def _chunklist(value: Any, size: Any) -> list[Any]:
    return [value[at : at + size] for at in range(0, len(value), size)]


def _sort(value: Any) -> list[str]:
    return sorted(to_text(one) for one in a_list(value))


def _transpose(value: Any) -> dict[Any, list[Any]]:
    among = sorted({one for names in value.values() for one in names})
    return {key: [name for name in sorted(value) if key in value[name]] for key in among}


DEEP: Final[Mapping[str, Callable[..., Any]]] = {
    "alltrue": lambda value: all(to_truth(one) for one in a_list(value)),
    "anytrue": lambda value: any(to_truth(one) for one in a_list(value)),
    "chunklist": _chunklist,
    "compact": lambda value: [one for one in a_list(value) if one not in ("", None)],
    "distinct": _distinct,
    "index": _index,
    "range": _range,
    "sort": _sort,
    "transpose": _transpose,
}
