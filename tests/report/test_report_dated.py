"""What was seen of registers and documents is told in the days that people wrote, and all else as it was said."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from grc.model.assessment import Observation, Read
from grc.model.evidence import Origin
from grc.report import ReportInput
from grc.report.dated import dated, in_days

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "text", "told"),
    [
        ("Europe/Berlin", "closed on 2026-09-18T22:00:00Z, due", "closed on 2026-09-19, due"),
        ("Europe/Berlin", "[2026-12-31T23:00:00Z, 2026-07-25T22:00:00Z]", "[2027-01-01, 2026-07-26]"),
        ("America/New_York", "on 2026-07-06T04:00:00Z", "on 2026-07-06"),
        ("UTC", "on 2026-07-06T00:00:00.000000Z", "on 2026-07-06"),
    ],
)
def test_an_instant_at_which_a_day_begins_is_told_as_that_day(zone: str, text: str, told: str) -> None:
    assert in_days(text, ZoneInfo(zone)) == told


@pytest.mark.parametrize(
    "text",
    [
        "aware at 2026-11-07T21:30:00Z",
        "on 2026-12-05T22:00:00Z",  # summer time is over: eleven in the evening
        "on 2026-13-40T22:00:00Z",
        "on 9999-12-31T23:00:00Z",
        "on 2026-09-19",
        "x2026-09-18T22:00:00Z",
    ],
)
def test_what_begins_no_day_is_told_as_it_stands(text: str) -> None:
    assert in_days(text, BERLIN) == text


@pytest.mark.parametrize("origin", Origin)
def test_only_what_people_write_is_told_in_days(report: ReportInput, origin: Origin) -> None:
    said, day = ("2026-09-18T22:00:00Z", "2026-09-19")
    held = next(iter(report.observations()))
    seen = replace(
        held,
        origin=origin,
        subject=f"A-1/{said}",
        message=f"closed on {said}",
        reads=(Read(path="closed_on", value=said), Read(path="due_on", value=None)),
    )
    told = _told(report, seen)
    shown = day if origin in (Origin.REGISTER, Origin.DOCUMENT) else said
    assert told.message == f"closed on {shown}"
    assert [read.value for read in told.reads] == [shown, None]
    assert told.subject == seen.subject


def _told(report: ReportInput, seen: Observation) -> Observation:
    organisation = replace(report.organisation, timezone="Europe/Berlin")
    found = dated(replace(report, organisation=organisation, observations=lambda: [seen], every=lambda: [seen]))
    (told,), (every,) = found.observations(), found.every() if found.every else ()
    assert told == every
    return told
