"""Where lines and bars stand, and that nothing is drawn through what was not seen."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from grc.report.charts.stacked import Counted, stack
from grc.report.charts.trend import Reading, in_order, trend
from grc.report.views.marks import Mark

MARKS = [Mark("a", "A", "first"), Mark("b", "B", "second"), Mark("c", "C", "third")]
START = datetime(2026, 1, 1, tzinfo=UTC)


def drawn(*rows: tuple[int, ...], label: str = "row"):
    counted = [Counted(label=label, end="", counts=counts) for counts in rows]
    return stack(name="x", title="", describes="", head="", end="", marks=MARKS, rows=counted)


@given(st.lists(st.tuples(*[st.integers(0, 10_000)] * 3), max_size=6))
def test_bars_fill_the_width_and_the_table_has_every_number(rows: list[tuple[int, ...]]) -> None:
    chart = drawn(*rows)
    kept = [place for place in range(3) if any(row[place] for row in rows)]
    assert [mark.code for mark in chart.marks] == [MARKS[place].code for place in kept]
    for row, counts in zip(chart.rows, rows, strict=True):
        assert row.numbers == tuple(f"{counts[place]:,}" for place in kept)
        widths = [float(it.width.rstrip("%")) for it in row.segments]
        assert all(width >= 0 for width in widths)
        assert not widths or abs(sum(widths) - 100) < 0.05
        assert len(widths) == sum(count > 0 for count in counts)


def test_label_stands_where_it_has_room() -> None:
    (row,) = drawn((80, 17, 3)).rows
    assert [it.label for it in row.segments] == ["A 80", "B 17", ""]
    (row,) = drawn((90, 10, 0)).rows
    assert [it.label for it in row.segments] == ["A 90", "10"]


def test_long_label_is_cut_in_the_drawing_and_whole_in_the_table() -> None:
    (row,) = drawn((1, 0, 0), label="x" * 80).rows
    assert len(row.cut) == 44
    assert row.label == "x" * 80


def reading(day: int, floor: float | None, ceiling: float | None) -> Reading:
    return Reading(at=START + timedelta(days=day), floor=floor, ceiling=ceiling)


def test_runs_stand_on_a_scale_of_time_with_the_whole_at_the_top() -> None:
    found = trend([reading(0, 0.0, 1.0), reading(10, 0.5, 1.0), reading(40, 1.0, 1.0)])
    assert [dot.across for dot in found.dots] == ["0.00%", "25.00%", "100.00%"]
    assert found.floors == ("0.00,100.00 25.00,50.00 100.00,0.00",)


def test_run_that_says_nothing_breaks_the_lines() -> None:
    found = trend([reading(0, 0.1, 0.9), reading(1, 0.2, 0.9), reading(2, None, None), reading(3, 0.3, 0.9)])
    assert len(found.floors) == len(found.ceilings) == len(found.bands) == 1
    assert "66.67" not in found.floors[0]
    assert len(found.dots) == 3


def test_runs_of_one_instant_have_no_order() -> None:
    assert in_order([START, START + timedelta(days=1)])
    assert not in_order([START, START])
    assert trend([reading(0, 0.1, 0.2), reading(0, 0.1, 0.2)]).dots
