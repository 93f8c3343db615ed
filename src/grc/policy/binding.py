"""Evidence as values of the language: each field of its declared type, an ``Unknown`` where something was not seen.

Only what is read is turned into values; nothing else is ever looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec

from grc.model.catalogue import Parameter, ParameterType, ParameterValue
from grc.model.evidence import Coverage, Gap, GapReason, Origin
from grc.model.identifiers import Place, SubjectId
from grc.model.types import Field, ListType, MapType, ObjectType, Primitive, Type
from grc.policy.reads import joined, minimal
from grc.policy.unification import show
from grc.policy.values import MAX_INT, MIN_INT, PartialList, RecordValue, Unknown, Value, unknown_at

SUBJECT: Final = ObjectType(
    "subject",
    {
        "id": Field(type=Primitive.STRING, nullable=False),
        "place": Field(type=Primitive.STRING, nullable=False),
        "origin": Field(type=Primitive.STRING, nullable=False, enum=tuple(str(origin) for origin in Origin)),
        "tags": Field(type=MapType(Primitive.STRING, Primitive.STRING), nullable=False),
    },
)
ORG: Final = MapType(Primitive.STRING, Primitive.DYN)
PARAMETER_TYPES: Final[Mapping[ParameterType, Type]] = {
    ParameterType.INT: Primitive.INT,
    ParameterType.STRING: Primitive.STRING,
    ParameterType.BOOL: Primitive.BOOL,
    ParameterType.LIST: ListType(Primitive.STRING),
    ParameterType.DAYS: Primitive.DURATION,
}
TIMESTAMP: Final = Annotated[datetime, msgspec.Meta(tz=True)]

Tree = Mapping[str, "Tree"]
Step = str | int


def record(
    body: Mapping[str, object],
    shape: ObjectType,
    *,
    reads: Iterable[str] = ("",),
    gaps: Iterable[Gap] = (),
    coverage: Coverage | None = None,
) -> RecordValue | Unknown:
    """One record's body, with an ``Unknown`` at each gap and at each read path that ``coverage`` leaves out.

    ``coverage`` None means that everything was seen. A value of another type than declared, and an explicit null, are
    unknown too: ``malformed``.
    """
    wanted = frozenset(reads)
    value: Value = _maker(shape, wanted)(body, "")
    for gap in sorted(gaps):
        value = _place(value, steps(gap.path), unknown_at(gap))
    if coverage is not None:
        for path in sorted(_spelled_out(wanted, shape)):
            if not coverage.covers(path):
                value = _uncover(value, tuple(path.split(".")), "", coverage)
    assert isinstance(value, (RecordValue, Unknown))
    return value


def subject(name: SubjectId, place: Place, origin: Origin, tags: Mapping[str, str] | None) -> RecordValue:
    """The variable ``subject``. ``tags`` None: they were not read."""
    unread = Gap(path="tags", reason=GapReason.NOT_REQUESTED)
    fields: dict[str, Value] = {"id": str(name), "place": str(place), "origin": str(origin)}
    fields["tags"] = unknown_at(unread) if tags is None else dict(tags)
    return RecordValue(fields, SUBJECT)


def parameters_shape(parameters: Iterable[Parameter]) -> ObjectType:
    """The type of the variable ``params``."""
    fields = {
        each.name: Field(type=PARAMETER_TYPES[each.type], nullable=False, enum=each.one_of) for each in parameters
    }
    return ObjectType("params", fields)


def parameters(
    declared: Iterable[Parameter], shape: ObjectType, overrides: Mapping[str, ParameterValue] | None = None
) -> RecordValue:
    """The variable ``params``: effective values, or ``overrides`` for some of them."""
    given = overrides or {}
    return RecordValue({each.name: _parameter(each.type, given.get(each.name, each.value)) for each in declared}, shape)


def _parameter(kind: ParameterType, value: ParameterValue) -> Value:
    if kind is ParameterType.DAYS:
        assert isinstance(value, int)
        return timedelta(days=value)
    return list(value) if isinstance(value, (tuple, list)) else value


def conforms(raw: object, kind: Type) -> bool:
    """Whether JSON is a value of the type, at its outermost level."""
    return not isinstance(_made(kind, {})(raw, ""), Unknown)


Make = Callable[[Any, str], Value]
"""Turns JSON into a value; the text is where it stands, with indexes."""


@lru_cache(maxsize=4096)
def _maker(shape: ObjectType, reads: frozenset[str]) -> Make:
    """What makes values of the records of a kind, along the paths that are read."""
    return _object(shape, _tree(reads))


def _tree(paths: frozenset[str]) -> Tree:
    """The paths as nested mappings; an empty one wants all below."""
    root: dict[str, Any] = {}
    for path in sorted(minimal(paths)):
        node = root
        for step in path.split(".") if path else ():
            node = node.setdefault(step, {})
    return root


def _made(kind: Type, wanted: Tree) -> Make:
    match kind:
        case Primitive() if kind in _SCALARS:
            return _scalar(_SCALARS[kind], kind.value)
        case ObjectType():
            return _object(kind, wanted)
        case ListType():
            return _list(_made(kind.element, wanted), show(kind))
        case MapType():
            return _map(_made(kind.value, wanted), show(kind))
        case _:
            return lambda raw, at: _malformed(at, show(kind))


def _scalar(convert: Callable[[object], Value], wanted: str) -> Make:
    def make(raw: object, at: str) -> Value:
        value = convert(raw)
        return _malformed(at, wanted) if value is None else value

    return make


def _object(shape: ObjectType, wanted: Tree) -> Make:
    fields = [
        (name, _made(shape.fields[name].type, wanted.get(name, {})))
        for name in wanted or shape.fields
        if name in shape.fields
    ]

    def make(raw: object, at: str) -> Value:
        if not isinstance(raw, Mapping):
            return _malformed(at, shape.name)
        above = f"{at}." if at else ""
        return RecordValue({name: part(raw[name], above + name) for name, part in fields if name in raw}, shape, at)

    return make


def _list(element: Make, wanted: str) -> Make:
    def make(raw: object, at: str) -> Value:
        if not isinstance(raw, (list, tuple)):
            return _malformed(at, wanted)
        return [element(each, f"{at}[{index}]") for index, each in enumerate(raw)]

    return make


def _map(value: Make, wanted: str) -> Make:
    def make(raw: object, at: str) -> Value:
        if not isinstance(raw, Mapping):
            return _malformed(at, wanted)
        return {key: value(each, f"{at}.{key}") for key, each in raw.items()}

    return make


def _malformed(at: str, wanted: str) -> Unknown:
    return unknown_at(Gap(path=at, reason=GapReason.MALFORMED, detail=f"the value is not {wanted}"))


def _whole(raw: object) -> int | None:
    return raw if type(raw) is int and MIN_INT <= raw <= MAX_INT else None


def _number(raw: object) -> float | None:
    return float(raw) if type(raw) is int or type(raw) is float else None


def _instant(raw: object) -> datetime | None:
    if not isinstance(raw, str):
        return None
    try:
        found: datetime = msgspec.convert(raw, TIMESTAMP)
    except msgspec.ValidationError:
        return None
    return found


_SCALARS: Final[Mapping[Primitive, Callable[[object], Value]]] = {
    Primitive.BOOL: lambda raw: raw if isinstance(raw, bool) else None,
    Primitive.INT: _whole,
    Primitive.DOUBLE: _number,
    Primitive.STRING: lambda raw: raw if isinstance(raw, str) else None,
    Primitive.TIMESTAMP: _instant,
    Primitive.DYN: lambda raw: raw,
}


def steps(path: str) -> tuple[Step, ...]:
    """``IpPermissions[0].IpRanges`` as its steps."""
    found: list[Step] = []
    for part in path.split(".") if path else ():
        name, *indexes = part.replace("]", "").split("[")
        found += [name] if name else []
        found += [int(index) if index.isdecimal() else index for index in indexes]
    return tuple(found)


def _place(value: Value, way: tuple[Step, ...], unknown: Unknown) -> Value:
    """The value with the unknown at the path, or at the nearest place above it that is there.

    A map with something unknown in it is unknown as a whole.
    """
    if not way:
        return unknown
    step, rest = way[0], way[1:]
    match value:
        case RecordValue():
            return _place_field(value, str(step), rest, unknown)
        case list() if isinstance(step, int) and step < len(value):
            return [_place(each, rest, unknown) if at == step else each for at, each in enumerate(value)]
        case list() if isinstance(step, int):
            return PartialList(value, unknown)
        case list():
            return [_place(each, way, unknown) for each in value]
        case _:
            return unknown


def _place_field(owner: RecordValue, field: str, rest: tuple[Step, ...], unknown: Unknown) -> RecordValue:
    if field not in owner.shape.fields:
        return owner
    found = _place(owner.fields[field], rest, unknown) if field in owner.fields else unknown
    return RecordValue({**owner.fields, field: found}, owner.shape, owner.path)


def _spelled_out(paths: frozenset[str], shape: ObjectType) -> frozenset[str]:
    return frozenset(shape.fields) if "" in paths else paths


def _uncover(value: Value, way: tuple[str, ...], above: str, coverage: Coverage) -> Value:
    """The value with unknowns where a path that was not looked at stands, or would stand."""
    match value:
        case list():
            return [_uncover(each, way, above, coverage) for each in value]
        case PartialList():
            return PartialList([_uncover(each, way, above, coverage) for each in value.items], value.unknown)
        case RecordValue():
            return _uncover_field(value, way, joined(above, way[0]), coverage)
        case _:
            return value


def _uncover_field(owner: RecordValue, way: tuple[str, ...], path: str, coverage: Coverage) -> RecordValue:
    field, rest = way[0], way[1:]
    looked_inside = any(each.startswith(path + ".") for each in coverage.paths)
    if rest and looked_inside and field in owner.fields:
        found = _uncover(owner.fields[field], rest, path, coverage)
    else:
        found = unknown_at(Gap(path=joined(owner.path, field), reason=coverage.otherwise))
    return RecordValue({**owner.fields, field: found}, owner.shape, owner.path)
