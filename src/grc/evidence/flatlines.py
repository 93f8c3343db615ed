"""The lines of records whose bodies hold no lists, mappings and fractions: the canonical form, written many at once.

The quicker encoder writes texts, truth values and whole numbers as the canonical form does, and fractions not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, Final

import msgspec

from grc import canonical
from grc.model.evidence import Record

KEYS: Final = frozenset({str})
FLAT: Final = frozenset({str, bool, int})
ENCODER: Final = msgspec.json.Encoder(order="sorted")
AROUND: Final = attrgetter("collected", "file", "kind", "origin", "place")


def flat_lines(records: Sequence[Record]) -> list[bytes] | None:
    """A canonical line each, with its newline; None where one of the records is not of this form.

    Raises:
        ValueError: a record was collected at an instant without a time zone.
    """
    if any(record.gaps or record.tags is not None for record in records):
        return None
    bodies = [record.body for record in records]
    if not _are_flat(bodies):
        return None
    try:
        written = zip(
            ENCODER.encode_lines(bodies).splitlines(),
            map(AROUND, records),
            [record.line for record in records],
            ENCODER.encode_lines([record.subject for record in records]).splitlines(),
            strict=True,
        )
    except (OverflowError, UnicodeEncodeError):  # a number of more than 64 bits, or half a surrogate pair
        return None
    return [_line(body, _around(*around), line, subject) for body, around, line, subject in written]


def _are_flat(bodies: list[Any]) -> bool:
    if set(map(type, bodies)) != {dict} or not KEYS.issuperset(map(type, set().union(*bodies))):
        return False
    return FLAT.issuperset(map(type, chain.from_iterable(map(dict.values, bodies))))


def _line(body: bytes, around: tuple[bytes, bytes], line: int | None, subject: bytes) -> bytes:
    at = b"" if line is None else b',"line":%d' % line
    return b'{"body":%b%b%b%b%b}\n' % (body, around[0], at, around[1], subject)


@lru_cache(64)  # the records of a collection share them
def _around(collected: Any, file: str | None, kind: str, origin: Any, place: str) -> tuple[bytes, bytes]:
    """What stands between a record's body and its line, and between that and its subject."""
    named = {} if file is None else {"file": file}
    before = canonical.encode({"collected": collected, **named, "kind": kind})
    return b"," + before[1:-1], b"," + canonical.encode({"origin": origin, "place": place})[1:-1] + b',"subject":'
