"""Paths in an answer or a body: names joined by dots, ``[]`` where a list is flattened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Step = str | int
At = tuple[Step, ...]


def names(path: str) -> tuple[str, ...]:
    """The member names of a path: ``Reservations[].Instances[]`` is ``("Reservations", "Instances")``."""
    return tuple(part.removesuffix("[]") for part in path.split(".")) if path else ()


def pick(answer: object, path: str) -> object:
    """The value at ``path``, lists marked ``[]`` flattened into one. None where a member is absent."""
    value = answer
    parts = path.split(".") if path else []
    for index, part in enumerate(parts):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part.removesuffix("[]"))
        if part.endswith("[]") and isinstance(value, list):
            rest = ".".join(parts[index + 1 :])
            return _flatten(value, rest)
    return value


def _flatten(values: list[Any], rest: str) -> list[Any]:
    if not rest:
        return values
    found = (pick(value, rest) for value in values)
    return [below for value in found if value is not None for below in (value if isinstance(value, list) else [value])]


def visit(body: object, path: str) -> Iterator[tuple[dict[str, Any], str, At]]:
    """Each place where ``path`` has a value, lists entered on the way: the holder, its key, and where that is."""
    yield from _visit(body, names(path), ())


def _visit(value: object, rest: tuple[str, ...], at: At) -> Iterator[tuple[dict[str, Any], str, At]]:
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield from _visit(element, rest, (*at, index))
    elif isinstance(value, dict) and rest and rest[0] in value:
        if len(rest) == 1:
            yield value, rest[0], (*at, rest[0])
        else:
            yield from _visit(value[rest[0]], rest[1:], (*at, rest[0]))


def replace(body: object, path: str, change: Callable[[Any], object]) -> None:
    """Replace each value at ``path`` by what ``change`` makes of it."""
    for holder, key, _ in list(visit(body, path)):
        holder[key] = change(holder[key])


def written(at: At) -> str:
    """A place in a body as a gap writes it: ``IpPermissions[0].IpRanges``."""
    text = ""
    for step in at:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
