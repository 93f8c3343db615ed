"""The document that is laid out as PDF: the same pages, and no more styles than it needs."""

from __future__ import annotations

import gc
from typing import Any

import pytest

pytest.importorskip("weasyprint", exc_type=OSError, reason="Pango, which it draws text with, is not on this machine")

from weasyprint import HTML
from weasyprint.css import get_all_computed_styles
from weasyprint.formatting_structure.boxes import PageBox

from grc.report.printing import document, letting_go

PAGE = """<html lang="en"><head><title>t</title></head><body>{body}</body></html>"""
SHEETS = """<section id="all"><h2>All</h2>
<article id="one"><h3>First</h3><p>Text <a href="#two%2Fa">to the other</a></p><ul><li>item</ul></article>
<article id="two/a"><svg></svg><h3>Second <b>sheet</b></h3><p>Text <a href="#all">up</a></p></article>
</section>"""
NOTED = PAGE.format(body="<section><p>Text<span style='float: footnote'>below</span></p></section>")


def anchors(made: HTML) -> dict[str, str]:
    return {each.get("id"): each.tag for each in made.etree_element.iter() if each.get("id") is not None}


def styles(made: HTML) -> int:
    return len({id(each) for each in get_all_computed_styles(made).get_computed_styles().values()})


def test_a_section_keeps_its_anchor_and_others_stand_at_their_first_words() -> None:
    assert anchors(document(PAGE.format(body=SHEETS), None)) == {"all": "section", "two/a": "h3"}


def test_an_anchor_stays_where_its_first_words_have_one() -> None:
    body = '<section><div id="a"><p id="b">Text</p></div><a href="#a">a</a><a href="#b">b</a></section>'
    assert anchors(document(PAGE.format(body=body), None)) == {"a": "div", "b": "p"}


def test_every_link_leads_somewhere() -> None:
    pages = document(PAGE.format(body=SHEETS), None).render().pages
    assert {name for page in pages for name in page.anchors} == {"all", "two/a"}


def test_ten_times_the_sheets_need_no_more_styles() -> None:
    sheet = '<article id="s{0}"><h3>Sheet {0}</h3><p>Text <b>bold</b></p></article>'

    def page(sheets: int) -> str:
        return PAGE.format(body="<section>" + "".join(sheet.format(number) for number in range(sheets)) + "</section>")

    assert styles(document(page(100), None)) == styles(document(page(10), None))
    assert styles(HTML(string=page(100))) > 10 * styles(document(page(100), None))


def test_lists_keep_their_markers() -> None:
    page = PAGE.format(body="<section><ul><li>item</ul><ol><li>first</ol></section>")
    plain = HTML(string=page).write_pdf(pdf_identifier=b"0")
    assert document(page, None).write_pdf(pdf_identifier=b"0") == plain


def test_a_template_may_have_footnotes() -> None:
    assert document(NOTED, None).write_pdf(pdf_identifier=b"0") == HTML(string=NOTED).write_pdf(pdf_identifier=b"0")


TABLE = "<table><tr><th scope=col>Id</th></tr><tr><td>A.5.1</td></tr></table>"
PAGES = PAGE.format(body=f"<section>{SHEETS}</section>" + f"<section style='break-before: page'>{TABLE}</section>" * 9)


def pages_held() -> int:
    return sum(isinstance(each, PageBox) for each in gc.get_objects())


def test_pages_that_are_let_go_are_written_with_the_same_bytes() -> None:
    options: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "pdf_identifier": b"0"}
    kept = document(PAGES, None).write_pdf(**options)
    assert letting_go(document(PAGES, None).render(**options)).write_pdf(**options) == kept


def test_no_page_is_held_when_the_file_is_written() -> None:
    options: dict[str, Any] = {"pdf_variant": "pdf/ua-1"}
    counted: list[tuple[int, int]] = []

    def count(laid_out: Any, pdf: Any) -> None:
        counted.append((len(laid_out.pages), pages_held() - before))

    before = pages_held()
    letting_go(document(PAGES, None).render(**options)).write_pdf(finisher=count, **options)
    assert counted == [(10, 0)]
