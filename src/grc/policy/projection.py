"""Decodes evidence to just the fields that compiled checks touch: projection push-down.

Fields are named by their place in the declared shape (``f0``, ``f1``), so a compiled check and a decoder made for other
checks of the kind agree on names without knowing of each other. Explicit nulls, numbers beyond 64 bits and values of
another type than declared are refused by the decoder: the exact interpreter judges such a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Annotated, Any, Final

import msgspec

from grc.model.types import ListType, MapType, ObjectType, Primitive, Type

Touched = Set[tuple[ObjectType, str]]
"""Declared objects and the fields of theirs that are read."""

INT64: Final = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A CEL int."""
ANYTHING: Final = bool | int | float | str | list[Any] | dict[str, Any]
"""Untyped JSON, but no null at the top: null there would read as absent."""

PRIMITIVES: Final[Mapping[Primitive, Any]] = {
    Primitive.BOOL: bool,
    Primitive.INT: INT64,
    Primitive.DOUBLE: float,
    Primitive.STRING: str,
    Primitive.TIMESTAMP: str,  # read as an instant only where a check uses it
    Primitive.DYN: ANYTHING,
}


class GapPath(msgspec.Struct, frozen=True, gc=False):
    """Of a record's gaps, only where they are."""

    path: str


def record_type(shape: ObjectType, touched: Touched, *, tags: bool) -> type[msgspec.Struct]:
    """The type of an evidence line decoded to what is touched: ``subject``, ``gaps``, ``tags`` and ``body``.

    What is absent reads as None.
    """
    optional: list[Any] = [("gaps", list[GapPath], None)]
    if tags:
        optional.append(("tags", dict[str, str], None))
    return msgspec.defstruct("Line", [("body", projected(shape, touched)), ("subject", str), *optional], gc=False)


def attribute(shape: ObjectType, field: str) -> str:
    """The positional name of a declared field."""
    return f"f{list(shape.fields).index(field)}"


def projected(shape: ObjectType, touched: Touched) -> type[msgspec.Struct]:
    """A struct of the touched fields of an object, those below them alike."""
    names = sorted(name for name in shape.fields if (shape, name) in touched)
    return msgspec.defstruct(
        "Part",
        [(attribute(shape, name), decoded(shape.fields[name].type, touched), None) for name in names],
        rename={attribute(shape, name): name for name in names},
        gc=False,
        omit_defaults=True,
    )


def decoded(declared: Type, touched: Touched) -> Any:
    """The type that a value is decoded as."""
    match declared:
        case ObjectType():
            return projected(declared, touched)
        case ListType():
            return list[decoded(declared.element, touched)]  # type: ignore[misc]
        case MapType():
            return dict[str, decoded(declared.value, touched)]  # type: ignore[misc]
        case Primitive() if declared in PRIMITIVES:
            return PRIMITIVES[declared]
        case _:
            raise TypeError(f"JSON evidence holds no {declared}")


def touched_by(shape: ObjectType, paths: Iterable[str]) -> Iterator[tuple[ObjectType, str]]:
    """What dotted paths touch, list indexes and map keys left out: each step, and all below the last."""
    for path in paths:
        yield from _touched(shape, path.split(".") if path else [])


def _touched(declared: Type, steps: list[str]) -> Iterator[tuple[ObjectType, str]]:
    match declared:
        case ListType():
            yield from _touched(declared.element, steps)
        case MapType():
            yield from _touched(declared.value, steps)
        case ObjectType() if steps:
            if steps[0] in declared.fields:
                yield declared, steps[0]
                yield from _touched(declared.fields[steps[0]].type, steps[1:])
        case ObjectType():
            for name, field in declared.fields.items():
                yield declared, name
                yield from _touched(field.type, [])
