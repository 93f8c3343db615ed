"""The tables that frameworks are known by, in the report: every row, linked, in words, and safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from report_page import Page
from view_sample import ODD, tables

from grc.model.identifiers import FrameworkId
from grc.model.views import ApplicabilityView, ProcessingRow, ProcessingView
from grc.report import ReportInput, render_html
from grc.report.annexes.known import known as annex_tables
from grc.report.text import visible
from grc.report.views.known import Known, known_tables
from grc.report.words import load_words


def laid_out(report: ReportInput) -> dict[str, Known]:
    return {table.sort: table for table in known_tables(load_words(), tables(report))}


def text_of(table: Known) -> str:
    return "\n".join(
        f"{line.label} {line.text} {line.mark.word if line.mark else ''}"
        for run in table.runs
        for row in run.rows
        for cell in row
        for line in cell.lines
    )


@pytest.fixture
def known(report: ReportInput) -> dict[str, Known]:
    return laid_out(report)


def test_every_row_is_there_under_its_heading(known: dict[str, Known]) -> None:
    counts = {sort: sum(len(run.rows) for run in table.runs) for sort, table in known.items()}
    assert counts == {"soa": 4, "addressable": 2, "accountability": 1, "capability": 2}
    assert [run.title for run in known["soa"].runs] == ["Group 0", "Group 1"]
    assert all(len(row) == len(table.columns) for table in known.values() for run in table.runs for row in run.rows)


def test_the_statement_has_its_head_and_its_columns(known: dict[str, Known]) -> None:
    table, text = known["soa"], text_of(known["soa"])
    assert table.sentences[0] == "Version 1.2 of 2026-03-01, approved by Grace. It rests on the risk assessment RA-1."
    assert table.sentences[1] == "4 rows: 3 applicable, 2 of them not decided on by anybody, and 1 excluded."
    for said in ("not decided", "For: risk, law", "planned for 2026-09-01", "See: DOC-1", "Excluded: Nothing is built"):
        assert said in text
    for said in ("platform", "Reviewed: 2026-03-01", "Risks: R-1", "Evidence: E-1", "partly satisfied"):
        assert said in text


def test_a_statement_without_a_head_says_so(report: ReportInput) -> None:
    soa = tables(report)[0]
    assert isinstance(soa, ApplicabilityView)
    (table,) = known_tables(load_words(), [replace(soa, statement=None)])
    assert table.sentences[0].startswith("No version of this statement is declared")


def test_what_is_undocumented_counts_as_not_satisfied(known: dict[str, Known]) -> None:
    text = text_of(known["addressable"])
    for said in ("alternative measure", "Instead: A lock", "2026-02-01; overdue", "undocumented", "not satisfied"):
        assert said in text


def test_duties_are_in_the_words_of_their_framework(known: dict[str, Known]) -> None:
    text = text_of(known["accountability"])
    assert "Points: (a) Names" in text
    assert "(document, privacy officer and legal)" in text
    assert "gap" in text
    assert "not satisfied" not in text


def test_objectives_are_rated_or_say_what_there_is(known: dict[str, Known]) -> None:
    text = text_of(known["capability"])
    assert "L 70 %" in text
    assert "not rated; evidence available for 1 of 2 practices" in text


def test_tables_are_part_of_the_page_and_lead_to_the_sheets(report: ReportInput, templates: Path) -> None:
    html = render_html(replace(report, views=tables(report)), [templates]).decode()
    page = Page.read(html)
    anchors = {element.attributes["id"] for element in page.elements if "id" in element.attributes}
    for place in ("report/soa/iso27001", "report/addressable/hipaa", "report/accountability/gdpr"):
        assert place in anchors
        assert f'href="#{place}"' in html
    links = {it.attributes["href"] for it in page.all("a") if it.attributes.get("href", "").startswith("#")}
    assert {unquote(link.removeprefix("#")) for link in links} <= {unquote(place) for place in anchors}
    assert visible(ODD) in page.text


class TestProcessing:
    ROW = ProcessingRow(
        activity="P-1",
        title=f"Letters {ODD}",
        role="controller",
        controller="Example Clinic",
        purpose="Treatment",
        lawful_basis="contract",
        special_basis=None,
        subject_categories=("patients", "staff"),
        data_categories=None,
        recipients=None,
        third_countries=True,
        safeguards=None,
        retention=None,
        security_measures="SEC-1",
        updated_on=date(2026, 3, 1),
        review_on=None,
        unread=frozenset({"retention"}),
        digest="sha256:" + "ab" * 32,
    )

    def view(self, **values: object) -> Known:
        gdpr = FrameworkId("gdpr")
        view = ProcessingView(framework=gdpr, title="GDPR", kept=True, whole=True, rows=(self.ROW,))
        return known_tables(load_words(), [replace(view, **values)])[0]

    def test_what_is_not_stated_and_what_could_not_be_read_are_told_apart(self) -> None:
        text = text_of(self.view())
        assert "Of: patients, staff" in text
        assert "Data: not stated" in text
        assert "Erasure: could not be read" in text
        assert "Third countries: yes" in text
        assert "Safeguards: not stated" in text
        assert "2026-03-01" in text
        assert "Record: abababababab…" in text

    def test_register_that_is_not_there_or_not_whole_says_so(self) -> None:
        assert "No register of processing is in the pack" in self.view(kept=False, rows=()).sentences[0]
        assert "rows may be missing" in self.view(whole=False).sentences[1]
        assert self.view().sentences[0] == "1 activity in the register of processing."

    def test_it_is_a_table_of_the_annexes_too(self, report: ReportInput) -> None:
        view = ProcessingView(framework=FrameworkId("gdpr"), title="GDPR", kept=True, whole=True, rows=(self.ROW,))
        (table,) = annex_tables([view], load_words())
        assert table.name == "processing gdpr"
        ((*cells,),) = table.rows()
        assert len(cells) == len(table.columns)
        assert cells[table.columns.index("unread")] == "retention"
