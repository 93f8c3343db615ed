"""A period in a drawing: where runs, gaps, labels and failures stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.model.identifiers import Place, SubjectId, SubjectKey
from grc.model.overtime import Ending, Lapse, Stretch
from grc.model.status import Status
from grc.model.wording import lasting
from grc.report.charts.timeline import HIGH, SHAPES, WIDE, Scale, Shown, labels, span, timeline

UTC_ZONE = ZoneInfo("UTC")
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def scale(days: float, begins: datetime = START) -> Scale:
    return Scale(period=Stretch(begins=begins, ends=begins + days * DAY), zone=UTC_ZONE)


def test_every_run_is_drawn_where_its_time_is_and_what_is_worse_is_drawn_above() -> None:
    shown = [Shown(at=START + day * DAY, shape=SHAPES[status], code=status.value) for day, status in (
        (0, Status.NOT_SATISFIED), (5, Status.SATISFIED), (5, Status.SATISFIED), (10, Status.UNKNOWN),
    )]  # fmt: skip
    drawn = timeline(scale(10), shown, [Stretch(begins=START + 2 * DAY, ends=START + 4 * DAY)])
    assert [(it.code, it.path) for it in drawn.ticks] == [
        ("satisfied", f"M500 {HIGH}V17"),
        ("unknown", f"M{WIDE} 16V7"),
        ("not_satisfied", f"M0 {HIGH}V0"),
    ]
    assert [(it.start, it.width) for it in drawn.gaps] == [("20.00%", "20.00%")]


def test_shapes_alone_tell_what_fell_short_what_is_open_and_what_is_sound() -> None:
    groups = (
        {Status.SATISFIED, Status.INHERITED},
        {Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED},
        {Status.NOT_SATISFIED},
        {Status.PARTIAL},
        {Status.WAIVED},
        {Status.NOT_APPLICABLE},
    )
    assert set().union(*groups) == set(SHAPES) == set(Status)
    shapes = [{SHAPES[status] for status in group} for group in groups]
    assert all(len(it) == 1 for it in shapes)
    assert len(set().union(*shapes)) == len(groups)


@given(st.integers(1, 4000), st.integers(0, 800))
def test_labels_are_few_in_order_and_within_the_drawing(days: int, offset: int) -> None:
    found = labels(scale(days, START + offset * DAY))
    places = [float(it.at.rstrip("%")) for it in found]
    assert 1 <= len(found) <= 14
    assert places == sorted(set(places))
    assert places[0] <= 4
    assert places[-1] <= 96
    assert found[0].below
    assert all(re.fullmatch(r"\d{4}(-\d{2})?|", it.below) and re.fullmatch(r"\d{2}", it.text) for it in found)


@pytest.mark.parametrize(
    ("days", "texts", "below"),
    [
        (5, ["01", "02", "03", "04", "05"], ["2026-01", "", "", "", ""]),
        (
            60,
            ["01", "08", "15", "22", "29", "05", "12", "19", "26"],
            ["2026-01", "", "", "", "", "2026-02", "", "", ""],
        ),
        (365, [f"{month:02}" for month in range(1, 13)], ["2026", *[""] * 11]),
        (730, ["01", "04", "07", "10"] * 2, ["2026", "", "", "", "2027", "", "", ""]),
    ],
)
def test_days_weeks_months_or_quarters_are_named(days: int, texts: list[str], below: list[str]) -> None:
    found = labels(scale(days))
    assert [it.text for it in found] == texts
    assert [it.below for it in found] == below


def test_bound_that_no_run_gives_goes_to_the_edge_without_an_end() -> None:
    lapse = Lapse(
        subject=SubjectKey(("kind", Place("here"), SubjectId("x"))),
        sound_before=None,
        first=START + 2 * DAY,
        last=START + 4 * DAY,
    )
    drawn = span(scale(10), lapse)
    assert (drawn.bounds.start, drawn.bounds.end, drawn.begins, drawn.ends) == ("0.00%", "100.00%", False, False)
    assert (drawn.sure.start, drawn.sure.end) == ("20.00%", "40.00%")
    known = Lapse(
        subject=lapse.subject,
        sound_before=START + DAY,
        first=lapse.first,
        last=lapse.last,
        ended_by=START + 5 * DAY,
        ending=Ending.MENDED,
    )
    drawn = span(scale(10), known)
    assert (drawn.bounds.start, drawn.bounds.end, drawn.begins, drawn.ends) == ("10.00%", "50.00%", True, True)


@pytest.mark.parametrize(
    ("length", "down", "up"),
    [
        (timedelta(), ((0, "minute"),), ((0, "minute"),)),
        (timedelta(seconds=30), ((0, "minute"),), ((1, "minute"),)),
        (timedelta(minutes=59, seconds=1), ((59, "minute"),), ((1, "hour"),)),
        (timedelta(hours=1, minutes=59), ((1, "hour"),), ((2, "hour"),)),
        (timedelta(days=2, hours=23, minutes=1), ((2, "day"), (23, "hour")), ((3, "day"),)),
        (timedelta(days=2), ((2, "day"),), ((2, "day"),)),
    ],
)
def test_length_is_rounded_away_from_what_is_not_known(
    length: timedelta, down: tuple[tuple[int, str], ...], up: tuple[tuple[int, str], ...]
) -> None:
    assert lasting(length) == down
    assert lasting(length, up=True) == up
