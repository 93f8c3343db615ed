"""The tables that frameworks are known by, in the report: every row, linked, in words, and safe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from report_page import Page
from view_sample import ODD, tables

from grc.model.views import (
    ApplicabilityView,
)
from grc.report import ReportInput, render_html
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
