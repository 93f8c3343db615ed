"""A quick look at lines of records: whether they are plainly in their one canonical form, and what heads them.

Quick, because C does nearly all of it: a chunk of lines is decoded at once, written again with sorted keys, compared.
What that cannot decide (fractions, explicit nulls, gaps) is left to the exact way.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec

from grc import canonical
from grc.evidence.shapes import MISSED, look_closer
from grc.model.evidence import Population

NEEDED: Final = frozenset({"body", "collected", "kind", "origin", "place", "subject"})
TEXT: Final = frozenset({str})

Lines = list[dict[str, Any]]


def plainly_canonical(chunk: bytes) -> Lines | None:
    """The lines of a chunk of whole lines, if each is plainly in its canonical form; None: look closer."""
    if b"null" in chunk:
        return None
    try:
        found = _DECODER.decode_lines(chunk)
        written = _ENCODER.encode_lines(found)
    except MISSED:
        return None
    return found if written == chunk else None


def headed(population: Population, line: dict[str, Any]) -> tuple[str, datetime] | None:
    """The subject of a record of this population, and when it was collected; None: look closer."""
    more = line.keys() - NEEDED
    if len(line) - len(more) != len(NEEDED) or not all(_is_right(name, line[name]) for name in more):
        return None
    unit = population.unit
    if (line["kind"], line["place"], line["origin"]) != (unit.kind, unit.place, population.origin.value):
        return None
    subject, body, collected = line["subject"], line["body"], moment(line["collected"])
    if type(subject) is not str or type(body) is not dict or collected is None:
        return None
    return subject, collected


def _is_right(name: str, value: object) -> bool:
    if name == "tags":
        return type(value) is dict and TEXT.issuperset(map(type, value.values()))
    return (name == "file" and type(value) is str) or (name == "line" and type(value) is int)


@lru_cache(maxsize=4096)
def moment(text: object) -> datetime | None:
    """The instant of a text in its one form; None for any other."""
    if type(text) is not str:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found if canonical.plain_instant(found) == text else None
    except ValueError:
        return None


_DECODER: Final = msgspec.json.Decoder(dict[str, Any], float_hook=look_closer)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")
