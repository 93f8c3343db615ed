"""Values: equality, keys, numbers that Python would confuse, versions."""

from __future__ import annotations

import itertools
import math
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.model.evidence import Gap, GapReason
from grc.model.types import Field, ObjectType, Primitive
from grc.policy.equality import contained, equal, unequal
from grc.policy.errors import EvaluationError, LimitError
from grc.policy.values import (
    NONE,
    BoolKey,
    Failure,
    Optional,
    PartialList,
    RecordValue,
    SemVer,
    UInt,
    Unknown,
    key_of,
    merged,
    type_name,
    unknown_at,
    unknowns_within,
    value_of,
)

ONE = unknown_at(Gap(path="a", reason=GapReason.THROTTLED))
TWO = unknown_at(Gap(path="b", reason=GapReason.ACCESS_DENIED))
BOTH = merged((ONE, TWO))
SHAPE = ObjectType("thing", {"a": Field(type=Primitive.INT), "b": Field(type=Primitive.INT)})

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(0, 3).map(UInt),
    st.sampled_from([0.0, -0.0, 1.0, 1.5, math.inf, math.nan]),
    st.sampled_from(["", "a", "1"]),
    st.sampled_from([b"", b"a"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.one_of(
        st.lists(below, max_size=2),
        st.dictionaries(st.sampled_from([BoolKey.TRUE, 1, UInt(2), "a"]), below, max_size=2),
        below.map(lambda value: Optional(True, value)),
    ),
    max_leaves=5,
)


def test_neither_unknown_nor_failure_is_a_truth_value() -> None:
    for value in (ONE, Failure("no")):
        with pytest.raises(TypeError):
            bool(value)


def test_uint_is_bounded() -> None:
    assert UInt(2**64 - 1).value == 2**64 - 1
    for value in (-1, 2**64):
        with pytest.raises(EvaluationError):
            UInt(value)


def test_uint_and_other_numbers() -> None:
    assert UInt(1) == 1 == UInt(1) == 1.0
    assert UInt(1) != True  # noqa: E712
    assert hash(UInt(1)) == hash(1)
    assert UInt(1) < 1.5 < UInt(2) <= 2 <= UInt(2)
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq):
        assert not compare(UInt(1), math.nan)
    assert UInt(0) > -1
    assert UInt(2**64 - 1) > 2**63


def test_bool_keys_are_keys_of_their_own() -> None:
    entries = {key_of(True): "yes", key_of(1): "one"}
    assert len(entries) == 2
    assert [value_of(key) for key in entries] == [True, 1]
    assert [type(value_of(key)) for key in entries] == [bool, int]
    with pytest.raises(TypeError):
        key_of(None)


DIFFERENT = (
    None,
    True,
    False,
    0,
    1,
    UInt(2),
    1.5,
    "",
    "1",
    b"",
    b"1",
    [],
    [1],
    {},
    {1: 1},
    {BoolKey.TRUE: 1},
    NONE,
    Optional(True),
)


@pytest.mark.parametrize(("left", "right"), list(itertools.combinations(DIFFERENT, 2)))
def test_unlike_values_are_unequal(left: object, right: object) -> None:
    assert equal(left, right) is False
    assert equal([left], [right]) is False
    assert equal({"k": left}, {"k": right}) is False
    assert unequal(left, right) is True


@given(VALUES, VALUES)
def test_equality_is_symmetric(left: object, right: object) -> None:
    assert equal(left, right) is equal(right, left)


@given(VALUES)
def test_equality_is_reflexive_but_for_nan(value: object) -> None:
    assert equal(value, value) is ("nan" not in repr(value))


UNKNOWNS = (
    (ONE, 1, ONE),
    (1, ONE, ONE),
    (ONE, TWO, BOTH),
    (ONE, ONE, ONE),
    ([1, ONE], [1, 2], ONE),
    ([2, ONE], [1, 2], False),
    ([ONE], [1, 2], False),
    ([ONE, TWO], [1, 2], BOTH),
    ({"a": ONE}, {"a": 1}, ONE),
    ({"a": ONE}, {}, ONE),
    ({"a": ONE, "b": 1}, {"b": 2}, False),
    ({"a": ONE}, {"a": 1, "c": 1}, False),
    ({"a": ONE}, 1, False),
    (Optional(True, ONE), Optional(True, 1), ONE),
    (Optional(True, ONE), NONE, False),
    (PartialList([1], ONE), [1], ONE),
    (PartialList([1, 2], ONE), [1], False),
    ([1], PartialList([1, 2], ONE), False),
    ([1, 2], PartialList([1], ONE), ONE),
    (PartialList([1], ONE), PartialList([2], TWO), BOTH),
    (PartialList([1], ONE), "a", False),
    (RecordValue({"a": ONE, "b": 1}, SHAPE), RecordValue({"a": 1, "b": 2}, SHAPE), False),
    (RecordValue({"a": ONE, "b": 1}, SHAPE), RecordValue({"a": 1, "b": 1}, SHAPE), ONE),
    (RecordValue({"a": 1}, SHAPE), RecordValue({"a": 1}, SHAPE, "other"), True),
    (RecordValue({"a": 1}, SHAPE), RecordValue({"a": 1, "b": 2}, SHAPE), False),
)


@pytest.mark.parametrize(("left", "right", "answer"), UNKNOWNS)
def test_equality_with_unknown_parts(left: object, right: object, answer: object) -> None:
    assert equal(left, right) == answer
    assert equal(right, left) == answer
    opposite = unequal(left, right)
    assert opposite == (answer if isinstance(answer, Unknown) else not answer)


IN = (
    (1, [1, ONE], True),
    (1, [ONE, 1], True),
    (1, [2, ONE], ONE),
    (1, [TWO, ONE], BOTH),
    (1, [], False),
    (1, PartialList([1], ONE), True),
    (1, PartialList([2], ONE), ONE),
    (1, PartialList([TWO], ONE), BOTH),
    ("a", {"a": ONE}, ONE),
    ("b", {"a": ONE}, False),
    ("a", {"a": None}, True),
)


@pytest.mark.parametrize(("value", "container", "answer"), IN)
def test_membership_with_unknown_parts(value: object, container: object, answer: object) -> None:
    assert contained(value, container) == answer


def test_comparisons_are_bounded() -> None:
    wide: object = [0]
    for _ in range(40):
        wide = [wide, wide]
    with pytest.raises(LimitError):
        equal(wide, [wide, wide][0])


def test_unknowns_are_found_at_any_depth_and_once() -> None:
    shared = [ONE]
    value = {"a": [shared, shared], "b": Optional(True, PartialList([RecordValue({"a": TWO}, SHAPE)], ONE))}
    assert merged(unknowns_within(value)) == BOTH
    assert len(list(unknowns_within(value))) == 3


def test_type_names() -> None:
    assert type_name(RecordValue({}, SHAPE)) == "thing"
    assert type_name(PartialList([], ONE)) == "list"
    assert type_name(True) == "bool"


VERSIONS = "1.0.0-1 1.0.0-2 1.0.0-10 1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta 1.0.0 1.0.1 1.2.0 1.10.0 2.0.0"


def test_versions_are_ordered_as_semver_says() -> None:
    def read(text: str) -> SemVer:
        numbers, _, rest = text.partition("-")
        major, minor, patch = map(int, numbers.split("."))
        return SemVer(major, minor, patch, tuple(rest.split(".")) if rest else ())

    versions = [read(text) for text in VERSIONS.split()]
    for (at, left), (against, right) in itertools.product(enumerate(versions), repeat=2):
        assert left.compare(right) == (at > against) - (at < against)
    assert [str(version) for version in versions] == VERSIONS.split()
