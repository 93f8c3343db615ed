"""Days are those that people wrote, in the organisation's time zone; what is no day's end is told as an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from grc.report import ReportInput
from grc.report.index import build
from grc.report.views import days
from grc.report.words import load_words

WORDS = load_words()


@pytest.mark.parametrize(
    ("zone", "moment", "until", "since"),
    [
        ("Europe/Berlin", datetime(2026, 12, 5, 23, tzinfo=UTC), "the end of 2026-12-05", "2026-12-06"),
        ("Europe/Berlin", datetime(2026, 7, 5, 22, tzinfo=UTC), "the end of 2026-07-05", "2026-07-06"),
        ("America/New_York", datetime(2026, 7, 6, 4, tzinfo=UTC), "the end of 2026-07-05", "2026-07-06"),
        ("UTC", datetime(2026, 1, 1, tzinfo=UTC), "the end of 2025-12-31", "2026-01-01"),
    ],
)
def test_the_day_is_named_with_its_zone(
    report: ReportInput, zone: str, moment: datetime, until: str, since: str
) -> None:
    index = build(replace(report, organisation=replace(report.organisation, timezone=zone)))
    assert days.until(index, WORDS, moment) == f"{until} ({zone})"
    assert days.since(index, WORDS, moment) == f"{since} ({zone})"


def test_an_instant_within_a_day_stays_one(report: ReportInput) -> None:
    index = build(replace(report, organisation=replace(report.organisation, timezone="Europe/Berlin")))
    within = datetime(2026, 12, 5, 12, 30, tzinfo=UTC)
    assert days.until(index, WORDS, within) == days.since(index, WORDS, within) == "2026-12-05 12:30 UTC"


def test_a_waiver_says_its_last_day(report: ReportInput, html: str) -> None:
    assert report.organisation.timezone in html
    assert f"<dd>the end of 2026-06-30 ({report.organisation.timezone})" in html
