"""What an analysis is: sources in, the value of a computed section out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Value = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One computed section.

    ``takes`` names the sources, in their order; ``schema`` is the JSON Schema of the value. ``compute`` takes the
    sources (None: not set) and the id of the account that they stand in.
    """

    takes: tuple[str, ...]
    schema: Mapping[str, Any]
    compute: Callable[[Sequence[Any], str], Value]


SHAPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "bool": {"type": "boolean"},
    "texts": {"type": "array", "items": {"type": "string"}},
}


def shape(title: str, fields: Mapping[str, tuple[str, str]]) -> Mapping[str, Any]:
    """The JSON Schema of a value; each field is ``bool`` or ``texts``, and a title."""
    return {
        "title": title,
        "type": "object",
        "properties": {name: {"title": text, **SHAPES[kind]} for name, (kind, text) in sorted(fields.items())},
    }
