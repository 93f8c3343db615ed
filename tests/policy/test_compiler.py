"""Generated Python against the exact interpreter: where it answers at all, it answers alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from policy_shapes import BUCKET, KEY, KINDS, check_of, days, keys
from typed_expressions import bodies, bools

from grc import canonical
from grc.model.catalogue import Check, Parameter, ParameterType
from grc.model.evidence import Origin
from grc.model.identifiers import Place, SubjectId
from grc.model.status import Verdict
from grc.policy import CheckErrors, compile_check
from grc.policy.binding import record, subject
from grc.policy.compiler import NOT_APPLICABLE, Answer, CompiledKind, compile_kind, compile_message
from grc.policy.explain import judge
from grc.policy.program import CheckProgram
from grc.policy.projection import record_type, touched_by

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
PLACE = Place("aws/111122223333")
ORG: Mapping[str, object] = {"tag": "DataClass", "limit": 3, "nothing": None}
VERDICTS: Mapping[Answer, Verdict] = {
    True: Verdict.PASS,
    False: Verdict.FAIL,
    NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}


def compiled(*programs: CheckProgram) -> CompiledKind:
    return compile_kind(programs, AS_OF, ORG)


def answers(
    programs: CompiledKind, body: Mapping[str, object], related: list[Any], tags: Mapping[str, str] | None
) -> tuple[Answer, ...]:
    """What generated code says; None for all where the record is not as declared."""
    line = {"body": body, "subject": "s", **({} if tags is None else {"tags": tags})}
    try:
        found = msgspec.json.decode(canonical.encode(line), type=programs.line)
    except msgspec.MsgspecError:
        return (None,) * len(programs.programs)
    (answer,) = programs.judge([found], PLACE, Origin.LIVE.value, indexes(programs, related))
    return (True,) * len(programs.programs) if answer is True else answer  # type: ignore[return-value]


def indexes(programs: CompiledKind, related: list[Any]) -> list[Mapping[Any, list[Any]]]:
    """The related records by key, for each join."""
    touched = frozenset(touched_by(KEY.shape, [""])).union(*programs.touched)
    kind = record_type(KEY.shape, touched, tags=False)
    index: dict[Any, list[Any]] = {}
    for body in related:
        held = msgspec.convert({"body": body, "subject": "k"}, kind).body  # type: ignore[attr-defined]
        index.setdefault(body["KeyId"], []).append(held)
    return [index for _ in programs.joins]


def exactly(
    program: CheckProgram, body: Mapping[str, object], related: list[Any], tags: Mapping[str, str] | None
) -> Verdict:
    """What the interpreter says."""
    bindings = program.bindings(
        resource=record(body, BUCKET.shape),
        subject=subject(SubjectId("s"), PLACE, Origin.LIVE, tags),
        as_of=AS_OF,
        org=ORG,
    )
    for join in program.related:
        (match,) = join.matches
        key = match.expression.outcome(bindings)
        bindings[join.name] = [record(each, KEY.shape) for each in related if each["KeyId"] == key]
    return judge(program, bindings)


def agreed(
    check: Check, body: Mapping[str, object], related: list[Any] | None = None, tags: Mapping[str, str] | None = None
) -> Answer:
    """The answer of generated code, once it is known to be the interpreter's."""
    program = compile_check(check, KINDS)
    (answer,) = answers(compiled(program), body, related or [], tags)
    if answer is not None:
        assert VERDICTS[answer] is exactly(program, body, related or [], tags)
    return answer


def spoilt(body: dict[str, Any], draw: st.DrawFn) -> dict[str, Any]:
    """A body with one value that is not as declared."""
    odd = st.sampled_from(
        [None, 2**63, -(2**63) - 1, 1.5, True, "2020-01-01T00:00:00.0000001Z", [], {}, [None], "x", 0]
    )
    field = draw(st.sampled_from(sorted(BUCKET.shape.fields)))
    return {**body, field: draw(odd)}


@st.composite
def odd_bodies(draw: st.DrawFn) -> dict[str, Any]:
    body: dict[str, Any] = draw(bodies)
    return spoilt(body, draw) if draw(st.booleans()) else body


related_bodies = st.lists(
    st.fixed_dictionaries(
        {"KeyId": st.sampled_from(["", "a", "b"])},
        optional={"State": st.sampled_from(["Enabled", "Disabled"]), "Rotates": st.booleans()},
    ),
    max_size=3,
)


def checked(source: str) -> Check:
    """A check of a random condition, the parts of it that no check has made constants."""
    source = source.replace("numbers", "[1, 2]")
    relate = (keys("resource.?KeyId.orValue('b')"),) if "keys" in source else ()
    return check_of(source, relate=relate)


@settings(deadline=None, max_examples=300)
@given(source=bools(depth=3), body=odd_bodies(), related=related_bodies)
def test_random_conditions_are_answered_alike(source: str, body: dict[str, Any], related: list[Any]) -> None:
    try:
        agreed(checked(source), body, related)
    except CheckErrors:
        assume(False)


PARAMETERS = (
    Parameter(name="words", type=ParameterType.LIST, value=("a", "ACTIVE")),
    Parameter(name="most", type=ParameterType.INT, value=3),
    days("age", 90),
)
FULL: Mapping[str, Any] = {
    "Name": "a",
    "Age": 3,
    "Score": 1.5,
    "Public": True,
    "Created": "2026-05-01T00:00:00Z",
    "State": "ACTIVE",
    "KeyId": "k1",
    "tags": {"a": "1", "b": "2"},
    "policy": {"Statement": [{"Effect": "Allow", "Action": ["s3:*"], "n": 1}, {"Effect": "Deny"}]},
    "grants": ["a", "b"],
    "encryption": {"Rules": [{"Id": "1", "Algorithm": "aes", "Enabled": True, "Days": 2}, {"Id": "2"}], "Mode": "x"},
}
RULES = "resource.?encryption.?Rules.orValue([])"
COMPILED = [
    "resource.Public == true",
    "resource.Public != true",
    "!(resource.Public == true)",
    "has(resource.Public) && resource.Public",
    "has(resource.Public) && !resource.Public",
    "resource.State in ['ACTIVE', 'x'] || resource.?KeyId.hasValue()".replace("resource.State", "resource.Name"),
    "resource.?State.orValue('') in params.words && resource.Name in params.words",
    "resource.?Age.orValue(0) + 1 <= params.most",
    "resource.?Age.orValue(0) * 2 - 1 > 4",
    "resource.?Score.orValue(0.0) >= 1.5",
    "has(resource.Created) && as_of - resource.Created < params.age",
    "has(resource.Created) && resource.Created < as_of",
    "resource.?Created.orValue(as_of) == as_of",
    f"{RULES}.exists(r, r.Algorithm == 'aes')",
    f"{RULES}.all(r, r.Id != '' && r.?Days.orValue(0) < 5)",
    f"{RULES}.exists_one(r, r.Enabled == true)",
    f"{RULES}.filter(r, r.Enabled == true).size() == 1",
    f"{RULES}.map(r, r.Id) == ['1', '2']",
    f"{RULES}.all(i, r, i >= 0 && r.Id != '')",
    f"{RULES}.exists(r, {RULES}.exists(q, q.Id != r.Id))",
    "size(resource.Name) == 1 && resource.Name.startsWith('a') && !resource.Name.endsWith('b')",
    "resource.Name.contains('a') || resource.Name.matches('^a+$')",
    "resource.Name.lowerAscii() == 'a'",
    "has(resource.tags) && resource.tags.exists(k, k == 'a') && 'a' in resource.tags",
    "has(resource.tags) && resource.tags.all(k, v, k != v) && resource.tags['a'] == '1'",
    "resource.?tags.?a.orValue('') == '1'",
    "has(resource.grants) && 'a' in resource.grants && size(resource.grants) == 2",
    "has(resource.grants) && resource.grants == ['a', 'b']",
    "has(resource.grants) && resource.grants[0] == 'a'",
    "resource.?policy.?Statement.orValue([]).exists(s, s.Effect == 'Deny')",
    "has(resource.policy) && resource.policy.Statement[0].Action.exists(a, a == 's3:*')",
    "has(resource.policy) && resource.policy.Statement[0].n == 1 && 's3:*' in resource.policy.Statement[0].Action",
    "resource.?policy.?Statement.orValue([]).all(s, s.?Principal.orValue('') != '*')",
    "has(resource.encryption) && has(resource.encryption.Mode) ? resource.encryption.Mode == 'x' : false",
    f"(has(resource.Age) ? {RULES}.size() : 0) == 2",
    "cel.bind(m, resource.?encryption.?Mode.orValue(''), m == 'x' || m == '')",
    "resource.?encryption.optMap(e, e.?Mode.orValue('a')).orValue('b') == 'x'",
    "has(resource.encryption.Mode) && !has(resource.encryption.Rules) || has(resource.encryption.Rules)",
    "resource.encryption == null || resource.encryption.Mode != null",
    "subject.id == 's' && subject.place == 'aws/111122223333' && subject.origin == 'live'",
    "subject.tags.exists(k, k == 'DataClass') && subject.tags[org.tag] == 'personal'",
    "subject.tags[?org.tag].orValue('') == 'personal' && org.tag in subject.tags",
    "has(resource.policy) && resource.policy.Statement[org.limit - 3].Effect == 'Allow'",
    "org.limit == 3",
    "resource.?tags[?'a'].orValue('') == '1' && resource.?grants[?1].orValue('') == 'b'",
    "resource.?grants[0].orValue('') == 'a' && !resource.?grants[?7].hasValue()",
    "resource.?policy.?Statement[?0].?Effect.orValue('') == 'Allow'",
    f"{RULES} != [] && resource.?grants.orValue([]) != [] && [] != {RULES}",
    f"[{RULES}, {RULES}.filter(r, r.Id == '2')].exists(rs, rs.size() == 1)",
    f"(resource.Name == 'a' ? {RULES} : []).size() == 2",
    f"(resource.Name == 'b' ? {RULES}.filter(r, true) : {RULES}).exists(r, r.Id == '2')",
    "['x', ?resource.?KeyId, ?resource.?Owner].size() == 2",
    "![?resource.?Created].exists(t, as_of - t < duration('1h'))",
    "resource.?KeyId.or(optional.of('x')).value() == 'k1'",
]


@pytest.mark.parametrize("source", COMPILED)
def test_is_compiled_and_decides(source: str) -> None:
    """These are worth their speed: none is left to the interpreter on a record that has everything."""
    used = tuple(each for each in PARAMETERS if f"params.{each.name}" in source)
    answer = agreed(check_of(source, parameters=used), FULL, tags={"DataClass": "personal"})
    assert answer is True or answer is False


@pytest.mark.parametrize("source", COMPILED)
@settings(deadline=None, max_examples=25)
@given(body=odd_bodies())
def test_is_answered_alike_on_any_record(source: str, body: dict[str, Any]) -> None:
    used = tuple(each for each in PARAMETERS if f"params.{each.name}" in source)
    agreed(check_of(source, parameters=used), body, tags={"DataClass": "personal"})


@pytest.mark.parametrize("body", [{}, FULL, {"Name": "a", "encryption": {}}, {"Name": "a", "grants": []}])
def test_when_is_asked_first(body: Mapping[str, object]) -> None:
    check = check_of("resource.Public == true", when="has(resource.Name) && resource.Name == 'a'")
    assert agreed(check, {"Name": "b"}) == NOT_APPLICABLE
    agreed(check, body)


def test_an_absent_key_is_left_to_the_interpreter() -> None:
    """A kind's key is never absent: where it is, nothing may be concluded from it."""
    assert agreed(check_of("resource.Name != 'b'"), {}) is None


def test_tags_that_were_not_read_are_left_to_the_interpreter() -> None:
    check = check_of("!subject.tags.exists(k, k == 'a')")
    assert agreed(check, {"Name": "a"}, tags=None) is None
    assert agreed(check, {"Name": "a"}, tags={}) is True
    assert agreed(check_of("subject.tags == {'a': 'b'}"), {"Name": "a"}, tags=None) is None


@pytest.mark.parametrize("age", [2**63 - 1, -(2**63), 2**62])
def test_overflow_is_never_an_answer(age: int) -> None:
    for source in (
        "resource.?Age.orValue(0) * 2 > 0",
        "resource.?Age.orValue(0) + 1 != 0",
        "-resource.?Age.orValue(0) < 0",
    ):
        agreed(check_of(source), {"Name": "a", "Age": age})
    assert agreed(check_of("resource.?Age.orValue(0) * 4 != 1"), {"Name": "a", "Age": age}) is None


@pytest.mark.parametrize(
    "body",
    [
        {"Name": "a", "Public": None},
        {"Name": "a", "Public": 1},
        {"Name": "a", "Public": "true"},
        {"Name": 1, "Public": True},
    ],
)
def test_what_is_not_as_declared_is_left_to_the_interpreter(body: Mapping[str, object]) -> None:
    check = check_of("resource.Public == true && resource.Name != ''")
    assert agreed(check, body) is None


def test_instants_finer_than_microseconds_are_left_to_the_interpreter() -> None:
    check = check_of("has(resource.Created) && resource.Created <= as_of")
    assert agreed(check, {"Name": "a", "Created": "2026-06-01T00:00:00.0000001Z"}) is None
    assert agreed(check, {"Name": "a", "Created": "2026-06-01T00:00:00.000001Z"}) is False
    assert agreed(check, {"Name": "a", "Created": "2026-06-01T02:00:00+02:00"}) is True


def test_a_bool_is_no_number_inside_untyped_evidence() -> None:
    for source in (
        "resource.policy.n == 1",
        "resource.policy.n == true",
        "1 in resource.policy.l",
        "resource.policy.n in [1]",
    ):
        for policy in ({"n": 1, "l": [True]}, {"n": True, "l": [1]}, {"n": 1.0, "l": [1.0]}):
            agreed(check_of(f"has(resource.policy) && {source}"), {"Name": "a", "policy": policy})
    assert (
        agreed(check_of("has(resource.policy) && resource.policy.n == 1"), {"Name": "a", "policy": {"n": True}})
        is False
    )
    assert (
        agreed(check_of("has(resource.policy) && 1 in resource.policy.l"), {"Name": "a", "policy": {"l": [True]}})
        is False
    )


def test_lists_of_anything_are_compared_by_cel() -> None:
    body = {"Name": "a", "policy": {"n": True}}
    assert agreed(check_of("has(resource.policy) && [resource.policy.n] == [1]"), body) is False


def test_a_negative_index_is_an_error() -> None:
    assert agreed(check_of("has(resource.grants) && resource.grants[-1] == 'b'"), FULL) is None
    assert agreed(check_of("resource.?grants[?-1].hasValue()"), FULL) in (None, False)


def test_an_index_that_is_an_error_is_one_whatever_it_is_asked_of() -> None:
    assert (
        agreed(check_of("!resource.?tags[?string(1 / size(resource.?grants.orValue([])))].hasValue()"), {"Name": "a"})
        is None
    )


def test_exactly_one_is_not_two() -> None:
    rules = [{"Id": "1", "Enabled": True}, {"Id": "2", "Enabled": True}]
    check = check_of(f"{RULES}.exists_one(r, r.Enabled == true)")
    assert agreed(check, {"Name": "a", "encryption": {"Rules": rules}}) is False


def test_a_bool_is_never_taken_for_false_because_it_is_absent() -> None:
    """The checker refuses such a use; were it to let one through, the answer would still be the interpreter's."""
    made = compiled(compile_check(check_of("has(resource.Public) && (resource.Public || !resource.Public)"), KINDS))
    assert "TRUTH[body." in made.source
    assert "NOT[body." in made.source
    (flag,) = (name for name in made.line.__annotations__["body"].__struct_fields__)
    held = msgspec.json.decode(b'{"body":{},"subject":"s"}', type=made.line)
    assert getattr(held.body, flag) is None  # type: ignore[attr-defined]


def test_a_join_by_untyped_values_is_left_to_the_interpreter() -> None:
    program = compile_check(check_of("size(keys) == 1", relate=(keys("resource.?policy.orValue('x')"),)), KINDS)
    assert compiled(program).left_out == {0}


def test_text_is_not_a_list_of_its_characters() -> None:
    assert (
        agreed(check_of("has(resource.policy) && '*' in resource.policy.a"), {"Name": "a", "policy": {"a": "x*"}})
        is None
    )


def test_whole_objects_are_left_to_the_interpreter() -> None:
    """Only the fields that are read are decoded: two objects that differ elsewhere would look the same."""
    source = f"{RULES}.exists(r, r in {RULES}.filter(q, q.Id == '1'))"
    body = {"Name": "a", "encryption": {"Rules": [{"Id": "1", "Days": 1}, {"Id": "2"}]}}
    assert agreed(check_of(source), body) is None
    program = compile_check(check_of("resource.encryption == resource.encryption"), KINDS)
    assert compiled(program).left_out == {0}


def test_below_an_absent_object_nothing_is_there() -> None:
    assert agreed(check_of("!has(resource.encryption.Mode)"), {"Name": "a"}) is True
    assert agreed(check_of("resource.?encryption.?Mode.hasValue()"), {"Name": "a"}) is False


def test_nested_loops_over_much_are_left_to_the_interpreter() -> None:
    rules = [{"Id": str(number)} for number in range(400)]
    source = f"{RULES}.all(r, {RULES}.exists(q, q.Id == r.Id + '') && {RULES}.all(p, p.Id != ''))"
    program = compile_check(check_of(source), KINDS)
    assert answers(compiled(program), {"Name": "a", "encryption": {"Rules": rules}}, [], None) == (None,)


def test_very_deep_conditions_are_left_out_and_the_rest_is_not() -> None:
    deep = "!" * 100 + "has(resource.Age)"
    programs = compiled(compile_check(check_of(deep), KINDS), compile_check(check_of("resource.Name == 'a'"), KINDS))
    assert programs.left_out == {0}
    assert answers(programs, {"Name": "a"}, [], None) == (None, True)


def test_more_than_python_takes_is_left_out_and_the_rest_is_not() -> None:
    """Python has a bound on blocks inside blocks."""
    nested = "true"
    for number in range(24):
        nested = f"{RULES}.exists(r{number}, {nested})"
    programs = compiled(compile_check(check_of(nested), KINDS), compile_check(check_of("resource.Name == 'a'"), KINDS))
    assert programs.left_out == {0}
    assert answers(programs, {"Name": "a"}, [], None) == (None, True)


MESSAGES = [
    "plain",
    "",
    "{resource.Name} {resource.Age} {resource.?KeyId} {resource.Public}",
    "{subject.id} in {subject.place} ({subject.origin}) {subject.tags}",
    "{resource.?encryption.?Mode.orValue('none')} {size(resource.?grants.orValue([]))} {as_of}",
    "{resource.Created} {resource.grants} {resource.tags} {resource.Score}",
    "{resource.?policy.?Statement} {resource.?tags[?'a']}",
    "{resource.?encryption.?Rules.orValue([]).map(r, r.Id).join(', ')}",
    "{resource.Owner} and {resource.Secret} are withheld",
    "{{braces}} {resource.Name}",
    f"{{{RULES}.filter(r, {RULES}.exists(q, q.Id == r.Id)).size()}}",
]


@pytest.mark.parametrize("text", MESSAGES)
@settings(deadline=None, max_examples=25)
@given(body=odd_bodies(), tags=st.none() | st.just({"a": "b"}))
def test_a_message_is_told_alike(text: str, body: dict[str, Any], tags: Mapping[str, str] | None) -> None:
    program = compile_check(check_of("resource.Name == 'b'", fail=text), KINDS)
    made = compile_message(program, AS_OF, ORG)
    assert made is not None
    line = {"body": body, "subject": "s", **({} if tags is None else {"tags": tags})}
    try:
        found = msgspec.json.decode(canonical.encode(line), type=made.line)
    except msgspec.MsgspecError:
        return
    told = made.tell(found, PLACE, Origin.LIVE.value)
    body = json.loads(canonical.encode(body))  # maps are shown in the order in which they are stored
    about = subject(SubjectId("s"), PLACE, Origin.LIVE, tags)
    bindings = program.bindings(resource=record(body, BUCKET.shape), subject=about, as_of=AS_OF, org=ORG)
    assert told is None or told == program.fail.render(bindings)


@pytest.mark.parametrize("text", MESSAGES)
def test_a_message_of_a_whole_record_is_told(text: str) -> None:
    made = compile_message(compile_check(check_of("resource.Name == 'b'", fail=text), KINDS), AS_OF, ORG)
    assert made is not None
    line = {"body": FULL, "subject": "s", "tags": {}}
    assert made.tell(msgspec.json.decode(canonical.encode(line), type=made.line), PLACE, "live") is not None


def test_an_object_in_a_message_is_told_by_the_interpreter() -> None:
    for text in ("{resource.encryption}", "{resource.?encryption}", "{resource.?encryption.?Rules}"):
        program = compile_check(check_of("resource.Name == 'b'", fail=text), KINDS)
        assert compile_message(program, AS_OF, ORG) is None


def test_no_text_of_an_expression_is_in_the_source() -> None:
    hostile = "x'); import os; os.system('true') #\\n\\\"\"\""
    source = f"resource.Name == {hostile!r} || 'k-{hostile.encode().hex()}' in resource.?tags.orValue({{}})"
    program = compile_check(check_of(source), KINDS)
    made = compiled(program).source
    assert "import" not in made
    assert hostile.encode().hex() not in made
    assert agreed(check_of(source), {"Name": hostile.replace("\\n", "\n").replace('\\"', '"')}) in (True, False)


def test_an_index_that_may_lack_records_decides_nothing() -> None:
    program = compile_check(check_of("keys.all(k, k.Rotates == true)", relate=(keys("resource.Name"),)), KINDS)
    made = compiled(program)
    held = msgspec.json.decode(b'{"body":{"Name":"a"},"subject":"s"}', type=made.line)
    assert made.judge([held], PLACE, "live", [None]) == [(None,)]
    assert made.judge([held], PLACE, "live", [{}]) == [True]


def test_null_matches_nothing() -> None:
    check = check_of("keys.all(k, k.Rotates == true)", relate=(keys("resource.KeyId"),))
    assert agreed(check, {"Name": "a"}, [{"KeyId": "a", "Rotates": False}]) is True
