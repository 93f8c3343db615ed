"""Attacks: what is deep, wide, slow or broken ends soon and with an error of ours."""

from __future__ import annotations

import time

import pytest

from grc.errors import GrcError
from grc.policy import evaluate
from grc.policy.errors import CompileError, EvaluationError, LimitError
from grc.policy.functions.strings import replace
from grc.policy.interpreter import Limits, interpret
from grc.policy.parser import MAX_DEPTH, parse


def doubling(start: str, levels: int, body: str) -> str:
    """``start`` joined with itself ``levels`` times, then ``body`` over the variable ``v``."""
    return f"cel.bind(v, {start}, " + "cel.bind(v, v + v, " * levels + body + ")" * (levels + 1)


def sharing(levels: int, body: str) -> str:
    """A small value that is huge to walk: a list of twice a list of twice a list …"""
    return "cel.bind(v, [1], " + "cel.bind(v, [v, v], " * levels + body + ")" * (levels + 1)


BOMBS = (
    doubling("'aaaaaaaaaa'", 60, "size(v)"),
    doubling("b'aaaaaaaaaa'", 60, "size(v)"),
    doubling("[1]", 60, "size(v)"),
    sharing(60, "v == v"),
    sharing(60, "v in [v]"),
    sharing(60, "'%s'.format([v])"),
    sharing(60, "v.flatten(60).size()"),
    sharing(60, "[v, v].distinct().size()"),
    sharing(60, "sets.contains([v], [v])"),
    sharing(60, "{'a': v} == {'a': v}"),
    sharing(60, "optional.of(v) == optional.of(v)"),
    "lists.range(1000000000)",
    "lists.range(9223372036854775807)",
    "lists.range(100000).map(x, lists.range(100000)).size()",
    "lists.range(5000).all(x, lists.range(5000).all(y, x + y >= 0))",
    "lists.range(5000).exists(x, lists.range(5000).exists(y, x + y < 0))",
    "lists.range(3000).map(x, [x]).distinct().size()",
    "lists.range(9000).map(x, [x]).distinct().size()",
    "sets.contains(lists.range(9000).map(x, [x]), lists.range(9000).map(x, [x]))",
    doubling("'a'", 20, "v.replace('', v)"),
    doubling("'a'", 20, "v.split('').join(v)"),
    doubling("'%s'", 18, "v.format([v])"),
    doubling("'%.1000f'", 16, "v.format(lists.range(99999))"),
    "'%.999999999f'.format([1.0])",
    "'%.99999999999999999999f'.format([1.0])",
    "lists.range(100000).map(x, string(x)).join('" + "x" * 1000 + "')",
    "lists.range(1000).all(x, lists.range(1000).all(y, lists.range(1000).all(z, true)))",
)


@pytest.mark.parametrize("source", BOMBS, ids=[source[:40] for source in BOMBS])
def test_bombs_end_with_an_error(source: str) -> None:
    with pytest.raises(EvaluationError):
        interpret(parse(source), {}, Limits(work=200_000))


@pytest.mark.slow
@pytest.mark.parametrize("source", BOMBS, ids=[source[:40] for source in BOMBS])
def test_bombs_end_soon_under_the_default_budget(source: str) -> None:
    started = time.process_time()
    with pytest.raises(EvaluationError):
        evaluate(source, {})
    assert time.process_time() - started < 20


def test_a_limit_is_not_absorbed() -> None:
    bomb = "lists.range(500).all(x, lists.range(500).all(y, true))"
    for source in (f"{bomb} || true", f"{bomb} && false", f"[1].exists(v, {bomb} || true)", f"[{bomb}].all(v, false)"):
        with pytest.raises(EvaluationError, match="more work"):
            interpret(parse(source), {}, Limits(work=1000))


def test_the_budget_is_the_callers() -> None:
    source = parse("lists.range(100).map(x, x + 1).size()")
    assert interpret(source, {}) == 100
    with pytest.raises(EvaluationError, match="more work"):
        interpret(source, {}, Limits(work=50))


def test_a_macro_without_calls_costs_too() -> None:
    with pytest.raises(EvaluationError, match="more work"):
        interpret(parse("l.all(v, true)"), {"l": [1] * 1000}, Limits(work=1000))


def test_ordinary_work_is_far_within_the_budget() -> None:
    rows = [{"port": index % 1000, "cidr": "10.0.0.0/8"} for index in range(10_000)]
    source = "rows.exists(r, r.port == 1001 || r.cidr == '0.0.0.0/0')"
    assert interpret(parse(source), {"rows": rows}, Limits(work=1_000_000)) is False


def test_a_value_that_is_too_large_to_build_is_a_limit() -> None:
    with pytest.raises(LimitError):
        replace("a" * 10_000, "", "b" * 10_000)


REGEXES = (r"(a+)+$", r"(a|aa)+$", r"(.*a){25}", r"((a{0,5}){0,5}){0,5}$")


@pytest.mark.parametrize("pattern", REGEXES)
def test_regular_expressions_never_blow_up(pattern: str) -> None:
    started = time.process_time()
    evaluate("t.matches(p)", {"t": "a" * 20_000 + "!", "p": pattern})
    assert time.process_time() - started < 5


REFUSED = ["a{1001}", "(" * 2000, "x" * 20_000, r"\1", "(?<=a)b", "\ud800", "((a{100}){100}){100}"]


@pytest.mark.parametrize("pattern", REFUSED)
def test_regular_expressions_that_are_refused(pattern: str) -> None:
    with pytest.raises(EvaluationError):
        evaluate("'abc'.matches(p)", {"p": pattern})


def test_source_of_a_megabyte() -> None:
    started = time.process_time()
    for source in ("1+" * 500_000 + "1", "(" * 1_000_000, "'" + "a" * 1_000_000 + "'", "a" * 1_000_000):
        with pytest.raises(CompileError):
            parse(source)
    assert time.process_time() - started < 2


OPENINGS = (
    *("(", "[", "{1:", "!", "-", "a(", "a[", "a?b:", "1+", "a.b(", "'a' in ", "a.all(x,"),
    *("a||", "`a", "'", '"""', "0x"),
)


@pytest.mark.parametrize("opening", OPENINGS)
def test_hostile_openings(opening: str) -> None:
    started = time.process_time()
    for count in (MAX_DEPTH, 1000, 30_000):
        with pytest.raises(CompileError):
            parse(opening * count)
    assert time.process_time() - started < 5


def test_the_deepest_trees_evaluate() -> None:
    levels = MAX_DEPTH - 4
    assert evaluate("[" * levels + "]" * levels + " == []", {}) is (levels == 1)
    assert evaluate("(" * levels + "1" + ")" * levels, {}) == 1
    assert evaluate("1" + " + 1" * levels, {}) == levels + 1
    assert evaluate("[1].all(v, " * levels + "true" + ")" * levels, {}) is True
    assert evaluate("cel.bind(v, 1, " * levels + "v" + ")" * levels, {}) == 1
    assert evaluate("false ? 1 : " * levels + "2", {}) == 2


TEXTS = ("\0", "a\0b", "\u202e", "\ud800", "😀" * 100, "e\u0301", "\ufeff", "{{7*7}}", "<script>", "=cmd()")
CALLS = (
    "t.size()",
    "t + t",
    "t == t",
    "t.matches('.')",
    "t.matches(t)",
    "t.split('')",
    "t.reverse()",
    "t.trim()",
    "t.lowerAscii()",
    "strings.quote(t)",
    "bytes(t)",
    "string(t)",
    "int(t)",
    "double(t)",
    "timestamp(t)",
    "duration(t)",
    "timestamp(0).getHours(t)",
    "ip(t)",
    "isIP(t)",
    "cidr(t)",
    "isCIDR(t)",
    "semver(t)",
    "isSemver(t, true)",
    "base64.decode(t)",
    "t.format([t])",
    "'%s %x'.format([t, t])",
    "{t: t}[t]",
    "t in [t]",
    "t < 'a'",
    "t.replace(t, t)",
    "[t].join(t)",
    "[t].sort()",
    "[t].distinct()",
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("text", TEXTS)
def test_hostile_texts_give_values_or_errors_of_ours(call: str, text: str) -> None:
    try:
        evaluate(call, {"t": text})
    except GrcError:
        return


ZONES = [
    *("/etc/localtime", "..", ".", "posix/../UTC", "\0", "a" * 5000, "Europe", "Europe/", " UTC"),
    *("localtime", "posixrules", "posix/UTC", "right/UTC", "Factory"),  # known to some machines, each its own
]


@pytest.mark.parametrize("name", ZONES)
def test_time_zones_are_names_not_paths(name: str) -> None:
    with pytest.raises(EvaluationError, match="no time zone"):
        evaluate("timestamp(0).getHours(z)", {"z": name})
