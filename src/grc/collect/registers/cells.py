"""Turns a row's cells into typed, redacted values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final
from urllib.parse import quote

from grc.collect.persons import Pseudonyms
from grc.collect.registers.tables import Row, parse_error
from grc.model.evidence import Gap, GapReason
from grc.model.identifiers import SubjectId
from grc.model.kind import Kind
from grc.model.types import Field, Primitive, Redaction

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}\Z")
DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?\Z")
SAFE: Final = ":@ +"  # so that two rows never share an id: a slash only stands between columns
FIRST_YEAR: Final = 1899  # New Year of 1900 in the easternmost time zones
TRUTH: Final[Mapping[str, bool]] = {"true": True, "yes": True, "false": False, "no": False}


class CellError(ValueError):
    """A cell does not hold what its column is declared to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row that has an id: what is known of it, and a gap at each cell that could not be read."""

    subject: SubjectId
    body: Mapping[str, object]
    gaps: tuple[Gap, ...]


def read_row(
    kind: Kind, row: Row, timezone: tzinfo, pseudonyms: Pseudonyms, file: str, redact: Mapping[str, Redaction]
) -> ReadRow | Gap:
    """Read one row; without its required columns it is a gap of the whole register, because it could be anyone's."""
    body: dict[str, object] = {}
    gaps: list[Gap] = []
    for name, field in kind.shape.fields.items():
        if name not in row.cells:
            continue
        try:
            value = _value(field, row.cells[name], timezone)
        except CellError as error:
            # A cell that holds a person's data is never repeated in a message.
            gaps.append(Gap(path=name, reason=GapReason.PARSE_ERROR, detail=f"{file}:{row.line}: {name} {error}"))
            continue
        redaction = redact.get(name, field.personal)
        if redaction is Redaction.PSEUDONYM:
            value = pseudonyms.of(str(value))
        if redaction is not Redaction.DROP and not field.secret:
            body[name] = value
    missing = [name for name, field in kind.shape.fields.items() if not field.nullable and name not in body]
    if missing:
        return parse_error(f"{file}:{row.line}: {missing[0]} is missing or unreadable")
    return ReadRow(subject=_subject(kind, body), body=body, gaps=tuple(gaps))


def _subject(kind: Kind, body: Mapping[str, object]) -> SubjectId:
    identity = kind.document.get("identity", [kind.key])
    assert isinstance(identity, list)
    return SubjectId("/".join(quote(str(body.get(name, "")), safe=SAFE) for name in identity))


def _value(field: Field, cell: Any, timezone: tzinfo) -> object:
    text = str(cell).strip()
    if field.type is Primitive.TIMESTAMP:
        return _instant(text, timezone)
    if field.type is Primitive.INT:
        if not WHOLE.match(text):
            raise CellError("is not a whole number")
        return int(text)
    if field.type is Primitive.DOUBLE:
        if not DECIMAL.match(text):
            raise CellError("is not a number written like 12.5")
        return float(text)
    if field.type is Primitive.BOOL:
        if text.casefold() not in TRUTH:
            raise CellError("is neither yes nor no")
        return TRUTH[text.casefold()]
    if field.enum and text not in field.enum:
        raise CellError(f"is not one of {', '.join(field.enum)}")
    return text


def _instant(text: str, timezone: tzinfo) -> str:
    """A date is 00:00 in the organisation's time zone, kept as an instant in UTC."""
    if not DAY.match(text):
        raise CellError("is not a date written as YYYY-MM-DD")
    try:
        day = date.fromisoformat(text)
        midnight = datetime.combine(day, time(), timezone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CellError("is not a date of the calendar") from error
    if midnight.year < FIRST_YEAR:
        raise CellError("lies before the year 1900")
    return midnight.strftime("%Y-%m-%dT%H:%M:%SZ")
