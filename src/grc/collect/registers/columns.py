"""The columns of a register, made ready to read cells: typed, redacted, in one form.

A cell that does not hold what its column is declared to hold is refused with what to do; nothing is guessed. A cell is
never repeated in a message: it may hold a person's data, whatever its column says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final

from grc.collect.persons import Pseudonyms
from grc.collect.registers.tables import Cell, Unreadable
from grc.model.kind import Kind
from grc.model.types import Field, ListType, Primitive, Redaction

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?\Z"
)
OTHER_DAY: Final = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\Z")
WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}\Z")
DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?\Z")
FORMULA: Final = re.compile(r"=|[+@-][^|]*\|.*!", re.DOTALL)
UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
MAX_TEXT: Final = 32_767
FIRST_YEAR: Final = 1899  # New Year of 1900 in the easternmost time zones
TRUTH: Final[Mapping[str, bool]] = {"true": True, "yes": True, "false": False, "no": False}
REMEMBERED: Final = 32_768  # cells of a column repeat: days, persons, choices
REPEATED: Final = frozenset({str, date, datetime})


class CellError(ValueError):
    """A cell does not hold what its column is declared to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A declared column. ``holds`` has a cell's value, or None where it is not kept, or raises ``CellError``."""

    name: str
    required: bool
    holds: Mapping[Cell, object]


class Remembered(dict[Cell, object]):
    """What the cells of a column hold, each read once. Numbers are not remembered: 1, 1.0 and true are one key."""

    def __init__(self, read: Callable[[Cell], object]) -> None:
        super().__init__({"": None})  # an empty cell
        self._read = read

    def __missing__(self, cell: Cell) -> object:
        value = self._read(cell)
        if type(cell) in REPEATED and len(self) < REMEMBERED:
            self[cell] = value
        return value


def columns_of(
    kind: Kind, timezone: tzinfo, pseudonyms: Pseudonyms, redact: Mapping[str, Redaction]
) -> tuple[Column, ...]:
    """The columns of a register. ``redact`` is what the workspace says beyond the schema."""
    identity = identity_of(kind)
    return tuple(
        Column(
            name=name,
            required=not field.nullable,
            holds=Remembered(
                _redacted(_reader(kind, name, field, timezone, name in identity), field, told, pseudonyms)
            ),
        )
        for name, field in kind.shape.fields.items()
        for told in (redact.get(name, field.personal),)
    )


def identity_of(kind: Kind) -> list[str]:
    """The columns that make a row's id."""
    identity = kind.document.get("identity", [kind.key])
    assert isinstance(identity, list)
    return identity


Read = Callable[[Cell], object]


def _redacted(read: Read, field: Field, told: Redaction | None, pseudonyms: Pseudonyms) -> Read:
    """Reads first, so that a cell that cannot be read is a gap also where its value would not be kept."""
    if field.secret or told is Redaction.DROP:
        return lambda cell: (read(cell), None)[1]
    if told is None:
        return read

    def pseudonym(cell: Cell) -> object:
        value = read(cell)
        return [pseudonyms.of(one) for one in value] if isinstance(value, list) else pseudonyms.of(str(value))

    return pseudonym


def _reader(kind: Kind, name: str, field: Field, timezone: tzinfo, identifies: bool) -> Read:
    match field.type:
        case Primitive.TIMESTAMP:
            read = _instant if _has_hour(kind, name) else _day
            return lambda cell: read(cell, timezone)
        case Primitive.INT:
            return _integer
        case Primitive.DOUBLE:
            return _number
        case Primitive.BOOL:
            return _truth
        case ListType():
            return lambda cell: _texts(cell, field)
        case _:
            joins = identifies or field.personal is not None or field.references is not None
            return lambda cell: _text(cell, field, joins=joins)


def _has_hour(kind: Kind, name: str) -> bool:
    schema = kind.document["schema"]
    assert isinstance(schema, Mapping)
    return bool(schema["properties"][name].get("format") == "date-time")


def _readable(cell: Cell) -> Cell:
    if isinstance(cell, Unreadable):
        raise CellError(cell.why)
    return cell


def _text(cell: Cell, field: Field, *, joins: bool) -> str:
    text = _as_text(cell, "a text")
    if field.enum:
        return _chosen(text, field.enum)
    if FORMULA.match(text):
        raise CellError("begins like a formula: keep its value, and write no text that begins with =")
    if joins:
        _refuse_unseen(text)
    if field.personal is not None and ";" in text:
        raise CellError("holds a semicolon, which stands between two: name one alone")
    return text


def _as_text(cell: Cell, asked: str) -> str:
    """One form: texts that look the same are the same, whatever wrote them."""
    text = cell if isinstance(cell, str) else _written_otherwise(cell, asked)
    if len(text) > MAX_TEXT:
        raise CellError(f"is longer than {MAX_TEXT:,} characters: shorten it")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _written_otherwise(cell: Cell, asked: str) -> str:
    """The text of a cell that holds none; a whole number alone has one."""
    cell = _readable(cell)
    if isinstance(cell, bool):
        raise CellError(f"is a truth value, and {asked} is asked: put it in quotes, or write it out")
    if isinstance(cell, float):
        raise CellError(
            f"is a number, and {asked} is asked (1.10 would be 1.1): format the cell as text, write it again"
        )
    if isinstance(cell, date):
        raise CellError(f"is a date, and {asked} is asked: format the cell as text, write it again")
    if isinstance(cell, tuple):
        raise CellError(f"is a list, and {asked} is asked")
    return str(cell)


def _refuse_unseen(text: str) -> None:
    """Characters that nobody sees would keep two ids apart that look the same."""
    if text.isascii() and text.isprintable():
        return
    found = UNSEEN.search(text)
    if found:
        raise CellError(f"holds the invisible character U+{ord(found[0]):04X}: write it again without")


def _chosen(text: str, choices: tuple[str, ...]) -> str:
    if text in choices:
        return text
    alike = [choice for choice in choices if choice.casefold() == text.casefold()]
    if len(alike) != 1:
        raise CellError(f"is not one of {', '.join(choices)}")
    return alike[0]


def _texts(cell: Cell, field: Field) -> list[str] | None:
    """The texts between semicolons; none at all is an empty cell."""
    parts: list[Cell] = [*cell] if isinstance(cell, tuple) else [*_as_text(cell, "a list of texts").split(";")]
    texts = [part.strip() if isinstance(part, str) else part for part in parts]
    joins = field.personal is not None or field.references is not None
    return [_text(text, field, joins=joins) for text in texts if text != ""] or None


def _integer(cell: Cell) -> int:
    cell = _readable(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    if not isinstance(cell, str) or not WHOLE.match(cell):
        raise CellError("is not a whole number: write it in digits alone")
    return int(cell)


def _number(cell: Cell) -> float:
    cell = _readable(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    if not isinstance(cell, str) or not DECIMAL.match(cell):
        raise CellError("is not a number written like 1250.5")
    return float(cell)


def _truth(cell: Cell) -> bool:
    cell = _readable(cell)
    if isinstance(cell, bool):
        return cell
    if not isinstance(cell, str) or cell.casefold() not in TRUTH:
        raise CellError("is neither yes nor no")
    return TRUTH[cell.casefold()]


def _day(cell: Cell, timezone: tzinfo) -> str:
    """A day is 00:00 in the organisation's time zone, kept as an instant in UTC."""
    cell = _readable(cell)
    if isinstance(cell, datetime):
        raise CellError("holds an hour too, and a day is asked: write it as YYYY-MM-DD")
    if isinstance(cell, date):
        return _utc(datetime.combine(cell, time(), timezone))
    if not isinstance(cell, str) or not DAY.match(cell):
        raise CellError(_not_a_day(cell))
    try:
        day = date.fromisoformat(cell)
    except ValueError as error:
        raise CellError("is not a date of the calendar") from error
    return _utc(datetime.combine(day, time(), timezone))


def _not_a_day(cell: Cell) -> str:
    if isinstance(cell, str) and OTHER_DAY.match(cell):
        return "is not a date written as YYYY-MM-DD: which part is the day and which the month is not guessed"
    return "is not a date written as YYYY-MM-DD"


def _instant(cell: Cell, timezone: tzinfo) -> str:
    """An instant says its own offset from UTC: rows of several time zones stand in one register."""
    del timezone
    cell = _readable(cell)
    if isinstance(cell, str) and (found := INSTANT.match(cell)) and found[3]:
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError as error:
            raise CellError("is not a time of the calendar") from error
        return _utc(moment)
    if isinstance(cell, date) or (isinstance(cell, str) and (INSTANT.match(cell) or DAY.match(cell))):
        raise CellError("has no hour or no time zone: write it, as text, like 2026-03-01T14:05+01:00")
    raise CellError("is not a time written like 2026-03-01T14:05+01:00")


def _utc(moment: datetime) -> str:
    try:
        told = moment.astimezone(UTC)
    except OverflowError as error:
        raise CellError("is not a date of the calendar") from error
    if told.year < FIRST_YEAR:
        raise CellError("lies before the year 1900")
    return told.replace(tzinfo=None).isoformat() + "Z"
