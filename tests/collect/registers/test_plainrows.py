"""Plain rows: taken only where the XML parser would have read the very same, and left to it everywhere else."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.collect.archive import ArchiveRefused, parse_xml
from grc.collect.registers.numberformats import PLAIN, NumberFormat, Shown
from grc.collect.registers.plainrows import plain_row
from grc.collect.registers.sheetxml import Cells, Run, SheetReader

HEAD = '<worksheet xmlns="urn:s"><sheetData>'
TAIL = '</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>'
FORMATS = (PLAIN, NumberFormat(shown=Shown.DAY), NumberFormat(shown=Shown.NUMBER, digits=3))
TEXTS = ("first", " padded ", "_x0041_")
PLAIN_ROWS = (
    '<row r="{}"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>46115</v></c></row>',
    '<row r="{}" spans="1:8" ht="12.8" customHeight="1" x14ac:dyDescent="0.25"><c r="A1" s="2"><v>7</v></c></row>',
    '<row r="{}"><c r="A1" s="0"/><c r="B1"><f>SUM(A1:A2)</f><v>2</v></c><c r="ZZ1" t="b"><v>1</v></c></row>',
    '<row r="{}"><c r="A1"><f t="shared" si="0"/><v>1.5E2</v></c><c r="B1" t="str"><v>it\'s "so"</v></c></row>',
    '\n <row r="{}"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="d"><v>2026-04-03</v></c></row>',
    '<row r="{}"></row>',
)
OTHER_ROWS = (
    '<row r="{}"/>',
    '<row  r="{}"><c r="A1"><v>1</v></c></row>',
    "<row r='{}'><c r='A1'><v>1</v></c></row>",
    '<row r="{}"><c r="A1" t="str"><v>Ада</v></c></row>',
    '<row r="{}"><c r="A1" t="str"><v>a &amp; b</v></c></row>',
    '<row r="{}"><c r="A1" t="inlineStr"><is><t>a</t><rPh><t>b</t></rPh></is></c></row>',
    '<row r="{}"><c r="A1"><f>1+1</f></c></row>',
    '<row r="{}"><c r="A1"><v></v></c></row>',
    '<row r="{}"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
    '<row r="{}"><c r="XFE1"><v>1</v></c></row>',
    '<row r="{}"><c r="A1" t="s"><v>9</v></c></row>',
    '<row r="{}"><c r="A1" t="odd"><v>9</v></c></row>',
    '<row r="{}"><c r="A1" t="str"><v>[<![CDATA[ <row r="9"><c r="A9"><v>5</v></c></row> ]]>]</v></c></row>',
    '<!-- <row r="{0}"><c r="A1"><v>1</v></c></row><row r="{0}"><c r="A1"><v>2</v></c></row> -->',
    '<?x <row r="{0}"></row><row r="{0}"><c r="A1"><v>2</v></c></row> ?>',
    '<row r="{}"><c r="A1"><v>1</v></c>',
    '<row r="{}"><c r="A1"><v>1</v></c></x></row>',
    "</sheetData><sheetData>",
)


def pieces(text: str, size: int) -> Generator[bytes, None, None]:
    data = text.encode()
    yield from (data[at : at + size] for at in range(0, len(data), size))


class Parsed(SheetReader):
    """A reader that leaves every row to the parser."""

    def rows(self, pieces: Generator[bytes, None, None]) -> Iterator[tuple[int, Cells] | Run]:
        for _ in parse_xml(pieces, self._start, self._end, self._text):
            found, self._rows = self._rows, []
            yield from found


def read(kind: type[SheetReader], text: str, size: int) -> tuple[list[tuple[int, Cells]], str | None, str]:
    """The rows, the merged range, and what was refused."""
    reader, rows = kind(TEXTS, FORMATS, since_1904=False), []
    try:
        for row in reader.rows(pieces(text, size)):
            rows += row.rows() if isinstance(row, Run) else (row,)
    except ArchiveRefused as refused:
        return [], None, "refused" if "XML" in str(refused) else str(refused)
    return rows, reader.merged, ""


@pytest.mark.parametrize("row", PLAIN_ROWS)
def test_a_plain_row_is_taken_and_is_what_the_parser_reads(row: str) -> None:
    assert plain_row(row.format(2).removesuffix("</row>").encode()) is not None
    text = HEAD + row.format(2) + TAIL
    assert read(SheetReader, text, 7) == read(Parsed, text, 7)


@pytest.mark.parametrize("row", OTHER_ROWS)
def test_any_other_row_is_left_to_the_parser_and_so_is_what_it_spoils(row: str) -> None:
    text = HEAD + PLAIN_ROWS[0].format(2) + row.format(3) + PLAIN_ROWS[1].format(4) + TAIL
    assert read(SheetReader, text, 1000) == read(Parsed, text, 1000)


@given(
    rows=st.lists(st.sampled_from((*PLAIN_ROWS * 3, *OTHER_ROWS)), max_size=8),
    head=st.sampled_from(
        (
            HEAD,
            f'<?xml version="1.0" encoding="UTF-8"?>{HEAD}',
            f'<?xml version="1.0" encoding="ISO-8859-1"?>{HEAD}',
            '<worksheet xmlns:x="urn:s"><x:sheetData>',
            f"<!-- <sheetData> -->{HEAD}",
            f"<!DOCTYPE w [<!ENTITY e 'x'>]>{HEAD}",
        )
    ),
    step=st.sampled_from((0, 1, 1, 1, 2)),
    size=st.sampled_from((1, 13, 64, 10_000)),
    cut=st.integers(0, 40),
)
@settings(max_examples=150, deadline=None)
def test_a_worksheet_is_read_as_the_parser_alone_reads_it(
    rows: list[str], head: str, step: int, size: int, cut: int
) -> None:
    text = head + "".join(row.format(2 + number * step) for number, row in enumerate(rows)) + TAIL
    text = text[: len(text) - cut] if cut < 20 else text
    assert read(SheetReader, text, size) == read(Parsed, text, size)


@pytest.mark.parametrize("row", PLAIN_ROWS[:-1])
@pytest.mark.parametrize("numbers", [(2, 3, 4), (2, 3, 3), (2, 4, 3), (2, 3, 9_999_999)])
@pytest.mark.parametrize("size", [40, 10_000])
def test_rows_of_a_form_that_was_learned_are_what_the_parser_reads(row: str, numbers: list[int], size: int) -> None:
    text = HEAD + "".join(row.format(number) for number in numbers) + OTHER_ROWS[3].format(5) + row.format(6) + TAIL
    assert read(SheetReader, text, size) == read(Parsed, text, size)


def test_the_row_is_named_whose_text_the_workbook_does_not_hold() -> None:
    rows = [f'<row r="{line}"><c r="A1" t="s"><v>{line // 5}</v></c></row>' for line in range(2, 20)]
    text = HEAD + "".join(rows) + TAIL
    assert "row 15" in read(SheetReader, text, 10_000)[2]
    assert read(SheetReader, text, 10_000) == read(Parsed, text, 10_000)


@given(
    st.lists(
        st.lists(st.sampled_from(("", ' s="0"', ' s="1"', ' s="2"', ' t="s"', ' s="1" t="b"')), min_size=3, max_size=3),
        min_size=4,
        max_size=40,
    )
)
@settings(max_examples=25, deadline=None)
def test_columns_of_several_forms_are_what_the_parser_reads(rows: list[list[str]]) -> None:
    """An empty form stands for no cell at all in two of three rows, and for a cell without a value in the others."""
    text = HEAD
    for line, forms in enumerate(rows, start=2):
        cells = (
            f'<c r="{column}{line}"{form}><v>{line % 3}</v></c>'
            if form
            else f'<c r="{column}{line}"/>' * (line % 3 == 0)
            for column, form in zip("ABD", forms, strict=True)
        )
        text += f'<row r="{line}">{"".join(cells)}</row>'
    assert read(SheetReader, text + TAIL, 500) == read(Parsed, text + TAIL, 500)
