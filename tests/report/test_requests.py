"""The evidence request list: what is on it and what is not, in every format, with hostile names inert."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from grc.model.catalogue import Method
from grc.model.status import Status
from grc.report import ReportInput, render_requests
from grc.report.annexes.requests import RequestState, requests
from grc.report.index import build
from grc.report.words import load_words

DUE = date(2026, 12, 15)


@pytest.fixture(scope="module")
def rows(report: ReportInput) -> Any:
    return list(requests(build(report), load_words(), DUE, answered=True))


def rendered(report: ReportInput, form: str, templates: Path, *, answered: bool = False) -> bytes:
    return render_requests(report, form, [templates], due=DUE, answered=answered)


def test_every_part_that_needs_a_person_or_lacks_evidence_is_asked_for(report: ReportInput, rows: Any) -> None:
    asked = {(row.requirement.id, row.part): row for row in rows}
    assert len(asked) == len(rows) > 10
    for finding in report.assessment.findings:
        for part in finding.parts:
            applies = finding.engine_status is not Status.NOT_APPLICABLE and part.status is not Status.NOT_APPLICABLE
            lacks = part.status in (Status.NOT_ASSESSED, Status.UNKNOWN, Status.STALE)
            wanted = applies and (part.method is not Method.TECHNICAL or lacks)
            scoped_out = finding.applicability is not None and not finding.applicability.applicable
            assert ((finding.requirement, part.part) in asked) == (wanted and not scoped_out)
            if wanted and not scoped_out:
                assert (asked[finding.requirement, part.part].state is RequestState.ANSWERED) != lacks


def test_what_is_answered_is_left_out_unless_it_is_asked_for(report: ReportInput, rows: Any) -> None:
    open_ones = list(requests(build(report), load_words(), DUE, answered=False))
    assert open_ones == [row for row in rows if row.state is not RequestState.ANSWERED]
    assert {row.state for row in rows} >= {RequestState.OUTSTANDING, RequestState.ANSWERED}


def test_a_request_says_who_has_it_what_shows_it_and_what_is_there(rows: Any) -> None:
    assert all(row.show and row.typical and row.reason and row.due == DUE for row in rows)
    assert any(row.owner for row in rows)
    assert any(name.endswith(".zst") or " in " in name for row in rows for name in row.linked)


def test_a_requirement_that_is_scoped_out_is_not_asked_for(report: ReportInput) -> None:
    out = replace(
        report.assessment,
        findings=tuple(replace(one, engine_status=Status.NOT_APPLICABLE) for one in report.assessment.findings),
    )
    assert list(requests(build(replace(report, assessment=out)), load_words(), DUE, answered=True)) == []


def test_csv_and_json_and_the_workbook_hold_the_same_rows(report: ReportInput, rows: Any, templates: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    document = json.loads(rendered(report, "json", templates, answered=True))
    assert document["format"] == "grc.requests/1"
    assert [row["id"] for row in document["requests"]] == [row.id for row in rows]
    text = rendered(report, "csv", templates, answered=True).decode("utf-8-sig")
    held = list(csv.DictReader(io.StringIO(text)))
    assert len(held) == len(rows)
    assert not any(cell.lstrip().startswith(("=", "+", "@")) for row in held for cell in row.values())
    book = openpyxl.load_workbook(io.BytesIO(rendered(report, "xlsx", templates, answered=True)))
    assert book["requests"].max_row == len(rows) + 1
    assert all(cell.data_type != "f" for line in book["requests"].iter_rows() for cell in line)


def test_the_page_runs_nothing_and_shows_hostile_names_as_text(report: ReportInput, templates: Path) -> None:
    first = report.assessment.findings[0]
    hostile = replace(first, reason="<script>alert(1)</script>\u202e")
    findings = tuple(hostile if one is first else one for one in report.assessment.findings)
    name = replace(report.organisation, name="<img src=x onerror=alert(1)>")
    page = rendered(
        replace(report, assessment=replace(report.assessment, findings=findings), organisation=name), "html", templates
    ).decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


@pytest.mark.parametrize("form", ["html", "json", "csv", "xlsx"])
def test_the_same_pack_gives_the_same_list(form: str, report: ReportInput, templates: Path) -> None:
    assert rendered(report, form, templates) == rendered(report, form, templates)
