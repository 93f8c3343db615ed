"""Worked examples: bound as evidence, held against their kind, and run."""

from __future__ import annotations

from typing import Any

import pytest
from policy_shapes import HERE, KINDS, check_of, days, keys

from grc.model.catalogue import Example
from grc.model.status import Verdict
from grc.policy import compile_check
from grc.policy.examples import ExampleProblem, example_problems, missing_verdicts, run_examples
from grc.policy.program import CheckProgram


def example(expected: str, resource: dict[str, Any], **given: Any) -> Example:
    values: dict[str, Any] = {
        "expected": Verdict(expected),
        "note": None,
        "resource": {"Name": "b", **resource},
        "related": {},
        "holes": (),
        "gaps": {},
        "params": {},
        "tags": {},
        "org": {},
        "as_of": None,
        "position": HERE,
    }
    return Example(**{**values, **given})


def program(assertion: str, *examples: Example, **given: Any) -> CheckProgram:
    return compile_check(check_of(assertion, examples=examples, **given), KINDS)


def problems(given: CheckProgram) -> list[tuple[tuple[str | int, ...], str]]:
    return [(each.at, each.message) for each in example_problems(given)]


FRESH = "has(resource.Created) && as_of - resource.Created < params.max_age"


def test_examples_run_under_their_own_circumstances() -> None:
    given = program(
        FRESH,
        example("pass", {"Created": "2025-12-31T00:00:00Z"}),
        example("fail", {"Created": "2025-12-01T00:00:00Z"}),
        example("pass", {"Created": "2025-12-01T00:00:00Z"}, as_of="2025-12-02T00:00:00Z"),
        example("pass", {"Created": "2025-12-01T00:00:00Z"}, params={"max_age": 400}),
        example("unknown", {}, gaps={"Created": "not-requested"}),
        parameters=(days("max_age", 10),),
    )
    assert [result.as_expected for result in run_examples(given)] == [True] * 5
    assert example_problems(given) == ()


def test_tags_and_facts_of_the_organisation_bind() -> None:
    given = program(
        "subject.tags[?'Class'].orValue('') != org.secret",
        example("fail", {}, tags={"Class": "x"}, org={"secret": "x"}),
        example("pass", {}, tags={"Class": "y"}, org={"secret": "x"}),
        example("unknown", {}),
    )
    assert example_problems(given) == ()


def test_related_lists_and_their_holes() -> None:
    given = program(
        "keys.exists(k, k.Rotates == true)",
        example("pass", {}, related={"keys": ({"KeyId": "k", "Rotates": True},)}, holes=("keys",)),
        example("unknown", {}, related={"keys": ({"KeyId": "k", "Rotates": False},)}, holes=("keys",)),
        example("fail", {}, related={"keys": ({"KeyId": "k"},)}),
        example("fail", {}),
        relate=(keys(),),
    )
    assert example_problems(given) == ()


def test_an_unexpected_verdict_says_why() -> None:
    given = program(
        "resource.Age == 1 && resource.Name == 'b'",
        example("pass", {"Age": 2}),
        example("pass", {}, gaps={"Age": "timeout"}),
    )
    assert example_problems(given) == (
        ExampleProblem(0, ("expect",), "is expected to be pass and is fail (decided by resource.Age == 1)"),
        ExampleProblem(
            1, ("expect",), "is expected to be pass and is unknown: timeout at Age (decided by resource.Age == 1)"
        ),
    )


@pytest.mark.parametrize(
    ("resource", "at", "message"),
    [
        ({"Nam": 1}, ("resource", "Nam"), "aws.s3.bucket has no field 'Nam': did you mean 'Name'?"),
        ({"Age": "3"}, ("resource", "Age"), "is not int, as the kind declares"),
        ({"Public": 1}, ("resource", "Public"), "is not bool, as the kind declares"),
        ({"Created": "soon"}, ("resource", "Created"), "is not timestamp, as the kind declares"),
        ({"grants": ["a", 2]}, ("resource", "grants", 1), "is not string, as the kind declares"),
        ({"tags": {"a": 1}}, ("resource", "tags", "a"), "is not string, as the kind declares"),
        ({"tags": []}, ("resource", "tags"), "is not map(string, string), as the kind declares"),
        ({"State": "OPEN"}, ("resource", "State"), "is never 'OPEN': one of ACTIVE, DELETED"),
        (
            {"encryption": {"Rules": [{}]}},
            ("resource", "encryption", "Rules", 0),
            "lacks 'Id', which aws.s3.bucket.encryption.Rules[] always has",
        ),
        (
            {"encryption": {"Rules": [{"Id": "1", "day": 1}]}},
            ("resource", "encryption", "Rules", 0, "day"),
            "aws.s3.bucket.encryption.Rules[] has no field 'day': did you mean 'Days'?",
        ),
    ],
)
def test_bodies_are_held_against_the_kind(resource: dict[str, Any], at: tuple[str | int, ...], message: str) -> None:
    assert problems(program("resource.Name == 'b'", example("pass", resource))) == [(at, message)]


def test_related_bodies_and_gaps_are_held_against_the_kind() -> None:
    given = program(
        "keys.size() == 1",
        example("fail", {}, related={"keys": ({"KeyId": 1},)}, gaps={"Agee": "timeout", "Age": "time-out"}),
        relate=(keys(),),
    )
    assert problems(given) == [
        (("gaps", "Age"), "'time-out' is no reason for a gap: did you mean 'timeout'?"),
        (("gaps", "Agee"), "aws.s3.bucket has no field 'Agee': did you mean 'Age'?"),
        (("related", "keys", 0, "KeyId"), "is not string, as the kind declares"),
    ]


def test_a_number_with_a_fraction_is_text_in_our_yaml() -> None:
    given = program(
        "has(resource.Score) && resource.Score > 1.2", example("pass", {"Score": "1.5"}), example("pass", {"Score": 2})
    )
    assert example_problems(given) == ()
    assert problems(program("true", example("pass", {"Score": "a lot"}))) == [
        (("resource", "Score"), "is not double, as the kind declares")
    ]


def test_each_verdict_needs_an_example() -> None:
    given = program("resource.Name == 'b'", example("pass", {}))
    assert missing_verdicts(given) == (Verdict.FAIL, Verdict.UNKNOWN)
    given = program("resource.Name == 'b'", example("fail", {}), when="resource.Age == 1")
    assert missing_verdicts(given) == (Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN)
