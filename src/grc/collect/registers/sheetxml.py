"""The cells of a worksheet, read from its XML a row at a time.

The value that the program last calculated counts, never the formula. A formula that was never calculated and an error
are cells that nobody can read, which is not the same as empty ones.

**Source** ECMA-376, part 1: 18.3.1.4 (cell), 18.3.1.40 (formula), 18.18.11 (cell types).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import ge
from typing import Final, NamedTuple

from grc.collect.archive import ArchiveRefused, Attributes, local, parse_xml
from grc.collect.registers.numberformats import PLAIN, NumberFormat, Shown, moment
from grc.collect.registers.plainrows import plain_row, without_plain_rows
from grc.collect.registers.rowpattern import Form, RowPattern
from grc.collect.registers.tables import Cell, Unreadable

MAX_COLUMNS: Final = 16_384
MAX_LINE: Final = 1_048_576
REMEMBERED: Final = 32_768  # values of a sheet repeat: days, choices
MAX_TEXT: Final = 32_767
ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
NO_RESULT: Final = Unreadable("is a formula without a result: open the file, calculate, save; or paste the value")

Cells = dict[int, Cell]
"""A row's cells by column, from 0."""


class Run(NamedTuple):
    """Rows that stand one after another, by column, from 0, each with its number. An empty cell is an empty text."""

    lines: Sequence[int]
    columns: Mapping[int, Sequence[Cell]]

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """The rows that hold anything, one by one."""
        for line, row in zip(self.lines, zip(*self.columns.values(), strict=True), strict=True):
            cells = {column: cell for column, cell in zip(self.columns, row, strict=True) if cell != ""}
            if cells:
                yield line, cells


class SheetReader:
    """Collects the cells of one worksheet while its XML goes by. ``merged`` are the merged ranges."""

    def __init__(self, texts: Sequence[str], formats: Sequence[NumberFormat], *, since_1904: bool) -> None:
        self.merged: list[str] = []
        self._texts = texts
        self._formats = formats
        self._since_1904 = since_1904
        self._rows: list[tuple[int, Cells] | Run] = []
        self._pattern = RowPattern()
        self._run: list[tuple[bytes | None, ...]] = []
        self._values: dict[Form, Values] = {}
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

    def rows(self, pieces: Generator[bytes, None, None]) -> Iterator[tuple[int, Cells] | Run]:
        """The rows that hold anything, each with its number, and runs of rows.

        Raises:
            ArchiveRefused: the XML cannot be read, or says what no worksheet can.
        """
        for _ in parse_xml(without_plain_rows(pieces, self._take), self._start, self._end, self._text):
            self._end_run()
            found, self._rows = self._rows, []
            yield from found

    def _take(self, octets: bytes) -> bool:
        """Take a plain row as the parser's events would give it; False where they have to, or would refuse it."""
        found = self._pattern.match(octets)
        if found is None:
            self._end_run()
            return self._take_alone(octets)
        values = found.groups()
        line = int(values[0])
        if not self._line < line <= MAX_LINE:
            return False
        self._line = line
        self._run.append(values)
        return True

    def _take_alone(self, octets: bytes) -> bool:
        row = plain_row(octets)
        if row is None:
            return False
        known = self._columns
        columns = [known[letters] for letters in row.letters]
        if not self._line < row.line <= MAX_LINE or any(map(ge, columns, columns[1:])) or columns[-1:] >= [MAX_COLUMNS]:
            return False
        self._line = row.line
        self._pattern.learn(columns, row)
        read = self._read
        cells = {
            column: cell
            for column, style, type_, value in zip(columns, row.styles, row.types, row.values, strict=True)
            if value is not None and (cell := read(type_ or "n", style or "0", value)) != ""
        }
        if cells:
            self._rows.append((row.line, cells))
        return True

    def _end_run(self) -> None:
        """Read the values of the rows that the pattern has matched."""
        run, self._run = self._run, []
        if not run:
            return
        lines, *groups = zip(*run, strict=True)
        columns: dict[int, Sequence[Cell]] = {}
        try:
            for (column, form), values in zip(self._pattern.forms, groups, strict=True):
                cells = [*map(self._values_of(form).__getitem__, values)]
                other = columns.get(column)
                columns[column] = cells if other is None else [*map(_either, other, cells)]
        except ArchiveRefused:
            self._refuse(run)
            raise
        self._rows.append(Run([*map(int, lines)], columns))

    def _refuse(self, run: Sequence[tuple[bytes | None, ...]]) -> None:
        """Say in which row the value stands that refuses the file."""
        for line, *values in run:
            self._line = int(line or 0)
            for (_, form), value in zip(self._pattern.forms, values, strict=True):
                self._values_of(form)[value]

    def _values_of(self, form: Form) -> Values:
        if form not in self._values:
            self._values[form] = Values(lambda value: self._read_anew(form.type or "n", form.style or "0", value))
        return self._values[form]

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
            self.merged.append(attributes.get("ref", "?"))
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


def _either(first: Cell, second: Cell) -> Cell:
    """A row has one cell in a column, whatever its form."""
    return second if first == "" else first


class Values(dict[bytes | None, Cell]):
    """What the values of cells of one form are, each read once. Without a value a cell is empty."""

    def __init__(self, read: Callable[[str], Cell]) -> None:
        super().__init__({None: ""})
        self._read = read

    def __missing__(self, value: bytes) -> Cell:
        cell = self._read(value.decode("ascii"))
        if len(self) < REMEMBERED:
            self[value] = cell
        return cell


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
