"""Our interpreter against Google's C++ engine (``cel-expr-python``): the same value, or an error from both.

Where the two may differ, and why, stands in ``DEPARTURES``: each is pinned by a test of its own, and the generator
keeps away from it. The C++ engine lacks sets, lists, two-variable macros, ip, cidr and semver: those are tested by
tables from the public documentation.
"""

from __future__ import annotations

import math

import pytest
from cel_expr_python import cel
from cel_expr_python.ext import ext_bindings, ext_encoders, ext_math, ext_optional, ext_strings
from cel_sources import sources
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lengths import at_length

from grc.errors import GrcError
from grc.policy import evaluate
from grc.policy.values import BoolKey, Optional, TypeValue, UInt

EXTENSIONS = [
    ext_bindings.ExtBindings(),
    ext_encoders.ExtEncoders(),
    ext_math.ExtMath(),
    ext_optional.ExtOptional(),
    ext_strings.ExtStrings(),
]
ENV = cel.NewEnv(variables=dict.fromkeys("xslm", cel.Type.DYN), extensions=EXTENSIONS)
ERROR = "error"

DEPARTURES = (
    # source, ours, theirs, why
    ("9007199254740993 == 9007199254740992.0", "false", "true", "the definition compares numbers exactly"),
    ("!!1 == 1", ERROR, "true", "the parser of C++ drops pairs of ! before their types are seen"),
    ("{1: 'a', 1u: 'b'}.size() == 2", ERROR, "true", "1 and 1u are the same key: the definition refuses the map"),
    ("optional.of([1])[3].hasValue()", "false", "true", "C++ wraps the error in the optional"),
    ("'abc'.substring(1, 3) == 'bc'", "true", ERROR, "C++ refuses an end at the end of the text"),
    ("int(true) == 1", ERROR, "true", "no such conversion in the definition"),
    ("int(' 1') == 1", ERROR, "true", "C++ skips white space; the definition has no such rule"),
    ("double('0x10') == 16.0", ERROR, "true", "C++ reads C's hexadecimal doubles"),
    ("base64.decode('aGVs bG8=') == b'hello'", ERROR, "true", "C++ skips white space"),
    ("'%d'.format([1.0]) == '1.000000'", ERROR, "true", "%d is for integers"),
    ("'%s'.format([123456789.5]) == '1.23457e+08'", "false", "true", "C++ rounds to six digits; string() does not"),
    ("timestamp('2020-1-01T00:00:00Z').getMonth() == 0", ERROR, "true", "not RFC 3339"),
    ("timestamp('2020-01-01T00:00:00+0100').getMonth() == 11", ERROR, "true", "not RFC 3339"),
    ("timestamp('2020-12-31T23:59:60Z').getMonth() == 0", ERROR, "true", "C++ rolls a leap second over"),
    ("timestamp(0).getHours('+99:99') == 4", ERROR, "true", "no such offset"),
    ("timestamp(253402300799).getFullYear('+05:30') == 10000", ERROR, "true", "Python's years end at 9999"),
    ("duration('1ns') > duration('0s')", ERROR, "true", "finer than a microsecond: see grc.policy.values"),
    ("duration('0s') + duration('300000000000s') < duration('300000000000s')", ERROR, "true", "C++ saturates"),
    (
        "[[1, 2, 3].all(v, v in [1, 'a']), cel.bind(t, 0, type(t) == int ? t : 7) == 0][1]",
        "true",
        "false",
        "C++ takes the variable of the macro beside it for the bound one",
    ),
    ("[1, 2].exists(i, v, v == 2)", "true", ERROR, "C++ is built without the two-variable macros"),
    ("[2, 1].sort() == [1, 2]", "true", ERROR, "C++ is built without the lists library"),
    ("sets.contains([1], [1])", "true", ERROR, "C++ is built without the sets library"),
    ("isIP('10.0.0.1')", "true", ERROR, "C++ is built without the network library"),
    ("isSemver('1.0.0')", "true", ERROR, "a library of Kubernetes"),
)

VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(-1e6, 1e6),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
    ),
    lambda below: st.one_of(
        st.lists(below, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "c.d", ""]), below, max_size=3)
    ),
    max_leaves=6,
)
BINDINGS = st.fixed_dictionaries(
    {
        "x": st.one_of(st.sampled_from([0, 1, -1, 2, 2**63 - 1]), VALUES),
        "s": st.one_of(st.sampled_from(["", "a", "abc", "2020-01-01T00:00:00Z"]), VALUES),
        "l": st.one_of(st.just([1, "a"]), st.lists(VALUES, max_size=3), VALUES),
        "m": st.one_of(st.just({"a": 1}), st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3), VALUES),
    }
)


def theirs(source: str, bindings: dict[str, object]) -> object:
    """What C++ makes of it: a value in a comparable form, or ``ERROR``."""
    try:
        value = ENV.compile(source, disable_check=True).eval(data=bindings)
    except Exception:  # noqa: BLE001 - the bindings raise plain exceptions of several types
        return ERROR
    kind = str(value.type())
    if kind == "ERROR":
        return ERROR
    if kind.startswith("OPTIONAL"):
        return "optional"
    if kind == "TYPE" or "TYPE" in kind:
        return "type"
    try:
        return comparable(value.plain_value())
    except TypeError:
        return "optional"  # the Python bindings cannot hand out optionals


def ours(source: str, bindings: dict[str, object]) -> object:
    """What we make of it, in the same form."""
    try:
        value = evaluate(source, bindings)
    except GrcError:
        return ERROR
    if isinstance(value, TypeValue):
        return "type"
    return "optional" if holds_optional(value) else comparable(value)


def holds_optional(value: object) -> bool:
    if isinstance(value, Optional):
        return True
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(holds_optional(part) for part in below)


def comparable(value: object) -> object:
    """With the type beside each scalar. Inside containers the bindings of C++ show a uint as an int: so do we."""
    match value:
        case list():
            return ["list", *map(comparable, value)]
        case dict():
            return {comparable_key(key): comparable(part) for key, part in value.items()}
        case UInt():
            return "int", value.value
        case float() if math.isnan(value):
            return "nan"
        case float():
            return "float", value, math.copysign(1, value)
        case bytearray() | bytes():
            return "bytes", bytes(value)
        case TypeValue() | cel.Type():
            return "type"
        case _:
            return type(value).__name__, value


def comparable_key(key: object) -> tuple[str, object]:
    if isinstance(key, BoolKey):
        return "bool", key.value
    if isinstance(key, UInt):
        return "int", key.value
    return type(key).__name__, key


@given(source=sources(), bindings=BINDINGS)
@example("(1 / 0 == 1) || true", {"x": 0, "s": "", "l": [], "m": {}})
@example("l.exists_one(v, 1 / v == 1)", {"x": 0, "s": "", "l": [0, 1], "m": {}})
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_agrees_with_the_reference_engine(source: str, bindings: dict[str, object]) -> None:
    assert ours(source, bindings) == theirs(source, bindings)


@pytest.mark.slow
@given(source=sources(4), bindings=BINDINGS)
@settings(max_examples=at_length(3_000), deadline=None, suppress_health_check=list(HealthCheck))
def test_agrees_with_the_reference_engine_at_length(source: str, bindings: dict[str, object]) -> None:
    assert ours(source, bindings) == theirs(source, bindings)


@pytest.mark.parametrize(("source", "here", "there", "why"), DEPARTURES)
def test_departures_are_known(source: str, here: str, there: str, why: str) -> None:
    """A release of the C++ engine that mends one of these shows here."""
    shown = {ERROR: ERROR, "true": ("bool", True), "false": ("bool", False)}
    assert why
    assert ours(source, {}) == shown[here]
    assert theirs(source, {}) == shown[there]


def test_the_comparison_can_tell_values_apart() -> None:
    """The oracle itself: what it must not take for the same."""
    for left, right in (
        ("1", "1.0"),
        ("1", "true"),
        ("'1'", "1"),
        ("[1]", "[true]"),
        ("{1: 1}", "{true: 1}"),
        ("0.0", "-0.0"),
    ):
        assert ours(left, {}) == theirs(left, {})
        assert ours(left, {}) != theirs(right, {})
