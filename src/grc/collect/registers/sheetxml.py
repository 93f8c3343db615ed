"""The cells of a worksheet, read from its XML a row at a time.

The value that the program last calculated counts, never the formula. A formula that was never calculated and an error
are cells that nobody can read, which is not the same as empty ones.

**Source** ECMA-376, part 1: 18.3.1.4 (cell), 18.3.1.40 (formula), 18.18.11 (cell types).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import ge
from typing import Final

from grc.collect.archive import ArchiveRefused, Attributes, local, parse_xml
from grc.collect.registers.numberformats import PLAIN, NumberFormat, Shown, moment
from grc.collect.registers.plainrows import PlainRow, without_plain_rows
from grc.collect.registers.tables import Cell, Unreadable

MAX_COLUMNS: Final = 16_384
MAX_LINE: Final = 1_048_576
REMEMBERED: Final = 32_768  # values of a sheet repeat: days, choices
MAX_TEXT: Final = 32_767
ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
NO_RESULT: Final = Unreadable("is a formula without a result: open the file, calculate, save; or paste the value")

Cells = dict[int, Cell]
"""A row's cells by column, from 0."""


class SheetReader:
    """Collects the cells of one worksheet while its XML goes by. ``merged`` is the first merged range, if any."""

    def __init__(self, texts: Sequence[str], formats: Sequence[NumberFormat], *, since_1904: bool) -> None:
        self.merged: str | None = None
        self._texts = texts
        self._formats = formats
        self._since_1904 = since_1904
        self._rows: list[tuple[int, Cells]] = []
        self._line = 0
        self._cells: Cells = {}
        self._column = -1
        self._type = "n"
        self._style = "0"
        self._formula = False
        self._value: str | None = None
        self._reading = False
        self._phonetic = False
        self._columns = Columns()
        self._read = lru_cache(REMEMBERED)(self._read_anew)

    def rows(self, pieces: Generator[bytes, None, None]) -> Iterator[tuple[int, Cells]]:
        """The rows that hold anything, each with its number.

        Raises:
            ArchiveRefused: the XML cannot be read, or says what no worksheet can.
        """
        for _ in parse_xml(without_plain_rows(pieces, self._take), self._start, self._end, self._text):
            found, self._rows = self._rows, []
            yield from found

    def _take(self, row: PlainRow) -> bool:
        """Take a plain row as the parser's events would give it; False where they would refuse it."""
        known = self._columns
        columns = [known[letters] for letters in row.letters]
        if not self._line < row.line <= MAX_LINE or any(map(ge, columns, columns[1:])) or columns[-1:] >= [MAX_COLUMNS]:
            return False
        self._line = row.line
        read = self._read
        cells = {
            column: cell
            for column, style, type_, value in zip(columns, row.styles, row.types, row.values, strict=True)
            if value is not None and (cell := read(type_ or "n", style or "0", value)) != ""
        }
        if cells:
            self._rows.append((row.line, cells))
        return True

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in ("v", "t"):
            self._reading = not self._phonetic
            if self._value is None:
                self._value = ""
        elif name == "c":
            self._begin_cell(attributes)
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            self.merged = self.merged or attributes.get("ref", "?")
        elif ":" in name:
            self._start(local(name), attributes)

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            self._reading = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            if self._cells:
                self._rows.append((self._line, self._cells))
        elif name == "rPh":
            self._phonetic = False
        elif ":" in name:
            self._end(local(name))

    def _text(self, text: str) -> None:
        if self._reading and self._value is not None:
            self._value += text

    def _begin_row(self, attributes: Attributes) -> None:
        line = whole(attributes.get("r"), self._line + 1)
        if not self._line < line <= MAX_LINE:
            raise ArchiveRefused(f"has a row {line} after row {self._line}: save it again")
        self._line, self._cells, self._column = line, {}, -1

    def _begin_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        column = self._column + 1 if place is None else self._columns[place.rstrip("0123456789")]
        if not self._column < column < MAX_COLUMNS:
            raise ArchiveRefused(f"has cells out of order in row {self._line}: save it again")
        self._column = column
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._formula, self._value = False, None

    def _end_cell(self) -> None:
        if self._formula and (self._value is None or (self._value == "" and self._type != "str")):
            self._cells[self._column] = NO_RESULT
        elif self._value is not None:
            cell = self._read(self._type, self._style, self._value)
            if cell != "":
                self._cells[self._column] = cell
        self._value = None

    def _read_anew(self, type_: str, style: str, value: str) -> Cell:
        match type_:
            case "s":
                index = whole(value, -1)
                if not 0 <= index < len(self._texts):
                    raise ArchiveRefused(f"has a text in row {self._line} that it does not hold: save it again")
                return _plain(self._texts[index])
            case "str" | "inlineStr":
                return _plain(value)
            case "n":
                return self._number(style, value) if value else ""
            case "b":
                return value == "1"
            case "e":
                return Unreadable(f"holds the error {value[:20]}: correct its formula, or paste the value")
            case "d":
                return _iso(value)
            case _:
                return Unreadable("is of a type that worksheets do not have: write its value again")

    def _number(self, style: str, value: str) -> Cell:
        try:
            number = float(value)
        except ValueError:
            return Unreadable("is no number: write its value again")
        index = whole(style, 0)
        format_ = self._formats[index] if index < len(self._formats) else PLAIN
        if format_.shown is not Shown.NUMBER:
            return moment(number, since_1904=self._since_1904)
        if number.is_integer() and abs(number) < 1e15:
            return str(int(number)).zfill(format_.digits) if format_.digits else int(number)
        return number if abs(number) < 1e15 else Unreadable("has more digits than a worksheet keeps: write it as text")


def _plain(text: str) -> str | Unreadable:
    if "_x" in text:
        text = ESCAPED.sub(_unescaped, text)
    text = text.strip()
    return text if len(text) <= MAX_TEXT else Unreadable(f"is longer than {MAX_TEXT:,} characters: shorten it")


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)


def _iso(value: str) -> date | datetime | Unreadable:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return Unreadable("is no date: write it as YYYY-MM-DD")
    return found.date() if (found.hour, found.minute, found.second) == (0, 0, 0) and not found.tzinfo else found


def whole(text: str | None, otherwise: int) -> int:
    """A number that counts something, or what stands for its absence.

    Raises:
        ArchiveRefused: it is no whole number.
    """
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ArchiveRefused("counts in something other than whole numbers: save it again")
    return int(text)


class Columns(dict[str, int]):
    """The columns by their letters: ``AB`` is 27, because they count from 0."""

    def __missing__(self, letters: str) -> int:
        column = 0
        for letter in letters[:4]:
            if not "A" <= letter <= "Z":
                break
            column = 26 * column + ord(letter) - 64
        self[letters] = column - 1
        return column - 1
