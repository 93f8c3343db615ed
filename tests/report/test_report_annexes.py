"""The report as tables: every row, nothing executed, the same bytes."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from report_sample import sample
from view_sample import tables as known_views

from grc.model.status import Status
from grc.report import ReportInput, render_csv, render_xlsx
from grc.report.annexes import workbook
from grc.report.annexes.content import tables
from grc.report.annexes.separated import FORMULA, MARK
from grc.report.annexes.table import COUNT, Table
from grc.report.index import build
from grc.report.text import visible
from grc.report.views.overview import control_facts
from grc.report.words import load_words

WORDS = load_words()


@pytest.fixture(scope="module")
def report(report: ReportInput) -> ReportInput:
    return replace(report, views=known_views(report))


@pytest.fixture(scope="module")
def held(report: ReportInput) -> dict[str, Table]:
    return {table.name: table for table in tables(build(report), WORDS)}


@pytest.fixture(scope="module")
def files(report: ReportInput) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(render_csv(report))) as archive:
        assert archive.testzip() is None
        return {name: list(_rows(archive.read(name))) for name in archive.namelist()}


@pytest.fixture(scope="module")
def book(report: ReportInput) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(report)))


def _rows(data: bytes) -> Iterator[list[str]]:
    text = data.decode("utf-8")
    assert text.startswith(MARK)
    yield from csv.reader(io.StringIO(text.removeprefix(MARK), newline=""), strict=True)


def test_every_row_has_a_cell_for_every_column(held: dict[str, Table]) -> None:
    for table in held.values():
        assert len(set(table.columns)) == len(table.columns)
        assert {len(row) for row in table.rows()} <= {len(table.columns)}, table.name


def test_tables_hold_what_was_concluded(report: ReportInput, held: dict[str, Table]) -> None:
    assessment = report.assessment
    assert len(list(held["requirements"].rows())) == len(assessment.findings)
    assert len(list(held["parts"].rows())) == sum(len(finding.parts) for finding in assessment.findings)
    assert len(list(held["findings"].rows())) == len(list(report.observations()))
    assert len(list(held["evidence"].rows())) == len(report.evidence)
    assert len(list(held["checks"].rows())) == len(assessment.checks)
    assert len(list(held["waivers"].rows())) == len(assessment.waivers)
    kept = {name.partition(" ")[0] for name in held}
    assert {"soa", "addressable", "accountability", "capability"} <= kept


def test_counts_of_a_set_are_those_of_the_assessment(report: ReportInput, held: dict[str, Table]) -> None:
    table = held["frameworks"]
    told = [dict(zip(table.columns, row, strict=True)) for row in table.rows()]
    sets = [counted for summary in report.assessment.frameworks for counted in summary.sets]
    for row, counted in zip(told, sets, strict=True):
        assert {status: row[COUNT + status.value] for status in Status} == dict(counted.counts)


def test_files_are_the_tables(held: dict[str, Table], files: dict[str, list[list[str]]]) -> None:
    for table in held.values():
        heading, *rows = files[f"{table.name.replace(' ', '-')}.csv"]
        assert heading == list(table.columns)
        assert len(rows) == len(list(table.rows()))


def test_no_cell_of_a_file_begins_like_a_formula(report: ReportInput, files: dict[str, list[list[str]]]) -> None:
    hostile = {it.subject for it in report.observations() if FORMULA.match(it.subject)}
    assert hostile, "the sample holds subjects whose names are formulas"
    subjects = {row[3] for row in files["findings.csv"]}
    assert {f"'{visible(subject)}" for subject in hostile} <= subjects
    cells = [cell for rows in files.values() for row in rows for cell in row]
    assert not [cell for cell in cells if FORMULA.match(cell)]


def test_sheets_are_the_tables_and_hold_no_formula_and_no_link(held: dict[str, Table], book: Any) -> None:
    cover, *sheets = book.worksheets
    assert cover.title == WORDS.say("sheet_cover")
    assert [sheet.title for sheet in sheets] == [name[:31] for name in held]
    for sheet, table in zip(sheets, held.values(), strict=True):
        assert sheet.max_row == 1 + len(list(table.rows()))
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref is not None
        types = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert types <= {"s", "n", "d"}
        assert not sheet._hyperlinks


def test_cover_says_what_document_control_does(report: ReportInput, book: Any) -> None:
    told = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(min_row=3)}
    for fact in control_facts(report, WORDS):
        assert told[fact.name] == visible(fact.value)


def test_last_days_stand_as_days_of_the_time_zone(report: ReportInput) -> None:
    waiver = replace(report.assessment.waivers[0], until=datetime(2026, 12, 5, 23, tzinfo=UTC))
    for zone, expected in (("Europe/Berlin", "2026-12-05 00:00:00"), ("UTC", "2026-12-05 23:00:00")):
        there = replace(report.organisation, timezone=zone)
        one = replace(report, organisation=there, assessment=replace(report.assessment, waivers=(waiver,)))
        heading, row = openpyxl.load_workbook(io.BytesIO(render_xlsx(one)))["waivers"].iter_rows(values_only=True)
        assert str(row[heading.index("Last day")]) == expected


def test_hostile_names_reach_a_sheet_as_text(report: ReportInput, book: Any) -> None:
    hostile = {visible(it.subject) for it in report.observations() if FORMULA.match(it.subject)}
    found = {row[3].value for row in book["findings"].iter_rows(min_row=2)}
    assert hostile <= found


def test_instants_are_dates_of_a_sheet(report: ReportInput, book: Any) -> None:
    heading, first = (list(row) for row in book["evidence"].iter_rows(max_row=2))
    started = next(place for place, cell in enumerate(heading) if cell.value == WORDS.say("heading_started"))
    assert first[started].is_date
    assert isinstance(first[started].value, datetime)
    instants = {item.population.started.replace(tzinfo=None) for item in report.evidence}
    assert first[started].value in {moment.replace(microsecond=0) for moment in instants}


@pytest.mark.parametrize("render", [render_csv, render_xlsx])
def test_the_same_pack_gives_the_same_bytes(render: Any, report: ReportInput, monkeypatch: Any) -> None:
    made = render(report)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    backwards = replace(report, observations=lambda: reversed(list(report.observations())))
    assert render(backwards) == made
    later = replace(report, generated_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert (render(later) == made) is (render is render_csv)


def test_a_table_that_a_sheet_cannot_hold_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 40)
    report = sample(subjects=300, checks=6)
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(report)))
    pieces = [sheet for sheet in book.worksheets if sheet.title.startswith("findings")]
    assert len(pieces) > 1
    assert {sheet.max_row for sheet in pieces[:-1]} == {41}
    assert sum(sheet.max_row - 1 for sheet in pieces) == len(list(report.observations()))


def test_a_text_that_no_cell_holds_is_cut_and_says_so(report: ReportInput) -> None:
    waiver = replace(report.assessment.waivers[0], reason="r" * 40_000)
    long = replace(report, assessment=replace(report.assessment, waivers=(waiver,)))
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(long)))
    told = [cell.value for cell in next(book["waivers"].iter_rows(min_row=2)) if str(cell.value).startswith("rrr")]
    assert [len(text) for text in told] == [workbook.MAX_TEXT]
    assert told[0].endswith(workbook.CUT)


def test_words_of_a_workspace_reach_the_workbook(report: ReportInput, tmp_path: Path) -> None:
    (tmp_path / "messages.yaml").write_text("format: grc.messages/1\ntext:\n  sheet_cover: Deckblatt\n")
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(report, [tmp_path])))
    assert book.worksheets[0].title == "Deckblatt"
