"""Evidence records as lines: canonical JSON, one a line, sorted by subject."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence.guarded import MAX_LINE
from grc.evidence.manifest import refuse_naive
from grc.model.evidence import Population, Record
from grc.newlines import lines_of

KEYS: Final = frozenset({str})
FLAT: Final = frozenset({str, bool, int})


class FlatLine(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """A record without lists and mappings, in the form of its line."""

    body: dict[str, object]
    collected: str
    kind: str
    origin: str
    place: str
    subject: str
    file: str | None = None
    line: int | None = None


def record_line(record: Record) -> bytes:
    """A record's canonical line, without a newline. Its SHA-256 is the digest that observations name.

    Raises:
        EvidenceError: the record holds an explicit null, a number or text that JSON has no form for, or is too large.
    """
    try:
        line = _flat_line(record) or canonical.encode(record)
    except (ValueError, TypeError, RecursionError) as error:
        raise EvidenceError(f"{_named(record)} cannot be written: {error}") from error
    if b"null" in line:
        _refuse_null(record)
    if len(line) > MAX_LINE:
        raise EvidenceError(f"{_named(record)} is larger than {MAX_LINE:,} bytes: collect less of it")
    return line


def _flat_line(record: Record) -> bytes | None:
    """The same bytes, sooner, for a record whose body holds no lists, mappings or fractions; None for any other.

    The quicker encoder writes texts, truth values and whole numbers as the canonical form does, and fractions not.
    """
    body = record.body
    if type(body) is not dict or record.gaps or record.tags is not None or not KEYS.issuperset(map(type, body)):
        return None
    if not FLAT.issuperset(map(type, body.values())):
        return None
    flat = FlatLine(
        body=body,
        collected=canonical.plain_instant(record.collected),
        kind=record.kind,
        origin=record.origin.value,
        place=record.place,
        subject=record.subject,
        file=record.file,
        line=record.line,
    )
    try:
        return msgspec.json.encode(flat, order="sorted")
    except OverflowError:  # a number of more than 64 bits
        return None


def record_from(line: bytes) -> Record:
    """The record of a line.

    Raises:
        EvidenceError: the line is not a record.
    """
    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EvidenceError(f"a line is not a record: {error}") from error
    refuse_naive(record.collected)
    return record


def settled(population: Population, records: Sequence[Record]) -> tuple[Record, ...]:
    """The records of a population, sorted by subject, each subject once.

    A subject that was given twice and is the same but for the time it was collected stands once, at the earlier time.

    Raises:
        EvidenceError: a record is not of this population, the count is another, or a subject differs from itself.
    """
    if population.count != len(records):
        raise EvidenceError(
            f"{_unit(population)} says {population.count:,} records and gave {len(records):,}: "
            f"this is an error in the source {population.unit.source!r}"
        )
    return tuple(_once(population, records))


def is_canonical(line: bytes) -> bool:
    """Whether a line, without its newline, is JSON in its one canonical form."""
    try:
        return canonical.encode(json.loads(line)) == line
    except (ValueError, RecursionError):
        return False


def split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of chunks of whole lines, without their newlines."""
    for chunk in chunks:
        yield from lines_of(chunk)


def _once(population: Population, records: Sequence[Record]) -> Iterator[Record]:
    previous: Record | None = None
    for record in sorted(
        records, key=lambda record: (record.subject.encode("utf-8", "surrogatepass"), record.collected)
    ):
        if (record.kind, record.place, record.origin) != (
            population.unit.kind,
            population.unit.place,
            population.origin,
        ):
            raise EvidenceError(
                f"{_named(record)} was given with {_unit(population)}: "
                f"this is an error in the source {population.unit.source!r}"
            )
        if previous is None or record.subject != previous.subject:
            yield record
            previous = record
        elif not _same(record, previous):
            raise EvidenceError(
                f"{_named(record)} was given twice with different contents: collect again, "
                f"and if it happens again it is an error in the source {population.unit.source!r}"
            )


def _same(record: Record, other: Record) -> bool:
    return dict(canonical.told(record)) | {"collected": None} == dict(canonical.told(other)) | {"collected": None}


def _refuse_null(record: Record) -> None:
    at = _null_in(record.body, "body")
    if at is not None:
        raise EvidenceError(
            f"{_named(record)} holds an explicit null at {at}: a source leaves out what is not set, "
            "and records a gap for what is not known"
        )


def _null_in(value: object, at: str) -> str | None:
    below: Iterable[tuple[str, object]] = ()
    if value is None:
        return at
    if isinstance(value, Mapping):
        below = ((f"{at}.{key}", found) for key, found in value.items())
    elif isinstance(value, (list, tuple)):
        below = ((f"{at}[{index}]", found) for index, found in enumerate(value))
    return next((found for path, inner in below if (found := _null_in(inner, path)) is not None), None)


def _named(record: Record) -> str:
    return f"the record of {record.kind} {record.subject!r} in {record.place}"


def _unit(population: Population) -> str:
    return f"the population of {population.unit.kind} in {population.unit.place}"
