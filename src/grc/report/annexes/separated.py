"""CSV of every table, in one ZIP archive: UTF-8 with a byte order mark, as spreadsheets ask for; RFC 4180 otherwise.

A cell that a spreadsheet would take for a formula begins with an apostrophe. Source: OWASP, CSV injection.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grc.report.annexes.content import tables
from grc.report.annexes.table import Cell, Table, plain
from grc.report.dated import dated
from grc.report.index import build
from grc.report.input import ReportInput
from grc.report.words import load_words

FORMULA: Final = re.compile(r"\s*[=+\-@\t\r]")
MARK: Final = "\ufeff"
TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The first that a ZIP archive can say, so that the same pack gives the same bytes."""


def render_csv(report: ReportInput, templates: Sequence[Path] = ()) -> bytes:
    """Render the report as a ZIP archive with a CSV file a table. ``templates`` may hold a ``messages.yaml``.

    Raises:
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    held = tables(build(dated(report)), load_words(templates))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for table in held:
            member = zipfile.ZipInfo(csv_name(table), TIME)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(member, csv_text(table))
    return whole.getvalue()


def csv_name(table: Table) -> str:
    """What the file of a table is called."""
    return f"{table.name.replace(' ', '-')}.csv"


def csv_text(table: Table) -> str:
    """A table as the text of its file."""
    text = io.StringIO(MARK, newline="")
    text.seek(len(MARK))
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([inert(cell) for cell in row] for row in table.rows())
    return text.getvalue()


def inert(cell: Cell) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    text = plain(cell)
    return f"'{text}" if isinstance(cell, str) and FORMULA.match(text) else text
