"""Evidence as values: types, gaps, coverage, malformed values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from policy_shapes import BUCKET

from grc.model.evidence import Coverage, Gap, GapReason, Origin
from grc.model.identifiers import Place, SubjectId
from grc.policy.binding import record, subject
from grc.policy.values import PartialList, RecordValue, Unknown


def bound(body: dict[str, Any], *gaps: str, **given: Any) -> Any:
    found = [Gap(path=path, reason=GapReason.ACCESS_DENIED) for path in gaps]
    return record(body, BUCKET.shape, gaps=found, **given)


def path_of(value: object) -> list[tuple[str, GapReason]]:
    assert isinstance(value, Unknown)
    return sorted((path, gap.reason) for path, gap in value.causes)


BODY = {
    "Name": "b",
    "Score": 5,
    "Created": "2026-01-02T03:04:05Z",
    "tags": {"a": "b"},
    "encryption": {"Rules": [{"Id": "1", "Days": 3}, {"Id": "2"}]},
}


def test_values_have_their_declared_types() -> None:
    value = bound(BODY)
    assert value.fields["Created"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert type(value.fields["Score"]) is float
    rules = value.fields["encryption"].fields["Rules"]
    assert [rule.path for rule in rules] == ["encryption.Rules[0]", "encryption.Rules[1]"]
    assert value.fields["tags"] == {"a": "b"}
    assert "Age" not in value.fields


def test_only_what_is_read_is_bound() -> None:
    value = bound(BODY, reads=["encryption.Rules.Days", "Name"])
    assert set(value.fields) == {"Name", "encryption"}
    assert [set(rule.fields) for rule in value.fields["encryption"].fields["Rules"]] == [{"Days"}, set()]


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("Age", "3"),
        ("Age", 3.5),
        ("Age", True),
        ("Age", 2**63),
        ("Age", None),
        ("Public", 1),
        ("Name", 3),
        ("Score", "5"),
        ("Created", "yesterday"),
        ("Created", "2026-01-02T03:04:05"),
        ("Created", 3),
        ("tags", []),
        ("grants", {}),
        ("grants", "a"),
        ("encryption", []),
        ("policy", None),
    ],
)
def test_a_value_of_another_type_is_unknown(field: str, raw: object) -> None:
    value = bound({"Name": "b", field: raw})
    assert path_of(value.fields[field]) == [(field, GapReason.MALFORMED)]


def test_a_malformed_member_is_unknown_in_its_place() -> None:
    value = bound({"Name": "b", "grants": ["a", 1], "tags": {"k": 1}})
    assert value.fields["grants"][0] == "a"
    assert path_of(value.fields["grants"][1]) == [("grants[1]", GapReason.MALFORMED)]
    assert path_of(value.fields["tags"]["k"]) == [("tags.k", GapReason.MALFORMED)]


def test_a_gap_stands_at_its_path() -> None:
    value = bound(BODY, "encryption.Rules[1].Days")
    rules = value.fields["encryption"].fields["Rules"]
    assert rules[0].fields["Days"] == 3
    assert path_of(rules[1].fields["Days"]) == [("encryption.Rules[1].Days", GapReason.ACCESS_DENIED)]


def test_a_gap_without_index_stands_in_every_element() -> None:
    rules = bound(BODY, "encryption.Rules.Days").fields["encryption"].fields["Rules"]
    assert all(isinstance(rule.fields["Days"], Unknown) for rule in rules)


def test_a_gap_below_what_is_absent_makes_that_unknown() -> None:
    value = bound({"Name": "b"}, "encryption.Rules[0].Days")
    assert path_of(value.fields["encryption"]) == [("encryption.Rules[0].Days", GapReason.ACCESS_DENIED)]


def test_a_gap_behind_the_last_element_leaves_the_list_open() -> None:
    rules = bound(BODY, "encryption.Rules[2]").fields["encryption"].fields["Rules"]
    assert isinstance(rules, PartialList)
    assert len(rules.items) == 2


def test_a_gap_in_a_map_makes_the_map_unknown() -> None:
    assert isinstance(bound(BODY, "tags.a").fields["tags"], Unknown)


def test_a_gap_at_the_whole_record_leaves_nothing() -> None:
    assert path_of(bound(BODY, "")) == [("", GapReason.ACCESS_DENIED)]


def covering(*paths: str) -> Coverage:
    return Coverage(paths=frozenset(paths), otherwise=GapReason.NOT_TRANSLATED)


def test_a_covered_path_that_is_absent_is_a_fact() -> None:
    value = bound({"Name": "b"}, reads=["encryption.Rules.Days"], coverage=covering("Name", "encryption"))
    assert "encryption" not in value.fields


@pytest.mark.parametrize("body", [{"Name": "b"}, BODY])
def test_a_path_that_was_not_looked_at_is_unknown(body: dict[str, Any]) -> None:
    value = bound(body, reads=["encryption.Rules.Days", "Name"], coverage=covering("Name"))
    assert path_of(value.fields["encryption"]) == [("encryption", GapReason.NOT_TRANSLATED)]
    assert value.fields["Name"] == "b"


def test_a_field_of_elements_that_was_not_translated_is_unknown_in_each() -> None:
    value = bound(BODY, reads=["encryption.Rules"], coverage=covering("encryption.Rules.Id"))
    assert isinstance(value.fields["encryption"].fields["Rules"], Unknown)
    value = bound(
        BODY, reads=["encryption.Rules.Id", "encryption.Rules.Days"], coverage=covering("encryption.Rules.Id")
    )
    rules = value.fields["encryption"].fields["Rules"]
    assert [rule.fields["Id"] for rule in rules] == ["1", "2"]
    assert path_of(rules[1].fields["Days"]) == [("encryption.Rules[1].Days", GapReason.NOT_TRANSLATED)]


def test_absence_below_a_partly_translated_object_is_not_a_fact() -> None:
    value = bound({"Name": "b"}, reads=["encryption.Mode"], coverage=covering("encryption.Rules"))
    assert isinstance(value.fields["encryption"], Unknown)


def test_elements_of_an_open_list_are_uncovered_too() -> None:
    value = bound(
        BODY,
        "encryption.Rules[2]",
        reads=["encryption.Rules.Days", "encryption.Rules.Id"],
        coverage=covering("encryption.Rules.Id"),
    )
    rules = value.fields["encryption"].fields["Rules"]
    assert isinstance(rules, PartialList)
    assert all(isinstance(rule.fields["Days"], Unknown) for rule in rules.items)


def test_a_record_read_whole_is_uncovered_field_by_field() -> None:
    value = bound(BODY, coverage=covering("Name"))
    assert value.fields["Name"] == "b"
    assert all(isinstance(value.fields[name], Unknown) for name in BUCKET.shape.fields if name != "Name")


def test_tags_that_were_not_read_are_unknown() -> None:
    unread = subject(SubjectId("a"), Place("aws/1"), Origin.LIVE, None)
    assert path_of(unread.fields["tags"]) == [("tags", GapReason.NOT_REQUESTED)]
    assert subject(SubjectId("a"), Place("aws/1"), Origin.LIVE, {}).fields["tags"] == {}


def test_the_body_itself_stays_as_it_was() -> None:
    body = {"Name": "b", "encryption": {"Rules": [{"Id": "1"}]}}
    before = repr(body)
    value = bound(body, "encryption.Rules[0].Id")
    assert isinstance(value, RecordValue)
    assert repr(body) == before
