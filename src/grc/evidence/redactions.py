"""What the schemas of the kinds say about fields that do not reach a pack as they were received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from grc.evidence.manifest import Redacted
from grc.model.evidence import Population
from grc.model.kind import Kind
from grc.model.types import Field, ListType, MapType, ObjectType, OptionalType, Type


def redactions_of(kind: Kind) -> tuple[Redacted, ...]:
    """The fields of a kind that are dropped or made pseudonyms, by path."""
    return tuple(sorted(Redacted(kind=kind.name, path=path, how=how) for path, how in _below(kind.shape, "")))


def listed(kinds: Iterable[Kind], populations: Iterable[Population]) -> tuple[Redacted, ...]:
    """Everything that was redacted: what the kinds declare, and what was taken out of the populations, counted."""
    counts: Counter[Redacted] = Counter()
    for population in populations:
        for one in population.removals:
            named = Redacted(kind=population.unit.kind, path=one.path, how=one.how, rule=one.rule)
            counts[named] += one.count
    declared = {one for kind in kinds for one in redactions_of(kind)}
    return tuple(sorted(replace(one, count=counts[one]) for one in declared | counts.keys()))


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
