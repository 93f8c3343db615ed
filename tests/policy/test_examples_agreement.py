"""Generated code and the interpreter agree on examples, or generated code says that it does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from policy_shapes import VARIABLES, days, keys
from test_examples import example, program

from grc.model.catalogue import Example
from grc.model.status import Verdict
from grc.model.types import Primitive
from grc.policy.agreement import compiled_verdict, disagreements
from grc.policy.checker import check
from grc.policy.examples import CLOCK
from grc.policy.parser import parse

RULES = "resource.?encryption.?Rules.orValue([])"
FRESH = "has(resource.Created) && as_of - resource.Created < params.max_age"
ENABLED = {"encryption": {"Rules": [{"Id": "a", "Enabled": True}]}}


@pytest.mark.parametrize(
    ("assertion", "given", "options", "said"),
    [
        (f"{RULES}.exists(r, r.Enabled == true)", example("pass", ENABLED), {}, Verdict.PASS),
        (f"{RULES}.exists(r, r.Enabled == true)", example("fail", {}), {}, Verdict.FAIL),
        (
            "resource.Public == true",
            example("not_applicable", {}),
            {"when": "has(resource.Age)"},
            Verdict.NOT_APPLICABLE,
        ),
        ("resource.Public == true", example("unknown", {}, gaps={"Public": "timeout"}), {}, None),
        (
            FRESH,
            example("pass", {"Created": "2025-12-01T00:00:00Z"}, params={"max_age": 40}),
            {"parameters": (days("max_age", 10),)},
            Verdict.PASS,
        ),
        (
            "keys.exists(k, k.Rotates == true)",
            example("pass", {"KeyId": "x"}, related={"keys": ({"KeyId": "k", "Rotates": True},)}),
            {"relate": (keys(),)},
            Verdict.PASS,
        ),
        ("resource.?Score.orValue(0.0) > 1.0", example("pass", {"Score": "1.5"}), {}, Verdict.PASS),
        ("subject.tags[?'a'].orValue('') == 'b'", example("pass", {}, tags={"a": "b"}), {}, Verdict.PASS),
    ],
)
def test_generated_code_agrees(assertion: str, given: Example, options: dict[str, Any], said: Verdict | None) -> None:
    made = program(assertion, given, **options)
    assert disagreements(made) == ()
    if "parameters" not in options:
        assert compiled_verdict(made, given, CLOCK) is said


def test_a_disagreement_is_found() -> None:
    """A program whose parts were changed behind its back stands for a compiler that is wrong."""
    made = program("resource.Name == 'b'", example("pass", {}))
    source = "resource.Name == 'c'"
    other = check(parse(source), VARIABLES, source, result=Primitive.BOOL)
    tampered = replace(other, expression=made.assertion.expression, types=made.assertion.types)
    tampered.prepared.update({(key[0], id(tampered.expression)): value for key, value in _planned(other).items()})
    wrong = replace(made, assertion=tampered)
    (found,) = disagreements(wrong)
    assert found.message == "generated code says pass where the interpreter says fail"


def _planned(checked: Any) -> dict[tuple[object, int], Any]:
    checked.outcome({"resource": None})
    return dict(checked.prepared)
