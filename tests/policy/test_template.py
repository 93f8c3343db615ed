"""The messages of failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from policy_shapes import BUCKET, KINDS, VARIABLES, check_of

from grc.model.evidence import Gap, GapReason
from grc.policy import compile_check
from grc.policy.binding import record
from grc.policy.checker import Checked, Refused, check
from grc.policy.display import escaped, shown
from grc.policy.parser import parse
from grc.policy.template import compile_template
from grc.policy.values import NONE, Failure, Optional, PartialList, UInt, unknown_at

UNKNOWN = unknown_at(Gap(path="a", reason=GapReason.THROTTLED))


def rendered(text: str, *gaps: str, **fields: Any) -> str:
    """The message of a check of buckets."""
    program = compile_check(check_of("resource.Name == 'x'", fail=text), KINDS)
    given = record({"Name": "b", **fields}, BUCKET.shape, gaps=[Gap(path=g, reason=GapReason.TIMEOUT) for g in gaps])
    return program.fail.render({"resource": given})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plain", "plain"),
        ("{resource.Name}", "b"),
        ("a{resource.Name}c", "abc"),
        ("{{{resource.Name}}}", "{b}"),
        ("{{resource.Name}}", "{resource.Name}"),
        ("{ resource.Name + '}' }", "b}"),
        ('{resource.Name + "{\'"}', "b{'"),
        ("{ {'a': {'b': 1}}.a }", '{"b": 1}'),
        ("{'''}'''}{1}", "}1"),
        ("{resource.Age}", "(not set)"),
        ("{resource.?encryption.?Mode}", "(not set)"),
        ("{resource.?encryption.?Rules.orValue([])}", "none"),
        ("{[1][3]}", "(not known)"),
        ("{1 == 1} {1.5} {2u} {[1, 'a']}", "true 1.5 2u 1, a"),
        ("{['a b', 'c']} or {[true]}", "a b, c or true"),
        ("{['a, b', '', ' c', 'd\"', 'none', '(not known)']}", '"a, b", "", " c", "d"", "none", "(not known)"'),
        ("{[['a'], []]}", '["a"], []'),
        ("{['a\\nb']} {optional.of(['a'])}", "a\\nb a"),
        ("", ""),
    ],
)
def test_renders(text: str, message: str) -> None:
    assert rendered(text) == message


def test_what_was_not_seen_is_not_known() -> None:
    assert rendered("{resource.Age} {resource.?encryption.?Mode}", "Age", "encryption") == "(not known) (not known)"


def test_private_values_are_withheld_wherever_they_are_read() -> None:
    text = "{resource.Owner} {resource.Secret} {resource.?Owner.orValue('').size()} {dyn(resource)}"
    assert rendered(text, Owner="ann", Secret="s3cret") == "(withheld) (withheld) (withheld) (withheld)"


def test_values_are_bounded_and_cannot_forge_lines() -> None:
    assert rendered("{resource.KeyId}", KeyId="x" * 500) == "x" * 199 + "…"
    assert rendered("{resource.KeyId}", KeyId="a\nb\x1b[31m\u202e\u2028<b>") == "a\\nb\\u{1b}[31m\\u{202e}\\u{2028}<b>"
    many = rendered("{resource.grants}", grants=["y" * 50] * 1000)
    assert len(many) == 200
    assert many.endswith("…")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "(not set)"),
        (NONE, "(not set)"),
        (Optional(True, "a"), "a"),
        (Optional(True, UNKNOWN), "(not known)"),
        (UNKNOWN, "(not known)"),
        (Failure("x"), "(not known)"),
        (True, "true"),
        (UInt(3), "3u"),
        (b"abc", "3 bytes"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00Z"),
        (timedelta(days=90), "90 days"),
        (timedelta(seconds=90), "90s"),
        (timedelta(0), "0s"),
        (["a", None, UNKNOWN], '["a", (not set), (not known)]'),
        (PartialList(["a"], UNKNOWN), '["a", (not known)]'),
        ({"k": [1]}, '{"k": [1]}'),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_record_inside_a_value_withholds_its_private_fields() -> None:
    given = record({"Name": "b", "Owner": "ann", "Secret": "s"}, BUCKET.shape)
    assert shown([given]) == '[{Name: "b", Owner: (withheld), Secret: (withheld)}]'


def test_visible_text_stays_as_it_is() -> None:
    assert escaped("Größe — 数 <b>&") == "Größe — 数 <b>&"


def typed(source: str) -> Checked:
    return check(parse(source), VARIABLES, source)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("a {resource.Nope}", 12, "aws.s3.bucket has no field 'Nope'"),
        ("a {resource.Name", 2, "this brace is not closed: write {{ for a brace in the text"),
        ("a } b", 2, "this brace closes nothing: write }} for a brace in the text"),
        ("a {} b", 3, "the expression ends where a value was expected"),
        ("a {1 +} b", 6, "the expression ends where a value was expected"),
        ("a {resource.encryption.Mode}", 3, None),
        ("{'a}", 1, "the text that ' opens here is not closed"),
    ],
)
def test_refuses(text: str, offset: int, message: str | None) -> None:
    with pytest.raises(Refused) as caught:
        compile_template(text, typed)
    (refusal,) = caught.value.refusals
    assert refusal.offset == offset
    assert message is None or refusal.message == message


def test_all_problems_are_collected() -> None:
    with pytest.raises(Refused) as caught:
        compile_template("{a} {b} }", typed)
    assert [refusal.offset for refusal in caught.value.refusals] == [1, 5, 8]
