"""Registers as XLSX: one worksheet, its first row with anything in it the header."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from grc.collect.archive import ArchiveRefused, Attributes, chunks, local, open_archive, parse_xml
from grc.collect.registers.numberformats import NumberFormat, format_of
from grc.collect.registers.sheetxml import Cells, Run, SheetReader, whole
from grc.collect.registers.tables import (
    MAX_ROWS,
    Block,
    Row,
    Rows,
    Table,
    TableRefused,
    headed,
    parse_error,
    too_long,
)
from grc.model.evidence import Gap
from grc.model.workspace import RegisterFile

WORKBOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"


@dataclass(slots=True)
class Sheets:
    """What a workbook says of itself: its visible worksheets' relations by name, and when its days begin."""

    by_name: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    since_1904: bool = False


def open_workbook(path: Path, told: RegisterFile, register: str) -> Table:
    """Open the worksheet that is told, else the only one that shows, else the one of the register's name.

    Raises:
        TableRefused: the file cannot be read or trusted; so does reading its rows.
    """
    rows = _guarded(_rows(path, told, register), path.name)
    header = next(rows, None)
    return Table(columns=frozenset(header if isinstance(header, list) else ()), rows=_only_rows(rows))


def _only_rows(rows: Iterator[list[str] | Row | Block | Gap]) -> Rows:
    for row in rows:
        assert not isinstance(row, list)
        yield row


def _guarded(rows: Iterator[list[str] | Row | Block | Gap], name: str) -> Iterator[list[str] | Row | Block | Gap]:
    try:
        yield from rows
    except ArchiveRefused as error:
        raise TableRefused(parse_error(f"{name} {error}")) from error


def _rows(path: Path, told: RegisterFile, register: str) -> Iterator[list[str] | Row | Block | Gap]:
    """The header, then the rows."""
    file = path.name
    with open_archive(path) as archive:
        sheets = _sheets(archive)
        relations = _relations(archive)
        name = _chosen(sheets, told.sheet, register)
        reader = SheetReader(_texts(archive, relations), _formats(archive, relations), since_1904=sheets.since_1904)
        rows = reader.rows(chunks(archive, _member(relations, sheets.by_name[name])))
        yield from _under_header(rows, told, file)
        if reader.merged:
            raise ArchiveRefused(f"has merged cells ({name}!{reader.merged}): unmerge them and fill each cell")


def _under_header(
    rows: Iterator[tuple[int, Cells] | Run], told: RegisterFile, file: str
) -> Iterator[list[str] | Row | Block | Gap]:
    header: Mapping[int, str] | None = None
    count = 0
    for found in rows:
        if header is not None and isinstance(found, Run) and (block := _block(header, found, MAX_ROWS - count)):
            count += len(block.lines)
            yield block
            continue
        for line, cells in found.rows() if isinstance(found, Run) else (found,):
            if header is None:
                header = _header(cells, told, f"{file}:{line}")
                yield [*header.values()]
            elif count >= MAX_ROWS:
                yield too_long(file, f"{MAX_ROWS:,} rows")
                return
            else:
                count += 1
                yield _row(header, line, cells, file)


def _block(header: Mapping[int, str], run: Run, most: int) -> Block | None:
    """A run of rows under the header; None where one of its rows has to be looked at by itself."""
    blank = all("" in cells for cells in run.columns.values())
    beside = any(column not in header and any(cell != "" for cell in cells) for column, cells in run.columns.items())
    if blank or beside or len(run.lines) > most:
        return None
    return Block(run.lines, {header[column]: cells for column, cells in run.columns.items() if column in header})


def _header(cells: Cells, told: RegisterFile, where: str) -> Mapping[int, str]:
    columns = sorted(cells)
    names = [str(cells[column]) if isinstance(cells[column], (str, int)) else "" for column in columns]
    return dict(zip(columns, headed(names, told, where), strict=True))


def _row(header: Mapping[int, str], line: int, cells: Cells, name: str) -> Row | Gap:
    try:
        return Row(line, {header[column]: cell for column, cell in cells.items()})
    except KeyError:
        return parse_error(f"{name}:{line}: holds cells under no column: give each column a name in the header")


def _chosen(sheets: Sheets, told: str | None, register: str) -> str:
    names = ", ".join(sheets.by_name)
    if told is not None:
        if told not in sheets.by_name:
            raise ArchiveRefused(f"has no sheet {told!r}: it has {names}")
        return told
    shown = [name for name in sheets.by_name if name not in sheets.hidden]
    if len(shown) == 1:
        return shown[0]
    if register in sheets.by_name:
        return register
    advice = f"name one in grc.yaml (registers: {{files: {{{register}: {{sheet: …}}}}}})"
    raise ArchiveRefused(f"has the sheets {names}: {advice}")


def _sheets(archive: ZipFile) -> Sheets:
    found = Sheets()

    def start(name: str, attributes: Attributes) -> None:
        if local(name) == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            found.by_name[attributes.get("name", "")] = relation
            if attributes.get("state", "visible") != "visible":
                found.hidden.add(attributes.get("name", ""))
        elif local(name) == "workbookPr":
            found.since_1904 = attributes.get("date1904") in ("1", "true")

    _read(archive, WORKBOOK, start)
    if not found.by_name:
        raise ArchiveRefused("holds no worksheet")
    return found


def _relations(archive: ZipFile) -> Mapping[str, tuple[str, str]]:
    """What the workbook refers to: the sort and the member, by relation."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: Attributes) -> None:
        if local(name) == "Relationship" and attributes.get("TargetMode") != "External":
            sort = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (sort, target)

    _read(archive, RELATIONS, start)
    return found


def _member(relations: Mapping[str, tuple[str, str]], relation: str) -> str:
    sort, member = relations.get(relation, ("", ""))
    if sort != "worksheet":
        raise ArchiveRefused("has a sheet that is no worksheet (a chart, or another file): name another sheet")
    return member


def _texts(archive: ZipFile, relations: Mapping[str, tuple[str, str]]) -> list[str]:
    """The texts that cells refer to by number."""
    texts: list[str] = []
    parts: list[str] = []
    within = {"t": False, "rPh": False}

    def start(name: str, attributes: Attributes) -> None:
        del attributes
        name = local(name)
        if name == "si":
            parts.clear()
        elif name in within:
            within[name] = True

    def end(name: str) -> None:
        name = local(name)
        if name == "si":
            texts.append("".join(parts))
        elif name in within:
            within[name] = False

    def text(piece: str) -> None:
        if within["t"] and not within["rPh"]:  # how a text is pronounced is no part of it
            parts.append(piece)

    for sort, member in relations.values():
        if sort == "sharedStrings":
            _read(archive, member, start, end, text)
    return texts


def _formats(archive: ZipFile, relations: Mapping[str, tuple[str, str]]) -> list[NumberFormat]:
    """How numbers are shown, by the style that a cell names."""
    codes: dict[int, str] = {}
    numbers: list[int] = []
    within = {"cellXfs": False}

    def start(name: str, attributes: Attributes) -> None:
        name = local(name)
        if name == "numFmt":
            codes[whole(attributes.get("numFmtId"), -1)] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            within[name] = True
        elif name == "xf" and within["cellXfs"]:
            numbers.append(whole(attributes.get("numFmtId"), 0))

    def end(name: str) -> None:
        if local(name) == "cellXfs":
            within["cellXfs"] = False

    for sort, member in relations.values():
        if sort == "styles":
            _read(archive, member, start, end)
    return [format_of(number, codes) for number in numbers]


def _nothing(_: str) -> None:
    """For what is not looked at."""


def _read(
    archive: ZipFile,
    member: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = _nothing,
    text: Callable[[str], None] = _nothing,
) -> None:
    for _ in parse_xml(chunks(archive, member), start, end, text):
        pass
