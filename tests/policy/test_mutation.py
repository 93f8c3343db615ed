"""Mutants: which are made, which are killed, and what is said of a survivor."""

from __future__ import annotations

from typing import Any

from policy_shapes import VARIABLES, days, keys
from test_examples import example, program

from grc.model.catalogue import Example
from grc.policy.checker import check
from grc.policy.mutation import edits, survivors
from grc.policy.parser import parse


def mutants(source: str) -> set[str]:
    checked = check(parse(source), VARIABLES, source)
    return {source[: edit.start] + edit.replacement + source[edit.end :] for edit in edits(checked)}


def surviving(assertion: str, *examples: Example, **given: Any) -> list[tuple[str, int, str]]:
    return [(each.field, each.offset, each.change) for each in survivors(program(assertion, *examples, **given))]


def test_comparisons_are_negated_and_shifted() -> None:
    assert mutants("resource.Name == 'a'") >= {"resource.Name != 'a'", 'resource.Name == "~"'}
    assert mutants("size(texts) < 3") == {"size(texts) <= 3", "size(texts) >= 3"}


def test_operands_are_dropped_and_swapped() -> None:
    assert mutants("any && (any || true)") >= {
        "(any) || (any || true)",
        "(any)",
        "(any || true)",
        "any && ((any) && (true))",
        "any && ((any))",
        "any && ((true))",
        "any && (any || false)",
    }


def test_macros_members_and_negations_are_changed() -> None:
    assert mutants("!texts.all(t, t in ['a', 'b'])") >= {
        "texts.all(t, t in ['a', 'b'])",
        "!texts.exists(t, t in ['a', 'b'])",
        "!texts.all(t, t in ['b'])",
        "!texts.all(t, t in ['a'])",
    }


def test_of_a_default_only_a_bool_is_changed() -> None:
    assert mutants("resource.?Public.orValue(false)") == {"resource.?Public.orValue(true)"}
    assert mutants("resource.?KeyId.orValue('x') == resource.Name") == {"resource.?KeyId.orValue('x') != resource.Name"}


def test_of_a_long_list_the_ends_are_dropped() -> None:
    source = "1 in [1, 2, 3, 4, 5, 6, 7, 8]"
    assert mutants(source) == {"1 in [2, 3, 4, 5, 6, 7, 8]", "1 in [1, 2, 3, 4, 5, 6, 7]"}


def test_good_examples_kill_every_mutant() -> None:
    assert (
        surviving(
            "has(resource.Age) && resource.Age > 3 && resource.Public == true",
            example("pass", {"Age": 4, "Public": True}),
            example("fail", {"Age": 3, "Public": True}),
            example("fail", {"Age": 4, "Public": False}),
            example("fail", {"Public": True}),
            example("unknown", {"Age": 4}, gaps={"Public": "timeout"}),
        )
        == []
    )


def test_a_missing_boundary_survives() -> None:
    found = surviving(
        "has(resource.Age) && resource.Age > 3",
        example("pass", {"Age": 9}),
        example("fail", {"Age": 1}),
        example("fail", {}),
    )
    assert found == [("assert", 34, "> made >=")]


def test_an_operand_that_no_example_needs_survives() -> None:
    (found,) = survivors(
        program("resource.Name == 'b' || resource.Age == 1", example("pass", {}), example("fail", {"Name": "c"}))
    )[:1]
    assert (found.field, found.change, found.text) == (
        "assert",
        "without resource.Age == 1",
        "(resource.Name == 'b')",
    )


def test_the_when_is_broken_too() -> None:
    examples = (example("pass", {"Age": 1}), example("fail", {"Name": "c", "Age": 1}))
    found = surviving("resource.Name == 'b'", *examples, when="resource.Age == 1 || resource.Public == true")
    assert ("when", 0, "without resource.Public == true") in found
    assert all(field == "when" for field, _, _ in found)


def test_a_when_that_its_examples_prove_leaves_no_mutant() -> None:
    examples = (
        example("pass", {"Age": 1}),
        example("fail", {"Name": "c", "Age": 1}),
        example("not_applicable", {"Age": 2}),
        example("not_applicable", {}),
    )
    assert surviving("resource.Name == 'b'", *examples, when="resource.Age == 1") == []


def test_an_example_that_sets_a_parameter_proves_nothing_of_its_value() -> None:
    test = "has(resource.Created) && as_of - resource.Created <= params.max_age"
    given = {"parameters": (days("max_age", 10),)}
    new = example("pass", {"Created": "2025-12-31T00:00:00Z"}, params={"max_age": 10})
    old = example("fail", {"Created": "2024-01-01T00:00:00Z"}, params={"max_age": 10})
    assert [each[0] for each in surviving(test, new, old, **given)].count("params.max_age") == 2


def test_parameters_are_set_far_off() -> None:
    test = "has(resource.Created) && as_of - resource.Created <= params.max_age"
    old, new = {"Created": "2024-01-01T00:00:00Z"}, {"Created": "2025-12-31T00:00:00Z"}
    given = {"parameters": (days("max_age", 10),)}
    assert ("params.max_age", 0) in {each[:2] for each in surviving(test, example("pass", new), **given)}
    far = {each[:2] for each in surviving(test, example("pass", new), example("fail", old), **given)}
    assert ("params.max_age", 0) not in far


def test_joins_are_broken_by_their_macros() -> None:
    test = "keys.exists(k, k.State == 'Enabled')"
    one = example("pass", {}, related={"keys": ({"KeyId": "k", "State": "Enabled"},)})
    none = example("fail", {}, related={"keys": ({"KeyId": "k", "State": "Disabled"},)})
    assert surviving(test, one, none, relate=(keys(),)) == [("assert", 5, "exists made all")]
    assert surviving(test, one, none, example("fail", {}), relate=(keys(),)) == []
