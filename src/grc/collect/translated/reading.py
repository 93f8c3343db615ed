"""Reads one value of a translation off a declared resource: a fact, an absence, or gaps at exact paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.policydocument import normalise
from grc.collect.strictjson import read_json
from grc.collect.translated.resource import DeclaredResource, Untold
from grc.collect.translated.translation import Value
from grc.model.evidence import Gap, GapReason

ABSENT: Final = object()
"""The argument is not set: the field is absent."""

Level = tuple[Any, Any, Any]
"""Arguments of one block, and the mirrors of what is unknown and what is sensitive in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What gaps say of their source: ``call`` (``terraform plan``) and ``noun`` (``plan``)."""

    call: str
    noun: str


@dataclass(slots=True)
class Reading:
    """Reads values off one resource and keeps the gaps met, each at its path in the record."""

    resource: DeclaredResource
    wording: Wording
    gaps: list[Gap] = field(default_factory=list)

    def value(self, at: str, value: Value) -> Any:
        """The value of the field at path ``at``, or ABSENT; where it is not known, a gap is noted too."""
        level = (self.resource.values, self.resource.unknown, self.resource.sensitive)
        return self._value(at, value, level, top=True)

    def _value(self, at: str, value: Value, level: Level, *, top: bool = False) -> Any:
        if not isinstance(value, str) and "object" in value:
            return self._object(at, value["object"], level)
        name, told = (value, {}) if isinstance(value, str) else (value["from"], value)
        found = self._argument(at, name, told, level, top=top)
        if found is ABSENT:
            return ABSENT
        inner = (found, _below(level[1], name), _below(level[2], name))
        if "each" in told:
            return self._each(at, told["each"], inner)
        if "first" in told:
            return self._first(at, told["first"], inner)
        if "wrap" in told:
            return self._wrap(at, told["wrap"], inner)
        return self._decode(at, found) if told.get("decode") == "json" else self._whole(at, inner)

    def _argument(self, at: str, name: str, value: Mapping[str, Any], level: Level, *, top: bool) -> Any:
        values, unknown, sensitive = level
        unset = value.get("unset") if self.resource.created else None
        found = values.get(name)
        if unset is not None and top and name not in self.resource.references:
            return _or_absent(unset["value"] if found is None else found)
        if _below(sensitive, name) is True:
            return self._gap(at, GapReason.NOT_PROVIDED, f"{name} is marked sensitive in the {self.wording.noun}")
        if _is_mark(mark := _below(unknown, name)):
            return self._untold(at, mark, f"{name} is known after apply")
        if found is None and unset is not None:
            return _or_absent(unset["value"])
        if name not in values and not self.resource.exhaustive:
            return self._gap(at, GapReason.NOT_TRANSLATED, f"{name} is not set: what a new one then has is not known")
        return _or_absent(found)

    def _object(self, at: str, fields: Mapping[str, Value], level: Level) -> Any:
        if not isinstance(level[0], Mapping):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a block")
        read = {name: self._value(f"{at}.{name}", value, level) for name, value in fields.items()}
        return {name: value for name, value in read.items() if value is not ABSENT}

    def _each(self, at: str, fields: Mapping[str, Value], level: Level) -> Any:
        if not isinstance(level[0], list):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a list of blocks")
        read = [self._object(f"{at}[{index}]", fields, _element(level, index)) for index in range(len(level[0]))]
        return ABSENT if ABSENT in read else read

    def _first(self, at: str, fields: Mapping[str, Value], level: Level) -> Any:
        """A block that stands at most once is a list in Terraform: its only element is the object."""
        if isinstance(level[0], Mapping):
            return self._object(at, fields, level)
        if not isinstance(level[0], list) or len(level[0]) > 1:
            return self._gap(at, GapReason.PARSE_ERROR, "is not one block")
        return self._object(at, fields, _element(level, 0)) if level[0] else ABSENT

    def _wrap(self, at: str, name: str, level: Level) -> Any:
        texts, unknown, sensitive = level if isinstance(level[0], list) else ([level[0]], level[1], level[2])
        wrapped: list[dict[str, Any]] = []
        for index, text in enumerate(texts):
            if _mark_in(_at(sensitive, index)) is not None:
                self._gap(f"{at}[{index}].{name}", GapReason.NOT_PROVIDED, "marked sensitive")
                wrapped.append({})
            elif (mark := _mark_in(_at(unknown, index))) is not None or text is None:
                self._untold(f"{at}[{index}].{name}", mark, "known after apply")
                wrapped.append({})
            else:
                wrapped.append({name: text})
        return wrapped

    def _whole(self, at: str, level: Level) -> Any:
        """A value taken as it is: what is not known below it is a gap below, in a list of the whole list."""
        value, unknown, sensitive = level
        if isinstance(value, Mapping):
            return self._map(at, value, unknown, sensitive)
        if _mark_in(sensitive) is not None:
            return self._gap(
                at, GapReason.NOT_PROVIDED, f"something in it is marked sensitive in the {self.wording.noun}"
            )
        if (mark := _mark_in(unknown)) is not None:
            return self._untold(at, mark, "something in it is known after apply")
        return value

    def _map(self, at: str, value: Mapping[str, Any], unknown: Any, sensitive: Any) -> Any:
        read = {}
        for name in sorted({*value, *_names(unknown), *_names(sensitive)}):
            below = (value.get(name), _below(unknown, name), _below(sensitive, name))
            found = self._whole(f"{at}.{name}", below)
            if found is not ABSENT and found is not None:
                read[name] = found
        return read

    def _decode(self, at: str, text: Any) -> Any:
        try:
            return normalise(read_json(text.encode("utf-8")) if isinstance(text, str) else text)
        except (UnicodeEncodeError, ValueError):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a JSON policy document")

    def _untold(self, at: str, mark: Any, detail: str) -> Any:
        if isinstance(mark, Untold):
            return self._gap(at, mark.reason, mark.detail)
        return self._gap(at, GapReason.UNKNOWN_UNTIL_APPLY, detail)

    def _gap(self, at: str, reason: GapReason, detail: str) -> Any:
        self.gaps.append(Gap(path=at, reason=reason, call=self.wording.call, detail=detail))
        return ABSENT


def _or_absent(value: Any) -> Any:
    return ABSENT if value is None else value


def _names(mirror: Any) -> tuple[str, ...]:
    return tuple(mirror) if isinstance(mirror, dict) else ()


def _element(level: Level, index: int) -> Level:
    return (level[0][index], _at(level[1], index), _at(level[2], index))


def _below(mirror: Any, name: str) -> Any:
    """The mirror of an argument: a mark stands for all below it."""
    return mirror.get(name) if isinstance(mirror, dict) else _is_mark(mirror) and mirror


def _at(mirror: Any, index: int) -> Any:
    if isinstance(mirror, list):
        return mirror[index] if index < len(mirror) else False
    return _is_mark(mirror) and mirror


def _is_mark(mirror: Any) -> bool:
    return mirror is True or isinstance(mirror, Untold)


def _mark_in(mirror: Any) -> Any:
    """A mark, here or below, or None."""
    if isinstance(mirror, dict):
        mirror = list(mirror.values())
    if isinstance(mirror, list):
        return next((found for found in map(_mark_in, mirror) if found is not None), None)
    return mirror if _is_mark(mirror) else None
