"""Evidence records as lines: canonical JSON, one a line, sorted by subject."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final

import msgspec

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence.flatlines import flat_lines
from grc.evidence.guarded import MAX_LINE
from grc.evidence.manifest import refuse_naive
from grc.model.evidence import Population, Record
from grc.model.identifiers import SubjectId
from grc.newlines import lines_of

SUBJECT: Final = attrgetter("subject")
TOGETHER: Final = 256
"""So many records are written at once."""


def record_line(record: Record) -> bytes:
    """A record's canonical line, without a newline. Its SHA-256 is the digest that observations name.

    Raises:
        EvidenceError: the record holds an explicit null, a number or text that JSON has no form for, or is too large.
    """
    try:
        line = canonical.encode(record)
    except (ValueError, TypeError, RecursionError) as error:
        raise EvidenceError(f"{_named(record)} cannot be written: {error}") from error
    if b"null" in line:
        _refuse_null(record)
    if len(line) > MAX_LINE:
        raise EvidenceError(f"{_named(record)} is larger than {MAX_LINE:,} bytes: collect less of it")
    return line


def record_lines(records: Sequence[Record]) -> Iterator[bytes]:
    """The canonical lines of records, with their newlines, some at a time.

    Raises:
        EvidenceError: as ``record_line``.
    """
    for start in range(0, len(records), TOGETHER):
        some = records[start : start + TOGETHER]
        lines = _flat(some)
        yield b"".join(lines or [record_line(record) + b"\n" for record in some])


def _flat(records: Sequence[Record]) -> list[bytes] | None:
    try:
        lines = flat_lines(records)
    except ValueError:  # the one that cannot be written is found when each is written alone
        return None
    return lines if lines and len(max(lines, key=len)) <= MAX_LINE else None


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


class _Named(msgspec.Struct, gc=False):
    subject: SubjectId


_named_by = msgspec.json.Decoder(_Named)


def subject_from(line: bytes) -> SubjectId:
    """Whom or what a record's line is about; nothing else of it is read.

    Raises:
        EvidenceError: the line is not a record.
    """
    try:
        return _named_by.decode(line).subject
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EvidenceError(f"a line is not a record: {error}") from error


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
    _refuse_other(population, records)
    if len(set(map(SUBJECT, records))) == len(records):
        return tuple(sorted(records, key=SUBJECT))
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
    for record in sorted(records, key=attrgetter("subject", "collected")):
        if previous is None or record.subject != previous.subject:
            yield record
            previous = record
        elif not _same(record, previous):
            raise EvidenceError(
                f"{_named(record)} was given twice with different contents: collect again, "
                f"and if it happens again it is an error in the source {population.unit.source!r}"
            )


def _refuse_other(population: Population, records: Sequence[Record]) -> None:
    here = (population.unit.kind, population.unit.place, population.origin)
    belongs = attrgetter("kind", "place", "origin")
    if not {here}.issuperset(map(belongs, records)):
        other = next(record for record in records if belongs(record) != here)
        raise EvidenceError(
            f"{_named(other)} was given with {_unit(population)}: "
            f"this is an error in the source {population.unit.source!r}"
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
