"""What the provider makes of arguments that a configuration does not set: data, ``arguments.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.yamltext import read

SHIPPED: Final = Path(__file__).parent / "arguments.yaml"

Told = tuple[tuple[str, ...], Any]
"""The path of an argument, by blocks, and what it is where it is not set."""


@cache
def load_arguments(path: Path = SHIPPED) -> Mapping[str, tuple[Told, ...]]:
    """What is told of each resource type, an argument after the block that it stands in."""
    types: Mapping[str, Mapping[str, Any]] = read(path).value["arguments"]
    return {
        type_: tuple((tuple(name.split(".")), value) for name, value in sorted(told.items()))
        for type_, told in types.items()
    }


def fill(type_: str, values: dict[str, Any]) -> None:
    """Put what is told of arguments that are not set into the values of a resource."""
    for (*blocks, name), value in load_arguments().get(type_, ()):
        for level in _levels(values, blocks):
            if name not in level:
                level[name] = value


def _levels(values: Any, blocks: list[str]) -> Iterator[dict[str, Any]]:
    """The arguments of every block at a path."""
    if isinstance(values, list):
        for one in values:
            yield from _levels(one, blocks)
    elif isinstance(values, dict):
        if blocks:
            yield from _levels(values.get(blocks[0]), blocks[1:])
        else:
            yield values
