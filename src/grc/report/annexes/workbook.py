"""XLSX by XlsxWriter: a sheet a table, headings that stay, filters, and no formula ever made from data."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grc.errors import ReportError
from grc.model.status import Status
from grc.model.views import ApplicabilityView
from grc.report.annexes.content import tables
from grc.report.annexes.table import COUNT, Cell, Row, Table, plain
from grc.report.dated import dated
from grc.report.index import build
from grc.report.input import ReportInput
from grc.report.text import instant, visible
from grc.report.views.known import soa_head
from grc.report.views.overview import control_facts
from grc.report.words import Words, load_words

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS: Final = 1_048_575
"""Below the headings."""
MAX_TEXT: Final = 32_767
MAX_NAME: Final = 31
CUT: Final = " […]"
PROSE: Final = frozenset(
    {
        "reason",
        "covers",
        "rationale",
        "show",
        "found",
        "seen",
        "missing",
        "remedy",
        "details",
        "how",
        "facts",
        "statement",
        "state",
        "attested",
        "typical",
        "condition",
        "cause",
        "correction",
        "corrective_action",
    }
)
NARROW: Final = 12
USUAL: Final = 24
WIDE: Final = 64
"""Widths in characters."""
OPTIONS: Final = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def render_xlsx(report: ReportInput, templates: Sequence[Path] = ()) -> bytes:
    """Render the report as a workbook; the same pack gives the same bytes.

    Raises:
        ReportError: the library that writes workbooks is not installed.
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    words = load_words(templates)
    return workbook(report, tables(build(dated(report)), words), words)


def workbook(report: ReportInput, held: Iterable[Table], words: Words) -> bytes:
    """Some tables of a report as a workbook, a cover before them.

    Raises:
        ReportError: the library that writes workbooks is not installed.
    """
    try:
        from xlsxwriter.workbook import Workbook
    except ImportError as error:
        raise ReportError("a workbook needs XlsxWriter: pip install 'grc[xlsx]'") from error
    whole = io.BytesIO()
    with Workbook(whole, OPTIONS) as book:
        book.set_properties({"title": _title(report, words), "created": report.generated_at.replace(tzinfo=None)})
        styles = _Styles(book)
        _cover(book, styles, report, words)
        for table in held:
            _sheets(book, styles, table, words)
    return whole.getvalue()


class _Styles:
    """How headings, texts, days and instants are shown."""

    def __init__(self, book: Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.label = book.add_format({"bold": True, "valign": "top"})
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.instant = book.add_format({"num_format": 'yyyy-mm-dd hh:mm "UTC"', "valign": "top", "align": "left"})


def _title(report: ReportInput, words: Words) -> str:
    organisation = report.organisation.name or words.say("no_organisation")
    return words.say("title", organisation=visible(organisation), as_of=instant(report.assessment.as_of))


def _cover(book: Workbook, styles: _Styles, report: ReportInput, words: Words) -> None:
    """What the workbook is about, so that a printed sheet finds its pack again."""
    sheet = book.add_worksheet(words.say("sheet_cover"))
    sheet.set_column(0, 0, USUAL)
    sheet.set_column(1, 1, WIDE + USUAL)
    sheet.write_string(0, 0, _fitting(_title(report, words)), styles.title)
    for line, (name, value) in enumerate(_facts(report, words), 2):
        sheet.write_string(line, 0, _fitting(visible(name)), styles.label)
        sheet.write_string(line, 1, _fitting(visible(value)), styles.text)


def _facts(report: ReportInput, words: Words) -> Iterator[tuple[str, str]]:
    """Document control, the heads of statements of applicability, and what the figures mean."""
    yield from ((fact.name, fact.value) for fact in control_facts(report, words))
    for view in report.views:
        if isinstance(view, ApplicabilityView):
            yield words.say("soa_title", framework=view.title), soa_head(words, view)
    yield words.say("sheet_meaning"), words.say("figures_mean")
    yield words.say("sheet_conclusion"), words.say("basis_judgement")


def _sheets(book: Workbook, styles: _Styles, table: Table, words: Words) -> None:
    """A table on its sheet; one that a sheet cannot hold goes on on the next."""
    for count, rows in enumerate(_pieces(table.rows()), 1):
        name = f"{table.name} {count}" if count > 1 else table.name
        _sheet(book.add_worksheet(name[:MAX_NAME]), styles, table, rows, words)


def _pieces(rows: Iterable[Row]) -> Iterator[Iterable[Row]]:
    """The rows by the sheet; an empty table has a sheet too, because that it is empty is said."""
    left = iter(rows)
    yield islice(left, MAX_ROWS)
    for first in left:
        yield chain((first,), islice(left, MAX_ROWS - 1))


def _sheet(sheet: Worksheet, styles: _Styles, table: Table, rows: Iterable[Row], words: Words) -> None:
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column))
        sheet.write_string(0, place, _heading(column, words), styles.heading)
    last = 0
    for last, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            _write(sheet, styles, last, place, cell)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)


def _heading(column: str, words: Words) -> str:
    """Columns of counts are named by the status that they count."""
    if column.startswith(COUNT):
        return words.status(Status(column.removeprefix(COUNT))).word
    return words.say(f"heading_{column}")


def _width(column: str) -> int:
    if column in PROSE:
        return WIDE
    return NARROW if column.startswith(COUNT) else USUAL


def _write(sheet: Any, styles: _Styles, line: int, place: int, cell: Cell) -> None:
    match cell:
        case None | "":
            pass
        case bool():
            sheet.write_string(line, place, plain(cell), styles.text)
        case int():
            sheet.write_number(line, place, cell, styles.text)
        case datetime():
            sheet.write_datetime(line, place, cell.replace(tzinfo=None), styles.instant)
        case date():
            sheet.write_datetime(line, place, cell, styles.day)
        case _:
            sheet.write_string(line, place, _fitting(plain(cell)), styles.text)


def _fitting(text: str) -> str:
    """What a cell can hold, and that it was cut where it holds no more."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - len(CUT)] + CUT
