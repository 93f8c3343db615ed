"""An auditor's arithmetic: every format counts the same, and its totals are those of its own rows."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from grc.model.catalogue import Severity
from grc.model.evidence import Origin
from grc.model.identifiers import FrameworkId
from grc.model.status import Status, Verdict
from grc.report import ReportInput, render_csv, render_json, render_xlsx, summary_lines
from grc.report.site import render_site
from grc.report.views.bars import ORDER
from grc.report.words import load_words

TEMPLATES = Path(__file__).parent.parent.parent / "reports" / "templates"
WORDS = load_words()
OF_RECORD = {Origin.LIVE.value, Origin.REGISTER.value, Origin.DOCUMENT.value}

Counts = Mapping[tuple[str, str], Mapping[str, int]]
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def counted(report: ReportInput) -> Counts:
    """How many requirements of each counted set have each status; what none has is left out."""
    return {
        (summary.framework, held.id): {status.value: n for status, n in held.counts.items() if n}
        for summary in report.assessment.frameworks
        for held in summary.sets
    }


@pytest.fixture(scope="module")
def document(report: ReportInput) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render_json(report))
    return found


@pytest.fixture(scope="module")
def sheets(report: ReportInput) -> dict[str, Rows]:
    with zipfile.ZipFile(io.BytesIO(render_csv(report))) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
        }


@pytest.fixture(scope="module")
def pages(report: ReportInput) -> dict[str, str]:
    return {file.path: file.data.decode() for file in render_site(report, [TEMPLATES]) if file.path.endswith(".html")}


def test_json_counts_what_it_lists(document: dict[str, Any], counted: Counts) -> None:
    stated = {
        (framework["id"], held["id"]): {status: n for status, n in held["counts"].items() if n}
        for framework in document["frameworks"]
        for held in framework["sets"]
    }
    assert stated == counted
    assert recounted(document["requirements"], "engine_status") == counted


def test_csv_counts_what_it_lists(sheets: dict[str, Rows], counted: Counts) -> None:
    assert list(stated_in(sheets["frameworks"]).values()) == list(counted.values())
    as_words = {
        key: Counter({word(status, key[0]): n for status, n in statuses.items()}) for key, statuses in counted.items()
    }
    assert recounted(sheets["requirements"], "status") == as_words


def test_workbook_counts_as_csv_does(report: ReportInput, counted: Counts) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(report)), read_only=True)
    heads, *rows = book["frameworks"].iter_rows(values_only=True)
    columns = [word(status.value) for status in Status]
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    stated = [
        {status.value: row[name] for status, name in zip(Status, columns, strict=True) if row[name]} for row in found
    ]
    assert stated == list(counted.values())
    assert [row[WORDS.say("heading_total")] for row in found] == [sum(held.values()) for held in counted.values()]


@pytest.mark.parametrize("form", ["file", "folder"])
def test_table_bars_and_tiles_of_the_first_page_agree(
    report: ReportInput, html: str, pages: dict[str, str], counted: Counts, form: str
) -> None:
    page = html if form == "file" else pages["index.html"]
    rows = [list(map(int, re.findall(r"<td[^>]*>([\d,]+)</td>", row))) for row in numbers_of(page)]
    assert rows == [[*(held.get(status.value, 0) for status in ORDER), sum(held.values())] for held in counted.values()]
    for framework in report.assessment.scope.frameworks:
        every = sum((Counter(held) for (name, _), held in counted.items() if name == framework), Counter[str]())
        tiles = Counter(re.findall(rf'<a class="t (\w+)" href="?[^ >]*#{framework}:', page))
        assert tiles == {WORDS.status(Status(status)).code: n for status, n in every.items()}
    for held, legend in zip(
        counted.values(), re.findall(r'<p class="figures">.*?<ul class="legend">(.*?)</ul>', page, re.S), strict=False
    ):
        assert Counter(map(int, re.findall(r'<span class="n">(\d+)</span>', legend))) == Counter(held.values())


def test_terminal_says_the_same(report: ReportInput, counted: Counts) -> None:
    said = " ".join(summary_lines(report))
    for (framework, _), held in counted.items():
        assert f"Of {sum(held.values())} requirements, " in said
        for status, n in held.items():
            assert WORDS.clause(Status(status), n, FrameworkId(framework)) in said


def test_checks_are_counted_alike(report: ReportInput, document: dict[str, Any], sheets: dict[str, Rows]) -> None:
    here = Counter(each.status.value for each in report.assessment.checks if each.in_scope)
    assert Counter(each["status"] for each in document["checks"] if each["in_scope"]) == here
    assert Counter(row["status"] for row in sheets["checks"]) >= Counter({word(s): n for s, n in here.items()})
    said = "\n".join(summary_lines(report))
    assert f"{sum(here.values())} checks: " in said
    for status, n in here.items():
        assert f"{n} {word(status)}" in said


def test_failing_subjects_are_as_many_as_the_checks_say(
    report: ReportInput, document: dict[str, Any], sheets: dict[str, Rows], pages: dict[str, str]
) -> None:
    failed = {each.check: each.failed for each in report.assessment.checks if each.failed}
    assert failed
    assert Counter(failing(document["observations"], "fail")) == failed
    assert Counter(failing(sheets["findings"], word_of_verdict(Verdict.FAIL))) == failed
    for severity in Severity:
        own = sum(each.failed for each in report.assessment.checks if each.severity is severity)
        assert not own or f">{WORDS.count(own, 'failing_subject')}<" in pages["pages/findings.html"]


def recounted(rows: Rows, column: str) -> dict[tuple[str, str], Counter[str]]:
    """The counted requirements of a list by the set that counts them and what stands in a column."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        if row["counted"]:
            found.setdefault((row["framework"], row["counted"]), Counter())[row[column]] += 1
    return found


def stated_in(rows: Rows) -> dict[tuple[str, str], dict[str, int]]:
    """What the table of frameworks says; each row adds up to its total."""
    found = {}
    for row in rows:
        counts = {status.value: int(row[f"n_{status.value}"]) for status in Status}
        assert sum(counts.values()) == int(row["total"])
        found[row["framework"], row["set"]] = {status: n for status, n in counts.items() if n}
    return found


def numbers_of(page: str) -> list[str]:
    """The rows of the first table of numbers: that of the answer; each chart has one too."""
    table = re.findall(r'<table class="numbers">.*?<tbody>(.*?)</tbody>', page, re.S)
    return re.findall(r"<tr>.*?</tr>", table[0], re.S)


def failing(rows: Rows, verdict: str) -> Iterator[str]:
    """The check of each failure on evidence of record that no waiver covers."""
    for row in rows:
        if row["verdict"] == verdict and not row.get("waiver") and row["origin"] in OF_RECORD:
            yield row["check"]


def word(status: str, framework: str | None = None) -> str:
    return WORDS.status(Status(status), FrameworkId(framework) if framework else None).word


def word_of_verdict(verdict: Verdict) -> str:
    return WORDS.say(f"verdict_{verdict.value}")
