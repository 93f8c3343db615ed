"""The report as PDF: tagged, whole, inert, and the same bytes; and a report about one framework alone."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from report_sample import sample
from view_sample import tables as known_views

from grc.errors import ReportError
from grc.model.status import Status
from grc.report import ReportInput, narrowed, render_html, render_json, render_pdf
from grc.report.effects import missing
from grc.report.index import build
from grc.report.text import share_down, share_up, visible
from grc.report.views.bars import ORDER
from grc.report.views.standing import standing
from grc.report.words import load_words

try:
    import weasyprint  # noqa: F401
except OSError:
    LAID_OUT = False
else:
    LAID_OUT = True

needs_pango = pytest.mark.skipif(not LAID_OUT, reason="Pango, which WeasyPrint draws text with, is not on this machine")


@pytest.fixture(scope="module")
def small() -> ReportInput:
    report = sample(subjects=20, checks=4)
    return replace(report, views=known_views(report))


@pytest.fixture(scope="module")
def made(small: ReportInput, templates: Path) -> bytes:
    return render_pdf(narrowed(small, ["hipaa"]), [templates])


@pytest.fixture(scope="module")
def pdf(made: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(made))


@pytest.fixture(scope="module")
def texts(pdf: Any) -> list[str]:
    return [found.extract_text() for found in pdf.pages]


@needs_pango
class TestPdf:
    def test_is_tagged_titled_and_in_a_language(self, pdf: Any, small: ReportInput) -> None:
        root = pdf.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "en-GB"
        assert small.organisation.name in pdf.metadata.title

    def test_contents_lead_to_every_part_and_pages_are_numbered(self, texts: list[str]) -> None:
        assert "Contents" in texts[1]
        assert "Sign-off" in texts[1]
        for number, text in enumerate(texts, 1):
            assert f"Page {number} of {len(texts)}" in text

    def test_the_answer_says_what_the_first_page_of_the_html_says(self, texts: list[str], small: ReportInput) -> None:
        report = narrowed(small, ["hipaa"])
        answer = " ".join(next(text for text in texts[2:] if "The answer" in text).split())
        index = build(report)
        for line in standing(index, load_words(), len(missing(index))):
            assert visible(line.text) in answer
        (held,) = report.assessment.frameworks[0].sets
        shares = (share_down(held.floor), share_up(held.ceiling), share_down(held.assessed))
        counts = [str(held.counts[status]) for status in ORDER]
        assert " ".join((*counts, str(held.total), *shares)) in answer
        assert answer.index("the floor is the share") < answer.index("· floor ")

    def test_headers_carry_classification_and_pack(self, texts: list[str], small: ReportInput) -> None:
        for text in texts[1:]:
            assert small.classification in text
            assert small.pack in text.replace("\n", "")

    def test_every_requirement_of_the_framework_is_there_and_none_of_another(
        self, texts: list[str], small: ReportInput
    ) -> None:
        text = "".join(texts)
        codes = {row.code for row in small.policy.catalogues["hipaa"].requirements}
        assert {code for code in codes if code not in text} == set()
        assert "iso27001:" not in text

    def test_why_a_control_meets_a_part_is_printed(self, texts: list[str], small: ReportInput) -> None:
        text = " ".join("".join(texts).split())
        finding = next(it for it in narrowed(small, ["hipaa"]).assessment.findings if it.parts and it.parts[0].controls)
        assert visible(finding.parts[0].controls[0].rationale)[:40] in text

    def test_nothing_in_it_runs_or_calls_out(self, made: bytes, small: ReportInput) -> None:
        assert b"/JavaScript" not in made
        assert b"/Launch" not in made
        assert b"/EmbeddedFile" not in made

    @pytest.mark.slow
    def test_the_same_pack_gives_the_same_bytes(self, made: bytes, small: ReportInput, templates: Path) -> None:
        one = narrowed(small, ["hipaa"])
        backwards = replace(one, observations=lambda: reversed(list(one.observations())))
        assert render_pdf(backwards, [templates]) == made

    def test_a_template_that_asks_for_a_file_is_refused(
        self, small: ReportInput, templates: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "cover.html.j2").write_text('<img src="file:///etc/passwd" alt="">')
        with pytest.raises(ReportError, match="file:///etc/passwd"):
            render_pdf(narrowed(small, ["hipaa"]), [tmp_path, templates])


class TestNarrowed:
    def test_no_status_changes(self, small: ReportInput) -> None:
        one = narrowed(small, ["hipaa"])
        whole = {it.requirement: it for it in small.assessment.findings}
        assert one.assessment.findings
        assert all(whole[it.requirement] == it for it in one.assessment.findings)
        assert [it.framework for it in one.assessment.frameworks] == ["hipaa"]
        assert {view.framework for view in one.views} <= {"hipaa"}

    def test_controls_are_those_mapped_and_checks_are_theirs(self, small: ReportInput) -> None:
        one = narrowed(small, ["hipaa"])
        mapped = {at.control for it in one.assessment.findings for part in it.parts for at in part.controls}
        assert {it.control for it in one.assessment.controls} == mapped
        tested = {check for it in one.assessment.controls for check in (*it.deciding, *it.advisory)}
        assert {it.check for it in one.assessment.checks} <= tested
        failing = {it.check for it in one.assessment.checks if it.status is Status.NOT_SATISFIED}
        assert failing <= {it.check for it in one.observations()}
        assert {it.check for it in one.observations()} <= tested

    def test_every_format_takes_it(self, small: ReportInput, templates: Path) -> None:
        one = narrowed(small, ["hipaa"])
        assert b"hipaa:" in render_json(one)
        assert b"iso27001:" not in render_json(one)
        assert b"hipaa" in render_html(one, [templates])

    def test_a_framework_that_was_not_assessed_is_refused(self, small: ReportInput) -> None:
        with pytest.raises(ReportError, match=r"soc2 was not assessed: this pack has "):
            narrowed(small, ["soc2"])
