"""``grc.policy.compile``: the language as a library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from policy_shapes import BUCKET

from grc.model.types import ListType, MapType, ObjectType, OptionalType, Primitive, Type
from grc.policy import CompileError, EvaluationError, compile  # noqa: A004 - the public name
from grc.policy.values import NONE, UInt


@pytest.mark.parametrize(
    ("source", "kind", "given", "value"),
    [
        ("x + 1", Primitive.INT, 2, 3),
        ("x + 1u", Primitive.UINT, UInt(2), UInt(3)),
        ("x * 2.0", Primitive.DOUBLE, 1.5, 3.0),
        ("x.size()", Primitive.STRING, "abc", 3),
        ("size(x)", Primitive.BYTES, b"abc", 3),
        ("!x", Primitive.BOOL, True, False),
        ("x.exists(e, e > 1)", ListType(Primitive.INT), (1, 2), True),
        ("x.a", MapType(Primitive.STRING, Primitive.INT), {"a": 1}, 1),
        ("x[true]", MapType(Primitive.BOOL, Primitive.INT), {True: 1}, 1),
        ("x.foo", Primitive.DYN, {"foo": 1}, 1),
        (
            "x - duration('1h')",
            Primitive.TIMESTAMP,
            datetime(2026, 1, 1, 1, tzinfo=UTC),
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
        ("x + x", Primitive.DURATION, timedelta(hours=1), timedelta(hours=2)),
        ("x.orValue(1)", OptionalType(Primitive.INT), NONE, 1),
    ],
)
def test_evaluates(source: str, kind: Type, given: object, value: object) -> None:
    assert compile(source, {"x": kind}).evaluate({"x": given}) == value


def test_a_mapping_binds_as_a_record() -> None:
    program = compile(
        "resource.Age == null && buckets.all(b, b.Name == 'b')",
        {"resource": BUCKET.shape, "buckets": ListType(BUCKET.shape)},
    )
    assert program.type is Primitive.BOOL
    assert program.evaluate({"resource": {"Name": "a"}, "buckets": [{"Name": "b"}]}) is True


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Primitive.INT, "1"),
        (Primitive.INT, True),
        (Primitive.INT, 1.0),
        (Primitive.BOOL, 1),
        (Primitive.DOUBLE, 1),
        (Primitive.TIMESTAMP, datetime(2026, 1, 1)),  # noqa: DTZ001 - what is refused
        (Primitive.STRING, None),
        (ListType(Primitive.INT), ["a"]),
        (MapType(Primitive.STRING, Primitive.INT), {"a": "b"}),
        (ObjectType("thing", {}), 3),
    ],
)
def test_a_value_of_another_type_is_refused(kind: Type, given: object) -> None:
    with pytest.raises(EvaluationError, match=r"^x.* must be "):
        compile("true", {"x": kind}).evaluate({"x": given})


def test_every_variable_must_be_bound() -> None:
    with pytest.raises(EvaluationError, match="the variable 'x' is not bound"):
        compile("true", {"x": Primitive.INT}).evaluate({})


def test_a_runtime_error_is_raised_with_its_place() -> None:
    with pytest.raises(EvaluationError, match="division by zero") as caught:
        compile("1 / x", {"x": Primitive.INT}).evaluate({"x": 0})
    assert caught.value.node is not None


def test_the_position_of_a_compile_error() -> None:
    with pytest.raises(CompileError) as caught:
        compile("x +\n  y", {"x": Primitive.INT})
    assert (caught.value.line, caught.value.column) == (2, 3)


def test_the_result_is_held_to_a_type() -> None:
    with pytest.raises(CompileError, match="must give bool, not int"):
        compile("1", {}, result=Primitive.BOOL)
