"""Functions of numbers and truth values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.functions.arguments import a_list
from grc.collect.terraform.hcl.values import to_number, to_truth, whole


def _numbers(values: Iterable[Any]) -> list[int | float]:
    return [to_number(value) for value in values]


DEEP: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": lambda value: whole(abs(to_number(value))),
    "ceil": lambda value: math.ceil(to_number(value)),
    "floor": lambda value: math.floor(to_number(value)),
    "max": lambda *values: max(_numbers(values)),
    "min": lambda *values: min(_numbers(values)),
    "sum": lambda value: whole(sum(_numbers(a_list(value)))),
    "tobool": lambda value: None if value is None else to_truth(value),
    "tonumber": lambda value: None if value is None else to_number(value),
}
