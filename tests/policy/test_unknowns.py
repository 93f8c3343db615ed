"""Null, unknown and error under every operator and macro: exhaustive tables, and a law over generated expressions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from cel_sources import bools
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lengths import at_length

from grc.model.evidence import Gap, GapReason
from grc.policy.interpreter import interpret, plan
from grc.policy.parser import parse
from grc.policy.values import Failure, Optional, PartialList, Unknown, Value, merged, unknown_at

ONE = unknown_at(Gap(path="one", reason=GapReason.ACCESS_DENIED))
TWO = unknown_at(Gap(path="two", reason=GapReason.THROTTLED))
HOLE = unknown_at(Gap(path="", reason=GapReason.TRUNCATED))

OPERANDS: dict[str, Value] = {"t": True, "f": False, "n": None, "u": ONE, "v": TWO}
"""``e`` is not among them: reading it is an error."""
LETTERS = "tfnuve"
BINDINGS = {"p": OPERANDS, **OPERANDS}


def run(source: str, bindings: dict[str, Value]) -> object:
    """The value; ``"error"`` for an error."""
    value = plan(parse(source)).run(bindings)
    return "error" if isinstance(value, Failure) else value


def undecided(letters: str) -> object:
    """What is left when no operand decides: unknowns before errors, null being an error under a logical operator."""
    causes = [OPERANDS[letter] for letter in letters if letter in "uv"]
    if causes:
        return merged(causes)
    return "error" if set(letters) & {"n", "e"} else None


@pytest.mark.parametrize("letters", [letters for size in (2, 3) for letters in itertools.product(LETTERS, repeat=size)])
def test_and_or(letters: tuple[str, ...]) -> None:
    both = undecided("".join(letters))
    assert run(" && ".join(letters), BINDINGS) == (False if "f" in letters else True if both is None else both)
    assert run(" || ".join(letters), BINDINGS) == (True if "t" in letters else False if both is None else both)


@pytest.mark.parametrize("letter", LETTERS)
def test_not_and_conditional(letter: str) -> None:
    expected = {"t": (False, 1), "f": (True, 2), "u": (ONE, ONE), "v": (TWO, TWO)}.get(letter, ("error", "error"))
    assert (run(f"!{letter}", BINDINGS), run(f"{letter} ? 1 : 2", BINDINGS)) == expected


@pytest.mark.parametrize(("condition", "then", "otherwise"), list(itertools.product("tf", LETTERS, LETTERS)))
def test_conditional_looks_at_one_branch_only(condition: str, then: str, otherwise: str) -> None:
    taken = then if condition == "t" else otherwise
    assert run(f"{condition} ? {then} : {otherwise}", BINDINGS) == run(taken, BINDINGS)


STRICT = ("{} + {}", "{} < {}", "[{}, {}]", "{{'a': {}, 'b': {}}}", "{}[{}]", "{} == {}", "{} in [{}]", "f({}, {})")


@pytest.mark.parametrize("source", STRICT)
@pytest.mark.parametrize("letters", list(itertools.product("uve", repeat=2)))
def test_strict_operators_prefer_unknown_to_error(source: str, letters: tuple[str, str]) -> None:
    assert run(source.format(*letters), BINDINGS) == undecided("".join(letters))
    assert run(source.format(letters[0], "1"), BINDINGS) == undecided(letters[0])


def members() -> Iterator[tuple[str, bool]]:
    """Lists of up to three members, with and without a hole."""
    for size in range(4):
        for letters in itertools.product("tfnue", repeat=size):
            yield from (("".join(letters), False), ("".join(letters), True))


@pytest.mark.parametrize(("letters", "hole"), list(members()))
def test_quantifiers(letters: str, hole: bool) -> None:
    target = PartialList(list(letters), HOLE) if hole else list(letters)
    bindings = {**BINDINGS, "l": target}
    causes = [ONE] * ("u" in letters) + [HOLE] * hole
    open_ = merged(causes) if causes else "error" if set(letters) & {"n", "e"} else None
    everything = False if "f" in letters else True if open_ is None else open_
    something = True if "t" in letters else False if open_ is None else open_
    one = letters.count("t") == 1 if open_ is None else open_
    assert run("l.all(m, p[m])", bindings) == everything
    assert run("l.exists(m, p[m])", bindings) == something
    assert run("l.exists_one(m, p[m])", bindings) == one
    assert run("l.all(i, m, p[m])", bindings) == everything
    assert run("l.exists(i, m, p[m])", bindings) == something
    assert run("l.existsOne(i, m, p[m])", bindings) == one


@pytest.mark.parametrize(("letters", "hole"), list(members()))
def test_filter_and_map(letters: str, hole: bool) -> None:
    target = PartialList(list(letters), HOLE) if hole else list(letters)
    bindings = {**BINDINGS, "l": target}
    causes = [ONE] * ("u" in letters) + [HOLE] * hole
    kept = [letter for letter in letters if letter == "t"]
    if set(letters) & {"n", "e"}:
        expected: object = merged(causes) if causes else "error"
    else:
        expected = PartialList(kept, merged(causes)) if causes else kept
    assert run("l.filter(m, p[m])", bindings) == expected
    assert run("l.map(m, p[m], m)", bindings) == expected
    assert run("l.transformList(i, m, p[m], m)", bindings) == expected


@pytest.mark.parametrize(("letters", "hole"), list(members()))
def test_map_of_values(letters: str, hole: bool) -> None:
    target = PartialList(list(letters), HOLE) if hole else list(letters)
    causes = [ONE] * ("u" in letters) + [HOLE] * hole
    values = [OPERANDS.get(letter) for letter in letters]
    if "e" in letters:
        expected: object = merged(causes) if causes else "error"
    else:
        expected = PartialList(values, HOLE) if hole else values
    assert run("l.map(m, p[m])", {**BINDINGS, "l": target}) == expected


PARTIAL = PartialList([1, 2], HOLE)
TABLE = (
    ("size(l)", HOLE),
    ("l.size() > 0", HOLE),
    ("l[0]", HOLE),
    ("l[?0]", HOLE),
    ("1 in l", True),
    ("3 in l", HOLE),
    ("l == [1, 2]", HOLE),
    ("l == [1]", False),
    ("l != [1]", True),
    ("l == 'a'", False),
    ("l + [3]", HOLE),
    ("l.first()", HOLE),
    ("l.sort()", HOLE),
    ("l.sortBy(v, v)", HOLE),
    ("l.map(v, string(v)).join()", HOLE),
    ("sets.contains(l, [1])", HOLE),
    ("'%s'.format([l])", HOLE),
    ("type(l) == list", True),
    ("l.filter(v, v > 1).exists(v, v == 2)", True),
    ("l.filter(v, v > 1).exists(v, v == 1)", HOLE),
    ("l.map(v, v + 1).all(v, v > 2)", False),
    ("l.map(v, v + 1).all(v, v > 1)", HOLE),
    ("l.transformMap(i, v, v)", HOLE),
    ("l.transformMapEntry(i, v, {v: v})", HOLE),
    ("l.exists(i, v, i == 0)", HOLE),
    ("l.exists(i, v, v == 1)", True),
    ("optional.of(l).orValue([]).exists(v, v == 1)", True),
    ("optional.ofNonZeroValue(l).hasValue()", True),
    ("optional.ofNonZeroValue(none).hasValue()", HOLE),
    ("cel.bind(x, l, x.exists(v, v == 2))", True),
    ("(true ? l : []).exists(v, v == 2)", True),
    ("[l].exists(x, size(x) == 2)", HOLE),
    ("[l].exists(x, 1 in x)", True),
)


@pytest.mark.parametrize(("source", "expected"), TABLE)
def test_lists_with_a_hole(source: str, expected: object) -> None:
    assert run(source, {"l": PARTIAL, "none": PartialList([], HOLE)}) == expected


HOLDING = (
    ("m.a", ONE),
    ("m.b", 2),
    ("has(m.a)", ONE),
    ("has(m.b)", True),
    ("has(m.c)", False),
    ("m.?a", ONE),
    ("m.?a.orValue(1)", ONE),
    ("m.?b.orValue(1)", 2),
    ("m.?c.orValue(1)", 1),
    ("m['a']", ONE),
    ("m[?'a']", ONE),
    ("m.a.x.y[0]", ONE),
    ("has(m.a.x)", ONE),
    ("'a' in m", ONE),
    ("'c' in m", False),
    ("size(m)", ONE),
    ("m == {'b': 2}", ONE),
    ("m == {'b': 3}", False),
    ("m.exists(k, k == 'b')", True),
    ("m.exists(k, k == 'a')", ONE),
    ("m.all(k, k != 'b')", False),
    ("m.all(k, v, v == 2)", ONE),
    ("m.map(k, k) == ['b']", ONE),
    ("m.transformMap(k, v, v).b", 2),
    ("m.transformMap(k, v, v).a", ONE),
    ("m.transformMap(k, v, true, k)['a']", ONE),
    ("size(l)", 2),
    ("l[1]", ONE),
    ("l[0]", 1),
    ("l.exists(v, v == 1)", True),
    ("l.exists(v, v == 2)", ONE),
    ("1 in l", True),
    ("l + [2]", ONE),
    ("l.slice(0, 1)", ONE),
    ("[m.a, 1]", ONE),
    ("{'x': m.a}", ONE),
    ("'%s'.format([l])", ONE),
    ("l.map(v, v)[0]", 1),
    ("optional.of(m).b", Optional(True, 2)),
    ("optional.of(m).a", ONE),
    ("optional.of(m).?a", ONE),
    ("has(optional.of(m).a)", ONE),
    ("cel.bind(x, m.a, 1)", 1),
    ("cel.bind(x, 1 / 0, 1)", 1),
    ("m.?b.optMap(x, m.a)", ONE),
    ("m.?b.optFlatMap(x, m.?a)", ONE),
    ("optional.of(1).orValue(m.a)", 1),
    ("optional.none().orValue(m.a)", ONE),
    ("optional.of(1).or(m.a).value()", 1),
    ("timestamp(0) < m.a", ONE),
    ("m.a == m.a", ONE),
    ("m.a != m.a", ONE),
    ("type(m.a)", ONE),
    ("m.a.startsWith('x')", ONE),
    ("m.a.nope()", ONE),
    ("m.a.all(v, true)", ONE),
    ("m.a[?0]", ONE),
    ("l.transformMapEntry(i, v, {v: i})", ONE),
    ("l.sortBy(v, v)", ONE),
)


@pytest.mark.parametrize(("source", "expected"), HOLDING)
def test_containers_that_hold_unknowns(source: str, expected: object) -> None:
    assert run(source, {"m": {"a": ONE, "b": 2}, "l": [1, ONE]}) == expected


def test_unknown_is_returned_not_raised() -> None:
    assert interpret(parse("x && true"), {"x": ONE}) == ONE


HIDDEN = st.sampled_from([ONE, TWO])


@st.composite
def seen_and_hidden(draw: st.DrawFn) -> tuple[dict[str, Value], dict[str, Value]]:
    """Bindings, and the same with parts that were not seen."""
    whole: dict[str, Value] = {
        "x": draw(st.sampled_from([0, 1, 2, -1, None])),
        "s": draw(st.sampled_from(["", "a", "abc", None])),
        "l": draw(st.lists(st.sampled_from([0, 1, "a", None, [1]]), max_size=3)),
        "m": draw(st.dictionaries(st.sampled_from("abc"), st.sampled_from([0, 1, "a", True, {"a": 1}]), max_size=3)),
    }
    part = dict(whole)
    for name in draw(st.sets(st.sampled_from("xslm"), min_size=1)):
        part[name] = draw(hidden(whole[name]))
    return whole, part


def hidden(value: Value) -> st.SearchStrategy[Value]:
    """Ways in which a value may not have been seen in full."""
    if isinstance(value, list):
        masks = st.lists(st.booleans(), min_size=len(value), max_size=len(value))
        holes = masks.map(lambda mask: PartialList([v for v, keep in zip(value, mask, strict=True) if keep], HOLE))
        inside = masks.map(lambda mask: [v if keep else ONE for v, keep in zip(value, mask, strict=True)])
        return st.one_of(HIDDEN, holes, inside)
    if isinstance(value, dict):
        return st.one_of(
            HIDDEN, st.sets(st.sampled_from("abc")).map(lambda keys: {**value, **dict.fromkeys(keys, TWO)})
        )
    return HIDDEN


def still_sound(seen: object, unseen: object) -> bool:
    """An unknown may hide anything; anything else must be what it is on the whole data."""
    return isinstance(unseen, Unknown) or (type(unseen) is type(seen) and unseen == seen)


@given(source=bools(3), bindings=seen_and_hidden())
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_hiding_data_never_decides(source: str, bindings: tuple[dict[str, Value], dict[str, Value]]) -> None:
    """``filter`` and ``map`` over a hole are left out: see the test below."""
    whole, part = bindings
    if not any(macro in source for macro in (".filter(", ".map(")):
        assert still_sound(run(source, whole), run(source, part))


@pytest.mark.slow
@given(source=bools(4), bindings=seen_and_hidden())
@settings(max_examples=at_length(3_000), deadline=None, suppress_health_check=list(HealthCheck))
def test_hiding_data_never_decides_at_length(source: str, bindings: tuple[dict[str, Value], dict[str, Value]]) -> None:
    whole, part = bindings
    if not any(macro in source for macro in (".filter(", ".map(")):
        assert still_sound(run(source, whole), run(source, part))


def test_the_one_exception_is_an_error_behind_a_hole() -> None:
    """``filter`` and ``map`` pass on what they saw: a missing member that would have been an error stays unseen."""
    source = "l.filter(v, 1 / v == 1).exists(v, v == 1)"
    assert run(source, {"l": [1, 0]}) == "error"
    assert run(source, {"l": PartialList([1], HOLE)}) is True
