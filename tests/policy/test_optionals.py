"""Optional values: ``.?``, ``[?]``, optional entries, and what is evaluated only when it is needed."""

from __future__ import annotations

import pytest

from grc.policy import evaluate
from grc.policy.errors import EvaluationError
from grc.policy.functions.optionals import or_, or_value
from grc.policy.values import NONE, Optional

BINDINGS = {"m": {"a": {"b": 1}, "n": None, "l": [1, 2]}, "none": None, "text": "abc"}

VALUES = (
    ("m.?a", Optional(True, {"b": 1})),
    ("m.?x", NONE),
    ("m.?n", Optional(True, None)),
    ("m.?a.b", Optional(True, 1)),
    ("m.?a.?b", Optional(True, 1)),
    ("m.?x.?b.?c", NONE),
    ("m.?x.b.c", NONE),
    ("m.?a.x", NONE),
    ("m.?a['b']", Optional(True, 1)),
    ("m.?l[1]", Optional(True, 2)),
    ("m.?l[5]", NONE),
    ("m.?l[?0]", Optional(True, 1)),
    ("m[?'a']", Optional(True, {"b": 1})),
    ("m[?'x']", NONE),
    ("m[?1]", NONE),
    ("m[?true]", NONE),
    ("m[?none]", NONE),
    ("m.l[?-1]", NONE),
    ("m.l[?2]", NONE),
    ("m.l[?1u]", Optional(True, 2)),
    ("m.l[?1.0]", Optional(True, 2)),
    ("m.?`a`", Optional(True, {"b": 1})),
    ("has(m.?a.b)", True),
    ("has(m.?a.x)", False),
    ("has(m.?x.y)", False),
    ("optional.none().orValue(1 / 1)", 1),
    ("optional.of(1).orValue(1 / 0)", 1),
    ("optional.of(1).or(1 / 0)", Optional(True, 1)),
    ("optional.of(1).or(2)", Optional(True, 1)),
    ("m.?x.or(m.?a.b).orValue(0)", 1),
    ("m.?a.b.optMap(v, v + 1)", Optional(True, 2)),
    ("m.?x.optMap(v, 1 / 0)", NONE),
    ("m.?a.optFlatMap(v, v.?b)", Optional(True, 1)),
    ("m.?a.optFlatMap(v, v.?c)", NONE),
    ("m.?x.optFlatMap(v, v)", NONE),
    ("[?m.?x, ?optional.of(2), 3]", [2, 3]),
    ("{?'a': m.?x, ?'b': optional.of(2), 'c': 3}", {"b": 2, "c": 3}),
    ("optional.of(optional.none()) == optional.none()", False),
    ("optional.of(1) == 1", False),
    ("[optional.of(1)].all(o, o.hasValue())", True),
)

ERRORS = (
    "none.?a",
    "text.?a",
    "m.l.?a",
    "none[?0]",
    "text[?0]",
    "m.l[?'a']",
    "m.l[?1.5]",
    "m.?n.b",
    "m.?l.x",
    "m.?x.value()",
    "optional.none().orValue(1 / 0)",
    "optional.none().or(1)",
    "optional.none().or(1 / 0)",
    "m.a.orValue(1)",
    "m.a.or(m.?a)",
    "m.a.optMap(v, v)",
    "m.?a.optMap(v, 1 / 0)",
    "m.?a.optFlatMap(v, 1)",
    "[?1]",
    "{?'a': 1}",
    "{'a': 1, ?'a': optional.of(1)}",
    "has(none.a)",
    "has(text.a)",
    "has(m.?n.b)",
    "optional.of()",
)


@pytest.mark.parametrize(("source", "value"), VALUES)
def test_values(source: str, value: object) -> None:
    assert evaluate(source, BINDINGS) == value


@pytest.mark.parametrize("source", ERRORS)
def test_errors(source: str) -> None:
    with pytest.raises(EvaluationError):
        evaluate(source, BINDINGS)


def test_the_implementations_of_the_lazy_methods_for_who_calls_them_directly() -> None:
    here, there = Optional(True, 1), Optional(True, 2)
    assert (or_value(here, 3), or_value(NONE, 3)) == (1, 3)
    assert (or_(here, there), or_(NONE, there)) == (here, there)
