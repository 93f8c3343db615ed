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
BODY, GAPS, LINE, SUBJECT, TAGS = map(attrgetter, ("body", "gaps", "line", "subject", "tags"))


def flat_lines(records: Sequence[Record]) -> list[bytes] | None:
    """A canonical line each, with its newline; None where one of the records is not of this form.

    Raises:
        ValueError: a record was collected at an instant without a time zone.
    """
    if any(map(GAPS, records)) or any(tags is not None for tags in map(TAGS, records)):
        return None
    bodies = list(map(BODY, records))
    if not _are_flat(bodies):
        return None
    try:
        held = ENCODER.encode_lines(bodies).splitlines()
        subjects = ENCODER.encode_lines(list(map(SUBJECT, records))).splitlines()
    except (OverflowError, UnicodeEncodeError):  # a number of more than 64 bits, or half a surrogate pair
        return None
    parts = zip(held, _around_all(records), map(_at, map(LINE, records)), subjects, strict=True)
    return [
        b'{"body":%b%b%b%b%b}\n' % (body, before, at, after, subject) for body, (before, after), at, subject in parts
    ]


def _around_all(records: Sequence[Record]) -> list[tuple[bytes, bytes]]:
    around = list(map(AROUND, records))
    if around.count(around[0]) == len(around):  # the records of a file share them
        return [_around(*around[0])] * len(around)
    return [_around(*each) for each in around]


def _are_flat(bodies: list[Any]) -> bool:
    if set(map(type, bodies)) != {dict} or not KEYS.issuperset(map(type, set().union(*bodies))):
        return False
    return FLAT.issuperset(map(type, chain.from_iterable(map(dict.values, bodies))))


def _at(line: int | None) -> bytes:
    return b"" if line is None else b',"line":%d' % line


@lru_cache(64)
def _around(collected: Any, file: str | None, kind: str, origin: Any, place: str) -> tuple[bytes, bytes]:
    """What stands between a record's body and its line, and between that and its subject."""
    named = {} if file is None else {"file": file}
    before = canonical.encode({"collected": collected, **named, "kind": kind})
    return b"," + before[1:-1], b"," + canonical.encode({"origin": origin, "place": place})[1:-1] + b',"subject":'
