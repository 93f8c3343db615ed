"""Whether a value fits a schema at all: nearly all of them do, and no more is asked of those.

Holds to the same reading of the keywords as ``schema``, which says of a value that does not fit what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

TYPES: Final[Mapping[str, type]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "array": list,
    "object": dict,
    "null": type(None),
}

Schema = Mapping[str, Any]
Fits = Callable[[Any], bool]


@cache
def pattern_of(pattern: str) -> Callable[[str], object]:
    """A pattern's search. A final ``$`` is the end of the text, and not also the place before a last newline."""
    return re.compile(re.sub(r"\$(?=\||\Z)", r"\\Z", pattern)).search


class Fitting:
    """Makes each part of a schema one function, once. A part may name another that holds it."""

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions
        self._made: dict[str, Fits] = {}

    def of(self, node: Schema) -> Fits:
        """What says whether a value fits a part of the schema."""
        if "$ref" in node:
            return self._named(node["$ref"].removeprefix("#/$defs/"))
        if "anyOf" in node:
            return self._either(node["anyOf"])
        typed = self._typed(node) if "type" in node else None
        if "const" in node:
            return _all_of(lambda value: bool(value == node["const"]), typed)
        if "enum" in node:
            words = frozenset(node["enum"])
            return _all_of(lambda value: isinstance(value, str) and value in words, typed)
        return typed or (lambda value: True)

    def _named(self, name: str) -> Fits:
        def later(value: Any) -> bool:
            """For a part that names itself."""
            return self._made[name](value)

        if name not in self._made:
            self._made[name] = later
            self._made[name] = self.of(self._definitions[name])
        return self._made[name]

    def _either(self, choices: list[Schema]) -> Fits:
        """The first choice of the value's type decides; without one, a constant may be it."""
        typed = [(_types(choice), self.of(choice)) for choice in choices if "type" in choice]
        constants = [choice["const"] for choice in choices if "const" in choice]

        def fits(value: Any) -> bool:
            for types, choice in typed:
                if type(value) in types:
                    return choice(value)
            return any(value == constant for constant in constants)

        return fits

    def _typed(self, node: Schema) -> Fits:
        types = _types(node)
        inner: dict[type, Fits] = {}
        if "pattern" in node:
            search = pattern_of(node["pattern"])
            inner[str] = lambda value: search(value) is not None
        if dict in types:
            inner[dict] = self._mapping(node)
        if list in types:
            inner[list] = self._list(node)
        if "minimum" in node or "maximum" in node:
            least, most = node.get("minimum", float("-inf")), node.get("maximum", float("inf"))
            inner[int] = lambda value: least <= value <= most

        def fits(value: Any) -> bool:
            kind = type(value)
            if kind not in types:
                return False
            below = inner.get(kind)
            return below is None or below(value)

        return fits

    def _mapping(self, node: Schema) -> Fits:
        known = {key: self.of(below) for key, below in node.get("properties", {}).items()}
        required, least = frozenset(node.get("required", ())), node.get("minProperties", 0)
        free = self._free(node)

        def fits(value: dict[str, Any]) -> bool:
            for key, below in value.items():
                part = known.get(key)
                if not (free(key, below) if part is None else part(below)):
                    return False
            return required <= value.keys() and len(value) >= least

        return fits

    def _free(self, node: Schema) -> Callable[[str, Any], bool]:
        """What says whether a key that has no part of its own may stand there, with its value."""
        other = node.get("additionalProperties", True)
        if other is False:
            return lambda key, value: False
        names = self.of(node["propertyNames"]) if "propertyNames" in node else (lambda key: True)
        values = self.of(other) if isinstance(other, dict) else (lambda value: True)
        return lambda key, value: names(key) and values(value)

    def _list(self, node: Schema) -> Fits:
        least, unique = node.get("minItems", 0), node.get("uniqueItems", False)
        item = self.of(node["items"]) if "items" in node else None

        def fits(value: list[Any]) -> bool:
            if len(value) < least or (item is not None and not all(map(item, value))):
                return False
            return not unique or _is_unique(value)

        return fits


def _types(node: Schema) -> frozenset[type]:
    declared = node["type"]
    return frozenset(TYPES[name] for name in ([declared] if isinstance(declared, str) else declared))


def _all_of(first: Fits, second: Fits | None) -> Fits:
    return first if second is None else lambda value: first(value) and second(value)


def _is_unique(value: list[Any]) -> bool:
    if all(isinstance(item, str) for item in value):
        return len(set(value)) == len(value)
    return not any(item in value[:index] for index, item in enumerate(value))
