"""The quick look at lines says yes only to what the exact way says yes to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from evidence_samples import DENIED, population, record
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.canonical import encode
from grc.errors import EvidenceError
from grc.evidence.lines import record_from, record_line
from grc.evidence.quick import headed, moment, plainly_canonical
from grc.evidence.shapes import CLOSE, MOST_KEYS, OFTEN, PATIENCE, RecordLook, Shape, observed_look

TEXTS = st.text() | st.sampled_from([chr(code) for code in (*range(0x20), 0x22, 0x2F, 0x5C, 0x7F, 0x2028, 0x1F600)])
DATA = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.none(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=4),
    max_leaves=8,
)


def exactly(line: bytes) -> bool:
    """Whether the exact way takes a line of the buckets' population."""
    try:
        found = record_from(line)
        unit = population().unit
        return record_line(found) == line and (found.kind, found.place) == (unit.kind, unit.place)
    except EvidenceError:
        return False


def quickly(line: bytes) -> bool:
    plain = plainly_canonical(line + b"\n")
    return plain is not None and len(plain) == 1 and headed(population(), plain[0]) is not None


def shaped(line: bytes, *known: bytes) -> bool:
    """Whether a look through the shape of known lines takes a line."""
    shape = Shape()
    shape.learn([json.loads(each) for each in known])
    found = RecordLook(population(), shape).lines(line + b"\n")
    return found is not None and len(found) == 1 and moment(found[0].collected) is not None


@settings(max_examples=50)
@given(body=st.dictionaries(TEXTS, DATA, max_size=4), other=st.dictionaries(TEXTS, DATA, max_size=4))
def test_what_fits_a_shape_the_exact_way_takes(body: dict[str, Any], other: dict[str, Any]) -> None:
    said, known = (json.loads(encode(record("a"))) | {"body": each} for each in (body, body | other))
    for line in (encode(said), json.dumps(said, sort_keys=True, separators=(",", ":")).encode()):
        assert exactly(line) or not shaped(line, encode(known)), line


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_fraction_fits_a_shape_only_as_the_canonical_form_writes_it(number: float) -> None:
    line = encode(record("a", body={"n": number}))
    other = line.replace(repr(number).encode(), json.dumps(number).upper().encode())
    shorter = line.replace(repr(number).encode(), repr(number).replace("e-0", "e-").replace("e+", "e").encode())
    for each in (line, other, shorter):
        assert exactly(each) or not shaped(each, line), each


@given(body=st.dictionaries(TEXTS, DATA, max_size=4), tags=st.none() | st.dictionaries(TEXTS, DATA, max_size=2))
def test_what_the_quick_look_takes_the_exact_way_takes(body: dict[str, Any], tags: Any) -> None:
    said = json.loads(encode(record("a"))) | {"body": body} | ({} if tags is None else {"tags": tags})
    for line in (encode(said), json.dumps(said, sort_keys=True, separators=(",", ":")).encode()):
        assert exactly(line) or not quickly(line), line


@pytest.mark.parametrize("code", [*range(0x250), 0x2028, 0xFFFD, 0xFFFF, 0x1F600])
def test_each_character_is_written_as_the_canonical_form_does(code: int) -> None:
    line = encode(record("a", body={"Name": chr(code), chr(code): "x", "z" + chr(code): 1}))
    assert quickly(line)
    assert exactly(line)


def test_keys_are_in_the_order_of_code_points() -> None:
    line = encode(record("a", body={"\U0001f600": 1, "\uffff": 2, "a": 3}))
    assert quickly(line)


LINE = encode(record("a", body={"n": 1}))
OTHERS = {
    "spaced": LINE.replace(b":", b": ", 1),
    "upper-case escape": LINE.replace(b'"n"', b'"\\u001F"'),
    "escape that is not needed": LINE.replace(b'"n"', b'"\\u006e"'),
    "fraction": LINE.replace(b":1}", b":1e22}"),
    "minus nothing": LINE.replace(b":1}", b":-0}"),
    "key twice": LINE.replace(b'"n":1', b'"n":1,"n":1'),
    "out of order": LINE.replace(b'"n":1', b'"n":1,"a":1'),
    "null": LINE.replace(b":1}", b":null}"),
    "no time zone": LINE.replace(b"Z", b""),
    "another time zone": LINE.replace(b"Z", b"+00:00"),
    "empty gaps": encode(json.loads(LINE) | {"gaps": []}),
    "a field more": encode(json.loads(LINE) | {"more": 1}),
    "a tag that is no text": encode(json.loads(LINE) | {"tags": {"a": 1}}),
    "a line that is no number": encode(json.loads(LINE) | {"line": True}),
    "another place": encode(json.loads(LINE) | {"place": "aws/2"}),
    "another origin": encode(json.loads(LINE) | {"origin": "plan"}),
    "no subject": encode({key: found for key, found in json.loads(LINE).items() if key != "subject"}),
    "a body that is a list": encode(json.loads(LINE) | {"body": []}),
    "two lines": LINE + b"\n" + LINE,
    "an empty line": b"",
    "not UTF-8": LINE.replace(b'"n"', b'"\xff"'),
    "too deep": b'{"body":' * 9999,
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_not_plainly_so_is_left_to_the_exact_way(other: str) -> None:
    assert quickly(LINE)
    assert not quickly(OTHERS[other])
    assert shaped(LINE, LINE)
    assert not shaped(OTHERS[other], LINE)


def test_gaps_and_fractions_are_left_to_the_exact_way() -> None:
    for found in (record("a", gaps=(DENIED,)), record("a", body={"n": 1.5})):
        assert exactly(encode(found))
        assert not quickly(encode(found))


def test_a_shape_takes_what_the_quick_look_leaves() -> None:
    for found in (record("a", gaps=(DENIED,)), record("a", body={"n": 1.5}), record("a", tags={"b": "", "a": "x"})):
        assert shaped(encode(found), encode(found))
    gaps = RecordLook(population(), learned({"n": 1})).lines(encode(record("a", body={}, gaps=(DENIED,))) + b"\n")
    assert gaps is not None
    assert [(gap.reason, gap.call, gap.permission) for gap in gaps[0].gaps] == [
        (DENIED.reason, DENIED.call, DENIED.permission)
    ]


@pytest.mark.parametrize(
    "known",
    [
        {"n": None},
        {"n": [1, {"a": None}]},
        {"n": [[], "a"]},
        {"n": {f"key {at}": 1 for at in range(MOST_KEYS + 1)}},
        {"n": {'"': 1}},
    ],
)
def test_no_shape_takes_an_explicit_null(known: dict[str, Any]) -> None:
    for below in (None, [None], {"a": None}, [{"a": None}], {"key 0": None}, {'"': None}):
        line = encode(json.loads(LINE) | {"body": {"n": below}})
        assert not exactly(line)
        assert RecordLook(population(), learned(known)).lines(line + b"\n") is None, line


def test_a_shape_that_nothing_fits_is_given_up() -> None:
    shape = learned({"n": 1})
    look = RecordLook(population(), shape)
    for _ in range(PATIENCE):
        assert look.lines(encode(record("a", body={"other": 1})) + b"\n") is None
    assert look.lines(LINE + b"\n") is None


def often(**more: Any) -> Shape:
    """The shape of many lines that are alike but for a number."""
    shape = Shape()
    shape.learn([{"body": {"n": at, "on": "yes"}} | more for at in range(OFTEN)])
    return shape


def test_what_always_stood_there_is_looked_for_and_another_thing_is_left_to_another_way() -> None:
    def fits(**more: Any) -> bool:
        given: dict[str, Any] = {"body": {"n": 7, "on": "yes"}, "tags": {"a": "x"}} | more
        return RecordLook(population(), often(tags={"a": "x"})).lines(encode(record("s", **given)) + b"\n") is not None

    assert fits()
    assert not fits(body={"n": 7, "on": "no"})
    assert not fits(body={"n": 7})
    assert not fits(tags={"a": "y"})
    assert not fits(tags={})


def test_lines_that_differ_are_all_taken_once_the_shape_is_made_loosely() -> None:
    shape = often(tags={"a": "x"})
    for at in range(CLOSE):
        shape.learn([{"body": {"n": at}, "tags": {"a": "x"}}])
    for tags in ({"a": "x"}, {"b": "", "c": "y"}, {}):
        line = encode(record("s", body={"n": 7, "on": "no"}, tags=tags)) + b"\n"
        assert RecordLook(population(), shape).lines(line) is not None, tags


def test_tags_are_texts_also_where_others_were_learned() -> None:
    line = encode(json.loads(LINE) | {"body": {"n": 1, "on": "yes"}, "tags": {"a": 1}})
    assert not exactly(line)
    for tags in ({"a": 1}, {"a": "1"}, {}, [], None):
        assert RecordLook(population(), often(tags=tags)).lines(line + b"\n") is None, tags


def learned(body: dict[str, Any]) -> Shape:
    shape = Shape()
    shape.learn([{"body": body}])
    return shape


SEEN = {"digest": "sha256:0", "kind": "k", "origin": "live", "place": "p", "subject": "s"}
OUTCOME = {"check": "c", "reads": [{"path": "a", "value": None}], "verdict": "fail"}


def observed(**outcome: Any) -> bytes:
    return encode(SEEN | {"observations": [OUTCOME | outcome]}) + b"\n"


def test_observations_are_looked_at_through_their_own_type() -> None:
    found = observed_look().lines(observed(message="x", gaps=[{"path": "", "reason": "timeout"}]))
    assert found is not None
    assert [(each.check, each.verdict.value) for each in found[0].observations] == [("c", "fail")]


@pytest.mark.parametrize(
    "outcome", [{"message": None}, {"reads": []}, {"gaps": []}, {"verdict": "maybe"}, {"more": 1}, {"check": 1}]
)
def test_observations_that_are_not_so_are_left_to_the_exact_way(outcome: dict[str, Any]) -> None:
    assert observed_look().lines(observed()) is not None
    assert observed_look().lines(observed(**outcome)) is None
