"""Reads one value of a translation off a planned resource: a fact, an absence, or gaps at exact paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.policydocument import normalise
from grc.collect.strictjson import read_json
from grc.collect.terraform.plan import PlannedResource
from grc.collect.terraform.translation import Value
from grc.model.evidence import Gap, GapReason

ABSENT: Final = object()
"""The argument is not set: after apply the field is absent."""


@dataclass(slots=True)
class Reading:
    """Reads values off one resource and keeps the gaps met, each at its path in the record."""

    resource: PlannedResource
    gaps: list[Gap] = field(default_factory=list)

    def value(self, at: str, value: Value) -> Any:
        """The value of the field at path ``at``, or ABSENT; where it is not known, a gap is noted too."""
        level = (self.resource.values, self.resource.unknown, self.resource.sensitive)
        return self._value(at, value, level, top=True)

    def _value(self, at: str, value: Value, level: tuple[Any, Any, Any], *, top: bool = False) -> Any:
        if isinstance(value, str):
            return self._argument(at, value, {}, level, top=top)
        if "object" in value:
            return self._object(at, value["object"], level)
        found = self._argument(at, value["from"], value, level, top=top)
        if found is ABSENT:
            return ABSENT
        unknown = _below(level[1], value["from"])
        sensitive = _below(level[2], value["from"])
        if "each" in value:
            return self._each(at, value["each"], found, unknown, sensitive)
        if "first" in value:
            # A block that stands at most once is a list in Terraform: its only element is the object.
            if not found:
                return ABSENT
            return self._object(at, value["first"], (found[0], _at(unknown, 0), _at(sensitive, 0)))
        if "wrap" in value:
            return self._wrap(at, value["wrap"], found, unknown)
        return self._decode(at, found) if value.get("decode") == "json" else found

    def _argument(self, at: str, name: str, value: Mapping[str, Any], level: tuple[Any, Any, Any], *, top: bool) -> Any:
        values, unknown, sensitive = level
        unset = value.get("unset")
        if unset is not None and top and self.resource.created and name not in self.resource.references:
            known = values.get(name)
            return unset["value"] if known is None else known
        if _below(sensitive, name) is True:
            return self._gap(at, GapReason.NOT_PROVIDED, f"{name} is marked sensitive in the plan")
        if _below(unknown, name) is True:
            return self._gap(at, GapReason.UNKNOWN_UNTIL_APPLY, f"{name} is known after apply")
        found = values.get(name)
        return ABSENT if found is None else found

    def _object(self, at: str, fields: Mapping[str, Value], level: tuple[Any, Any, Any]) -> Any:
        read = {name: self._value(f"{at}.{name}", value, level) for name, value in fields.items()}
        return {name: value for name, value in read.items() if value is not ABSENT}

    def _each(self, at: str, fields: Mapping[str, Value], blocks: Any, unknown: Any, sensitive: Any) -> Any:
        return [
            self._object(f"{at}[{index}]", fields, (block, _at(unknown, index), _at(sensitive, index)))
            for index, block in enumerate(blocks)
        ]

    def _wrap(self, at: str, name: str, texts: Any, unknown: Any) -> Any:
        wrapped: list[dict[str, Any]] = []
        for index, text in enumerate(texts if isinstance(texts, list) else [texts]):
            if text is None or _at(unknown, index) is True:
                self._gap(f"{at}[{index}].{name}", GapReason.UNKNOWN_UNTIL_APPLY, "known after apply")
                wrapped.append({})
            else:
                wrapped.append({name: text})
        return wrapped

    def _decode(self, at: str, text: Any) -> Any:
        try:
            return normalise(read_json(text.encode("utf-8")))
        except (AttributeError, ValueError):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a JSON policy document")

    def _gap(self, at: str, reason: GapReason, detail: str) -> Any:
        self.gaps.append(Gap(path=at, reason=reason, call="terraform plan", detail=detail))
        return ABSENT


def _below(mirror: Any, name: str) -> Any:
    """The mirror of an argument: true stands for all below it."""
    return mirror.get(name) if isinstance(mirror, dict) else mirror is True


def _at(mirror: Any, index: int) -> Any:
    if isinstance(mirror, list):
        return mirror[index] if index < len(mirror) else False
    return mirror is True
