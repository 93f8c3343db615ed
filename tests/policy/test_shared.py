"""Expressions about a record alone are typed once; what a check has of its own is never left out for it."""

from __future__ import annotations

import pytest
from policy_shapes import KINDS, check_of, days, keys

from grc.model.identifiers import CheckId
from grc.model.types import ObjectType
from grc.policy import CheckErrors, CheckProgram, compile_check

PUBLIC = "resource.Public == true"


def compiled(assertion: str, **given: object) -> CheckProgram:
    return compile_check(check_of(assertion, **given), KINDS)


def test_two_checks_that_say_the_same_of_a_record_share_it() -> None:
    one, other = compiled(PUBLIC), compiled(PUBLIC, id=CheckId("aws.s3.bucket.other"))
    assert one.assertion is other.assertion
    assert one.fail.holes[0].checked is other.fail.holes[0].checked
    assert one.reads == other.reads == {"Public"}


def test_what_mentions_a_parameter_is_typed_with_it() -> None:
    assertion = "has(resource.Created) && resource.Created < as_of - params.age"
    one, other = (compiled(assertion, parameters=(days("age", value),)) for value in (30, 60))
    assert one.assertion is not other.assertion
    assert isinstance(one.assertion.variables["params"], ObjectType)


def test_a_macros_variable_may_not_hide_a_related_list_though_it_was_typed_without_one() -> None:
    assertion = "has(resource.grants) && resource.grants.exists(keys, keys == 'a')"
    compiled(assertion)
    with pytest.raises(CheckErrors, match="'keys' hides another name"):
        compiled(assertion, relate=(keys(),))


def test_the_advice_knows_the_names_that_only_this_check_has() -> None:
    with pytest.raises(CheckErrors, match="there is no 'kyes' here: did you mean 'keys'"):
        compiled("kyes.all(key, key.Rotates == true)", relate=(keys(),))


def test_a_whole_record_is_read_as_all_its_fields() -> None:
    assert compiled("resource == resource").reads == frozenset(KINDS[check_of("").kind].shape.fields)
