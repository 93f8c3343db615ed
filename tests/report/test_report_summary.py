"""The terminal's summary."""

from dataclasses import replace
from pathlib import Path

from report_sample import sample

from grc.model.status import Status
from grc.report import ReportInput, summary_lines
from grc.report.effects import failures, missing
from grc.report.index import build
from grc.report.summary import MOST_LINES
from grc.report.views.standing import standing
from grc.report.words import load_words


def test_answer_actions_gaps_and_where_the_report_is(report: ReportInput) -> None:
    lines = summary_lines(report, written=("out/report.html",))
    text = "\n".join(lines)
    assert "ISO/IEC 27001, Annex A controls: " in text
    assert "of 93 · floor" in text
    assert "1. " in text
    assert "Bears on" in text
    assert "needs ec2:GetEncryptionConfiguration" in text
    assert lines[-1] == "Written: out/report.html"


def test_at_most_forty_lines_and_the_files_are_never_cut(report: ReportInput) -> None:
    twice = replace(report.assessment, frameworks=report.assessment.frameworks * 5)
    lines = summary_lines(replace(report, assessment=twice), written=("a.html", "b.json"))
    assert len(lines) == MOST_LINES
    assert lines[-2:] == ("Written: a.html", "Written: b.json")


def test_nothing_in_it_steers_a_terminal(report: ReportInput) -> None:
    hostile = "x\x1b[2J\r\u202ey\nz"
    checks = {name: replace(check, title=hostile) for name, check in report.policy.checks.items()}
    odd = replace(
        report,
        policy=replace(report.policy, checks=checks),
        organisation=replace(report.organisation, name=hostile),
    )
    for line in summary_lines(odd, written=(hostile,)):
        assert line.isprintable()
    assert "x[U+001B][2J" in summary_lines(odd)[0]


def test_failures_come_by_severity_then_effect() -> None:
    lines = summary_lines(sample(subjects=3000, checks=50, hostile=False))
    severities = [line.partition("(")[2].partition(";")[0] for line in lines if line[:1].isdigit() and ". " in line[:3]]
    assert len(severities) == 5
    order = ["critical", "high", "medium", "low"]
    assert severities == sorted(severities, key=order.index)


def test_what_does_not_fit_into_the_first_five_is_counted() -> None:
    many, few = sample(subjects=3000, checks=50, hostile=False), sample(subjects=20, checks=4, hostile=False)
    total = len(failures(build(many))) + len(missing(build(many)))
    assert total > 5
    title = "Five things to do first"
    assert f"{title}, of {total} failing checks and gaps (all of them: grc report)" in summary_lines(many)
    assert len(failures(build(few))) + len(missing(build(few))) <= 5
    assert title in summary_lines(few)


def test_words_may_be_a_workspaces_own(report: ReportInput, tmp_path: Path) -> None:
    (tmp_path / "messages.yaml").write_text("format: grc.messages/1\ntext:\n  actions_title: Do these first\n")
    assert any(line.startswith("Do these first") for line in summary_lines(report, templates=[tmp_path]))


def test_first_page_says_what_the_terminal_says_and_how_severe_the_failures_are(report: ReportInput) -> None:
    lines = standing(build(report), load_words(), 2)
    told = summary_lines(report)
    failing = [it.severity for it in report.assessment.checks if it.in_scope and it.status is Status.NOT_SATISFIED]
    assert failing
    assert f"{failing.count(max(failing, key=failing.count))} " in lines[0].text.partition("Of those")[2]
    assert lines[0].text.partition(".")[0] in told
    assert lines[1].text == "2 gaps in the evidence."
    assert [line.text for line in lines[2:]] == [line for line in told if line.startswith(("Waivers", "Attestations"))]
    assert not any("gap" in line.text for line in standing(build(report), load_words(), 0))


def test_first_page_leads_from_each_line_to_where_it_is_told(html: str, report: ReportInput) -> None:
    for line in standing(build(report), load_words(), 2):
        assert line.link is None or (f'href="#{line.link}"' in html and f'id="{line.link}"' in html)
    assert html.index('id="report/answer"') < html.index('id="report/control"') < html.index('id="report/scope"')
