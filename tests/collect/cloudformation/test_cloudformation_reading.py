"""Templates are read with their lines, and nothing in them is executed, expanded without bound or guessed at."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest

from grc.collect.cloudformation.malformed import MalformedError
from grc.collect.cloudformation.reading import MAX_BYTES, read_text


def read(text: str) -> dict[str, object]:
    return read_text(text.encode()).value


def refused(text: str | bytes) -> MalformedError:
    with pytest.raises(MalformedError) as error:
        read_text(text if isinstance(text, bytes) else text.encode())
    return error.value


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Bucket", {"Ref": "Bucket"}),
        ("!Ref 12", {"Ref": "12"}),
        ("!GetAtt Bucket.Arn", {"Fn::GetAtt": "Bucket.Arn"}),
        ("!GetAtt [Bucket, Arn]", {"Fn::GetAtt": ["Bucket", "Arn"]}),
        ("!Sub '${Bucket}/*'", {"Fn::Sub": "${Bucket}/*"}),
        ("!Sub ['${A}', {A: 1}]", {"Fn::Sub": ["${A}", {"A": 1}]}),
        ("!Join [',', [a, !Ref B]]", {"Fn::Join": [",", ["a", {"Ref": "B"}]]}),
        ("!If [C, a, !Ref 'AWS::NoValue']", {"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}),
        ("!FindInMap [M, a, b]", {"Fn::FindInMap": ["M", "a", "b"]}),
        ("!Select [0, !Split ['.', a.b]]", {"Fn::Select": [0, {"Fn::Split": [".", "a.b"]}]}),
        ("!Base64 text", {"Fn::Base64": "text"}),
        ("!Cidr [10.0.0.0/16, 2, 8]", {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}),
        ("!ImportValue name", {"Fn::ImportValue": "name"}),
        ("!GetAZs ''", {"Fn::GetAZs": ""}),
        ("!Transform {Name: 'AWS::Include'}", {"Fn::Transform": {"Name": "AWS::Include"}}),
        ("!Equals [a, b]", {"Fn::Equals": ["a", "b"]}),
        (
            "!And [!Condition A, !Not [!Condition B]]",
            {"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Condition": "B"}]}]},
        ),
        ("!Or [!Condition A, !Condition B]", {"Fn::Or": [{"Condition": "A"}, {"Condition": "B"}]}),
    ],
)
def test_short_tags_are_long_forms(short: str, long: object) -> None:
    assert read(f"X: {short}") == {"X": long}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2012-10-17", "2012-10-17"),
        ("8.10", "8.10"),
        ("0123", "0123"),
        ("22:22", "22:22"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("yes", "yes"),
        ("Off", "Off"),
        ("123456789012", 123456789012),
        ("'22'", "22"),
        ("22", 22),
        ("True", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("!!str 22", "22"),
    ],
)
def test_plain_text_is_a_value_only_where_every_yaml_agrees(written: str, value: object) -> None:
    found = read(f"X: {written}")["X"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_as_written() -> None:
    assert read("012345678901: {on: 1}") == {"012345678901": {"on": 1}}


YAML = "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  A:\n    Type: T\n\n  B: {Type: T}\nOutputs: {}\n"
JSON = (
    '{"A": "x",\n "Resources": {\n  "A": {"Type": "T"},\n\n  "B":\n   {"Type": "T", "n": [1, {"a": "}\\""}]}},\n'
    ' "Outputs": {}}'
)


@pytest.mark.parametrize(
    ("text", "lines"), [(YAML, (2, 3, 6, 7)), (JSON, (2, 3, 5, 7)), (JSON.replace("\n", "\r\n"), (2, 3, 5, 7))]
)
def test_sections_and_their_members_know_their_lines(text: str, lines: tuple[int, ...]) -> None:
    found = read_text(text.encode()).lines
    assert tuple(found[at] for at in (("Resources",), ("Resources", "A"), ("Resources", "B"), ("Outputs",))) == lines


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_text(b"\xef\xbb\xbf" + JSON.encode()).value["A"] == "x"
    assert read_text(b"\xef\xbb\xbf" + YAML.encode()).value["Outputs"] == {}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("A: 1\nA: 2", 2, "stands twice"),
        ("Resources:\n  A: {}\n  A: {}", 3, "stands twice"),
        ('{"A": 1,\n "A": 2}', 2, "stands twice"),
        ('{"Resources": {"A": 1,\n "A": 2}}', 2, "stands twice"),
        ('{"Resources": {\n"A": {"B": 1, "B": 2}}}', 2, "stands twice"),
        ("A: &a {x: 1}\nB:\n  <<: *a", 3, "merges"),
        ("A: !!python/object/apply:os.system [id]", 1, "none of CloudFormation's"),
        ("A:\n- !Secret x", 2, "none of CloudFormation's"),
        ("A: *nowhere", 1, "alias"),
        ("A: &a [*a]", 1, "alias"),
        ("{[a]: b}", 1, "it is not JSON"),
        ("? [a]\n: b", 1, "not text"),
        ("A: 1\n---\nB: 2", 2, "second document"),
        ("- a", 1, "not a mapping"),
        ("A: [1,\nB: 2", 2, "not YAML"),
        ("A:\n\t- b", 2, "not YAML"),
        ('{"A": ', 1, "not JSON"),
        ('{"A": NaN}', 1, "no number"),
        ("[" * 50_000, 1, "nested deeper"),
        ("A: " + "{a: " * 200 + "}" * 200, 1, "nested deeper"),
        ('{"A":' * 100_000, 1, "nested too deeply"),
        ("A: \x00", 1, "not"),
        (b"A: \xff", 1, "not UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused_at_its_line(text: str | bytes, line: int, said: str) -> None:
    error = refused(text)
    assert said in str(error)
    assert error.line == line


def test_a_refusal_never_quotes_the_file() -> None:
    for text in ("A: [hunter2, 'x", "hunter2: *hunter2", "A: %hunter2", '{"hunter2": hunter2}', "A: !hunter2 x"):
        assert "hunter2" not in str(refused(text))


def test_a_billion_laughs_are_counted_and_not_laughed() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    began = time.process_time()
    assert "aliases" in str(refused(bomb))
    assert time.process_time() - began < 2


def test_an_alias_repeats_what_it_stands_for() -> None:
    assert read("A: &tags [!Ref B]\nC: *tags\nD: &x 1\nE: *x") == {
        "A": [{"Ref": "B"}],
        "C": [{"Ref": "B"}],
        "D": 1,
        "E": 1,
    }


def test_a_file_of_fifty_megabytes_is_not_parsed() -> None:
    began = time.process_time()
    assert "larger than" in str(refused(b"Resources:\n" + b" " * (50 * 2**20)))
    assert time.process_time() - began < 1
    assert MAX_BYTES < 50 * 2**20


def test_a_file_cut_anywhere_is_read_or_refused() -> None:
    for text in (YAML, JSON, "A: !Sub ['${B}', {B: 'x'}]\nC: |\n  text\n"):
        for end in range(len(text)):
            with suppress(MalformedError):
                assert isinstance(read_text(text[:end].encode()).value, dict)


def test_json_is_read_as_yaml_reads_it() -> None:
    document = {"Resources": {"A": {"Type": "T", "Properties": {"n": [1, True, "é", {"Ref": "B"}]}}}}
    assert read(json.dumps(document)) == document == read("# YAML\n" + json.dumps(document))
