"""Precedence, macros, places, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.policy.ast import (
    And,
    Bind,
    Call,
    Comprehension,
    Conditional,
    Expression,
    Has,
    Identifier,
    Index,
    ListLiteral,
    Literal,
    MapLiteral,
    Or,
    Select,
    UIntValue,
    children,
)
from grc.policy.errors import CompileError
from grc.policy.parser import MAX_DEPTH, parse


def shown(node: Expression) -> str:
    """The tree as text, with every grouping written out."""
    match node:
        case Literal():
            return f"{node.value.value}u" if isinstance(node.value, UIntValue) else repr(node.value)
        case Identifier():
            return ("." if node.absolute else "") + node.name
        case Select():
            return f"{shown(node.operand)}.{'?' * node.optional}{node.field}"
        case Has():
            return f"has({shown(node.operand)}.{node.field})"
        case Index():
            return f"{shown(node.operand)}[{'?' * node.optional}{shown(node.index)}]"
        case And() | Or():
            return f"({(' & ' if isinstance(node, And) else ' | ').join(map(shown, node.operands))})"
        case Conditional():
            return f"({shown(node.condition)} ? {shown(node.then)} : {shown(node.otherwise)})"
        case ListLiteral():
            return f"[{', '.join('?' * part.optional + shown(part.value) for part in node.elements)}]"
        case MapLiteral():
            entries = ("?" * part.optional + f"{shown(part.key)}: {shown(part.value)}" for part in node.entries)
            return f"{{{', '.join(entries)}}}"
        case Comprehension():
            parts = (*node.variables, *(shown(part) for part in (node.predicate, node.result) if part is not None))
            return f"{shown(node.target)}!{node.macro}({', '.join(parts)})"
        case Bind():
            return f"{node.macro}({node.name} = {shown(node.value)}, {shown(node.body)})"
        case Call():
            target = "" if node.target is None else shown(node.target) + "->"
            return f"{target}{node.function}({', '.join(map(shown, node.arguments))})"


TREES = (
    ("1 + 2 * 3 - 4", "_-_(_+_(1, _*_(2, 3)), 4)"),
    ("(1 + 2) * 3", "_*_(_+_(1, 2), 3)"),
    ("a - b - c", "_-_(_-_(a, b), c)"),
    ("a < b == c", "_==_(_<_(a, b), c)"),
    ("a in b && c", "(@in(a, b) & c)"),
    ("a || b && c || d", "(a | (b & c) | d)"),
    ("(a || b) || (c && (d && e))", "(a | b | (c & d & e))"),
    ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
    ("a || b ? c : d", "((a | b) ? c : d)"),
    ("!a.b", "!_(a.b)"),
    ("!!a", "!_(!_(a))"),
    ("-a.b * c", "_*_(-_(a.b), c)"),
    ("--1", "-_(-1)"),
    ("- 1", "-1"),
    ("-1u", "-_(1u)"),
    ("1 - -1", "_-_(1, -1)"),
    ("1-1", "_-_(1, 1)"),
    ("-1.abs()", "-1->abs()"),
    ("-9223372036854775808", "-9223372036854775808"),
    ("-0x8000000000000000", "-9223372036854775808"),
    (".a.b", ".a.b"),
    ("a.b.c[1][?d].?e", "a.b.c[1][?d].?e"),
    ("a.`b-c/d`.in_", "a.b-c/d.in_"),
    ("a.if", "a.if"),
    ("[1, ?a, [],]", "[1, ?a, []]"),
    ("{'a': 1, ?b: c,}", "{'a': 1, ?b: c}"),
    ("{}", "{}"),
    ("f()", "f()"),
    (".f(1)", "f(1)"),
    ("a.f(1, b)", "a->f(1, b)"),
    ("math.greatest(a)", "math.greatest(a)"),
    ("math.greatest(a, b)", "math.greatest(a, b)"),
    ("math.least(a, b, c)", "math.least([a, b, c])"),
    ("optional.none().or(a)", "optional.none()->or(a)"),
    ("ip.isCanonical('a')", "ip.isCanonical('a')"),
    ("resource.ip.family()", "resource.ip->family()"),
    ("cel.bind(a, 1, a)", "bind(a = 1, a)"),
    ("x.optMap(v, v)", "optMap(v = x, v)"),
    ("x.optFlatMap(v, v)", "optFlatMap(v = x, v)"),
    ("has(a.b.c)", "has(a.b.c)"),
    ("a.all(v, v)", "a!all(v, v)"),
    ("a.all(i, v, v)", "a!all(i, v, v)"),
    ("a.existsOne(v, v)", "a!exists_one(v, v)"),
    ("a.exists_one(i, v, v)", "a!exists_one(i, v, v)"),
    ("a.map(v, v + 1)", "a!map(v, _+_(v, 1))"),
    ("a.map(v, p, t)", "a!map(v, p, t)"),
    ("a.filter(v, p)", "a!filter(v, p)"),
    ("a.transformList(i, v, t)", "a!transformList(i, v, t)"),
    ("a.transformMap(i, v, p, t)", "a!transformMap(i, v, p, t)"),
    ("a.transformMapEntry(i, v, {})", "a!transformMapEntry(i, v, {})"),
    ("a.sortBy(v, v.b)", "a!sortBy(v, v.b)"),
    ("a.map(v)", "a->map(v)"),
    ("all(a, b)", "all(a, b)"),
)

REFUSED = (
    ("", 0, "ends where a value"),
    ("1 +", 3, "ends where a value"),
    ("(1", 2, "ends where '\\)'"),
    ("1)", 1, "end of the expression"),
    ("a b", 2, "end of the expression"),
    ("[1", 2, "ends where ','"),
    ("{'a'}", 4, "where ':'"),
    ("a ? b", 5, "ends where ':'"),
    ("a ? b ? c : d : e", 6, "where ':'"),
    ("!-a", 1, "'-' stands where a value"),
    ("a.1", 1, "end of the expression"),
    ("a.in", 2, "where name"),
    ("a.?b()", 4, "end of the expression"),
    ("for", 0, "reserved word"),
    ("while(1)", 0, "reserved word"),
    ("Foo{}", 3, "messages are not supported"),
    ("a.b.Foo{x: 1}", 7, "messages are not supported"),
    ("has(a)", 4, "asks about a field"),
    ("has(a.?b)", 4, "asks about a field"),
    ("has(a['b'])", 4, "asks about a field"),
    ("a.all(b.c, true)", 6, "plain name"),
    ("a.all(.b, true)", 6, "plain name"),
    ("a.exists(1, true)", 9, "plain name"),
    ("a.all(v, v, true)", 9, "the same name"),
    ("cel.bind(1, 2, 3)", 9, "plain name"),
    ("9223372036854775808", 0, "does not fit an int"),
    ("-9223372036854775809", 1, "does not fit an int"),
    ("[,]", 1, "',' stands where a value"),
    ("f(1,)", 4, "'\\)' stands where a value"),
)


@pytest.mark.parametrize(("source", "tree"), TREES)
def test_trees(source: str, tree: str) -> None:
    assert shown(parse(source)) == tree


@pytest.mark.parametrize(("source", "offset", "message"), REFUSED)
def test_refused(source: str, offset: int, message: str) -> None:
    with pytest.raises(CompileError, match=message) as caught:
        parse(source)
    assert caught.value.offset == offset


@pytest.mark.parametrize("source", [source for source, _ in TREES])
def test_every_node_stands_within_its_parent_and_is_an_expression_of_its_own(source: str) -> None:
    pending = [parse(source)]
    assert (pending[0].start, pending[0].end) == (0, len(source))
    while pending:
        node = pending.pop()
        for child in children(node):
            assert node.start <= child.start < child.end <= node.end
            pending.append(child)


@pytest.mark.parametrize("source", ["(a || b).c", "(a + b) * c", "((a)) ? b : c", "(a)[0]", "(a).f(b)", "!(a)"])
def test_parentheses_belong_to_the_text_of_the_node_above(source: str) -> None:
    node = parse(f" {source} ")
    assert f" {source} "[node.start : node.end] == source


def nested(depth: int) -> tuple[str, ...]:
    """Sources nested ``depth`` deep in different ways."""
    return (
        "(" * depth + "1" + ")" * depth,
        "[" * depth + "]" * depth,
        "{1:" * depth + "1" + "}" * depth,
        "!" * depth + "true",
        "- " * depth + "a",
        "f(" * depth + "1" + ")" * depth,
        "a[" * depth + "0" + "]" * depth,
        "a" + ".b" * depth,
        "a" + "[0]" * depth,
        "1" + " + 1" * depth,
        "a ? b : " * depth + "c",
        "x.all(v, " * depth + "v" + ")" * depth,
        "cel.bind(v, " * depth + "1" + ", v)" * depth,
        "has(" * depth + "a" + ".b)" * depth,
    )


@pytest.mark.parametrize("source", nested(MAX_DEPTH - 3))
def test_depth_is_generous(source: str) -> None:
    if not source.startswith("has(has"):
        parse(source)


@pytest.mark.parametrize("source", [*nested(MAX_DEPTH + 1), *nested(6000)])
def test_depth_is_bounded(source: str) -> None:
    with pytest.raises(CompileError):
        parse(source)


def test_long_sources_that_are_flat_are_fine() -> None:
    assert len(children(parse(" || ".join(["a"] * 10_000)))) == 10_000
    assert len(children(parse(f"[{','.join(['1'] * 40_000)}]"))) == 40_000


@given(st.text(alphabet="ab1.?:[](){}'\"\\!-+&|<=,`xubr \n_\0é\ud800", max_size=40))
def test_any_text_is_a_tree_or_an_error_with_a_place(source: str) -> None:
    try:
        found = parse(source)
    except CompileError as error:
        found = error
    start = found.offset if isinstance(found, CompileError) else found.start
    assert 0 <= start <= len(source)
