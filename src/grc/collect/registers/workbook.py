"""Registers as XLSX: one worksheet, its first row with anything in it the header."""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from grc.collect.archive import ArchiveRefused, Attributes, chunks, local, open_archive, parse_xml
from grc.collect.registers.numberformats import NumberFormat, format_of
from grc.collect.registers.sheetxml import MAX_LINE, Cells, Run, SheetReader, whole
from grc.collect.registers.tables import (
    MAX_ROWS,
    Block,
    Doubt,
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
MERGED: Final = re.compile(r"[A-Z]{1,3}([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})")
MOST_MERGED: Final = 100
"""So many merged ranges are told one by one; a sheet with more is a layout and no table."""

Step = list[str] | Row | Block | Gap | Doubt


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


def _only_rows(rows: Iterator[Step]) -> Rows:
    for row in rows:
        assert not isinstance(row, list)
        yield row


def _guarded(rows: Iterator[Step], name: str) -> Iterator[Step]:
    try:
        yield from rows
    except ArchiveRefused as error:
        raise TableRefused(parse_error(f"{name} {error}")) from error


def _rows(path: Path, told: RegisterFile, register: str) -> Iterator[Step]:
    """The header, then the rows."""
    file = path.name
    with open_archive(path) as archive:
        sheets = _sheets(archive)
        relations = _relations(archive)
        name = _chosen(sheets, told.sheet, register)
        reader = SheetReader(_texts(archive, relations), _formats(archive, relations), since_1904=sheets.since_1904)
        rows = reader.rows(chunks(archive, _member(relations, sheets.by_name[name])))
        header = yield from _under_header(rows, told, file)
        yield from _merged(reader.merged, header, name, file)


def _merged(ranges: Sequence[str], header: int, sheet: str, file: str) -> Iterator[Doubt]:
    """What merged cells leave open: of each only the first holds its value, so the rows that they touch say too little.

    Raises:
        ArchiveRefused: the header is among them, or there are very many.
    """
    for ref in ranges:
        found = MERGED.fullmatch(ref)
        lines = range(int(found[1]), int(found[2]) + 1) if found else range(0)
        if not lines or lines.start <= header or len(ranges) > MOST_MERGED:
            raise ArchiveRefused(f"has merged cells ({sheet}!{ref}): unmerge them and fill each cell")
        last = "" if len(lines) == 1 else f" to row {lines[-1]}"
        advice = f"merged cells ({sheet}!{ref}), not read{last}: unmerge them and fill each cell"
        yield Doubt(lines, parse_error(f"{file}:{lines.start}: {advice}"))


def _under_header(
    rows: Iterator[tuple[int, Cells] | Run], told: RegisterFile, file: str
) -> Generator[list[str] | Row | Block | Gap, None, int]:
    """The header, then the rows; gives the header's line, the last where there is none."""
    header: Mapping[int, str] | None = None
    begun = MAX_LINE
    count = 0
    for found in rows:
        if header is not None and isinstance(found, Run) and (block := _block(header, found, MAX_ROWS - count)):
            count += len(block.lines)
            yield block
            continue
        for line, cells in found.rows() if isinstance(found, Run) else (found,):
            if header is None:
                header, begun = _header(cells, told, f"{file}:{line}"), line
                yield [*header.values()]
            elif count >= MAX_ROWS:
                yield too_long(file, f"{MAX_ROWS:,} rows")
                deque(rows, maxlen=0)  # which cells are merged stands behind the last row
                return begun
            else:
                count += 1
                yield _row(header, line, cells, file)
    return begun


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
