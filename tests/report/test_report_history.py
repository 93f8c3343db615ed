"""Since when a check fails, by the earlier packs that a report is given."""

from dataclasses import replace
from datetime import timedelta

import pytest
from report_sample import AS_OF, sample

from grc.model.status import Status
from grc.report import Earlier, ReportInput
from grc.report.index import build
from grc.report.views.history import history
from grc.report.words import load_words

WORDS = load_words()
REPORT = sample(subjects=10, checks=1, bad=0, hostile=False)
(CHECK,) = REPORT.assessment.checks
FAILS, HOLDS, UNSEEN = Status.NOT_SATISFIED, Status.SATISFIED, None


def after(*runs: Status | None) -> ReportInput:
    """The report after so many daily runs, oldest first; in one that is None the check was not there."""
    earlier = []
    for place, status in enumerate(runs):
        checks = () if status is None else (replace(CHECK, status=status),)
        moment = AS_OF - timedelta(days=len(runs) - place)
        earlier.append(
            Earlier(judged_alike=True, pack="p", assessment=replace(REPORT.assessment, as_of=moment, checks=checks))
        )
    return replace(REPORT, earlier=tuple(earlier))


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ((), ""),
        ((HOLDS, UNSEEN), "Here; it did not fail in 2 earlier assessments"),
        ((FAILS,), "As of 2026-05-02 12:00 UTC, and in every assessment since"),
        ((HOLDS, FAILS, FAILS), "As of 2026-05-01 12:00 UTC, and in every assessment since"),
        ((FAILS, HOLDS), "As of 2026-05-01 12:00 UTC; it did not fail in between, and repeats now"),
        (
            (FAILS, HOLDS, FAILS),
            "As of 2026-04-30 12:00 UTC; it did not fail in between, and repeats as of 2026-05-02 12:00 UTC and since",
        ),
    ],
)
def test_failing_check_says_since_when(runs: tuple[Status | None, ...], told: str) -> None:
    report = after(*runs)
    assert history(build(report), WORDS, replace(CHECK, status=FAILS)) == told


def test_check_that_does_not_fail_says_nothing() -> None:
    assert history(build(after(FAILS)), WORDS, replace(CHECK, status=HOLDS)) == ""
