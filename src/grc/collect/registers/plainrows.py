"""Rows of a worksheet in the few forms in which programs write nearly all of them, taken without the XML parser.

A form is so narrow that a text of it can only mean one thing, in any document: ASCII, no entity, the attributes in one
order. Whatever else a worksheet holds goes to the parser, which then reads on from there. From the first comment,
instruction or CDATA section on everything does, because a row may stand in one of those and be none.

**Source** ECMA-376, part 1: 18.3.1.73 (row), 18.3.1.4 (cell), 18.3.1.40 (formula); the order of attributes is that of
its schema, which Excel, LibreOffice, Google Sheets and the usual libraries follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Final, NamedTuple

BEGIN: Final = b"<sheetData>"
END: Final = b"</row>"
MAX_HEAD: Final = 1024 * 1024
"""Octets before the first row, or without the end of one, after which the parser has it all."""
OTHER_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"'](?!(?:utf-8|us-ascii)[\"'])", re.IGNORECASE)
UNSEEN: Final = (b"<!", b"<?")
"""How comments, CDATA sections and instructions begin, in which text only looks like a row."""

TEXT: Final = "[ -%'-;=?-~]"
SWITCH: Final = "(?:0|1|true|false)"
ROW: Final = re.compile(
    rf'\s*<row r="([0-9]{{1,7}})"(?: spans="[0-9: ]*")?(?: s="[0-9]{{1,9}}")?(?: customFormat="{SWITCH}")?'
    rf'(?: ht="[0-9.]+")?(?: hidden="{SWITCH}")?(?: customHeight="{SWITCH}")?(?: outlineLevel="[0-9]")?'
    rf'(?: collapsed="{SWITCH}")?(?: thickTop="{SWITCH}")?(?: thickBot="{SWITCH}")?(?: x14ac:dyDescent="[0-9.]+")?>'
)
FORMULA: Final = rf'<f(?: t="shared"(?: ref="[A-Z0-9:]+")? si="[0-9]+")?(?:/>|>{TEXT}*</f>)'
CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"(?: s="([0-9]{1,9})")?(?: t="(s|n|b|e|d|str)")?'
    rf"(?:/>|>(?:{FORMULA})?<v>({TEXT}+)</v></c>)"
)
STEP: Final = CELL.groups + 1


class PlainRow(NamedTuple):
    """A row's number, and of its cells the columns' letters, the styles, types and values as they are written.

    ``None`` where that is not written; a cell without a value is empty.
    """

    line: int
    letters: list[str]
    styles: list[str | None]
    types: list[str | None]
    values: list[str | None]


def plain_row(octets: bytes) -> PlainRow | None:
    """A row, up to its end tag, where it is of the plain form; None where the parser has to read it."""
    if not octets.isascii():
        return None
    row = octets.decode("ascii")
    begins = ROW.match(row)
    if begins is None:
        return None
    parts = CELL.split(row[begins.end() :])
    if any(parts[::STEP]):  # something stands between the cells
        return None
    return PlainRow(int(begins[1]), parts[1::STEP], parts[2::STEP], parts[3::STEP], parts[4::STEP])


def without_plain_rows(
    pieces: Generator[bytes, None, None], take: Callable[[bytes], bool]
) -> Generator[bytes, None, None]:
    """What the parser has to read of a worksheet, in order: all but the rows, up to their end tag, that ``take`` took.

    Ends each piece where a row ends, so that the parser has read everything before a row that is taken. A piece may be
    empty: time to hand on what was taken.
    """
    with closing(pieces):
        held = b""
        for piece in pieces:
            held += piece
            if BEGIN in held or len(held) > MAX_HEAD:
                break
        head, begin, held = held.partition(BEGIN)
        yield head + begin
        if begin and _is_simple(head):
            held = yield from _between(held, pieces, take)
        yield held
        yield from pieces


def _is_simple(head: bytes) -> bool:
    declared = head.partition(b"?>")[2] if head.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") else head
    return not OTHER_ENCODING.search(head) and not any(mark in declared for mark in UNSEEN)


def _between(
    held: bytes, pieces: Generator[bytes, None, None], take: Callable[[bytes], bool]
) -> Generator[bytes, None, bytes]:
    """Takes rows as long as it can; gives what the parser has to go on with."""
    while len(held) <= MAX_HEAD:
        rows = held.split(END)
        held = rows.pop()
        for number, row in enumerate(rows):
            if take(row):
                continue
            if any(mark in row for mark in UNSEEN):
                return END.join([*rows[number:], held])
            yield row + END
        yield b""
        piece = next(pieces, None)
        if piece is None:
            break
        held += piece
    return held
