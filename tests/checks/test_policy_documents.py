"""Policy documents that a check reads itself say the same in another spelling, and a Deny takes nothing back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from grc.model.catalogue import Example
from grc.model.identifiers import CheckId
from grc.model.status import Verdict
from grc.policy.examples import bindings
from grc.policy.explain import judge
from grc.policy.program import CheckProgram

Programs = Mapping[CheckId, CheckProgram]
Statement = dict[str, Any]

OPENING = ["aws.iam.policy.no-admin", "aws.iam.user.no-admin-policy"]
EVERY = [*OPENING, "aws.s3.bucket.tls-only"]
DENY_ALL: Statement = {"Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["*"], "Resource": ["*"]}


def rewritten(value: Any, change: Callable[[list[Statement]], list[Statement]]) -> Any:
    """The value with the statements of every policy document in it changed."""
    if isinstance(value, Mapping):
        return {
            name: change(list(below)) if name == "Statement" else rewritten(below, change)
            for name, below in value.items()
        }
    return [rewritten(each, change) for each in value] if isinstance(value, list | tuple) else value


def backwards(statements: list[Statement]) -> list[Statement]:
    return statements[::-1]


def twice(statements: list[Statement]) -> list[Statement]:
    return statements + statements


def in_other_case(statements: list[Statement]) -> list[Statement]:
    return [{name: _other_case(name, value) for name, value in statement.items()} for statement in statements]


def _other_case(name: str, value: Any) -> Any:
    if name in {"Action", "NotAction"}:
        return [action.swapcase() for action in value]
    if name != "Condition":
        return value
    return {
        operator.swapcase(): {key.swapcase(): values for key, values in keys.items()}
        for operator, keys in value.items()
    }


def with_a_deny(statements: list[Statement]) -> list[Statement]:
    return [DENY_ALL, *statements, DENY_ALL]


def with_a_vacuous_condition(statements: list[Statement]) -> list[Statement]:
    always = {"StringLikeIfExists": {"aws:UserAgent": ["*"]}}
    return [{**statement, "Condition": {**always, **statement.get("Condition", {})}} for statement in statements]


def changed(example: Example, change: Callable[[list[Statement]], list[Statement]]) -> Example:
    related = {name: tuple(rewritten(body, change) for body in bodies) for name, bodies in example.related.items()}
    return replace(example, resource=rewritten(example.resource, change), related=related)


def differing(program: CheckProgram, change: Callable[[list[Statement]], list[Statement]]) -> list[int]:
    return [
        number
        for number, example in enumerate(program.check.examples)
        if not example.gaps and judge(program, bindings(program, changed(example, change))) is not example.expected
    ]


@pytest.mark.parametrize("change", [backwards, twice, in_other_case])
@pytest.mark.parametrize("name", EVERY)
def test_another_spelling_says_the_same(
    programs: Programs, name: str, change: Callable[[list[Statement]], list[Statement]]
) -> None:
    assert differing(programs[CheckId(name)], change) == []


@pytest.mark.parametrize("name", OPENING)
def test_a_deny_does_not_undo_an_allow(programs: Programs, name: str) -> None:
    assert differing(programs[CheckId(name)], with_a_deny) == []


@pytest.mark.parametrize("name", OPENING)
def test_a_condition_that_always_holds_bounds_nothing(programs: Programs, name: str) -> None:
    assert differing(programs[CheckId(name)], with_a_vacuous_condition) == []


def test_each_document_has_failures_to_change(programs: Programs) -> None:
    for name in EVERY:
        examples = programs[CheckId(name)].check.examples
        assert any(each.expected is Verdict.FAIL and "Statement" in str(each) for each in examples), name
