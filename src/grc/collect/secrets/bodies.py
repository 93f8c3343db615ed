"""JSON data without its secrets, and without a gap unsaid: what was taken out is a place that was not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from grc.collect.secrets.names import of_name
from grc.collect.secrets.texts import Scrubbed, mark, scrub
from grc.model.evidence import Gap, GapReason
from grc.model.types import ListType, MapType, ObjectType, Primitive, Type

NAMES: Final = ("Key", "key", "Name", "name", "ParameterKey", "OptionName", "OutputKey")
VALUES: Final = ("Value", "value", "ParameterValue", "OutputValue")
"""Members of an object that is a pair of a name, which is data, and its value."""
ANY: Final = "*"

Removed = Counter[tuple[str, str, str]]
"""Path, how and rule, as in ``Removal``."""
At = tuple[str | int, ...]


class Cleaner:
    """Takes secrets out and counts them. ``gaps`` are the places of a body that held one.

    A name that is declared is no data, and says nothing of what it holds: the schema's own mark does.
    """

    def __init__(self, removed: Removed) -> None:
        self.gaps: list[Gap] = []
        self._removed = removed

    def data(self, value: Any, shape: Type = Primitive.DYN) -> Any:
        """JSON data without its secrets; the very same value where there are none."""
        return self._value(value, shape, (), "", None)

    def tags(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Tags without secrets, in names and in values."""
        return {self.text(key): self._counted(_found(value, key), "tags").text for key, value in tags.items()}

    def text(self, text: str, path: str = "") -> str:
        """A text without its secrets, counted at a path."""
        return self._counted(scrub(text), path).text

    def _value(self, value: Any, shape: Type, at: At, path: str, name: str | None) -> Any:
        if isinstance(value, str):
            return self._leaf(value, at, path, name)
        if isinstance(value, Mapping):
            return self._mapping(value, shape, at, path)
        if isinstance(value, (list, tuple)):
            inner = shape.element if isinstance(shape, ListType) else Primitive.DYN
            made = [self._value(each, inner, (*at, index), path, name) for index, each in enumerate(value)]
            return made if any(new is not old for new, old in zip(made, value, strict=True)) else value
        return value

    def _mapping(self, value: Mapping[str, Any], shape: Type, at: At, path: str) -> Mapping[str, Any]:
        made = {self._key(key, shape, path): self._member(value, key, shape, at, path) for key in value}
        same = len(made) == len(value) and all(key in value and value[key] is new for key, new in made.items())
        return value if same else made

    def _key(self, key: str, shape: Type, path: str) -> str:
        return key if isinstance(shape, ObjectType) and key in shape.fields else self.text(key, _below(path, ANY))

    def _member(self, value: Mapping[str, Any], key: str, shape: Type, at: At, path: str) -> Any:
        pair = (
            next((value[name] for name in NAMES if isinstance(value.get(name), str)), None) if key in VALUES else None
        )
        if isinstance(shape, ObjectType) and key in shape.fields:
            return self._value(value[key], shape.fields[key].type, (*at, key), _below(path, key), pair)
        inner = shape.value if isinstance(shape, MapType) else Primitive.DYN
        return self._value(value[key], inner, (*at, key), _below(path, ANY), pair or key)

    def _leaf(self, text: str, at: At, path: str, name: str | None) -> str:
        found = self._counted(_found(text, name), path)
        if found.sorts:
            sorts = ", ".join(sorted(set(found.sorts)))
            self.gaps.append(Gap(path=_place(at), reason=GapReason.NOT_PROVIDED, detail=f"a secret was here: {sorts}"))
        return found.text

    def _counted(self, found: Scrubbed, path: str) -> Scrubbed:
        self._removed.update((path, "secret", sort) for sort in found.sorts)
        return found


def _found(text: str, name: str | None) -> Scrubbed:
    found = scrub(text)
    sort = of_name(name, text) if name is not None and not found.sorts else None
    return found if sort is None else Scrubbed(mark(sort), (sort,))


def _below(path: str, name: str) -> str:
    """A path that stops where names are data: those are many, and may themselves say too much."""
    if path.endswith(ANY):
        return path
    return f"{path}.{name}" if path else name


def _place(at: At) -> str:
    """A place as a gap writes it, without what a name there may hold."""
    text = ""
    for step in at:
        text += f"[{step}]" if isinstance(step, int) else f".{scrub(step).text}" if text else scrub(step).text
    return text
