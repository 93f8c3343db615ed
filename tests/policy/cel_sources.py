"""Generated CEL: sources that mostly make sense, over the variables ``x`` (int), ``s`` (string), ``l`` and ``m``."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

Source = st.SearchStrategy[str]

INTS = ("0", "1", "-1", "2", "7", "-7", "63", "9223372036854775807", "-9223372036854775808", "x")
UINTS = ("0u", "1u", "3u", "18446744073709551615u")
FINITE = ("0.0", "-0.0", "1.0", "-1.5", "2.5", "0.1", "1e308")
DOUBLES = (*FINITE, "1.0 / 0.0", "0.0 / 0.0")
STRINGS = ("''", "'a'", "'abc'", "'b,a'", "'é😀'", "' pad '", "'1'", "'-5'", "'true'", "'1.5'", "'A\\nb'", "s")
BYTES = ("b''", "b'a'", "b'\\xff\\x00'", "bytes('é')")
INSTANTS = (
    "timestamp('2020-02-29T12:34:56.789Z')",
    "timestamp('1969-12-31T23:59:59.500Z')",
    "timestamp('9999-12-30T23:59:59Z')",
    "timestamp('0001-01-02T00:00:00Z')",
    "timestamp('2026-01-01T00:00:00+01:30')",
)
DURATIONS = ("duration('0s')", "duration('90m')", "duration('-1.5s')", "duration('250ms')", "duration('9223372036s')")
ZONES = ("'UTC'", "'America/New_York'", "'+05:30'", "'-08:00'", "'Nowhere/Land'", "''")
PATTERNS = ("'a'", "'^a.c$'", "'[0-9]+'", "'('", "'(?i)A'", "'\\\\s'")
LISTS = ("[]", "[1, 2, 3]", "[0, 1]", "['a', 'b']", "[1, 'a', null, 2.5]", "[[1], []]")
ANYTHING = ("null", "true", "'a'", "1", "2u", "1.5", "b'a'", "[1]", "{'a': 1}", "type(1)", "[]", "{}", "missing")
EQUAL = ("==", "!=")
ORDER = ("<", "<=", ">", ">=")
PARTS = (
    *("getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek"),
    *("getHours", "getMinutes", "getSeconds"),
)


@cache
def sources(depth: int = 3) -> Source:
    """Sources of any type, with ``depth`` levels of operators."""
    return st.one_of(bools(depth), ints(depth), doubles(depth), strings(depth), lists(depth), others(depth))


def _of(*parts: str | Source, sep: str = "") -> Source:
    strategies = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*strategies).map(sep.join)


def _pick(*choices: str) -> Source:
    return st.sampled_from(choices)


def _a(kind: str, source: Source) -> Source:
    """Of this type, whatever the variables are bound to. C++ formats doubles to six digits: see ``DEPARTURES``."""
    other = {"string": "'a'", "int": "7"}[kind]
    return _of("[", source, f"].map(t, type(t) == {kind} ? t : {other})[0]")


def _told(name: str) -> str:
    """A double as text. Not a number: C++ writes its sign bit, which differs from one processor to another."""
    return f"{name} == {name} ? string({name}) : 'nan'"


@cache
def anything(depth: int) -> Source:
    """Now and then of a type that does not fit."""
    return _pick(*ANYTHING) if depth <= 0 else st.one_of(_pick(*ANYTHING), sources(depth - 1))


@cache
def bools(depth: int) -> Source:
    leaves = _pick("true", "false", "true", "false", "1 / 0 == 1", "'no bool'")
    if depth <= 0:
        return leaves
    below = depth - 1
    each = bools(below)
    return st.one_of(
        leaves,
        _of("(", each, ") && (", each, ")"),
        _of("(", each, ") || (", each, ")"),
        _of("(", each, ") && (", each, ") && (", each, ")"),
        _of("!(", each, ")"),
        _of("(", each, ") ? (", each, ") : (", each, ")"),
        _of("(", anything(below), ") ", _pick(*EQUAL), " (", anything(below), ")"),
        _of("(", numbers(below), ") ", _pick(*EQUAL, *ORDER), " (", numbers(below), ")"),
        _of("(", strings(below), ") ", _pick(*EQUAL, *ORDER), " (", strings(below), ")"),
        _of("(", instants(below), ") ", _pick(*EQUAL, *ORDER), " (", instants(below), ")"),
        _of("(", durations(below), ") ", _pick(*EQUAL, *ORDER), " (", durations(below), ")"),
        _of("(", anything(below), ") ", _pick(*ORDER), " (", anything(below), ")"),
        _of("(", anything(below), ") in (", st.one_of(lists(below), maps(below)), ")"),
        _of("(", strings(below), ").", _pick("contains", "startsWith", "endsWith"), "(", strings(below), ")"),
        _of("(", strings(below), ").matches(", _pick(*PATTERNS), ")"),
        _of("has((", maps(below), ").", _pick("a", "b", "c"), ")"),
        _of("(", optionals(below), ").hasValue()"),
        _of("bool(", st.one_of(strings(below), each), ")"),
        _of("(", lists(below), ").", _pick("all", "exists", "exists_one"), "(v, ", element_bools(below), ")"),
        _of("(", maps(below), ").", _pick("all", "exists", "exists_one"), "(v, ", element_bools(below), ")"),
    )


@cache
def element_bools(depth: int) -> Source:
    """Conditions on the macro's variable ``v``."""
    leaves = st.one_of(
        _of("v ", _pick(*EQUAL, *ORDER), " ", _pick(*INTS, *STRINGS[:4])),
        _of("v in ", _pick("[1, 'a']", "{'a': 1}", "l")),
        _of("1 / v == 1", _pick("", " || v == 0")),
        _of("type(v) == ", _pick("int", "string", "list", "map", "double", "bool", "null_type")),
        _pick("true", "false", "v", "v.a == 1", "has(v.a)"),
    )
    return leaves if depth <= 0 else st.one_of(leaves, _of("(", leaves, ") && ", bools(depth - 1)))


@cache
def numbers(depth: int) -> Source:
    return st.one_of(ints(depth), doubles(depth), uints(depth))


@cache
def ints(depth: int) -> Source:
    leaves = _pick(*INTS)
    if depth <= 0:
        return leaves
    below = depth - 1
    each = ints(below)
    sized = st.one_of(strings(below), lists(below), maps(below))
    return st.one_of(
        leaves,
        _of("(", each, ") ", _pick("+", "-", "*", "/", "%"), " (", each, ")"),
        _of("-(", each, ")"),
        _of("size(", sized, ")"),
        _of("(", sized, ").size()"),
        _of("int(", st.one_of(doubles(below), uints(below), strings(below), instants(below)), ")"),
        _of("(", strings(below), ").", _pick("indexOf", "lastIndexOf"), "(", strings(below), ")"),
        _of("(", strings(below), ").", _pick("indexOf", "lastIndexOf"), "(", strings(below), ", ", each, ")"),
        _of("(", instants(below), ").", _pick(*PARTS), "()"),
        _of("(", instants(below), ").", _pick(*PARTS), "(", _pick(*ZONES), ")"),
        _of("(", durations(below), ").", _pick("getHours", "getMinutes", "getSeconds", "getMilliseconds"), "()"),
        _of("(", maps(below), ").", _pick("a", "b", "c")),
        _of("(", maps(below), ")[", anything(below), "]"),
        _of("(", lists(below), ")[", st.one_of(_pick("0", "1", "2", "1.0", "0u", "-1"), anything(below)), "]"),
        _of("(", optionals(below), ").orValue(", each, ")"),
        _of("math.", _pick("bitAnd", "bitOr", "bitXor"), "(", each, ", ", each, ")"),
        _of("math.", _pick("bitShiftLeft", "bitShiftRight"), "(", each, ", ", each, ")"),
        _of("math.", _pick("abs", "sign", "bitNot"), "(", each, ")"),
        _of("math.", _pick("greatest", "least"), "(x, ", each, ")"),
        _of("cel.bind(b, ", each, ", b + (", each, "))"),
    )


@cache
def uints(depth: int) -> Source:
    leaves = _pick(*UINTS)
    if depth <= 0:
        return leaves
    each = uints(depth - 1)
    return st.one_of(
        leaves,
        _of("(", each, ") ", _pick("+", "-", "*", "/", "%"), " (", each, ")"),
        _of("uint(", numbers(depth - 1), ")"),
    )


@cache
def doubles(depth: int) -> Source:
    leaves = _pick(*DOUBLES)
    if depth <= 0:
        return leaves
    each = doubles(depth - 1)
    return st.one_of(
        leaves,
        _of("(", each, ") ", _pick("+", "-", "*", "/"), " (", each, ")"),
        _of("-(", each, ")"),
        _of("double(", st.one_of(numbers(depth - 1), _pick("'1.5'", "'x'", "'-1e3'", "'inf'")), ")"),
        _of("math.", _pick("ceil", "floor", "round", "trunc", "abs", "sign", "sqrt"), "(", each, ")"),
    )


@cache
def strings(depth: int) -> Source:
    leaves = _pick(*STRINGS)
    if depth <= 0:
        return leaves
    below = depth - 1
    each = strings(below)
    whole = _a("int", ints(below))
    return st.one_of(
        leaves,
        _of("(", each, ") + (", each, ")"),
        _of("(", each, ").", _pick("lowerAscii", "upperAscii", "trim", "reverse"), "()"),
        _of("(", each, ").replace(", each, ", ", _pick(*STRINGS), ")"),
        _of("(", each, ").replace(", each, ", '-', ", _pick("0", "1", "2", "-1"), ")"),
        _of("(", each, ").substring(", _pick("0", "1", "3", "-1"), ")"),
        _of("(", each, " + 'xyz').substring(", _pick("0", "1", "3"), ", ", _pick("0", "1", "2", "-9"), ")"),
        _of("(", each, ").charAt(", _pick("0", "1", "3", "-1"), ")"),
        _of("string(", st.one_of(ints(below), uints(below), bools(below), bytes_(below)), ")"),
        _of("string(", st.one_of(instants(below), durations(below)), ")"),
        _of("[", doubles(below), "].map(d, ", _told("d"), ")[0]"),
        _of("(", lists(below), ").join(", _pick("''", "'-'"), ")"),
        _of("strings.quote(", each, ")"),
        _of("'%s|%d'.format([", st.one_of(_a("string", each), bools(below), _pick(*LISTS)), ", ", whole, "])"),
        _of("'%s|%d'.format([", whole, ", ", whole, "])"),
        _of("[", doubles(below), "].map(d, '%.3f %e'.format([d == d ? d : 0.5, ", _pick(*INTS, *FINITE), "]))[0]"),
        _of("'%x %X %o %b'.format([", each, ", ", ints(below), ", ", ints(0), ", ", ints(0), "])"),
        _of("base64.encode(", bytes_(below), ")"),
    )


@cache
def bytes_(depth: int) -> Source:
    leaves = _pick(*BYTES)
    if depth <= 0:
        return leaves
    return st.one_of(leaves, _of(bytes_(depth - 1), " + ", bytes_(depth - 1)), _of("bytes(", strings(depth - 1), ")"))


@cache
def instants(depth: int) -> Source:
    leaves = _pick(*INSTANTS)
    if depth <= 0:
        return leaves
    below = depth - 1
    return st.one_of(
        leaves,
        _of("(", instants(below), ") ", _pick("+", "-"), " (", durations(below), ")"),
        _of("timestamp(", _pick("0", "-1", "253402200000", "253402300800", "x"), ")"),
        _of("timestamp(", strings(below), ")"),
    )


@cache
def durations(depth: int) -> Source:
    leaves = _pick(*DURATIONS)
    if depth <= 0:
        return leaves
    below = depth - 1
    return st.one_of(
        leaves,
        _of("(", durations(below), ") ", _pick("+", "-"), " (", durations(below), ")"),
        _of("(", instants(below), ") - (", instants(below), ")"),
    )


@cache
def lists(depth: int) -> Source:
    leaves = _pick(*LISTS, "l")
    if depth <= 0:
        return leaves
    below = depth - 1
    each = lists(below)
    return st.one_of(
        leaves,
        st.lists(anything(below), max_size=3).map(lambda parts: "[" + ", ".join(parts) + "]"),
        _of("[?", optionals(below), ", ", anything(below), "]"),
        _of("(", each, ") + (", each, ")"),
        _of("(", each, ").filter(v, ", element_bools(below), ")"),
        _of("(", each, ").map(v, ", st.one_of(_pick("v", "[v]", "v + 1", _told("v")), anything(below)), ")"),
        _of("(", each, ").map(v, ", element_bools(below), ", v)"),
        _of("(", strings(below), ").split(", _pick("','", "''", "'b'"), ")"),
        _of("(", strings(below), ").split(", _pick("','", "''"), ", ", _pick("0", "1", "2", "-1"), ")"),
        _of("((", bools(below), ") ? (", each, ") : (", each, "))"),
    )


@cache
def maps(depth: int) -> Source:
    leaves = _pick("{}", "{'a': 1}", "{'a': 1, 'b': 'x'}", "{1: 2, 'a': 3}", "{true: 1}", "{2u: 'u'}", "m")
    if depth <= 0:
        return leaves
    below = depth - 1
    return st.one_of(
        leaves,
        _of("{'a': ", anything(below), ", ", _pick("'b'", "1", "2u", "false"), ": ", anything(below), "}"),
        _of("{?'a': ", optionals(below), "}"),
    )


@cache
def optionals(depth: int) -> Source:
    leaves = _pick("optional.none()", "optional.of(1)", "m.?a", "l[?0]", "m[?'b']")
    if depth <= 0:
        return leaves
    below = depth - 1
    return st.one_of(
        leaves,
        _of("optional.of(", anything(below), ")"),
        _of("optional.ofNonZeroValue(", anything(below), ")"),
        _of("(", maps(below), ").?", _pick("a", "b")),
        _of("(", optionals(below), ").?", _pick("a", "b")),
        _of("(", lists(below), ")[?", _pick("0", "1", "-1"), "]"),
        _of("(", optionals(below), ").or(", optionals(below), ")"),
        _of("(", optionals(below), ").optMap(o, ", st.one_of(_pick("o", "o + 1"), anything(below)), ")"),
        _of("(", optionals(below), ").optFlatMap(o, ", optionals(below), ")"),
    )


@cache
def others(depth: int) -> Source:
    return st.one_of(maps(depth), instants(depth), durations(depth), uints(depth), bytes_(depth))
