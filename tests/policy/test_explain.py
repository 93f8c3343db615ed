"""Verdicts, and why: the deciding part, the values seen there, the reasons of what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from policy_shapes import BUCKET, KEY, KINDS, check_of, keys

from grc.model.evidence import Gap, GapReason, Origin
from grc.model.identifiers import Place, SubjectId
from grc.model.status import Verdict
from grc.policy import compile_check
from grc.policy.binding import record, subject
from grc.policy.explain import Seen, explain, observe_one
from grc.policy.values import PartialList, Value, unknown_at

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RULES = "resource.?encryption.?Rules.orValue([])"


def seen(
    assertion: str,
    body: Mapping[str, Any],
    *,
    gaps: Mapping[str, str] | None = None,
    related: Mapping[str, Value] | None = None,
    short: bool = False,
    **given: Any,
) -> Seen:
    program = compile_check(check_of(assertion, **given), KINDS)
    found = [
        Gap(path=path, reason=GapReason(reason), call="s3:Call", permission="s3:Get")
        for path, reason in (gaps or {}).items()
    ]
    bindings = program.bindings(
        resource=record({"Name": "b", **body}, BUCKET.shape, gaps=found),
        subject=subject(SubjectId("arn:b"), Place("aws/1"), Origin.LIVE, {"Team": "x"}),
        as_of=NOW,
        org={},
        related=related,
    )
    return (observe_one if short else explain)(program, bindings)


def read(result: Seen) -> dict[str, str | None]:
    return {each.path: each.value for each in result.reads}


RULE = [{"Id": "1", "Enabled": True, "Days": 9}, {"Id": "2", "Enabled": True, "Days": 1}]


@pytest.mark.parametrize(
    ("assertion", "body", "verdict", "deciding", "reads"),
    [
        (
            "resource.Name == 'b' && resource.Age == 3 && resource.Public == true",
            {"Age": 4},
            Verdict.FAIL,
            "resource.Age == 3",
            {"Age": "4"},
        ),
        (
            "resource.Age == 3 || resource.Public == true",
            {"Age": 4},
            Verdict.FAIL,
            "resource.Age == 3 || resource.Public == true",
            {"Age": "4", "Public": None},
        ),
        (
            "resource.Name == 'a' || resource.Age == 4",
            {"Age": 4},
            Verdict.PASS,
            "resource.Age == 4",
            {"Age": "4"},
        ),
        (
            "resource.Name == 'b' && resource.Age == 4",
            {"Age": 4},
            Verdict.PASS,
            "resource.Name == 'b' && resource.Age == 4",
            {"Age": "4", "Name": "b"},
        ),
        (
            f"{RULES}.all(r, r.Enabled == true && r.?Days.orValue(0) > 3)",
            {"encryption": {"Rules": RULE}},
            Verdict.FAIL,
            "r.?Days.orValue(0) > 3 [r = encryption.Rules[1]]",
            {"encryption.Rules[1].Days": "1"},
        ),
        (
            f"{RULES}.exists(r, r.Enabled == false)",
            {"encryption": {"Rules": RULE}},
            Verdict.FAIL,
            f"{RULES}.exists(r, r.Enabled == false)",
            {"encryption.Rules[0].Enabled": "true", "encryption.Rules[1].Enabled": "true"},
        ),
        (
            f"!{RULES}.exists(r, r.Id == '2')",
            {"encryption": {"Rules": RULE}},
            Verdict.FAIL,
            "r.Id == '2' [r = encryption.Rules[1]]",
            {"encryption.Rules[1].Id": "2"},
        ),
        (
            f"{RULES}.exists(r, r.Id == '2')",
            {},
            Verdict.FAIL,
            f"{RULES}.exists(r, r.Id == '2')",
            {"encryption.Rules": None},
        ),
        (
            f"{RULES}.exists(r, r.Id == '2')",
            {"encryption": {"Rules": []}},
            Verdict.FAIL,
            f"{RULES}.exists(r, r.Id == '2')",
            {"encryption.Rules": "[]"},
        ),
        ("!has(resource.Age)", {"Age": 1}, Verdict.FAIL, "!has(resource.Age)", {"Age": "1"}),
        ("resource.Age != 1", {"Age": 1}, Verdict.FAIL, "resource.Age != 1", {"Age": "1"}),
        (
            "!(resource.Name == 'b' && resource.Age == 1)",
            {"Age": 1},
            Verdict.FAIL,
            "!(resource.Name == 'b' && resource.Age == 1)",
            {"Age": "1", "Name": "b"},
        ),
        (
            "has(resource.Age) ? resource.Age > 3 : resource.Public == true",
            {"Age": 1},
            Verdict.FAIL,
            "resource.Age > 3",
            {"Age": "1"},
        ),
        (
            "cel.bind(e, resource.encryption, e != null && e.Mode == 'x')",
            {"encryption": {"Mode": "y"}},
            Verdict.FAIL,
            "e.Mode == 'x' [e = encryption]",
            {"encryption.Mode": "y"},
        ),
        (
            "has(resource.tags) && resource.tags.exists(k, v, k == 'a' && v == 'b')",
            {"tags": {"a": "c"}},
            Verdict.FAIL,
            "resource.tags.exists(k, v, k == 'a' && v == 'b')",
            {"tags.a": "c"},
        ),
        (
            "has(resource.grants) && resource.grants.all(i, g, g != 'b')",
            {"grants": ["a", "b"]},
            Verdict.FAIL,
            "g != 'b' [g = grants[1]]",
            {"grants[1]": "b"},
        ),
        (
            "subject.tags.Team == 'y'",
            {},
            Verdict.FAIL,
            "subject.tags.Team == 'y'",
            {"subject.tags.Team": "x"},
        ),
        ("resource.Owner == 'bob'", {"Owner": "ann"}, Verdict.FAIL, "resource.Owner == 'bob'", {"Owner": "(withheld)"}),
    ],
)
def test_the_deciding_part(
    assertion: str, body: dict[str, Any], verdict: Verdict, deciding: str, reads: dict[str, str | None]
) -> None:
    result = seen(assertion, body)
    assert result.verdict is verdict
    assert result.deciding == deciding
    assert read(result) == reads


def test_a_failure_has_its_message_and_no_reason() -> None:
    result = seen("resource.Age == 1", {"Age": 2}, fail="Bucket {resource.Name} is {resource.Age}", short=True)
    assert (result.verdict, result.message, result.reason) == (Verdict.FAIL, "Bucket b is 2", None)


def test_a_pass_and_what_does_not_apply_say_no_more_when_observed() -> None:
    assert seen("resource.Age == 1", {"Age": 1}, short=True) == Seen(verdict=Verdict.PASS)
    result = seen("resource.Age == 1", {"Age": 1}, when="resource.Public == true", short=True)
    assert result == Seen(verdict=Verdict.NOT_APPLICABLE)


def test_what_does_not_apply_is_explained_by_its_when() -> None:
    result = seen("resource.Age == 1", {"Public": False}, when="resource.Public == true")
    assert (result.verdict, result.deciding) == (Verdict.NOT_APPLICABLE, "resource.Public == true")


def test_a_gap_is_the_reason() -> None:
    result = seen("resource.Name == 'b' && resource.Age == 1", {}, gaps={"Age": "access-denied"}, short=True)
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == "access-denied at Age"
    assert result.deciding == "resource.Age == 1"
    assert read(result) == {"Age": "(not known)"}
    assert result.gaps == (Gap(path="Age", reason=GapReason.ACCESS_DENIED, call="s3:Call", permission="s3:Get"),)
    assert result.message is None


def test_false_wins_over_a_gap() -> None:
    assert seen("resource.Age == 1 && resource.Name == 'x'", {}, gaps={"Age": "timeout"}).verdict is Verdict.FAIL
    assert seen("resource.Age == 1 || resource.Name == 'b'", {}, gaps={"Age": "timeout"}).verdict is Verdict.PASS


def test_all_reasons_are_kept_and_the_text_is_bounded() -> None:
    gaps = dict.fromkeys(("Age", "Public", "KeyId", "Created", "State"), "throttled")
    test = "resource.Age == 1 && resource.Public == true && resource.KeyId == '' && resource.State == null"
    result = seen(f"{test} && resource.Created == null", {}, gaps=gaps)
    assert result.reason == "throttled at Age; throttled at Created; throttled at KeyId and 2 more"
    assert [gap.path for gap in result.gaps] == ["Age", "Created", "KeyId", "Public", "State"]


def test_a_gap_of_the_whole_record() -> None:
    result = seen("resource.Name == 'b'", {}, gaps={"": "malformed"})
    assert (result.verdict, result.reason) == (Verdict.UNKNOWN, "malformed")


def test_an_unknown_when_is_unknown() -> None:
    result = seen("true", {}, when="resource.Age == 1", gaps={"Age": "timeout"})
    assert (result.verdict, result.reason, result.deciding) == (
        Verdict.UNKNOWN,
        "timeout at Age",
        "resource.Age == 1",
    )


def test_an_error_is_unknown_never_a_failure() -> None:
    result = seen("resource.Name == 'b' && [1][resource.?Age.orValue(5)] == 1", {})
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == "error: index out of range: 5 of 1"
    assert result.deciding == "[1][resource.?Age.orValue(5)] == 1"
    assert result.gaps == ()


def test_an_error_does_not_tell_what_is_private() -> None:
    result = seen("resource.?Secret.orValue('') == '' || int(resource.?Secret.orValue('')) == 1", {"Secret": "hunter2"})
    assert (result.verdict, result.reason) == (Verdict.UNKNOWN, "error: (withheld)")
    assert "hunter2" not in repr(result)


def test_an_untyped_value_that_is_no_bool_is_unknown() -> None:
    result = seen("has(resource.policy) && dyn(resource.policy)", {"policy": "text"})
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason is not None
    assert result.reason.startswith("error: ")


def test_the_element_that_could_not_be_decided() -> None:
    body = {"encryption": {"Rules": [{"Id": "1", "Days": 9}, {"Id": "2"}]}}
    gaps = {"encryption.Rules[1].Days": "throttled"}
    result = seen(f"{RULES}.all(r, r.?Days.orValue(0) > 3)", body, gaps=gaps)
    assert result.reason == "throttled at encryption.Rules[1].Days"
    assert result.deciding == "r.?Days.orValue(0) > 3 [r = encryption.Rules[1]]"
    body["encryption"]["Rules"][0]["Days"] = 1
    assert seen(f"{RULES}.all(r, r.?Days.orValue(0) > 3)", body, gaps=gaps).verdict is Verdict.FAIL


def key(**fields: Any) -> Value:
    return record({"KeyId": "k", **fields}, KEY.shape)


def test_related_records_are_read_by_their_list() -> None:
    related = {"keys": [key(State="Enabled"), key(State="Disabled")]}
    result = seen("keys.all(k, k.State == 'Enabled')", {"KeyId": "k"}, relate=(keys(),), related=related)
    assert result.deciding == "k.State == 'Enabled' [k = keys[1]]"
    assert read(result) == {"keys[1].State": "Disabled"}


@pytest.mark.parametrize(
    ("assertion", "verdict"),
    [
        ("keys.exists(k, k.State == 'Enabled')", Verdict.PASS),
        ("keys.exists(k, k.State == 'Disabled')", Verdict.UNKNOWN),
        ("keys.all(k, k.State == 'Enabled')", Verdict.UNKNOWN),
        ("keys.all(k, k.State == 'Disabled')", Verdict.FAIL),
        ("keys.size() == 1", Verdict.UNKNOWN),
        ("keys[0].State == 'Enabled'", Verdict.UNKNOWN),
        ("keys.size() == 1 || resource.Name == 'b'", Verdict.PASS),
    ],
)
def test_a_list_with_a_hole(assertion: str, verdict: Verdict) -> None:
    hole = PartialList([key(State="Enabled")], unknown_at(Gap(path="keys", reason=GapReason.ACCESS_DENIED)))
    result = seen(assertion, {"KeyId": "k"}, relate=(keys(),), related={"keys": hole})
    assert result.verdict is verdict
    assert (result.reason == "access-denied at keys") is (verdict is Verdict.UNKNOWN)


def test_reads_are_bounded() -> None:
    rules = [{"Id": str(number)} for number in range(1000)]
    for test in ("r.Id == 'x'", "r.Id == 'x' && r.Days == 1 && r.Enabled == true"):
        assert len(seen(f"{RULES}.exists(r, {test})", {"encryption": {"Rules": rules}}).reads) == 20


def test_what_was_seen_is_the_same_every_time() -> None:
    body = {"encryption": {"Rules": RULE}, "tags": {"b": "1", "a": "2"}}
    assert seen(f"{RULES}.size() == 3 || size(resource.?tags.orValue({{}})) == 3", body) == seen(
        f"{RULES}.size() == 3 || size(resource.?tags.orValue({{}})) == 3", body
    )
