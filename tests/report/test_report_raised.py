"""Findings on record as reports show them: beside the check's sheet, in a section, in JSON and in the summary."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from report_page import Page
from report_sample import HOSTILE

from grc.model.identifiers import SubjectId
from grc.model.raised import Closing, Effectiveness, FindingClass, FindingState, RaisedFinding, RaisedResult
from grc.model.status import Status
from grc.report import ReportInput, narrowed, raised_line, render_html, render_json, summary_lines
from grc.report.annexes.content import tables
from grc.report.index import build
from grc.report.text import visible
from grc.report.views.affected import MOST, affected, affected_views
from grc.report.views.page import page
from grc.report.views.standing import Line, standing
from grc.report.words import load_words

ODD = [name for name in HOSTILE if "\ud800" not in name and len(name) < 100]
DAY = datetime(2026, 5, 1, tzinfo=UTC)
FIRST = RaisedFinding(
    id="F-1",
    class_=FindingClass.MAJOR,
    condition="It was so",
    check=None,
    requirement=None,
    raised_by="Grace",
    raised_on=date(2026, 3, 2),
    owner="Ada",
    due=DAY,
)


def on_record(report: ReportInput, text: str = "It was so") -> ReportInput:
    """The report with four findings on a failing check and one on a requirement alone."""
    failing = next(each.check for each in report.assessment.checks if each.status is Status.NOT_SATISFIED)
    row = report.assessment.findings[-1].requirement
    one = replace(FIRST, check=failing, condition=text, owner=f"Ada {text}", raised_by=f"Grace {text}")
    closed = replace(
        one,
        id="F-2",
        repeats="F-1",
        cause=f"cause {text}",
        correction=f"correction {text}",
        corrective_action=f"action {text}",
        effectiveness=Effectiveness(check=failing, since=DAY),
        closed=Closing(by=f"Bob {text}", on=date(2026, 4, 1), ended=DAY),
    )
    states = {
        one: FindingState.OPEN,
        replace(one, id="F-3"): FindingState.OVERDUE,
        closed: FindingState.REOPENED,
        replace(closed, id="F-4", repeats="F-0"): FindingState.UNSHOWN,
        replace(one, id="F-5", check=None, requirement=row, class_=FindingClass.OPPORTUNITY): FindingState.CLOSED,
    }
    found = tuple(RaisedResult(finding=each, state=state, reason=f"Why {text}") for each, state in states.items())
    return replace(report, assessment=replace(report.assessment, raised=found))


def test_each_is_shown_whole_and_linked_from_the_sheet_of_its_check(report: ReportInput, templates: Path) -> None:
    shown = Page.read(render_html(on_record(report), [templates]).decode())
    assert {f"raised/F-{number}" for number in range(1, 6)} <= set(shown.values("id"))
    (sheet,) = [it for it in page(on_record(report), load_words()).check_sheets if it.raised]
    assert [it.id for it in sheet.raised] == ["F-2", "F-3", "F-1", "F-4"]
    assert shown.values("href").count("#raised/F-2") == 1
    assert shown.values("href").count("#raised/F-1") == 2  # from the sheet, and from what repeats it
    assert "#raised/F-0" not in shown.values("href")
    for said in ("reopened. Why It was so", "major nonconformity", "cause It was so", "action It was so", "Bob It was"):
        assert said in shown.text


def test_each_names_the_subjects_of_its_check_and_how_they_stand(report: ReportInput, templates: Path) -> None:
    held = build(on_record(report))
    told = {it.finding.id: it.finding for it in held.input.assessment.raised}
    check = told["F-1"].check
    assert check is not None
    seen = held.seen[check]
    fails = {it.subject for it in seen.failed}
    assert fails
    (view,) = [it for it in page(on_record(report), load_words()).raised if it.id == "F-1"]
    (part,) = view.affected
    every = len(seen.failed) + len(seen.unknown) + len(seen.waived)
    assert (part.check, len(part.rows)) == (check, min(every, MOST))
    assert {row.subject for row in part.rows if row.standing == "fails"} <= fails
    assert [row.subject for row in part.rows] == [each.subject for each in (*seen.failed, *seen.unknown, *seen.waived)][
        :MOST
    ]
    assert part.extent.startswith(f"{len(fails)} of ")
    shown = Page.read(render_html(on_record(report), [templates]).decode())
    assert shown.text.count("Subjects affected") >= 4


def test_what_is_about_a_requirement_alone_names_the_subjects_of_its_checks(report: ReportInput) -> None:
    index = build(on_record(report))
    row = next(name for name, checks in index.answered_by.items() if any(index.seen.get(it) for it in checks))
    alone = replace(FIRST, requirement=row)
    assert {each.check for each in affected(index, alone)} <= index.answered_by[row]
    views = affected_views(index, load_words(), alone)
    assert views
    assert all(view.rows for view in views)
    assert {view.check for view in views} == {each.check for each in affected(index, alone)}


def test_many_subjects_are_counted_and_all_in_the_table(report: ReportInput) -> None:
    index = build(on_record(report))
    check = next(it.finding.check for it in index.input.assessment.raised if it.finding.check)
    (one, *_) = index.seen[check].failed
    many = tuple(replace(one, subject=SubjectId(f"s{at:03}")) for at in range(MOST + 5))
    large = replace(index, seen={**index.seen, check: replace(index.seen[check], failed=many, unknown=(), waived=())})
    (view,) = affected_views(large, load_words(), replace(FIRST, check=check))
    assert len(view.rows) == MOST
    assert (view.left or "").startswith("5 more")
    (table,) = [each for each in tables(large, load_words()) if each.name == "raised-subjects"]
    first = [row for row in table.rows() if row[0] == "F-1"]
    assert [row[3] for row in first] == [each.subject for each in many]
    assert {row[2] for row in first} == {"fails"}


def test_where_none_is_on_record_it_says_so_and_leaves_room(report: ReportInput, templates: Path) -> None:
    words = load_words()
    shown = Page.read(render_html(report, [templates]).decode())
    assert words.say("raised_none") in shown.text
    with_some = Page.read(render_html(on_record(report), [templates]).decode())
    assert with_some.values("class").count("c fix") == shown.values("class").count("c fix") - 1


def test_the_summary_counts_them(report: ReportInput) -> None:
    line = "Findings on record: 2 open (1 overdue), 1 reopened, 1 closed but not yet shown effective, 1 closed"
    assert line in summary_lines(on_record(report))
    assert not [line for line in summary_lines(report) if line.startswith("Findings on record: ")]


def test_the_first_page_counts_them_too(report: ReportInput) -> None:
    line = Line(
        text="Findings on record: 2 open (1 overdue), 1 reopened, 1 closed but not yet shown effective, 1 closed",
        link="report/raised",
    )
    assert line in standing(build(on_record(report)), load_words(), 0)


def test_a_table_tells_all_of_each(report: ReportInput) -> None:
    (table,) = [each for each in tables(build(on_record(report)), load_words()) if each.name == "raised"]
    told = {str(row[0]): dict(zip(table.columns, row, strict=True)) for row in table.rows()}
    assert [told[name]["standing"] for name in ("F-1", "F-2", "F-3")] == ["open", "reopened", "overdue"]
    assert (told["F-2"]["cause"], told["F-2"]["closed_by"]) == ("cause It was so", "Bob It was so")
    assert (told["F-5"]["class"], told["F-5"]["check"]) == ("opportunity for improvement", None)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((), ""),
        ((FindingState.OVERDUE,), "Findings on record: 1 open (1 overdue)"),
        ((FindingState.OPEN, FindingState.OPEN), "Findings on record: 2 open"),
        ((FindingState.REOPENED, FindingState.NOT_YET), "Findings on record: 1 reopened, 1 not raised yet"),
    ],
)
def test_the_line(states: tuple[FindingState, ...], said: str) -> None:
    assert raised_line([RaisedResult(finding=FIRST, state=it, reason="") for it in states], load_words()) == said


def test_json_holds_where_each_stands(report: ReportInput) -> None:
    found = json.loads(render_json(on_record(report)))["raised"]
    assert [(each["id"], each["class"], each["state"]) for each in found[:3]] == [
        ("F-1", "major", "open"),
        ("F-3", "major", "overdue"),
        ("F-2", "major", "reopened"),
    ]
    assert {each["check"] for each in found[0]["subjects"]} == {found[0]["check"]}
    assert "failed" in {each["standing"] for each in found[0]["subjects"]}
    assert (found[2]["due"], found[2]["effective_from"], found[2]["closed_on"]) == (
        "2026-05-01T00:00:00Z",
        "2026-05-01T00:00:00Z",
        "2026-04-01",
    )


def test_no_figure_differs_because_of_them(report: ReportInput) -> None:
    with_them, without = (json.loads(render_json(each)) for each in (on_record(report), report))
    assert {**with_them, "raised": []} == without


def test_a_report_of_one_framework_keeps_those_that_are_about_it(report: ReportInput) -> None:
    whole = on_record(report)
    rows = {name: narrowed(whole, [name]).assessment for name in whole.assessment.scope.frameworks}
    kept = {name: {each.finding.id for each in it.raised} for name, it in rows.items()}
    last = whole.assessment.findings[-1].requirement.partition(":")[0]
    assert {name for name, ids in kept.items() if "F-5" in ids} == {last}
    assert set().union(*kept.values()) == {"F-1", "F-2", "F-3", "F-4", "F-5"}


def together(report: ReportInput, texts: list[str]) -> ReportInput:
    """The report with findings of all these texts."""
    found = tuple(
        replace(each, finding=replace(each.finding, id=f"{each.finding.id}-{number}"))
        for number, text in enumerate(texts)
        for each in on_record(report, text).assessment.raised
    )
    return replace(report, assessment=replace(report.assessment, raised=found))


def test_hostile_findings_are_text(report: ReportInput, templates: Path) -> None:
    shown = Page.read(render_html(together(report, ODD), [templates]).decode())
    plain = Page.read(render_html(together(report, ["It was so"] * len(ODD)), [templates]).decode())
    assert [element.tag for element in shown.elements] == [element.tag for element in plain.elements]
    assert not [name for element in shown.elements for name in element.attributes if name.startswith("on")]
    for text in ODD:
        for said in ("", "Ada ", "cause ", "Why "):
            assert visible(f"{said}{text}") in shown.text
