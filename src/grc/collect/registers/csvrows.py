"""Registers as CSV, read a row at a time."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import IO, Final

from grc.collect.registers.tables import (
    MAX_BYTES,
    MAX_ROWS,
    TOGETHER,
    Block,
    Rows,
    Table,
    TableRefused,
    headed,
    not_provided,
    parse_error,
    too_long,
)
from grc.model.evidence import Gap
from grc.model.workspace import RegisterFile

MAX_LINE: Final = 1024 * 1024  # characters
CHUNK: Final = 64 * 1024  # characters
WIDE: Final = (b"\xff\xfe", b"\xfe\xff")  # the byte order marks of UTF-16
DELIMITERS: Final = (";", "\t", "|", ",")


def open_csv(path: Path, told: RegisterFile, size: int) -> Table:
    """Open a CSV file in the encoding and with the delimiter that are told. ``size`` is in bytes.

    Raises:
        TableRefused: it cannot be read, or its header names no columns; so does reading its rows.
    """
    rows = _rows(path, told, size)
    header = next(rows)
    assert isinstance(header, list)
    return Table(columns=frozenset(header), rows=_only_rows(rows))


def _only_rows(rows: Iterator[list[str] | Block | Gap]) -> Rows:
    for row in rows:
        assert not isinstance(row, list)
        yield row


def _rows(path: Path, told: RegisterFile, size: int) -> Iterator[list[str] | Block | Gap]:
    """The header, then the rows."""
    try:
        with _opened(path, told) as file:
            yield from _parsed(file, path.name, told, size)
    except OSError as error:
        raise TableRefused(not_provided(f"{path.name}: {error.strerror}")) from error
    except UnicodeError as error:
        line = _undecodable(path, told.encoding)
        raise TableRefused(parse_error(f"{path.name}:{line}: is not {told.encoding} here: {_advice()}")) from error


def _opened(path: Path, told: RegisterFile) -> IO[str]:
    with path.open("rb") as file:
        if file.read(2) in WIDE and "16" not in told.encoding:
            raise TableRefused(parse_error(f"{path.name} is UTF-16: {_advice()}"))
    encoding = "utf-8-sig" if told.encoding.casefold().replace("_", "-") in ("utf-8", "utf8") else told.encoding
    try:
        return path.open(encoding=encoding, newline="")
    except LookupError as error:
        raise TableRefused(parse_error(f"there is no encoding {told.encoding}: {_advice()}")) from error


def _undecodable(path: Path, encoding: str) -> int:
    """The first line that is not in its encoding."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    try:
        with path.open("rb") as file:
            while octets := file.read(MAX_LINE):
                line += decoder.decode(octets).count("\n")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line += error.object[: error.start].decode(encoding, "replace").count("\n")
    except UnicodeError:  # no byte order mark where the encoding wants one
        return 1
    return line


def _advice() -> str:
    return "save it as UTF-8, or name its encoding in grc.yaml (registers: {files: {…: {encoding: …}}})"


def _parsed(file: IO[str], name: str, told: RegisterFile, size: int) -> Iterator[list[str] | Block | Gap]:
    reader = csv.reader(_text(file, name), strict=True, delimiter=told.delimiter)
    header = _header(reader, told, name)
    yield header
    width, line, held = len(header), reader.line_num, Held()
    try:
        for count, cells in enumerate(reader):
            start, line = line + 1, reader.line_num  # a quoted cell may hold line breaks
            if count >= MAX_ROWS or (size > MAX_BYTES and file.buffer.tell() > MAX_BYTES):  # type: ignore[attr-defined]  # a file opened as text has one
                yield from held.let_go(header)
                yield too_long(name, f"{MAX_ROWS:,} rows" if count >= MAX_ROWS else f"{MAX_BYTES // 2**20} MiB")
                return
            if len(cells) == width:
                held.lines.append(start)
                held.rows.append(cells)
                if len(held.rows) == TOGETHER:
                    yield from held.let_go(header)
            elif any(cell.strip() for cell in cells):
                yield from held.let_go(header)
                yield parse_error(f"{name}:{start}: {len(cells)} cells under {width} columns: {_quoting(told)}")
        yield from held.let_go(header)
    except csv.Error as error:
        yield from held.let_go(header)
        yield parse_error(f"{name}:{reader.line_num}: is not CSV from here on ({error}): {_quoting(told)}")


def _header(reader: Iterator[list[str]], told: RegisterFile, name: str) -> list[str]:
    try:
        names = next(reader, [])
    except csv.Error as error:
        raise TableRefused(parse_error(f"{name}:1: the header is not CSV ({error}): {_quoting(told)}")) from error
    _refuse_other_delimiter(names, told, name)
    return headed(names, told, f"{name}:1")


@dataclass(slots=True)
class Held:
    """Rows that were read and not yet handed on."""

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def let_go(self, header: Sequence[str]) -> Iterator[Block]:
        """Hand the rows on, if there are any."""
        if self.rows:
            columns = ([*map(str.strip, cells)] for cells in zip(*self.rows, strict=True))
            yield Block(self.lines, dict(zip(header, columns, strict=True)))
            self.lines, self.rows = [], []


def _refuse_other_delimiter(names: list[str], told: RegisterFile, name: str) -> None:
    """One column whose name holds what others write between columns: what a spreadsheet saves in half of Europe."""
    other = next((each for each in DELIMITERS if each != told.delimiter and each in names[0]), None) if names else None
    if other is not None and len(names) == 1:
        advice = f"save it so, or say so in grc.yaml (registers: {{files: {{…: {{delimiter: {json.dumps(other)}}}}}}})"
        raise TableRefused(
            parse_error(f"{name}:1: has {other!r} between its columns where {told.delimiter!r} is expected: {advice}")
        )


def _quoting(told: RegisterFile) -> str:
    return f'a cell that holds a {told.delimiter!r}, a quote or a line break stands in "quotes", and a quote twice'


def _text(file: IO[str], name: str) -> Iterator[str]:
    """The lines of a file, each with what ends it."""
    rest = ""
    while piece := file.read(CHUNK):
        if "\0" in piece:
            raise TableRefused(parse_error(f"{name} is not text: it holds NUL characters. {_advice().capitalize()}"))
        lines = [*StringIO(rest + piece, newline="")]
        rest = lines.pop()  # it may go on, and so may a line that ends with half of its end
        if max(map(len, (rest, *lines))) >= MAX_LINE:
            raise TableRefused(parse_error(f"{name} has a line of more than {MAX_LINE:,} characters: {_advice()}"))
        yield from lines
    if rest:
        yield rest
