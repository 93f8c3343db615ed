"""A record's line is its one canonical form, whichever encoder writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence.lines import record_line, record_lines
from grc.model.evidence import Gap, GapReason, Origin, Record
from grc.model.identifiers import KindName, Place, SubjectId

VALUES = st.text() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
INSTANTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))


def record(body: dict[str, object], **more: object) -> Record:
    given_values: dict[str, object] = {"collected": datetime(2026, 11, 22, 9, tzinfo=UTC), **more}
    return Record(
        kind=KindName("register.people"),
        subject=SubjectId("a/b"),
        place=Place("register/people"),
        origin=Origin.REGISTER,
        body=body,
        **given_values,  # type: ignore[arg-type]
    )


@given(st.dictionaries(st.text(), VALUES | st.lists(VALUES)), INSTANTS, st.none() | st.integers(1, 10**6))
def test_a_line_is_the_canonical_form(body: dict[str, object], collected: datetime, line: int | None) -> None:
    found = record(body, collected=collected, line=line, file=None if line is None else "people.csv")
    assert record_line(found) == canonical.encode(found)
    assert b"".join(record_lines([found] * 300)) == (canonical.encode(found) + b"\n") * 300


@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.text() | st.booleans() | st.integers(), max_size=4), max_size=9)
)
def test_lines_of_many_records_are_those_of_each(bodies: list[dict[str, object]]) -> None:
    found = [record(body, line=number) for number, body in enumerate(bodies)]
    assert b"".join(record_lines(found)) == b"".join(canonical.encode(each) + b"\n" for each in found)


@pytest.mark.parametrize(
    "more", [{"tags": {}}, {"tags": {"é": "z"}}, {"gaps": (Gap(path="a", reason=GapReason.BUDGET),)}]
)
def test_tags_and_gaps_are_written_too(more: dict[str, object]) -> None:
    found = record({"z": 1, "a": "b"}, **more)
    assert record_line(found) == canonical.encode(found)
    assert b"".join(record_lines([record({"z": 1}), found])).splitlines()[1] == canonical.encode(found)


@pytest.mark.parametrize("body", [{"a": None}, {"a": "\ud800"}, {"a": float("nan")}])
def test_what_has_no_form_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(EvidenceError):
        record_line(record(body))
    with pytest.raises(EvidenceError, match="a/b"):
        b"".join(record_lines([record({"a": "b"}), record(body)]))


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(EvidenceError):
        record_line(record({"a": "b"}, collected=datetime(2026, 11, 22)))  # noqa: DTZ001
    with pytest.raises(EvidenceError):
        b"".join(record_lines([record({"a": "b"}, collected=datetime(2026, 11, 22))]))  # noqa: DTZ001
