"""Registers as CSV, read a row at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from grc.collect.registers.tables import (
    MAX_BYTES,
    MAX_ROWS,
    Row,
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
WIDE: Final = (b"\xff\xfe", b"\xfe\xff")  # the byte order marks of UTF-16


def open_csv(path: Path, told: RegisterFile, size: int) -> Table:
    """Open a CSV file in the encoding and with the delimiter that are told. ``size`` is in bytes.

    Raises:
        TableRefused: it cannot be read, or its header names no columns; so does reading its rows.
    """
    rows = _rows(path, told, size)
    header = next(rows)
    assert isinstance(header, list)
    return Table(columns=frozenset(header), rows=_only_rows(rows))


def _only_rows(rows: Iterator[list[str] | Row | Gap]) -> Iterator[Row | Gap]:
    for row in rows:
        assert not isinstance(row, list)
        yield row


def _rows(path: Path, told: RegisterFile, size: int) -> Iterator[list[str] | Row | Gap]:
    """The header, then the rows."""
    try:
        with _opened(path, told) as file:
            yield from _parsed(file, path.name, told, size)
    except OSError as error:
        raise TableRefused(not_provided(f"{path.name}: {error.strerror}")) from error
    except UnicodeError as error:
        raise TableRefused(parse_error(f"{path.name} is not {told.encoding}: {_advice()}")) from error


def _opened(path: Path, told: RegisterFile) -> IO[str]:
    with path.open("rb") as file:
        if file.read(2) in WIDE and "16" not in told.encoding:
            raise TableRefused(parse_error(f"{path.name} is UTF-16: {_advice()}"))
    encoding = "utf-8-sig" if told.encoding.casefold().replace("_", "-") in ("utf-8", "utf8") else told.encoding
    try:
        return path.open(encoding=encoding, newline="")
    except LookupError as error:
        raise TableRefused(parse_error(f"there is no encoding {told.encoding}: {_advice()}")) from error


def _advice() -> str:
    return "save it as UTF-8, or name its encoding in grc.yaml (registers: {files: {…: {encoding: …}}})"


def _parsed(file: IO[str], name: str, told: RegisterFile, size: int) -> Iterator[list[str] | Row | Gap]:
    reader = csv.reader(_text(file, name), strict=True, delimiter=told.delimiter)
    try:
        header = headed(next(reader, []), told, f"{name}:1")
        yield header
        columns, width, line = header, len(header), reader.line_num
        for count, cells in enumerate(reader):
            start, line = line + 1, reader.line_num  # a quoted cell may hold line breaks
            if count >= MAX_ROWS or (size > MAX_BYTES and file.buffer.tell() > MAX_BYTES):  # type: ignore[attr-defined]  # a file opened as text has one
                yield too_long(name, f"{MAX_ROWS:,} rows" if count >= MAX_ROWS else f"{MAX_BYTES // 2**20} MiB")
                return
            if len(cells) != width:
                if any(cell.strip() for cell in cells):
                    yield parse_error(f"{name}:{start}: {len(cells)} cells under {width} columns: {_quoting(told)}")
                continue
            named = {column: text for column, cell in zip(columns, cells, strict=True) if (text := cell.strip())}
            if named:
                yield Row(line=start, cells=named)
    except csv.Error as error:
        yield parse_error(f"{name}:{reader.line_num}: is not CSV from here on ({error}): {_quoting(told)}")


def _quoting(told: RegisterFile) -> str:
    return f'a cell that holds a {told.delimiter!r}, a quote or a line break stands in "quotes", and a quote twice'


def _text(file: IO[str], name: str) -> Iterator[str]:
    while line := file.readline(MAX_LINE):
        if "\0" in line:
            raise TableRefused(parse_error(f"{name} is not text: it holds NUL characters. {_advice().capitalize()}"))
        if len(line) == MAX_LINE:
            raise TableRefused(parse_error(f"{name} has a line of more than {MAX_LINE:,} characters: {_advice()}"))
        yield line
