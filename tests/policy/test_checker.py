"""The typed checker: what it types, what it refuses, and where it says so."""

from __future__ import annotations

import pytest
from policy_shapes import VARIABLES

from grc.model.types import ListType, MapType, OptionalType, Primitive
from grc.policy.checker import Checked, Refused, check
from grc.policy.parser import parse
from grc.policy.reads import reads
from grc.policy.unification import show
from grc.policy.usage import names


def checked(source: str) -> Checked:
    return check(parse(source), VARIABLES, source)


def refusals(source: str) -> list[tuple[int, str]]:
    with pytest.raises(Refused) as caught:
        checked(source)
    return [(refusal.offset, refusal.message) for refusal in caught.value.refusals]


TYPED = {
    "1": "int",
    "1u": "uint",
    "1.5": "double",
    "'a'": "string",
    "b'a'": "bytes",
    "true": "bool",
    "[1, 2]": "list(int)",
    "[1, 'a']": "list(dyn)",
    "[]": "list(dyn)",
    "[[], [1]]": "list(list(int))",
    "{'a': 1}": "map(string, int)",
    "{'a': 1, 'b': 'c'}": "map(string, dyn)",
    "{}": "map(dyn, dyn)",
    "resource.Name": "string",
    "resource['Name']": "string",
    "resource.`Name`": "string",
    ".resource.Name": "string",
    "resource.?encryption": "optional(aws.s3.bucket.encryption)",
    "resource.?encryption.?Rules": "optional(list(aws.s3.bucket.encryption.Rules[]))",
    "resource.?encryption.Rules": "optional(list(aws.s3.bucket.encryption.Rules[]))",
    "resource[?'Age']": "optional(int)",
    "resource.?Age.orValue(0)": "int",
    "resource.?encryption.?Rules.orValue([])": "list(aws.s3.bucket.encryption.Rules[])",
    "resource.?encryption.?Rules.orValue([])[?0]": "optional(aws.s3.bucket.encryption.Rules[])",
    "resource.?tags[?'a'].orValue('')": "string",
    "resource.?policy.?Statement": "optional(dyn)",
    "optional.none()": "optional(dyn)",
    "optional.none().orValue(1)": "int",
    "optional.of(resource.Name)": "optional(string)",
    "keys": "list(aws.kms.key)",
    "keys[0]": "aws.kms.key",
    "keys[0].KeyId": "string",
    "keys.map(k, k.KeyId)": "list(string)",
    "keys.map(k, has(k.State), k.State)": "list(string)",
    "keys.filter(k, k.Rotates == true)": "list(aws.kms.key)",
    "keys.exists_one(k, true)": "bool",
    "numbers.transformList(i, n, n + i)": "list(int)",
    "numbers.transformMap(i, n, 'a')": "map(int, string)",
    "texts.transformMapEntry(i, t, {t: i})": "map(string, int)",
    "{'a': 1}.transformMap(k, v, v > 0, v)": "map(string, int)",
    "{'a': 1}.map(k, k)": "list(string)",
    "numbers.sortBy(n, -n)": "list(int)",
    "any.foo[0].bar": "dyn",
    "any.map(x, x)": "list(dyn)",
    "any + any": "dyn",
    "any + 1": "int",
    "any == 1 ? 1 : 2": "int",
    "true ? [] : [1]": "list(int)",
    "true ? 'a' : any": "dyn",
    "as_of - limit": "timestamp",
    "as_of - as_of": "duration",
    "size(texts) + 'abc'.size()": "int",
    "'a,b'.split(',')": "list(string)",
    "texts.join(',')": "string",
    "math.greatest(1, 2)": "int",
    "type(resource.Name) == string": "bool",
    "type(as_of) == google.protobuf.Timestamp": "bool",
    "cel.bind(x, 1 + 1, x * x)": "int",
    "resource.?encryption.optMap(e, e.?Mode.orValue(''))": "optional(string)",
    "resource.?encryption.optFlatMap(e, e.?Mode)": "optional(string)",
    "dyn(1)": "dyn",
    "org.name": "dyn",
    "subject.tags.Owner": "string",
    "texts.first().orValue('')": "string",
    "sets.contains(texts, ['a'])": "bool",
    "has(resource.Age) ? resource.Age : null": "int",
}


@pytest.mark.parametrize("source", TYPED)
def test_types(source: str) -> None:
    assert show(checked(source).type) == TYPED[source]


REFUSED = {
    "nope": (0, "there is no 'nope' here"),
    "resourc.Name": (0, "there is no 'resourc' here: did you mean 'resource'?"),
    "resource.Nam == 'x'": (9, "aws.s3.bucket has no field 'Nam': did you mean 'Name'?"),
    "has(resource.name)": (13, "aws.s3.bucket has no field 'name': did you mean 'Name'?"),
    "resource.?age.orValue(1)": (10, "aws.s3.bucket has no field 'age': did you mean 'Age'?"),
    "resource['Nam']": (10, "aws.s3.bucket has no field 'Nam': did you mean 'Name'?"),
    "resource.`Nam`": (10, "aws.s3.bucket has no field 'Nam': did you mean 'Name'?"),
    "resource[resource.Name]": (9, "a field of aws.s3.bucket is named by a literal text"),
    "resource.Name.length": (14, "string has no fields"),
    "keys.KeyId": (5, "list(aws.kms.key) has no fields"),
    "keys['a']": (5, "a list is indexed by an int, not string"),
    "subject.tags[1]": (13, "the keys of this map are string, not int"),
    "resource.Name[0]": (0, "string cannot be indexed"),
    "resource.Name == 1": (0, "string and int are never equal"),
    "1 == 1.0": (0, "int and double are never equal: convert one with int(…), uint(…) or double(…)"),
    "resource.?Age == 3": (0, "optional(int) and int are never equal: take the optional's value with .orValue(…)"),
    "texts == numbers": (0, "list(string) and list(int) are never equal"),
    "resource == keys[0]": (0, "aws.s3.bucket and aws.kms.key are never equal"),
    "1 in texts": (0, "int is never in list(string)"),
    "'a' in resource": (0, "aws.s3.bucket has declared fields: use has(…) to ask for one"),
    "1 in 2": (5, "'in' looks into a list or a map, not int"),
    "1 + 'a'": (0, "+ does not go with int and string"),
    "!1": (0, "! does not go with int"),
    "-'a'": (0, "- does not go with string"),
    "1 && true": (0, "an operand of && must be a bool, not int"),
    "true || 'a'": (8, "an operand of || must be a bool, not string"),
    "1 ? 2 : 3": (0, "the condition before ? must be a bool, not int"),
    "true ? 1 : 'a'": (0, "gives int or string: both branches must be alike"),
    "texts.foo()": (6, "there is no function 'foo'"),
    "'a'.startWith('b')": (4, "there is no function 'startWith': did you mean 'startsWith'?"),
    "startsWith('a', 'b')": (0, "'startsWith' is a method: x.startsWith(…)"),
    "'1'.int()": (4, "'int' is a function: int(x)"),
    "'a'.startsWith(1)": (4, "startsWith does not take (string, int), but (string, string)"),
    "resource.Name.all(c, true)": (0, "all goes over a list or a map, not string"),
    "resource.all(k, true)": (0, "aws.s3.bucket has declared fields: all goes over a list or a map"),
    "numbers.all(n, n)": (15, "the condition of all must be a bool, not int"),
    "numbers.exists(resource, true)": (0, "'resource' hides another name: choose one of its own"),
    "numbers.all(n, numbers.all(n, true))": (15, "'n' hides another name: choose one of its own"),
    "numbers.all(string, true)": (0, "'string' hides another name: choose one of its own"),
    "cel.bind(any, 1, any)": (0, "'any' hides another name: choose one of its own"),
    "resource.Name.optMap(n, n)": (0, "optMap works on an optional value, not on string"),
    "optional.of(1).optFlatMap(n, n)": (29, "optFlatMap gives an optional value, not int"),
    "texts.transformMapEntry(i, t, t)": (30, "transformMapEntry makes entries from maps, not from string"),
    "[?1]": (2, "? before an element asks for an optional value, not int"),
    "{1.5: 2}": (1, "a key is a string, an int, a uint or a bool, not double"),
    "[1].exists(x, .x == 1)": (14, "there is no 'x' here"),
    "as_of > timestamp('2026-13-01T00:00:00Z')": (8, None),
    "limit > duration('90d')": (8, None),
    "int('x') == 1": (0, None),
    "resource.Name.matches('[a')": (0, None),
    "'a'.matches('(?=a)')": (0, None),
    "resource.Name == null": (0, "string is never null here"),
    "null != 1": (0, "int is never null here"),
    "resource.State == 'ACTIV'": (18, "the field is never 'ACTIV': did you mean 'ACTIVE'?"),
    "'x' != resource.State": (0, "the field is never 'x': it is one of ACTIVE, DELETED"),
    "resource.?State.orValue('none') in ['none', 'OPEN']": (
        44,
        "the field is never 'OPEN': it is one of ACTIVE, DELETED, none",
    ),
    "resource.?State.value() == 'active'": (27, "the field is never 'active': did you mean 'ACTIVE'?"),
    "subject.origin == 'lives'": (18, "the field is never 'lives': did you mean 'live'?"),
}


@pytest.mark.parametrize("source", REFUSED)
def test_refuses(source: str) -> None:
    offset, message = REFUSED[source]
    ((found, text),) = refusals(source)
    assert found == offset
    assert text == message or (message is None and text.startswith("always fails: "))


def test_every_problem_is_collected_in_order() -> None:
    assert [offset for offset, _ in refusals("resource.A == 1 && 'b' > 2 && nope")] == [9, 19, 30]


def test_the_error_says_line_and_column_of_the_first() -> None:
    with pytest.raises(Refused) as caught:
        checked("resource.Name == 'x' &&\n  resource.Nope == 'y'")
    assert (caught.value.line, caught.value.column) == (2, 12)


def test_a_default_that_is_not_literal_lifts_the_enum() -> None:
    assert checked("resource.?State.orValue(resource.Name) == 'anything'").type is Primitive.BOOL


@pytest.mark.parametrize(
    "source", ["1 in any", "any in texts", "any == 1", "any == null", "any.x > 'a'", "any ? 1 : 2"]
)
def test_dyn_fits_everywhere(source: str) -> None:
    checked(source)


def test_the_result_can_be_required() -> None:
    with pytest.raises(Refused, match="must give bool, not int"):
        check(parse("1"), {}, "1", result=Primitive.BOOL)
    source = "resource.Public"
    with pytest.raises(Refused, match="must give bool, not something that may be absent"):
        check(parse(source), VARIABLES, source, result=Primitive.BOOL)


def test_every_node_has_a_type_and_calls_their_overloads() -> None:
    found = checked("resource.?Age.orValue(0) + 1 > 2")
    assert OptionalType(Primitive.INT) in found.types.values()
    assert sorted(len(overloads) for overloads in found.calls.values()) == [1, 1, 1]
    untyped = checked("any + any")
    (overloads,) = untyped.calls.values()
    assert len(overloads) > 3


def test_generic_parameters_are_one_type() -> None:
    assert checked("['a'].slice(0, 1)").type == ListType(Primitive.STRING)
    assert refusals("[1].filter(x, true) + ['a']") == [(0, "+ does not go with list(int) and list(string)")]
    assert checked("{'a': [1]}").type == MapType(Primitive.STRING, ListType(Primitive.INT))


def nested(opening: str, inner: str, closing: str, levels: int) -> str:
    return opening * levels + inner + closing * levels


@pytest.mark.parametrize(
    "source",
    [
        nested("!(", "true", ")", 60),
        nested("(true && (false || ", "true", "))", 30),
        nested("[", "1", "]", 120) + " == []",
        nested("false ? false : (", "true", ")", 60),
        "resource.policy == null || resource.policy" + ".a" * 100 + " == 1",
        "".join(f"numbers.all(n{level}, " for level in range(100)) + "true" + ")" * 100,
        "".join(f"cel.bind(n{level}, {level}, " for level in range(100)) + "true" + ")" * 100,
        " && ".join(["has(resource.Age)"] * 4000),
        " || ".join(f"resource.Name == '{number}'" for number in range(3000)),
        "resource.Name in [" + ", ".join(["'a'"] * 15000) + "]",
    ],
    ids=range(10),
)
def test_deep_and_long_expressions_are_typed_and_read(source: str) -> None:
    found = checked(source)
    assert found.type is Primitive.BOOL
    assert set(reads(found, ["resource"])) == {"resource"}
    assert len(names(found.expression)) <= 101
