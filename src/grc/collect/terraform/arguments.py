"""What the provider makes of arguments as a configuration sets them, or does not: data, ``arguments.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.collect.terraform.hcl.values import WrongError, settled, to_number, to_text, to_truth
from grc.yamltext import read

SHIPPED: Final = Path(__file__).parent / "arguments.yaml"
CONVERSIONS: Final[Mapping[str, Callable[[Any], Any]]] = {"bool": to_truth, "number": to_number, "string": to_text}
KEPT: Final[Mapping[str, type | tuple[type, ...]]] = {"bool": bool, "number": (int, float), "string": str}

Argument = tuple[tuple[str, ...], Any]
"""The path of an argument, by blocks, and what is told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What is told of one resource type, an argument after the block that it stands in.

    ``unset`` is what the plan shows where nothing is set; ``types`` names the type that the provider converts to.
    """

    unset: tuple[Argument, ...] = ()
    types: tuple[Argument, ...] = ()


@cache
def load_arguments(path: Path = SHIPPED) -> Mapping[str, Arguments]:
    """What is told of each resource type."""
    document = read(path).value
    unset, types = document["arguments"], document["types"]
    return {
        type_: Arguments(unset=_by_path(unset.get(type_, {})), types=_by_path(types.get(type_, {})))
        for type_ in sorted({*unset, *types})
    }


def _by_path(told: Mapping[str, Any]) -> tuple[Argument, ...]:
    return tuple((tuple(name.split(".")), value) for name, value in sorted(told.items()))


def complete(type_: str, values: dict[str, Any]) -> None:
    """Bring what a resource sets to the provider's types, and put in what is told of arguments that it does not set."""
    told = load_arguments().get(type_)
    if told is None:
        return
    for (*blocks, name), form in told.types:
        for level in _levels(values, blocks):
            if not isinstance(level.get(name), KEPT[form]) or isinstance(level[name], bool) is not (form == "bool"):
                _convert(level, name, form)
    for (*blocks, name), value in told.unset:
        for level in _levels(values, blocks):
            if name not in level:
                level[name] = value


def converted(type_: str, name: str, value: Any) -> Any:
    """The value of an argument as others read it, or None where it may be another: its type is not told."""
    told = load_arguments().get(type_, Arguments()).types
    form = next((form for path, form in told if path == (name,)), None)
    if form is None:
        return value if settled(value) else None
    try:
        return CONVERSIONS[form](value)
    except WrongError:
        return None


def _convert(level: dict[str, Any], name: str, form: str) -> None:
    value = level.get(name)
    if isinstance(value, (str, int, float)):
        try:
            level[name] = CONVERSIONS[form](value)
        except WrongError:
            return  # Terraform refuses it too; what stands there is no value of the field


def _levels(values: Any, blocks: list[str]) -> Iterator[dict[str, Any]]:
    """The arguments of every block at a path."""
    if not blocks:
        if isinstance(values, dict):
            yield values
        elif isinstance(values, list):
            yield from (one for one in values if isinstance(one, dict))
        return
    for one in values if isinstance(values, list) else [values]:
        if isinstance(one, dict) and blocks[0] in one:
            yield from _levels(one[blocks[0]], blocks[1:])
