"""The absent-passes rule."""

from __future__ import annotations

from typing import Any

from policy_shapes import KEY, keys
from test_examples import example, program

from grc.model.catalogue import Example, Related
from grc.policy.lint import absent_passes_problems, optional_paths

RULES = "resource.?encryption.?Rules.orValue([])"


def problems(assertion: str, *examples: Example, **given: Any) -> list[tuple[tuple[str, ...], str]]:
    return [(each.field, each.message) for each in absent_passes_problems(program(assertion, *examples, **given))]


def undeclared(path: str) -> tuple[tuple[str, ...], str]:
    return ("assert",), f"passes when {path} is absent: make it fail, or say why under absent-passes: {{{path}: …}}"


def test_a_check_that_fails_without_its_fields_is_fine() -> None:
    assert problems("resource.Age == 1", example("pass", {"Age": 1}), example("fail", {"Age": 2})) == []


def test_the_classic_wrong_pass_is_found() -> None:
    assert problems("resource.Public != true", example("fail", {"Public": True})) == [undeclared("Public")]


def test_a_declared_absence_may_pass() -> None:
    declared = {"Public": "Not public unless it says so."}
    assert problems("resource.Public != true", example("fail", {"Public": True}), absent_passes=declared) == []


def test_a_needless_declaration_is_refused() -> None:
    declared = {"Age": "x", "Name": "x", "Agee": "x"}
    assert problems("resource.Age == 1", example("pass", {"Age": 1}), absent_passes=declared) == [
        (("absent-passes", "Age"), "never makes the check pass: remove it"),
        (("absent-passes", "Agee"), "is no optional field that the check reads: remove it"),
        (("absent-passes", "Name"), "is no optional field that the check reads: remove it"),
    ]


def test_what_stands_above_a_field_is_taken_away_too() -> None:
    rule = {"encryption": {"Rules": [{"Id": "1", "Enabled": True}]}}
    assert problems(f"{RULES}.all(r, r.Enabled == true)", example("pass", rule)) == [
        undeclared("encryption"),
        undeclared("encryption.Rules"),
    ]


def test_a_field_of_every_element_is_taken_away() -> None:
    rule = {"encryption": {"Rules": [{"Id": "1", "Enabled": False}, {"Id": "2", "Enabled": False}]}}
    assert problems(f"{RULES}.exists(r, r.Enabled != false)", example("fail", rule)) == [
        undeclared("encryption.Rules.Enabled")
    ]


def test_an_empty_list_says_nothing_of_its_elements() -> None:
    found = problems(
        f"has(resource.encryption.Rules) && {RULES}.all(r, r.Enabled == true)",
        example("pass", {"encryption": {"Rules": []}}),
    )
    assert found == []


def test_related_fields_begin_with_their_list() -> None:
    test = "keys.exists(k, k.State != 'Disabled')"
    given = example("fail", {}, related={"keys": ({"KeyId": "k", "State": "Disabled"},)})
    assert problems(test, given, relate=(keys(),)) == [undeclared("keys.State")]
    assert problems(test, given, relate=(keys(),), absent_passes={"keys.State": "Enabled unless it says so."}) == []


def test_a_field_that_a_join_matches_is_always_there() -> None:
    match = Related(name="keys", kind=KEY.name, match={"State": "resource.KeyId"})
    given = program("keys.exists(k, k.State != 'Disabled' && k.Rotates == true)", relate=(match,))
    assert optional_paths(given) == ("KeyId", "keys.Rotates")


def test_a_gap_is_taken_away_with_its_field() -> None:
    assert problems("resource.Public != true", example("unknown", {}, gaps={"Public": "timeout"})) == [
        undeclared("Public")
    ]


def test_two_absent_fields_that_are_equal_are_found() -> None:
    given = example("fail", {"KeyId": "a", "Owner": "b"})
    assert problems("resource.KeyId == resource.Owner", given) == [
        (("assert",), "passes when every optional field that it reads is absent")
    ]


def test_optional_paths_are_those_that_decide() -> None:
    given = program(
        f"resource.Name == 'b' && {RULES}.exists(r, r.Id == 'a' && r.Days == 1)", fail="{resource.Age}", when="true"
    )
    assert optional_paths(given) == ("encryption", "encryption.Rules", "encryption.Rules.Days")
