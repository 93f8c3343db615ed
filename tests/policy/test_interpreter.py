"""The interpreter: names, fields, macros, records, traces, and what binds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from grc.model.evidence import Gap, GapReason
from grc.model.types import Field, ListType, ObjectType, Primitive
from grc.policy import evaluate
from grc.policy.ast import Expression
from grc.policy.errors import EvaluationError
from grc.policy.interpreter import interpret, plan
from grc.policy.parser import parse
from grc.policy.values import NONE, BoolKey, Failure, Optional, RecordValue, TypeValue, UInt, Value, unknown_at

VALUES = (
    ("a", {"a": 1}, 1),
    (".a", {"a": 1}, 1),
    ("[2].map(a, .a)", {"a": 1}, [1]),
    ("[2].map(a, a)", {"a": 1}, [2]),
    ("a.b", {"a.b": 1, "a": {"b": 2}}, 1),
    ("a.b.c", {"a.b": {"c": 3}}, 3),
    ("[{'b': 5}].map(a, a.b)", {"a.b": 1}, [5]),
    ("int", {}, TypeValue("int")),
    ("int", {"int": 3}, 3),
    ("google.protobuf.Timestamp", {}, TypeValue("google.protobuf.Timestamp")),
    ("m.b", {"m": {"b": None}}, None),
    ("m.`b-c`", {"m": {"b-c": 1}}, 1),
    ("m['']", {"m": {"": 1}}, 1),
    ("m[1.0]", {"m": {1: "a"}}, "a"),
    ("m[1u]", {"m": {1: "a"}}, "a"),
    ("m[true]", {"m": {True: "a"}}, "a"),
    ("l[1.0]", {"l": [1, 2]}, 2),
    ("l[1u]", {"l": (1, 2)}, 2),
    ("true || 1", {}, True),
    ("1 || true", {}, True),
    ("1 && false", {}, False),
    ("nope || true", {}, True),
    ("false && nope", {}, False),
    ("true ? 1 : nope", {}, 1),
    ("cel.bind(a, 1, cel.bind(b, a + 1, a + b))", {}, 3),
    ("cel.bind(a, 1, cel.bind(a, a + 1, a))", {}, 2),
    ("cel.bind(a, nope, 1)", {}, 1),
    ("{true: 1, 1: 2, 'a': 3, 4u: 5}", {}, {BoolKey.TRUE: 1, 1: 2, "a": 3, UInt(4): 5}),
    ("{true: 1}.map(k, k)", {}, [True]),
    ("{1u: 1}.map(k, k)", {}, [UInt(1)]),
    ("[1, 2].all(v, v > 0)", {}, True),
    ("[].all(v, nope)", {}, True),
    ("[].exists(v, nope)", {}, False),
    ("[0, 1].exists(v, 1 / v == 1)", {}, True),
    ("[0, 1].all(v, 1 / v == 2)", {}, False),
    ("[1, 2].exists_one(v, v > 1)", {}, True),
    ("[2, 2].existsOne(v, v > 1)", {}, False),
    ("[1, 2, 3].filter(v, v != 2)", {}, [1, 3]),
    ("[1, 2].map(v, v * 2)", {}, [2, 4]),
    ("[1, 2, 3].map(v, v > 1, v * 2)", {}, [4, 6]),
    ("{'a': 1, 'b': 2}.filter(k, k != 'a')", {}, ["b"]),
    ("{'a': 1}.map(k, k + 'x')", {}, ["ax"]),
    ("{'a': 1}.all(k, v, k == 'a' && v == 1)", {}, True),
    ("['x', 'y'].exists(i, v, i == 1 && v == 'y')", {}, True),
    ("['x', 'y'].existsOne(i, v, i == 1)", {}, True),
    ("['x', 'y'].transformList(i, v, v + string(i))", {}, ["x0", "y1"]),
    ("['x', 'y'].transformList(i, v, i > 0, v)", {}, ["y"]),
    ("{'a': 1}.transformList(k, v, [k, v])", {}, [["a", 1]]),
    ("['x', 'y'].transformMap(i, v, v)", {}, {0: "x", 1: "y"}),
    ("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 2)", {}, {"b": 4}),
    ("{'a': 1}.transformMapEntry(k, v, {v: k})", {}, {1: "a"}),
    ("['x', 'y'].transformMapEntry(i, v, i > 0, {v: i})", {}, {"y": 1}),
    ("['x'].transformMapEntry(i, v, {})", {}, {}),
    ("[3, 1, 2].sortBy(v, -v)", {}, [3, 2, 1]),
    ("[[1, 2], [3]].map(v, v.map(w, w + size(v)))", {}, [[3, 4], [4]]),
    ("[1].map(v, [2].map(v, v))", {}, [[2]]),
    ("[1, 2].map(v, [3].map(w, v))", {}, [[1], [2]]),
    (
        "t == timestamp('2020-01-01T00:00:00Z')",
        {"t": datetime(2020, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))},
        True,
    ),
    ("d == duration('1h')", {"d": timedelta(hours=1)}, True),
    ("u + 1u", {"u": UInt(1)}, UInt(2)),
    ("b + b'a'", {"b": b"a"}, b"aa"),
)

ERRORS = (
    ("nope", {}, "undeclared reference to 'nope'"),
    ("nope.x", {}, "undeclared reference to 'nope'"),
    ("nope(1)", {}, r"no such overload: nope\(int\)"),
    ("a.nope(1)", {"a": "x"}, r"no such overload: nope\(string, int\)"),
    ("m.c", {"m": {"b": 1}}, "no such key: c"),
    ("m['c']", {"m": {"b": 1}}, "no such key"),
    ("m[null]", {"m": {"b": 1}}, "no keys of the type null_type"),
    ("m.b.c", {"m": {"b": None}}, "the type null_type has no fields"),
    ("m[true]", {"m": {1: 1}}, "no such key"),
    ("l[2]", {"l": [1, 2]}, "index out of range: 2 of 2"),
    ("l[-1]", {"l": [1, 2]}, "index out of range"),
    ("l[1.5]", {"l": [1, 2]}, "whole numbers"),
    ("l['a']", {"l": [1, 2]}, "whole numbers"),
    ("l[true]", {"l": [1, 2]}, "whole numbers"),
    ("l.a", {"l": [1, 2]}, "the type list has no fields"),
    ("'abc'[0]", {}, "cannot be indexed"),
    ("{'a': 1, 'a': 2}", {}, "a key twice"),
    ("{1: 1, 1u: 2}", {}, "a key twice"),
    ("{1.0: 1}", {}, "cannot be the key"),
    ("{null: 1}", {}, "cannot be the key"),
    ("1 ? 2 : 3", {}, r"_\?_:_\(int\)"),
    ("1 && true", {}, r"_&&_\(int\)"),
    ("'abc'.all(c, true)", {}, "over the type string"),
    ("null.exists(c, true)", {}, "over the type null_type"),
    ("[1].all(v, v)", {}, "a condition of the type int"),
    ("[1].filter(v, v)", {}, "a condition of the type int"),
    ("[1].exists_one(v, 1 / 0 == 1)", {}, "division by zero"),
    ("[1, 0].map(v, 1 / v)", {}, "division by zero"),
    ("[1, 0].filter(v, 1 / v == 1)", {}, "division by zero"),
    ("['a', 'a'].transformMapEntry(i, v, {v: i})", {}, "a key twice"),
    ("[1].transformMapEntry(i, v, i)", {}, "needs a map"),
    ("[1].transformMap(i, v, 1 / 0)", {}, "division by zero"),
    ("[1].sortBy(v, null)", {}, "one ordered type"),
    ("[1 / 0]", {}, "division by zero"),
    ("{'a': 1 / 0}", {}, "division by zero"),
    ("has(l.a)", {"l": []}, "the type list has no fields"),
)


@pytest.mark.parametrize(("source", "bindings", "value"), VALUES)
def test_values(source: str, bindings: dict[str, object], value: object) -> None:
    found = evaluate(source, bindings)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("source", "bindings", "message"), ERRORS)
def test_errors(source: str, bindings: dict[str, object], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        evaluate(source, bindings)


def test_an_error_says_which_part_of_the_source_it_is() -> None:
    source = "1 + (2 / 0) + 3"
    with pytest.raises(EvaluationError) as caught:
        evaluate(source, {})
    node = caught.value.node
    assert node is not None
    assert source[node.start : node.end] == "2 / 0"


UNBINDABLE: tuple[tuple[Any, str], ...] = (
    (2**63, "does not fit an int"),
    (-(2**63) - 1, "does not fit an int"),
    (datetime(2020, 1, 1), "needs a time zone"),  # noqa: DTZ001 - that is the point
    (date(2020, 1, 1), "Python date"),
    (Decimal(1), "Python Decimal"),
    ({1, 2}, "Python set"),
    ({None: 1}, "key of a map"),
    ({1.5: 1}, "key of a map"),
    ([object()], r"a\[0\]: no CEL value"),
    ({"b": {"c": 2**70}}, r"a\.b\.c: \d+ does not fit"),
)


@pytest.mark.parametrize(("value", "message"), UNBINDABLE)
def test_what_does_not_bind(value: object, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        evaluate("a", {"a": value})


def test_bindings_are_not_nested_without_end() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(EvaluationError, match="nested deeper"):
        evaluate("a", {"a": value})


PORT = ObjectType("port", {"From": Field(type=Primitive.INT), "To": Field(type=Primitive.INT)})
THING = ObjectType(
    "thing",
    {
        "Name": Field(type=Primitive.STRING, nullable=False),
        "Size": Field(type=Primitive.INT),
        "Port": Field(type=PORT),
        "Ports": Field(type=ListType(PORT)),
        "Denied": Field(type=PORT),
    },
)
DENIED = unknown_at(Gap(path="Denied", reason=GapReason.ACCESS_DENIED))
RECORD = RecordValue(
    {
        "Name": "n",
        "Ports": [RecordValue({"From": 22}, PORT, "Ports[0]"), RecordValue({"From": 80, "To": 81}, PORT, "Ports[1]")],
        "Denied": DENIED,
    },
    THING,
)

RECORDS = (
    ("r.Name", "n"),
    ("r.Size", None),
    ("r.Size == null", True),
    ("has(r.Size)", False),
    ("r.?Size", NONE),
    ("r['Size']", None),
    ("r[?'Size']", NONE),
    ("r[?'Name']", Optional(True, "n")),
    ("r.Port", None),
    ("has(r.Port.From)", False),
    ("r.Port.?From", NONE),
    ("r.?Port.?From.orValue(1)", 1),
    ("r.?Port.From", NONE),
    ("r.Port[?'From']", NONE),
    ("r.Ports[0].To", None),
    ("r.Ports.exists(p, p.From == 80)", True),
    ("r.Denied", DENIED),
    ("has(r.Denied)", DENIED),
    ("r.?Denied", DENIED),
    ("r.Denied.From == 1", DENIED),
    ("r.Denied.From == 1 && false", False),
    ("r == r", DENIED),
    ("type(r) == type(r.Ports[0])", False),
    ("r.Port.From", "error"),
    ("r.Size + 1", "error"),
    ("r.Size < 1", "error"),
    ("size(r)", "error"),
    ("'Name' in r", "error"),
    ("r.all(k, true)", "error"),
    ("r.Nope", "error"),
    ("r.?Nope", "error"),
    ("has(r.Nope)", "error"),
    ("r[1]", "error"),
)


@pytest.mark.parametrize(("source", "value"), RECORDS)
def test_records(source: str, value: object) -> None:
    found = plan(parse(source), typed=True).run({"r": RECORD})
    assert ("error" if isinstance(found, Failure) else found) == value


def test_a_record_without_a_field_that_it_always_has_is_an_error() -> None:
    found = plan(parse("r.Name"), typed=True).run({"r": RecordValue({}, THING)})
    assert isinstance(found, Failure)


def test_an_explicit_null_in_a_record_is_an_absent_field() -> None:
    record = RecordValue({"Name": "n", "Size": None}, THING)
    assert plan(parse("[has(r.Size), r.?Size.hasValue()]"), typed=True).run({"r": record}) == [False, False]


def test_null_has_no_fields_unless_typed() -> None:
    for source in ("has(n.a)", "n.?a", "n[?'a']"):
        assert isinstance(plan(parse(source)).run({"n": None}), Failure)
        assert not isinstance(plan(parse(source), typed=True).run({"n": None}), Failure)


class Heard:
    """A trace that writes down what it hears."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.values: list[tuple[str, Value]] = []
        self.reads: list[tuple[str, Value]] = []

    def value(self, node: Expression, value: Value) -> None:
        self.values.append((self.source[node.start : node.end], value))

    def read(self, node: Expression, path: str, value: Value) -> None:
        self.reads.append((path, value))


def test_a_trace_hears_every_value_and_every_read() -> None:
    source = "r.Size == null && r.Ports.all(p, p.?To.orValue(0) < 81) || has(r.Port)"
    heard = Heard(source)
    assert interpret(parse(source), {"r": RECORD}, typed=True, trace=heard) is False
    assert ("r.Size == null", True) in heard.values
    assert ("p.?To.orValue(0) < 81", True) in heard.values
    assert ("p.?To.orValue(0) < 81", False) in heard.values
    assert heard.values[-1] == (source, False)
    assert [path for path, _ in heard.reads] == ["Size", "Ports", "Ports[0].To", "Ports[1].To", "Port"]
    assert [value for path, value in heard.reads if path != "Ports"] == [None, None, 81, None]


def test_a_trace_does_not_hear_what_was_not_evaluated() -> None:
    source = "false && r.Size == 1"
    heard = Heard(source)
    interpret(parse(source), {"r": RECORD}, typed=True, trace=heard)
    assert heard.reads == []


def test_a_trace_hears_reads_through_optionals() -> None:
    source = "r.?Ports[0].?From.orValue(0)"
    heard = Heard(source)
    assert interpret(parse(source), {"r": RECORD}, typed=True, trace=heard) == 22
    assert [path for path, _ in heard.reads] == ["Ports", "Ports[0].From"]


def test_a_plan_may_run_again_on_other_bindings() -> None:
    ready = plan(parse("a.map(v, v + 1)"))
    assert [ready.run({"a": [value]}) for value in (1, 2)] == [[2], [3]]


def test_timestamps_are_bound_in_utc() -> None:
    found = evaluate("t", {"t": datetime(2020, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))})
    assert (found, found.tzinfo) == (datetime(2020, 1, 1, tzinfo=UTC), UTC)
