"""Functions of sets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.functions.arguments import a_list
from grc.collect.terraform.hcl.functions.collections import concat
from grc.collect.terraform.hcl.functions.uniform import PLAIN, uniform
from grc.collect.terraform.hcl.values import LONGEST_LIST, SetOf, find_unknown, same, spread, to_text, unique


def _contains(among: Any, value: Any) -> Any:
    unknown = find_unknown(value)
    if unknown is not None:
        return spread(unknown)
    elements = a_list(among)
    if any(find_unknown(one) is None and same(one, value) for one in elements):
        return True
    unknown = find_unknown(elements)
    if unknown is not None:
        return spread(unknown)
    if isinstance(value, PLAIN) and any(isinstance(one, PLAIN) and to_text(one) == to_text(value) for one in elements):
        raise ValueError  # equal but for the type, to which Terraform may convert
    return False


def _toset(value: Any) -> Any:
    unknown = find_unknown(value)
    return spread(unknown) if unknown is not None else unique(uniform(a_list(value)))


def _setintersection(first: Any, *others: Any) -> SetOf:
    return unique(one for one in first if all(any(same(one, two) for two in other) for other in others))


def _setsubtract(first: Any, other: Any) -> SetOf:
    return unique(one for one in first if not any(same(one, two) for two in other))


def _setproduct(*lists: Any) -> list[Any]:
    if math.prod(len(a_list(one)) for one in lists) > LONGEST_LIST:
        raise ValueError
    return [list(one) for one in itertools.product(*lists)]


SHALLOW: Final[Mapping[str, Callable[..., Any]]] = {"contains": _contains, "toset": _toset}

DEEP: Final[Mapping[str, Callable[..., Any]]] = {
    "setintersection": _setintersection,
    "setproduct": _setproduct,
    "setsubtract": _setsubtract,
    "setunion": lambda *sets: unique(concat(*sets)),
}
