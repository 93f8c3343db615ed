"""Registers as YAML of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from grc.collect.registers.tables import Cell, Row, Table, TableRefused, Unreadable, parse_error
from grc.errors import DataError
from grc.model.evidence import Gap
from grc.yamltext import Document, read

FORMAT: Final = "grc.register/1"


def open_yaml(path: Path) -> Table:
    """Open a file that begins with ``format: grc.register/1`` and lists its ``rows``.

    Raises:
        TableRefused: it is not one.
    """
    try:
        document = read(path, name=path.name)
    except DataError as error:
        raise TableRefused(parse_error(str(error.problems[0]))) from error
    listed = document.value.get("rows")
    if document.value.get("format") != FORMAT or not isinstance(listed, list):
        raise TableRefused(parse_error(f"{path.name}: begins with `format: {FORMAT}` and lists its `rows:`"))
    columns = {column for row in listed if isinstance(row, dict) for column in row}
    return Table(columns=frozenset(columns), rows=_rows(document, listed, path.name))


def _rows(document: Document, listed: list[Any], name: str) -> Iterator[Row | Gap]:
    for index, cells in enumerate(listed):
        line = document.mark(("rows", index)).line
        if not isinstance(cells, dict):
            yield parse_error(f"{name}:{line}: a row is a mapping of columns to values")
        else:
            read_cells = ((column, _cell(value)) for column, value in cells.items())
            yield Row(line=line, cells={column: cell for column, cell in read_cells if cell is not None})


def _cell(value: Any) -> Cell | None:
    """A value as a cell; None where there is none."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dict):
        return Unreadable("holds a mapping, and a value is asked")
    if isinstance(value, list):
        if not all(isinstance(one, (str, int)) for one in value):
            return Unreadable("holds a list of other things than texts")
        return tuple(value) or None
    found: Cell | None = value
    return found
