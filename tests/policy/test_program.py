"""Checks made ready: problems with their places, what is read, what must be collected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from policy_shapes import BUCKET, KEY, KINDS, check_of, days, keys

from grc.model.catalogue import Check, Parameter, ParameterType, Related, Within
from grc.model.identifiers import KindName
from grc.policy import CheckErrors, compile_check, demand

RULES = "resource.?encryption.?Rules.orValue([])"


def problems(check: Check) -> list[tuple[tuple[str, ...], int | None, str]]:
    with pytest.raises(CheckErrors) as caught:
        compile_check(check, KINDS)
    return [(each.field, each.offset, each.message) for each in caught.value.problems]


def test_what_is_read_is_known() -> None:
    program = compile_check(
        check_of(
            f"{RULES}.exists(r, r.Algorithm == 'a') && keys.exists(k, k.Rotates == true)",
            when="subject.tags.exists(k, k == 'x')",
            relate=(keys("resource.KeyId"),),
            fail="{resource.Name} {keys.map(k, k.?State.orValue('')).join(',')}",
        ),
        KINDS,
    )
    assert program.reads == {"encryption.Rules.Algorithm", "KeyId"}
    assert program.message_reads == {"Name"}
    (related,) = program.related
    assert related.reads == {"KeyId", "Rotates"}
    assert related.message_reads == {"State"}
    assert related.kind is KEY
    assert program.used == {"resource", "keys", "subject"}
    assert demand([program]) == {
        "aws.kms.key": {"KeyId", "Rotates", "State"},
        "aws.s3.bucket": {"encryption.Rules.Algorithm", "KeyId", "Name"},
    }


def test_demands_are_joined() -> None:
    programs = [compile_check(check_of(text), KINDS) for text in ("has(resource.encryption)", f"size({RULES}) > 0")]
    assert demand(programs) == {"aws.s3.bucket": {"encryption", "Name"}}


def test_a_record_read_whole_is_spelled_out() -> None:
    assert compile_check(check_of("dyn(resource).Name == 'a'"), KINDS).reads == frozenset(BUCKET.shape.fields)


def test_parameters_bind_as_their_types() -> None:
    given: dict[str, Any] = {"int": 3, "string": "s", "bool": True, "list": ("a", "b"), "days": 2}
    declared = tuple(
        Parameter(name=f"p_{name}", type=ParameterType(name), value=value) for name, value in given.items()
    )
    program = compile_check(
        check_of(
            "params.p_int == 3 && params.p_string == 's' && params.p_bool && params.p_list == ['a', 'b']"
            " && params.p_days > duration('47h')",
            parameters=declared,
        ),
        KINDS,
    )
    assert program.params.fields["p_days"] == timedelta(days=2)
    assert program.params.fields["p_list"] == ["a", "b"]


def test_every_text_of_a_check_is_checked_and_placed() -> None:
    found = problems(
        check_of(
            "resource.Nam == 'a'",
            when="resource.Age > ",
            fail="{resource.Name} {resource.Nope}",
            relate=(keys("resource.Key"),),
        )
    )
    assert [(field, offset) for field, offset, _ in found] == [
        (("assert",), 9),
        (("fail",), 26),
        (("relate", "keys", "match", "KeyId"), 9),
        (("when",), 15),
    ]


def test_an_assert_that_is_not_a_bool_is_refused() -> None:
    assert problems(check_of("resource.Name")) == [(("assert",), 0, "must give bool, not string")]
    assert problems(check_of("true", when="1")) == [(("when",), 0, "must give bool, not int")]


def test_what_decides_nothing_is_refused() -> None:
    check = check_of(
        "resource.Name == 'a'", parameters=(days("max_age", 3),), relate=(keys(),), fail="{params.max_age} {keys}"
    )
    assert problems(check) == [
        (("params", "max_age"), None, "is declared and decides nothing: use it or remove it"),
        (("relate", "keys"), None, "is related and decides nothing: use it or remove it"),
    ]


@pytest.mark.parametrize(
    "text", ["params['a'] > duration('1h')", "params.a > duration('1h')", "dyn(params).size() > 0"]
)
def test_a_parameter_is_used_by_any_way_of_reading_it(text: str) -> None:
    compile_check(check_of(text, parameters=(days("a", 3),)), KINDS)


def related(name: str = "keys", kind: str = "aws.kms.key", **match: str) -> Related:
    return Related(name=name, kind=KindName(kind), match=match, within=Within.ACCOUNT)


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        (
            related("resource", KeyId="resource.KeyId"),
            ("relate", "resource"),
            "'resource' is taken: choose another name",
        ),
        (
            related(kind="aws.kms.keys", KeyId="resource.KeyId"),
            ("relate", "keys", "kind"),
            "there is no kind 'aws.kms.keys': did you mean 'aws.kms.key'?",
        ),
        (related(), ("relate", "keys", "match"), "pairs nothing: name at least one field of the related kind"),
        (
            related(KeyID="resource.KeyId"),
            ("relate", "keys", "match", "KeyID"),
            "aws.kms.key has no field 'KeyID': did you mean 'KeyId'?",
        ),
        (
            related(KeyId="resource.Age"),
            ("relate", "keys", "match", "KeyId"),
            "KeyId is string and never equals int",
        ),
        (
            related(Grants="resource.grants"),
            ("relate", "keys", "match", "Grants"),
            "Grants is list(string): a join matches a plain value",
        ),
    ],
)
def test_joins_are_checked(given: Related, field: tuple[str, ...], message: str) -> None:
    found = problems(check_of("true", relate=(given,)))
    assert (field, message) in [(place, text) for place, _, text in found]


def test_a_match_may_be_absent() -> None:
    compile_check(check_of("keys.size() == 1", relate=(keys("resource.KeyId"),)), KINDS)


def test_a_match_sees_no_related_list() -> None:
    given = related(KeyId="keys[0].KeyId")
    assert problems(check_of("keys.size() == 1", relate=(given,)))[0][2] == "there is no 'keys' here"


def test_an_unknown_kind_is_refused() -> None:
    assert problems(check_of("true", kind=KindName("aws.s3.buckets"))) == [
        (("kind",), None, "there is no kind 'aws.s3.buckets': did you mean 'aws.s3.bucket'?")
    ]


def test_the_error_names_the_check_and_every_problem() -> None:
    with pytest.raises(CheckErrors, match=r"aws\.s3\.bucket\.example: assert: there is no 'a' here") as caught:
        compile_check(check_of("a && b"), KINDS)
    assert len(caught.value.problems) == 2
