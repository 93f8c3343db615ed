"""What the schemas of the kinds say about fields that do not reach a pack as they were received."""

from __future__ import annotations

from collections.abc import Iterator

from grc.evidence.manifest import Redacted
from grc.model.kind import Kind
from grc.model.types import Field, ListType, MapType, ObjectType, OptionalType, Type


def redactions_of(kind: Kind) -> tuple[Redacted, ...]:
    """The fields of a kind that are dropped or made pseudonyms, by path."""
    return tuple(sorted(Redacted(kind=kind.name, path=path, how=how) for path, how in _below(kind.shape, "")))


def _below(found: Type, at: str) -> Iterator[tuple[str, str]]:
    match found:
        case ListType(element=inner) | MapType(value=inner) | OptionalType(value=inner):
            yield from _below(inner, at)
        case ObjectType(fields=fields):
            for name, field in fields.items():
                yield from _field(field, f"{at}.{name}" if at else name)
        case _:
            return


def _field(field: Field, at: str) -> Iterator[tuple[str, str]]:
    if field.secret:
        yield at, "secret"
    if field.personal is not None:
        yield at, field.personal.value
    yield from _below(field.type, at)
