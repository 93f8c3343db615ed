"""Expressions of the Terraform language: as Terraform evaluates them, or not known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.collect.terraform.hcl.evaluate import value_of
from grc.collect.terraform.hcl.scope import Effort, Scope
from grc.collect.terraform.hcl.syntax import read_native, read_template
from grc.collect.terraform.hcl.tree import Expression, Step
from grc.collect.terraform.hcl.values import Unknown, find_unknown, same, to_text


class Room:
    """A world where ``var`` names what a test gives it."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self.variables = variables
        self._effort = Effort()

    @property
    def effort(self) -> Effort:
        return self._effort

    def named(self, root: str, steps: tuple[Step, ...]) -> tuple[Any, int]:
        if root == "var" and steps and steps[0] in self.variables:
            return self.variables[str(steps[0])], 1
        return Unknown(f"{root} is not here"), len(steps)

    def outside(self, name: str, arguments: list[Any]) -> Any:
        return Unknown(f"{name}({len(arguments)}) reads nothing here")


def expression(text: str) -> Expression:
    document = read_native(f"x = {text}\n".encode(), "x.tf")
    assert not document.troubles, text
    return document.blocks[0].attributes["x"]


def value(text: str, **variables: Any) -> Any:
    return value_of(expression(text), Scope(Room(variables)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", 5),
        ("-7 % 3", -1),
        ("(1 + 2) * 3", 9),
        ("1.5e3", 1500),
        ("12345678901234567890", 12345678901234567890),
        ("\"${0.0000001}\"", 0.0000001),
        ("\"x${0.0000001}\"", "x0.0000001"),
        ("!false && 1 < 2 || false", True),
        ('1 == "1"', False),
        ("true == 1", False),
        ("[1, {a = 1}] == [1, {a = 2}]", False),
        ("[] != [1]", True),
        ('[tobool("1"), tobool("0"), !"0"]', [True, False, True]),
        ("false && unknown_function()", False),
        ("unknown_function() || true", True),
        ("tomap({a = true, b = 7})", {"a": "true", "b": "7"}),
        ("tomap({a = {x = 1, y = true}, b = {x = null, y = false}}).a", {"x": 1, "y": True}),
        ('tolist([{x = true}, {y = "b"}])', [{"x": "true"}, {"y": "b"}]),
        ('tolist([["a", 1], ["b", 2]])', [["a", 1], ["b", 2]]),
        ('tolist([[1], ["b", "c"], null])', [["1"], ["b", "c"], None]),
        ('"%{ if true ~}  a  %{~ else ~} b %{~ endif }c"', "ac"),
        ('"%{ for x in ["a", "b"] ~}  ${x} %{~ endfor }"', "ab"),
        ('true ? "a" : 1', "a"),
        (r'"a\"b\n\u00e9 $${x} %%{y}"', 'a"b\né ${x} %{y}'),
        ('"${1 + 1}"', 2),
        ('"a${1}b${true}"', "a1btrue"),
        ('"%{ if 1 > 2 }A%{ else }B%{ endif }"', "B"),
        ('"%{ for k, v in {a = 1, b = 2} }${k}${v},%{ endfor }"', "a1,b2,"),
        ('"a ${ "b" ~} c"', "a bc"),
        ("<<A\n a\n  b\nA", " a\n  b\n"),
        ("<<-A\n    a ${1}\n      b\n    A", "a 1\n  b\n"),
        ("{a = 1, \"b\" = 2, (\"c\") = 3}", {"a": 1, "b": 2, "c": 3}),
        ("[for x in [1, 2, 3] : x * 2 if x != 2]", [2, 6]),
        ("[for i, x in [\"a\", \"b\"] : i]", [0, 1]),
        ("[for k, x in toset([\"a\", \"b\"]) : k]", ["a", "b"]),
        ("{for k, v in {a = 1, b = 2} : upper(k) => v}", {"A": 1, "B": 2}),
        ("{for x in [\"aa\", \"ab\", \"b\"] : substr(x, 0, 1) => x...}", {"a": ["aa", "ab"], "b": ["b"]}),
        ("[{id = 1}, {id = 2}][*].id", [1, 2]),
        ("[{id = [1]}, {id = [2]}][*].id[0]", [1, 2]),
        ("[{id = [1]}, {id = [2]}].*.id[0]", [1]),
        ("[{id = [1]}, {id = [2]}].*.id.0", [1, 2]),
        ("[{id = [1]}, {id = [2]}].*.id[1][0]", 2),
        ("[{id = [1]}, {id = [2]}][*].id[*]", [[1], [2]]),
        ('try([{id = "a"}].*.id[0], "none")', "a"),
        ("{a = [{b = 1}]}.a[0].b", 1),
        ("{a = 1}[\"a\"]", 1),
        ("null[*]", []),
        ("jsonencode({a = [1, true, null], b = \"<\"})", '{"a":[1,true,null],"b":"\\u003c"}'),
        ("jsondecode(\"{\\\"a\\\": [1]}\").a[0]", 1),
        ("merge({a = 1}, {a = 2, b = 3})", {"a": 2, "b": 3}),
        ("concat([1], [2, 3], [])", [1, 2, 3]),
        ("concat([[1], [2]]...)", [1, 2]),
        ("toset([\"b\", \"a\", \"b\"])", ["a", "b"]),
        ("tolist([1, \"a\"])", ["1", "a"]),
        ("lookup({a = 1}, \"b\", 2)", 2),
        ("format(\"%s-%03d-%v%%\", \"a\", 7, true)", "a-007-true%"),
        ("join(\",\", [\"a\", \"b\"])", "a,b"),
        ("split(\",\", \"a,b\")", ["a", "b"]),
        ("lower(upper(\"aB\"))", "ab"),
        ("replace(\"a.b.c\", \".\", \"-\")", "a-b-c"),
        ("length(\"héé\") + length([1]) + length({a = 1})", 5),
        ("coalesce(null, \"\", \"x\")", "x"),
        ("try({a = 1}.b, \"none\")", "none"),
        ("can({a = 1}.b) || can([][0])", False),
        ("flatten([[1, [2]], [], 3])", [1, 2, 3]),
        ("keys({b = 1, a = 2})", ["a", "b"]),
        ("values({b = 1, a = 2})", [2, 1]),
        ("element([1, 2, 3], 4)", 2),
        ("contains([\"a\"], \"a\")", True),
        ("cidrsubnet(\"10.0.0.0/16\", 8, 3)", "10.0.3.0/24"),
        ("cidrhost(\"10.0.0.0/24\", 5)", "10.0.0.5"),
        ("zipmap([\"a\"], [1])", {"a": 1}),
        ("setunion([\"a\"], [\"b\", \"a\"])", ["a", "b"]),
        ("range(1, 7, 2)", [1, 3, 5]),
        ("slice([1, 2, 3], 1, 3)", [2, 3]),
        ("distinct([1, 1, 2])", [1, 2]),
        ("compact([\"\", \"a\"])", ["a"]),
        ("title(\"the end\")", "The End"),
        ("base64decode(base64encode(\"é\"))", "é"),
        ("tonumber(\"42\") + 1", 43),
        ("tobool(\"true\")", True),
        ("max(1, \"3\", 2)", 3),
        ("alltrue([true, \"true\"]) && !anytrue([])", True),
        ("trimsuffix(trimprefix(\"abc\", \"a\"), \"c\")", "b"),
    ],
)  # fmt: skip
def test_an_expression_has_the_value_that_terraform_gives_it(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert same(found, expected), "the type is Terraform's too"


@pytest.mark.parametrize(
    "text",
    [
        "var.gone",
        "timestamp()",
        "uuid()",
        "provider::aws::arn_parse(1)",
        "regex(\"a\", \"a\")",
        "replace(\"a\", \"/a/\", \"b\")",
        "format(\"%q\", 1)",
        "terraform.workspace",
        "1 / 0",
        "[1][7]",
        "{a = 1}.b",
        "\"a\" + 1",
        "one([1, 2])",
        "jsondecode(\"{\")",
        "join(\",\", 7)",
        "sensitive(1)",
        "[for x in 7 : x]",
        "{for x in [1, 1] : x => x}",
        "try(var.gone, 1)",
        "coalesce(var.gone, 1)",
        "[var.gone][*] == [1]",
        "file(\"x\")",
        "0.1 + 0.2",
        "7 / 2",
        "upper(\"ß\")",
        "length(\"e\u0301\")",
        "range(1.5)",
        "element([1], -1)",
        "contains([\"1\"], 1)",
        "[1] == tolist([1])",
        'try(format("%v", [1]), "none")',
        "tobool(1)",
        "{} != {}",
        "true && unknown_function()",
    ],
)  # fmt: skip
def test_what_is_refused_or_not_evaluated_is_not_known(text: str) -> None:
    assert find_unknown(value(text)) is not None


def test_what_is_sensitive_stays_so() -> None:
    hidden = Unknown("is sensitive", sensitive=True)
    for text in (
        '"a-${var.x}"',
        "upper(var.x)",
        "[var.x][0]",
        "var.x == 1 ? 1 : 2",
        "unheard_of(var.x)",
        "{a = var.x}.a",
        "false && var.x",
        'join("", [var.x])',
    ):
        found = value(text, x=hidden)
        assert isinstance(found, Unknown)
        assert found.sensitive, text


def test_a_template_file_is_read_as_it_stands() -> None:
    text = 'say "hi" \\n ${var.x}%{ if true }!%{ endif }\n'
    assert value_of(read_template(text), Scope(Room({"x": 1}))) == 'say "hi" \\n 1!\n'


LEAVES = st.sampled_from(
    ["var.x", "var.y", "1", "2", '"a"', '"b"', "true", "false", "null", "[]", "{}", '["a", var.x]']
)
ONE = ["upper(%s)", "length(%s)", "!%s", "-%s", "jsonencode(%s)", "[%s]", "{a = %s}", "%s[0]", "%s.a", '"<${%s}>"',
       "toset(%s)", "tolist(%s)", "keys(%s)", "values(%s)", "flatten(%s)", "try(%s, 7)", "can(%s)", "one(%s)",
       "[for v in %s : v]", "[for k, v in %s : k]", "{for k, v in %s : k => v}", "%s[*]", "distinct(%s)", "sort(%s)",
       "coalesce(%s, 3)", "tostring(%s)", "reverse(%s)", "jsondecode(jsonencode(%s))", "join(\"-\", %s)"]  # fmt: skip
TWO = ["%s == %s", "%s != %s", "%s && %s", "%s || %s", "%s + %s", "%s < %s", "merge(%s, %s)", "concat(%s, %s)",
       "contains(%s, %s)", "element(%s, %s)", "lookup(%s, \"a\", %s)", "[%s, %s]", "{a = %s, b = %s}", "try(%s, %s)",
       "coalesce(%s, %s)", "format(\"%%s%%s\", %s, %s)", "setunion(%s, %s)", "zipmap(%s, %s)"]  # fmt: skip
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(ONE), inner).map(lambda parts: parts[0] % f"({parts[1]})"),
        st.tuples(st.sampled_from(TWO), inner, inner).map(lambda parts: parts[0] % (f"({parts[1]})", f"({parts[2]})")),
        st.tuples(inner, inner, inner).map(lambda parts: "({}) ? ({}) : ({})".format(*parts)),
    ),
    max_leaves=6,
)
VALUES: tuple[Any, ...] = ("a", "b", "", "1", 1, 0, True, False, None, [], ["a"], ["b", "a"], {}, {"a": 1}, {"a": "b"})


@settings(max_examples=250, deadline=None)
@given(text=EXPRESSIONS)
def test_what_is_known_without_a_variable_holds_for_every_value_of_it(text: str) -> None:
    tree = expression(text)
    without = value_of(tree, Scope(Room({"x": Unknown("x is not known"), "y": 1})))
    if find_unknown(without) is not None:
        _parts_hold(tree, without)
        return
    for given_value in VALUES:
        found = value_of(tree, Scope(Room({"x": given_value, "y": 1})))
        if find_unknown(found) is None:
            assert alike(without, found), (text, given_value, without, found)


def _parts_hold(tree: Expression, without: Any) -> None:
    """Of a value that is known in part, the known parts hold too."""
    if isinstance(without, dict):
        for given_value in VALUES:
            found = value_of(tree, Scope(Room({"x": given_value, "y": 1})))
            for key, part in without.items():
                if find_unknown(part) is None and isinstance(found, dict) and find_unknown(found.get(key)) is None:
                    assert key in found
                    assert alike(part, found[key])


def alike(one: Any, other: Any) -> bool:
    """Equal, but for the type that Terraform converts a value to where another branch has one."""
    if isinstance(one, (bool, int, str)) and isinstance(other, (bool, int, str)):
        return to_text(one) == to_text(other)
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@pytest.mark.parametrize(
    "lines",
    [
        ['a = "x = 1"', "b = true", "c = true_x.y", "d = null_.z", "e = 10", "f = -0"],
        ["a=var.b.c  ", "", "  # between", "b = false"],
        ['a = "x"', 'a = "y"'],
        ["a = 1 // after", "b = 0123"],
        ['a = "ü"', "b-c = local.d-e"],
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_body_of_plain_attributes_is_read_as_through_the_tree(lines: list[str], ending: str) -> None:
    def read(*, through_the_tree: bool) -> object:
        above, below = (["# above"], ["f_ = [1]"]) if through_the_tree else ([], [])
        text = ending.join(['resource "t" "n" {', *above, *lines, *below, "}", ""])
        (block,) = read_native(text.encode(), "main.tf").blocks
        attributes = {name: one for name, one in block.attributes.items() if name != "f_"}
        return block.kind, block.labels, attributes, list(attributes), block.line

    assert read(through_the_tree=False) == read(through_the_tree=True)
    assert read(through_the_tree=False)[2]  # type: ignore[index]


@pytest.mark.parametrize(
    ("head", "labels"),
    [
        ('t "a" "b" {', ("a", "b")),
        ('t "a" b { # why', ("a", "b")),
        ('t "a" "b" { # why', ("a", "b")),
        ("t a {", ("a",)),
        ("t {", ()),
        ('t "a\\"b" {', ('a"b',)),
        ('t "a" /* x */ {', ("a",)),
    ],
)
@pytest.mark.parametrize("within", ["", "# nothing", "x = 1", "# first\n  x = 1"])
def test_a_block_has_its_labels_and_its_body_however_it_begins(head: str, labels: tuple[str, ...], within: str) -> None:
    (block,) = read_native(f"{head}\n  {within}\n}}\n".encode(), "main.tf").blocks
    assert (block.kind, block.labels) == ("t", labels)
    assert block.attributes.keys() == ({"x"} if "x" in within else set())
