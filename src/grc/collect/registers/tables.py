"""Reads a register's file into rows of text, each with its line. Decides nothing about what they mean."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grc.errors import DataError
from grc.model.evidence import Gap, GapReason
from grc.model.workspace import RegisterFile
from grc.yamltext import parse

MAX_BYTES: Final = 64 * 1024 * 1024
FORMAT: Final = "grc.register/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it stands in the file. Empty cells are left out."""

    line: int
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A register's file. ``columns`` is what its header, or any of its rows, names."""

    columns: frozenset[str]
    rows: Sequence[Row]


def read_table(path: Path, told: RegisterFile) -> Table | Gap:
    """Read a CSV or YAML register as the workspace tells, or say why it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return parse_error(f"{path.name} is larger than {MAX_BYTES // 2**20} MiB: split it by period")
        data = path.read_bytes()
    except OSError as error:
        return Gap(path="", reason=GapReason.NOT_PROVIDED, detail=f"{path.name}: {error.strerror}")
    if path.suffix == ".yaml":
        return _read_yaml(data, path.name)
    try:
        text = data.decode("utf-8-sig" if told.encoding == "utf-8" else told.encoding)
    except (UnicodeDecodeError, LookupError):
        advice = "save it as UTF-8, or name its encoding in grc.yaml (registers: {…: {encoding: …}})"
        return parse_error(f"{path.name} is not {told.encoding}: {advice}")
    return _read_csv(text, path.name, told)


def parse_error(detail: str) -> Gap:
    """The gap of a file that is there and cannot be understood."""
    return Gap(path="", reason=GapReason.PARSE_ERROR, detail=detail)


def _read_csv(text: str, name: str, told: RegisterFile) -> Table | Gap:
    if "\0" in text:
        return parse_error(f"{name} is not text: it holds NUL characters")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=told.delimiter)
    fields = {heading: column for column, heading in told.columns.items()}
    rows: list[Row] = []
    try:
        header = [fields.get(heading.strip(), heading.strip()) for heading in next(reader, [])]
        if len(set(header)) != len(header) or "" in header:
            return parse_error(f"{name}:1: each column needs a name of its own; the header is {', '.join(header)}")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                return parse_error(f"{name}:{reader.line_num}: {len(cells)} cells under {len(header)} columns")
            named = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
            rows.append(Row(line=reader.line_num, cells={column: cell for column, cell in named.items() if cell}))
    except csv.Error as error:
        return parse_error(f"{name}:{reader.line_num}: is not CSV: {error}")
    return Table(columns=frozenset(header), rows=rows)


def _read_yaml(data: bytes, name: str) -> Table | Gap:
    try:
        document = parse(data, name)
    except DataError as error:
        return parse_error(str(error.problems[0]))
    listed = document.value.get("rows")
    if document.value.get("format") != FORMAT or not isinstance(listed, list):
        return parse_error(f"{name}: begins with `format: {FORMAT}` and lists its `rows:`")
    rows: list[Row] = []
    for index, cells in enumerate(listed):
        line = document.mark(("rows", index)).line
        if not isinstance(cells, dict):
            return parse_error(f"{name}:{line}: a row is a mapping of columns to values")
        rows.append(Row(line=line, cells={column: cell for column, cell in cells.items() if cell is not None}))
    return Table(columns=frozenset(column for row in rows for column in row.cells), rows=rows)
