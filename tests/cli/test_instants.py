"""A date or an instant off the command line."""

from __future__ import annotations

import click
import pytest

from grc.cli.instants import instant


@pytest.mark.parametrize("text", ["2026-11-30", "20261130", "2026-W49-1", "2026W491"])
def test_a_date_is_the_end_of_that_day_however_it_is_written(text: str) -> None:
    assert instant(text, "America/New_York").isoformat() == "2026-12-01T04:59:59+00:00"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-30T12:00", "2026-11-30T11:00:00+00:00"),
        ("2026-11-30T12:00Z", "2026-11-30T12:00:00+00:00"),
        ("2026-11-30T12:00+05:30", "2026-11-30T06:30:00+00:00"),
        ("2026-10-25", "2026-10-25T22:59:59+00:00"),  # a day of twenty-five hours
        ("2027-03-28", "2027-03-28T21:59:59+00:00"),  # and one of twenty-three
    ],
)
def test_an_instant_without_a_zone_is_of_the_organisations(text: str, said: str) -> None:
    assert instant(text, "Europe/Berlin").isoformat() == said


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "9999-12-31", "0001-01-01T00:00+14:00"])
def test_what_is_neither_or_has_no_instant_in_utc_is_said(text: str) -> None:
    with pytest.raises(click.UsageError, match="neither a date"):
        instant(text, "America/New_York")
