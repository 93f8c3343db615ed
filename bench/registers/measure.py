"""Measures in processes of their own, so that each one's peak of memory is its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
ROWS: Final = 100_000
PEOPLE: Final = 20_000
TODAY: Final = date(2026, 11, 22)
SUFFIXES: Final = ("csv", "xlsx")


def measure(rows: int = ROWS) -> dict[str, Any]:
    """Seconds and MiB of a training register joined from a people register a fifth as long, by file format."""
    return {suffix: _measured(rows, suffix) for suffix in SUFFIXES}


def _measured(rows: int, suffix: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), rows, suffix)
        command = [sys.executable, "-m", "bench.registers.work", folder]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own module
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def write(folder: Path, rows: int, suffix: str) -> None:
    """Write a workspace of two registers: everyone has five courses, and one in fifty is overdue."""
    people = max(1, rows * PEOPLE // ROWS)
    (folder / "registers").mkdir()
    (folder / "grc.yaml").write_text("format: grc.workspace/1\norganisation: {timezone: Europe/Berlin}\n")
    put = {"csv": put_csv, "xlsx": put_xlsx}[suffix]
    put(folder / "registers" / f"people.{suffix}", [PERSON, *(_person(number) for number in range(people))])
    put(folder / "registers" / f"training.{suffix}", [COURSE, *(_course(number, people) for number in range(rows))])


PERSON: Final = [
    "person_id",
    "role",
    "start_on",
    "end_on",
    "employment_type",
    "screened_on",
    "nda_signed_on",
    "aws_user",
    "exported_on",
]
COURSE: Final = [
    "person_id",
    "course_id",
    "course_version",
    "assigned_on",
    "completed_on",
    "score",
    "expires_on",
    "exported_on",
]


def _person(number: int) -> list[str]:
    begun = TODAY - timedelta(days=100 + number % 2000)
    days = [begun, None, begun - timedelta(days=10), begun]
    started, ended, screened, signed = (day.isoformat() if day else "" for day in days)
    return [
        f"P-{number:06}", "nurse", started, ended, "employee", screened, signed, f"user-{number}", TODAY.isoformat()
    ]  # fmt: skip


def _course(number: int, people: int) -> list[str]:
    late = number % 50 == 0
    done = TODAY - timedelta(days=500 if late else 10 + number % 300)
    return [
        f"P-{number % people:06}",
        f"course-{number // people}",
        "2026",
        (done - timedelta(days=20)).isoformat(),
        done.isoformat(),
        "92",
        (done + timedelta(days=365)).isoformat(),
        TODAY.isoformat(),
    ]


def put_csv(path: Path, rows: list[list[str]]) -> None:
    """Write rows as CSV; no cell needs quoting."""
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")


def put_xlsx(path: Path, rows: list[list[str]]) -> None:
    """Write rows as a workbook, days as dates."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("register")
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if len(cell) == 10 and cell[4] == "-" and cell[:4].isdigit():
                sheet.write_datetime(line, column, date.fromisoformat(cell), day)
            elif cell:
                sheet.write_string(line, column, cell)
    book.close()
