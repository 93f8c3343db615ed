"""What the sheets say: sentences, extents, and what is never left out."""

from dataclasses import replace

import pytest
from report_sample import sample

from grc.model.assessment import CheckResult, SetSummary
from grc.model.evidence import Gap, GapReason
from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.report import ReportInput
from grc.report.views.bars import bar
from grc.report.views.findings import CheckSheet
from grc.report.views.frameworks import answer, figures
from grc.report.views.page import page
from grc.report.views.requirements import extent
from grc.report.words import load_words

WORDS = load_words()
COUNTS = {
    Status.SATISFIED: 38,
    Status.PARTIAL: 12,
    Status.NOT_SATISFIED: 9,
    Status.UNKNOWN: 7,
    Status.NOT_ASSESSED: 27,
}


def summary(counts: dict[Status, int]) -> SetSummary:
    return SetSummary(
        id="annex-a",
        title="Annex A controls",
        total=sum(counts.values()),
        counts=counts,
        applicable=93,
        floor=38 / 93,
        ceiling=72 / 93,
        assessed=59 / 93,
    )


def test_answer_is_a_sentence() -> None:
    assert answer(WORDS, summary(COUNTS), FrameworkId("iso27001")) == (
        "Of 93 requirements, 38 are satisfied, 12 partly and 9 not; "
        "7 could not be determined and 27 have not been assessed."
    )


def test_answer_says_nought_and_one_and_what_was_left_aside() -> None:
    counts = {Status.SATISFIED: 1, Status.WAIVED: 1, Status.NOT_APPLICABLE: 2}
    assert answer(WORDS, summary(counts), FrameworkId("iso27001")) == (
        "Of 4 requirements, 1 is satisfied, 0 partly, 0 not, 1 is waived and 2 do not apply."
    )


def test_figures_are_a_range() -> None:
    assert figures(WORDS, summary(COUNTS)) == "38 of 93 · floor 40 % · ceiling 78 % · assessed 63 %"


def test_bar_holds_everything_and_its_range_ends_between_segments() -> None:
    made = bar(WORDS, summary(COUNTS), FrameworkId("iso27001"))
    assert [it.number for it in made.segments] == ["38", "7", "27", "12", "9"]
    starts = [it.start for it in made.segments]
    assert made.floor_at == starts[1]
    assert made.ceiling_at == starts[3]
    assert sum(float(it.width[:-1]) for it in made.segments) == pytest.approx(100, abs=0.1)


def check(**counts: int) -> CheckResult:
    base = sample(subjects=10, checks=1, bad=0).assessment.checks[0]
    nought = {"passed": 0, "failed": 0, "unknown": 0, "waived": 0, "not_applicable": 0}
    return replace(base, **{**nought, **counts})


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"passed": 500}, "500 of 500 pass"),
        ({"passed": 485, "failed": 12, "unknown": 3}, "12 of 500 fail, 3 unknown"),
        ({"unknown": 3}, "0 of 3 pass, 3 unknown"),
        ({"passed": 1, "waived": 1, "not_applicable": 4}, "1 of 2 pass, 1 waived, 4 not applicable"),
        ({"not_applicable": 4}, "no subject tested"),
    ],
)
def test_extent_is_n_of_those_the_check_applies_to(counts: dict[str, int], told: str) -> None:
    assert extent(WORDS, check(**counts)) == told


def sheets(report: ReportInput, **changes: object) -> tuple[CheckSheet, ...]:
    checks = tuple(replace(it, **changes) for it in report.assessment.checks)
    return page(replace(report, assessment=replace(report.assessment, checks=checks)), WORDS).check_sheets


QUIET = sample(subjects=20, checks=2, bad=0, hostile=False)


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.STALE, Status.WAIVED, Status.NOT_SATISFIED])
def test_every_check_of_concern_has_a_sheet_even_without_an_observation(status: Status) -> None:
    assert [it.id for it in sheets(QUIET, status=status)] == list(QUIET.policy.checks)


def test_check_that_is_satisfied_has_none() -> None:
    assert sheets(QUIET, status=Status.SATISFIED) == ()


def test_gap_of_a_whole_population_stands_on_the_sheet_and_among_the_limitations() -> None:
    result = QUIET.assessment.checks[0]
    gap = Gap(path="", reason=GapReason.THROTTLED, call="s3:ListAllMyBuckets")
    holed = replace(result.populations[0], complete=False, gaps=(gap,))
    checks = (replace(result, status=Status.UNKNOWN, populations=(holed,)), *QUIET.assessment.checks[1:])
    made = page(replace(QUIET, assessment=replace(QUIET.assessment, checks=checks)), WORDS)
    assert made.check_sheets[0].gaps == (f"{holed.place}: throttled: s3:ListAllMyBuckets",)
    assert [(it.reason, it.call) for it in made.limitations] == [("throttled", "s3:ListAllMyBuckets")]
    assert made.actions[0].title == "Close a gap: throttled, s3:ListAllMyBuckets"


@pytest.mark.parametrize(
    ("changes", "told"), [({"in_scope": False}, "its source is not in scope"), ({"ran": False}, "not run")]
)
def test_check_that_did_not_run_says_so(changes: dict[str, bool], told: str) -> None:
    checks = tuple(replace(it, status=Status.NOT_ASSESSED, **changes) for it in QUIET.assessment.checks)
    made = page(replace(QUIET, assessment=replace(QUIET.assessment, checks=checks)), WORDS)
    assert {it.extent for it in made.check_rows} == {told}


def test_every_counted_requirement_without_a_conclusion_is_listed_with_its_reason(report: ReportInput) -> None:
    made = page(report, WORDS)
    listed = [link.anchor for entry in made.unassessed for link in entry.requirements]
    expected = [
        finding.requirement
        for finding in report.assessment.findings
        if finding.engine_status is Status.NOT_ASSESSED and finding.counted_in
    ]
    assert sorted(listed) == sorted(expected)


def test_expired_waiver_is_called_expired(report: ReportInput) -> None:
    (waiver,) = report.assessment.waivers
    old = replace(waiver, until=report.assessment.as_of)
    made = page(replace(report, assessment=replace(report.assessment, waivers=(old,))), WORDS)
    assert made.waivers[0].until.endswith("expired, counts as absent")
    assert not page(report, WORDS).waivers[0].until.endswith("absent")
