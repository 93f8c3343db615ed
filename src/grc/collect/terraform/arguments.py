"""What the provider makes of arguments as a configuration sets them, or does not: data, ``arguments.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.collect.terraform.hcl.values import WrongError, settled, to_number, to_text, to_truth
from grc.yamltext import read

SHIPPED: Final = Path(__file__).parent / "arguments.yaml"
CONVERSIONS: Final[Mapping[str, Callable[[Any], Any]]] = {"bool": to_truth, "number": to_number, "string": to_text}
KEPT: Final[Mapping[str, type | tuple[type, ...]]] = {"bool": bool, "number": (int, float), "string": str}

Told = Mapping[tuple[str, ...], Mapping[str, Any]]
"""What is told of arguments: by the blocks that lead to them, and by their names there. Outer blocks come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What is told of one resource type.

    ``unset`` is what the plan shows where nothing is set; ``types`` names the type that the provider converts to.
    """

    unset: Told = field(default_factory=dict)
    types: Told = field(default_factory=dict)


@cache
def load_arguments(path: Path = SHIPPED) -> Mapping[str, Arguments]:
    """What is told of each resource type."""
    document = read(path).value
    unset, types = document["arguments"], document["types"]
    return {
        type_: Arguments(unset=_by_path(unset.get(type_, {})), types=_by_path(types.get(type_, {})))
        for type_ in sorted({*unset, *types})
    }


def _by_path(told: Mapping[str, Any]) -> Told:
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for path, value in sorted(told.items()):
        *blocks, name = path.split(".")
        found.setdefault(tuple(blocks), {})[name] = value
    return dict(sorted(found.items()))


def complete(type_: str, values: dict[str, Any]) -> None:
    """Bring what a resource sets to the provider's types, and put in what is told of arguments that it does not set."""
    told = load_arguments().get(type_)
    if told is None:
        return
    for blocks, forms in told.types.items():
        for level in _levels(values, blocks):
            _convert(level, forms)
    for blocks, unset in told.unset.items():
        for level in _levels(values, blocks):
            level.update((name, value) for name, value in unset.items() if name not in level)


def converted(type_: str, name: str, value: Any) -> Any:
    """The value of an argument as others read it, or None where it may be another: its type is not told."""
    told = load_arguments().get(type_)
    form = None if told is None else told.types.get((), {}).get(name)
    if form is None:
        return value if settled(value) else None
    try:
        return CONVERSIONS[form](value)
    except WrongError:
        return None


def _convert(level: dict[str, Any], forms: Mapping[str, str]) -> None:
    for name, form in forms.items():
        value = level.get(name)
        if isinstance(value, (str, int, float)) and not _has(value, form):
            try:
                level[name] = CONVERSIONS[form](value)
            except WrongError:
                continue  # Terraform refuses it too; what stands there is no value of the field


def _has(value: str | float, form: str) -> bool:
    return isinstance(value, KEPT[form]) and isinstance(value, bool) is (form == "bool")


def _levels(values: dict[str, Any], blocks: tuple[str, ...]) -> list[dict[str, Any]]:
    """The arguments of every block at a path."""
    levels = [values]
    for block in blocks:
        levels = [one for level in levels for one in _bodies(level.get(block))]
    return levels


def _bodies(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
