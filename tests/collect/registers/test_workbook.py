"""Workbooks: values and not formulas, and nothing that could not be read taken for empty."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from grc.collect.registers.opening import open_table
from grc.collect.registers.tables import MAX_ROWS, Doubt, Row, TableRefused, Unreadable
from grc.model.evidence import Gap, GapReason
from grc.model.workspace import RegisterFile

PLAIN = RegisterFile(file=None, encoding="utf-8", delimiter=",", columns={})
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = f'<workbook xmlns="{NAMESPACE}" xmlns:r="{RELATION}">{{}}<sheets>{{}}</sheets></workbook>'
STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="000"/>'
    '<numFmt numFmtId="166" formatCode="&quot;day &quot;0.00"/><numFmt numFmtId="167" formatCode="[h]:mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs>'
    "</styleSheet>"
)


def pack(members: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def book(
    rows: str,
    *,
    sheets: tuple[str, ...] = ("Data",),
    hidden: str = "",
    head: str = "",
    after: str = "",
    texts: str = "",
) -> bytes:
    """A workbook whose first sheet holds these rows, below a header of ``a``, ``b`` and ``c``."""
    header = '<row r="1">' + "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in "abc") + "</row>"
    listed = "".join(
        f'<sheet name="{name}" r:id="r{index}" state="{"hidden" if name == hidden else "visible"}"/>'
        for index, name in enumerate(sheets)
    )
    related = "".join(
        f'<Relationship Id="r{index}" Type="{RELATION}/worksheet" Target="worksheets/{index}.xml"/>'
        for index in range(len(sheets))
    )
    related += f'<Relationship Id="s" Type="{RELATION}/styles" Target="/xl/styles.xml"/>'
    related += f'<Relationship Id="t" Type="{RELATION}/sharedStrings" Target="texts.xml"/>'
    sheet = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{header}{rows}</sheetData>{after}</worksheet>'
    return pack(
        {
            "xl/workbook.xml": WORKBOOK.format(head, listed),
            "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
            "xl/styles.xml": STYLES,
            "xl/texts.xml": f"<sst>{texts}</sst>",
            **{f"xl/worksheets/{index}.xml": sheet for index in range(len(sheets))},
        }
    )


def read(folder: Path, data: bytes, told: RegisterFile = PLAIN) -> list[Row | Gap]:
    path = folder / "people.xlsx"
    path.write_bytes(data)
    return list(open_table(path, told, "people").rows)


def one_cell(folder: Path, cell: str, **more: Any) -> object:
    (row,) = read(folder, book(f'<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c>{cell}</row>', **more))
    assert isinstance(row, Row)
    assert row.line == 2
    return row.cells.get("b")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="B2"><v>7</v></c>', 7),
        ('<c r="B2"><v>7.5</v></c>', 7.5),
        ('<c r="B2"><v>1.0E2</v></c>', 100),
        ('<c r="B2" s="1"><v>46115</v></c>', date(2026, 4, 3)),
        ('<c r="B2" s="2"><v>46115</v></c>', date(2026, 4, 3)),
        ('<c r="B2" s="3"><v>46115.58715277778</v></c>', datetime(2026, 4, 3, 14, 5, 30)),  # noqa: DTZ001
        ('<c r="B2" s="3"><v>46115</v></c>', date(2026, 4, 3)),
        ('<c r="B2" t="d"><v>2026-04-03T00:00:00</v></c>', date(2026, 4, 3)),
        ('<c r="B2" s="4"><v>7</v></c>', "007"),
        ('<c r="B2" s="5"><v>7</v></c>', 7),
        ('<c r="B2" t="b"><v>1</v></c>', True),
        ('<c r="B2" t="b"><v>0</v></c>', False),
        ('<c r="B2" t="str"><f>A2</f><v>Ада</v></c>', "Ада"),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', None),
        ('<c r="B2" t="s"><v>0</v></c>', "山田"),
        ('<c r="B2" t="s"><v>1</v></c>', "two parts"),
        ('<c r="B2" t="inlineStr"><is><t>a_x000A_b_x005F_</t></is></c>', "a\nb_"),
        ('<c r="B2" t="inlineStr"><is><t> </t></is></c>', None),
        ('<c r="B2"/>', None),
        ('<c r="B2"><v></v></c>', None),
    ],
)
def test_a_cell_is_its_value(tmp_path: Path, cell: str, value: object) -> None:
    texts = "<si><t>山田</t><rPh><t>やまだ</t></rPh></si><si><r><t>two </t></r><r><t>parts</t></r></si>"
    found = one_cell(tmp_path, cell, texts=texts)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('<c r="B2"><f>1+1</f></c>', "formula without a result"),
        ('<c r="B2"><f>1+1</f><v></v></c>', "formula without a result"),
        ('<c r="B2" t="str"><f>1+1</f></c>', "formula without a result"),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="B2" s="1"><v>1.5</v></c>', "shown as a date and is none"),
        ('<c r="B2" s="1"><v>nan</v></c>', "shown as a date and is none"),
        ('<c r="B2" s="1"><v>-3</v></c>', "shown as a date and is none"),
        ('<c r="B2" s="6"><v>0.5</v></c>', "shown as a date and is none"),
        ('<c r="B2"><v>inf</v></c>', "more digits"),
        ('<c r="B2"><v>12345678901234567</v></c>', "more digits"),
        ('<c r="B2" t="odd"><v>1</v></c>', "type that worksheets do not have"),
    ],
)
def test_what_has_no_value_is_not_empty(tmp_path: Path, cell: str, said: str) -> None:
    found = one_cell(tmp_path, cell)
    assert isinstance(found, Unreadable)
    assert said in found.why


def test_days_of_the_other_calendar_are_the_same_days(tmp_path: Path) -> None:
    head = '<workbookPr date1904="1"/>'
    assert one_cell(tmp_path, '<c r="B2" s="1"><v>44653</v></c>', head=head) == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (book("", after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'), "merged cells (Data!A1:B1): unmerge"),
        (book("", after='<mergeCells><mergeCell ref="A:B"/></mergeCells>'), "merged cells (Data!A:B): unmerge"),
        (book("", after="<m>" + '<mergeCell ref="A3:B3"/>' * 101 + "</m>"), "merged cells (Data!A3:B3): unmerge"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "password-protected"),
        (b"PK\x03\x04 cut off", "is not a .xlsx file"),
        (pack({"xl/other.xml": "<a/>"}), "holds no xl/workbook.xml"),
        (book("<row>", after="<x>"), "cannot be read"),
        (book('<row r="5"/><row r="4"/>'), "a row 4 after row 5"),
        (book('<row r="2"><c r="B2"/><c r="A2"/></row>'), "out of order in row 2"),
        (book('<row r="2"><c r="XFE2"><v>1</v></c></row>'), "out of order in row 2"),
        (book('<row r="99999999999"/>'), "whole numbers"),
        (book('<row r="2"><c r="A2" t="s"><v>5</v></c></row>'), "a text in row 2 that it does not hold"),
        (book("", sheets=("One", "Two")), "has the sheets One, Two: name one in grc.yaml"),
        (pack({**dict.fromkeys(map(str, range(3)), bytes(30_000_000))}), "compressed as no Office program does"),
        (pack({str(index): b"" for index in range(10_001)}), "holds 10,001 members"),
        (
            pack({"xl/workbook.xml": '<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/hostname">]><w>&e;</w>'}),
            "declares a document type",
        ),
    ],
)
def test_a_workbook_that_cannot_be_trusted_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(TableRefused) as refused:
        read(tmp_path, data)
    assert said in str(refused.value)
    assert str(refused.value).startswith("people.xlsx ")


def test_an_archive_whose_members_overlap_is_not_inflated(tmp_path: Path) -> None:
    data = bytearray(pack({"a": b"x" * 100, "b": b"y" * 100}))
    at = data.find(b"PK\x01\x02")
    data[at + 20 : at + 24] = (10_000).to_bytes(4, "little")  # the size that the directory gives
    with pytest.raises(TableRefused, match="overlap"):
        read(tmp_path, bytes(data))


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(book("<row/>" * 50))
    at = data.find(b"xl/worksheets/0.xml") + 30
    data[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(TableRefused, match="damaged"):
        read(tmp_path, bytes(data))


def test_the_sheet_that_is_told_is_read(tmp_path: Path) -> None:
    data = book('<row r="3"><c r="C3"><v>1</v></c></row>', sheets=("One", "Two"))
    told = RegisterFile(file=None, encoding="utf-8", delimiter=",", columns={}, sheet="Two")
    assert read(tmp_path, data, told) == [Row(line=3, cells={"c": 1})]
    with pytest.raises(TableRefused, match="has no sheet 'Three': it has One, Two"):
        read(tmp_path, data, RegisterFile(file=None, encoding="utf-8", delimiter=",", columns={}, sheet="Three"))


def test_a_hidden_sheet_and_the_register_s_own_name_leave_no_doubt(tmp_path: Path) -> None:
    assert read(tmp_path, book("", sheets=("One", "Two"), hidden="One")) == []
    assert read(tmp_path, book("", sheets=("One", "people"))) == []


def test_cells_under_no_column_are_a_gap_and_the_next_rows_are_read(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="D2"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>'
    gap, row = read(tmp_path, book(rows))
    assert isinstance(gap, Gap)
    assert "people.xlsx:2: holds cells under no column" in (gap.detail or "")
    assert row == Row(line=3, cells={"a": 1})


def test_two_distant_cells_cost_no_memory(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="A2"><v>1</v></c></row><row r="1048576"><c r="C1048576"><v>1</v></c></row>'
    assert [row.line for row in read(tmp_path, book(rows)) if isinstance(row, Row)] == [2, 1048576]


def test_what_other_programs_write_is_read_as_they_meant_it(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    written = openpyxl.Workbook()
    written.active.append(["id", "day", "at", "number", "truth", "formula", "text"])
    day, at = date(2026, 11, 20), datetime(2026, 11, 20, 8, 30)  # noqa: DTZ001
    written.active.append(["Ёлка", day, at, 12.5, True, "=1+1", '\'quoted, "twice"'])
    written.save(tmp_path / "people.xlsx")
    table = open_table(tmp_path / "people.xlsx", PLAIN, "people")
    (row,) = table.rows
    assert isinstance(row, Row)
    formula = row.cells["formula"]
    assert isinstance(formula, Unreadable)
    assert {**row.cells, "formula": 0} == {
        "id": "Ёлка",
        "day": day,
        "at": at,
        "number": 12.5,
        "truth": True,
        "formula": 0,
        "text": '\'quoted, "twice"',
    }


def test_merged_cells_are_seen_behind_more_rows_than_are_read(tmp_path: Path) -> None:
    """Which cells are merged stands at the end of a sheet, and may be about rows that were read."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, MAX_ROWS + 3))
    path = tmp_path / "people.xlsx"
    path.write_bytes(book(rows, after='<mergeCells count="1"><mergeCell ref="A5:A7"/></mergeCells>'))
    told = [each for each in open_table(path, PLAIN, "people").rows if isinstance(each, (Gap, Doubt))]
    (cut,) = (each for each in told if isinstance(each, Gap))
    assert cut.reason is GapReason.TRUNCATED
    (doubt,) = (each for each in told if isinstance(each, Doubt))
    assert doubt.lines == range(5, 8)
