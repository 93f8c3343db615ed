"""Makes a record's body of what a file holds: by the kind's schema, redacted, with a gap where it breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from functools import cached_property
from typing import Any, Final

from grc.collect.persons import Pseudonyms
from grc.model.evidence import Gap, GapReason
from grc.model.kind import Kind
from grc.model.types import Field, ListType, MapType, ObjectType, Primitive, Redaction, Type

INTEGERS: Final = range(-(2**63), 2**63)
FROM_TEXT: Final = frozenset({Primitive.INT, Primitive.DOUBLE, Primitive.BOOL})
TRUTHS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
LEFT: Final = object()
"""What is not kept: it broke the schema, is null, or is secret."""

At = tuple[str | int, ...]


@dataclass(slots=True)
class Shaped:
    """A record's body, the gaps in it, and the names that the schema does not declare."""

    body: dict[str, Any] = field(default_factory=dict)
    gaps: set[Gap] = field(default_factory=set)
    undeclared: set[str] = field(default_factory=set)


class Shaping:
    """Shapes the records of one kind. ``redact`` is what the workspace says beyond the schema, by top-level field."""

    def __init__(
        self,
        kind: Kind,
        timezone: tzinfo,
        pseudonyms: Pseudonyms | None,
        redact: Mapping[str, Redaction],
        *,
        texts: bool,
    ) -> None:
        self.kind = kind
        self.timezone = timezone
        self.pseudonyms = pseudonyms
        self.redact = redact
        self.texts = texts

    @cached_property
    def _validator(self) -> Any:
        from jsonschema import Draft202012Validator

        return Draft202012Validator(self.kind.document["schema"])  # type: ignore[arg-type]  # the loader has read it

    def shape(self, value: Mapping[str, Any]) -> Shaped:
        """The body of one record."""
        shaped = Shaped()
        typed = self._from_texts(value) if self.texts else _without_nulls(value)
        broken = dict(self._broken(typed))
        for at, keyword in broken.items():
            detail = f"is not as the schema says: `{keyword}`"
            shaped.gaps.add(Gap(path=_written(at), reason=GapReason.MALFORMED, detail=detail))
        found = self._object(typed, self.kind.shape, (), frozenset(broken), shaped)
        shaped.body = found if isinstance(found, dict) else {}
        return shaped

    def _from_texts(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Cells are texts: what the schema wants as a number or a truth value is made one; an empty cell is absent."""
        found: dict[str, Any] = {}
        for name, cell in cells.items():
            declared = self.kind.shape.fields.get(name)
            text = str(cell).strip()
            if not text:
                continue
            if declared is not None and isinstance(declared.type, ListType):
                found[name] = [_typed(part.strip(), declared.type.element) for part in text.split(";") if part.strip()]
            else:
                found[name] = text if declared is None else _typed(text, declared.type)
        return found

    def _broken(self, value: Mapping[str, Any]) -> Iterator[tuple[At, str]]:
        """Where the value breaks the schema, as the nearest place that a check can read, and the keyword broken."""
        for error in self._validator.iter_errors(value):
            at: At = tuple(error.absolute_path)
            if error.validator in ("additionalProperties", "unevaluatedProperties"):
                continue
            missing: list[At] = [()]
            if error.validator == "required":
                missing = [(name,) for name in error.validator_value if name not in error.instance]
            for more in missing:
                yield _readable(self.kind.shape, (*at, *more)), str(error.validator)

    def _object(self, value: Any, shape: ObjectType, at: At, broken: frozenset[At], shaped: Shaped) -> Any:
        if not isinstance(value, dict):
            return LEFT
        found: dict[str, Any] = {}
        for name, below in value.items():
            declared = shape.fields.get(name)
            if declared is None:
                shaped.undeclared.add(name)
                continue
            here = (*at, name)
            kept = LEFT if here in broken else self._kept(below, declared, here, broken, shaped)
            if kept is not LEFT:
                found[name] = kept
        return found

    def _kept(self, value: Any, declared: Field, at: At, broken: frozenset[At], shaped: Shaped) -> Any:
        told = self.redact.get(str(at[0]), declared.personal) if len(at) == 1 else declared.personal
        if declared.secret or told is Redaction.DROP:
            return LEFT
        found = self._value(value, declared.type, at, broken, shaped)
        return found if told is None or found is LEFT else self._pseudonym(found)

    def _pseudonym(self, value: Any) -> Any:
        """Whatever could be a person's name in it, in lists too; what is no text has none."""
        if isinstance(value, list):
            return [self._pseudonym(one) for one in value]
        if isinstance(value, dict):
            return LEFT
        assert self.pseudonyms is not None, "a workspace with personal fields has a key"
        return self.pseudonyms.of(str(value))

    def _value(self, value: Any, kind: Type, at: At, broken: frozenset[At], shaped: Shaped) -> Any:
        match kind:
            case ObjectType():
                return self._object(value, kind, at, broken, shaped)
            case ListType():
                members = [
                    self._value(below, kind.element, (*at, index), broken, shaped) for index, below in enumerate(value)
                ]
                return [member for member in members if member is not LEFT]
            case MapType():
                return {
                    name: self._value(below, kind.value, (*at, name), broken, shaped) for name, below in value.items()
                }
            case Primitive.TIMESTAMP | Primitive.INT | Primitive.DOUBLE:
                return self._scalar(value, kind, at, shaped)
            case _:
                return value

    def _scalar(self, value: Any, kind: Type, at: At, shaped: Shaped) -> Any:
        try:
            if kind is Primitive.TIMESTAMP:
                return _instant(str(value), self.timezone)
            if kind is Primitive.DOUBLE:
                return float(value)
            if int(value) not in INTEGERS:
                raise ValueError("is beyond every integer")
            return int(value)
        except (ValueError, OverflowError):
            detail = "is no date, no time with its offset, or a number beyond every one that is kept"
            path = _written(_readable(self.kind.shape, at))
            shaped.gaps.add(Gap(path=path, reason=GapReason.MALFORMED, detail=detail))
            return LEFT


def _typed(text: str, kind: Type) -> Any:
    """A cell as what the schema wants; one that is not stays text, and so breaks the schema."""
    if kind not in FROM_TEXT:
        return text
    if kind is Primitive.BOOL:
        return TRUTHS.get(text.casefold(), text)
    try:
        return int(text) if kind is Primitive.INT else float(text)
    except ValueError:
        return text


def _without_nulls(value: Any) -> Any:
    """The value without nulls: what is null is not set."""
    if isinstance(value, dict):
        return {name: _without_nulls(below) for name, below in value.items() if below is not None}
    if isinstance(value, list):
        return [_without_nulls(below) for below in value if below is not None]
    return value


def _readable(shape: Type, at: At) -> At:
    """The part of a path that names a declared field: below a list or a map of anything, the list or map itself."""
    found: list[str | int] = []
    kind: Type = shape
    for step in at:
        if isinstance(kind, ListType) and isinstance(step, int) and isinstance(kind.element, ObjectType):
            kind = kind.element
        elif isinstance(kind, ObjectType) and step in kind.fields:
            kind = kind.fields[str(step)].type
        else:
            break
        found.append(step)
    while found and isinstance(found[-1], int):
        found.pop()
    return tuple(found)


def _written(at: Sequence[str | int]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)
    return text.removeprefix(".")


def _instant(text: str, timezone: tzinfo) -> str:
    """A day is 00:00 in the organisation's time zone; a time says its own offset."""
    if len(text) == 10:
        moment = datetime.combine(date.fromisoformat(text), time(), timezone)
    else:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("has no offset")
    told = moment.astimezone(UTC)
    if told.year < 1899:
        raise ValueError("lies before the year 1900")
    return told.replace(tzinfo=None).isoformat() + "Z"
