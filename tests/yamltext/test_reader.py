from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grc.errors import DataError
from grc.yamltext import parse, read
from grc.yamltext.reader import DECIMAL, MAX_BYTES, json_path


def refusal(text: str | bytes) -> str:
    """The one problem of a text, without its path."""
    with pytest.raises(DataError) as caught:
        parse(text, "f")
    (problem,) = caught.value.problems
    return str(problem).removeprefix("f:")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("null", None), ("~", None), ("", None), ("true", True), ("false", False)],
        *[("0", 0), ("-0", 0), ("17", 17), ("-17", -17)],
        *[("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63))],
    ],
)
def test_what_converts(text: str, value: object) -> None:
    assert parse(f"a: {text}", "f").value == {"a": value}
    assert type(parse(f"a: {text}", "f").value["a"]) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *("5.1", "5.10", "164.310", "1e3", "1_000", "0x10", "0o7", "010", "+1", "1.0", ".inf", ".nan", "--1", "1-1"),
        *("yes", "no", "on", "off", "y", "N", "True", "FALSE", "Null", "NULL", "=", "<<"),
        *("2026-01-01", "2026-01-01T00:00:00Z", "12:30:45", "A.8.24", "164.312(a)(2)(iv)", "Art.32(1)(a)", "x: y"[:1]),
    ],
)
def test_everything_else_stays_text(text: str) -> None:
    assert parse(f"a: {text}", "f").value == {"a": text}
    assert parse(f"{text}: a", "f").value == {text: "a"}


def test_two_controls_stay_two() -> None:
    assert parse("ids: [5.1, 5.10, 164.310]", "f").value == {"ids": ["5.1", "5.10", "164.310"]}


@pytest.mark.parametrize("style", ["'{}'", '"{}"', "|-\n  {}", ">-\n  {}"])
@pytest.mark.parametrize("text", ["1", "true", "null", "~", "-5"])
def test_what_is_quoted_or_a_block_stays_text(text: str, style: str) -> None:
    assert parse("a: " + style.format(text), "f").value == {"a": text}


@given(st.text())
def test_plain_decimals_and_nothing_else_are_numbers(text: str) -> None:
    assert bool(DECIMAL.match(text)) == (text.isascii() and text.removeprefix("-").isdigit() and str_of_int(text))


def str_of_int(text: str) -> bool:
    return text in (str(int(text)), "-0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "2:1: $.a: the key 'a' stands twice: remove one"),
        ('a: {b: 1, "b": 2}', "1:11: $.a.b: the key 'b' stands twice: remove one"),
        ("1: a", "1:1: $: a key must be text: quote it, '1'"),
        ("x: {true: a}", "1:5: $.x: a key must be text: quote it, 'true'"),
        ("~: a", "1:1: $: a key must be text: quote it, '~'"),
        ("? [a]\n: b", "1:3: $: a key must be text"),
        ("? {a: b}\n: c", "1:3: $: a key must be text"),
        ("a: &x 1", "1:4: $.a: anchors are not allowed: write the value out"),
        ("a: &x [1]", "1:4: $.a: anchors are not allowed: write the value out"),
        ("&x a: 1", "1:1: $: anchors are not allowed: write the value out"),
        ("a: *x", "1:4: $.a: aliases are not allowed: write the value out"),
        ("*x : 1", "1:1: $: aliases are not allowed: write the value out"),
        ("a: [1, *x]", "1:8: $.a[1]: aliases are not allowed: write the value out"),
        ("<<: *x", '1:5: $["<<"]: aliases are not allowed: write the value out'),
        ("a: !!python/object/apply:os.system [x]", "$.a: the tag 'tag:yaml.org,2002:python/object/apply:os.system'"),
        ("a: !!float 1", "1:4: $.a: the tag 'tag:yaml.org,2002:float' is not allowed"),
        ("a: ! 1", "1:4: $.a: the tag '!' is not allowed"),
        ("a: !x {b: c}", "1:4: $.a: the tag '!x' is not allowed"),
        ("!x a: b", "1:1: $: the tag '!x' is not allowed"),
        ("a: 1\n---\nb: 2", "2:1: $: holds a second document: use one file each"),
        ("a: 1\n---\n", "2:1: $: holds a second document: use one file each"),
        ("a: 9223372036854775808", "1:4: $.a: the number is too large: quote it if it is an id"),
        ("a: -9223372036854775809", "1:4: $.a: the number is too large: quote it if it is an id"),
        ("a: " + "9" * 10_000, "1:4: $.a: the number is too large: quote it if it is an id"),
        ("", "1:1: $: is not a mapping: a file of ours begins with `format: …`"),
        ("# nothing\n", "1:1: $: is not a mapping: a file of ours begins with `format: …`"),
        ("- a", "1:1: $: is not a mapping: a file of ours begins with `format: …`"),
        ("text", "1:1: $: is not a mapping: a file of ours begins with `format: …`"),
        ("a: [1", "$: is not YAML: "),
        ("a: 'x", "$: is not YAML: "),
        ("a: b: c", "1:5: $: is not YAML: mapping values are not allowed in this context"),
        ("\ta: b", "$: is not YAML: found character that cannot start any token"),
        ("a: @x", "$: is not YAML: found character that cannot start any token"),
        ("%YAML 9.9\n---\na: 1", "$: is not YAML: found incompatible YAML document"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    found = refusal(text)
    assert found == message if message[0].isdigit() else message in found


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a: é\n  # ü\nb: \x00", "3:4: $: is not text: the character U+0000 is not allowed in YAML"),
        ("a: \x1b[31m", "1:4: $: is not text: the character U+001B is not allowed in YAML"),
        ("a: \x7f", "1:4: $: is not text: the character U+007F is not allowed in YAML"),
        ("a: \ud800", "1:4: $: is not text: the character U+D800 is not allowed in YAML"),
        (b"a: \x80", "1:1: $: is not UTF-8 (byte 3): save it as UTF-8"),
        ("a: ü".encode("latin-1"), "1:1: $: is not UTF-8 (byte 3): save it as UTF-8"),
        ("a: 1".encode("utf-16"), "1:1: $: is not UTF-8 (byte 0): save it as UTF-8"),
        ("a: 1".encode("utf-16-le"), "1:2: $: is not text: the character U+0000 is not allowed in YAML"),
        ("a: 1".encode("utf-32"), "1:1: $: is not UTF-8 (byte 0): save it as UTF-8"),
        (bytes(range(256)) * 20, "1:1: $: is not UTF-8 (byte 128): save it as UTF-8"),
    ],
)
def test_what_is_not_text(data: str | bytes, message: str) -> None:
    assert refusal(data) == message


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    document = parse(b"\xef\xbb\xbfa: 1\r\nb: [x,\r\n y]\r\n", "f")
    assert document.value == {"a": 1, "b": ["x", "y"]}
    assert document.mark(("b",)) == (2, 1)
    assert document.mark(("b", 1)) == (3, 2)


def test_every_problem_comes_at_once() -> None:
    with pytest.raises(DataError) as caught:
        parse("a: &x 1\nb: !y 2\na: 3\n4: 5\n", "f")
    assert [problem.line for problem in caught.value.problems] == [1, 2, 3, 4]


def test_a_flood_of_problems_is_cut() -> None:
    with pytest.raises(DataError) as caught:
        parse("a:\n" + "- &x 1\n" * 100_000, "f")
    assert len(caught.value.problems) == 100


def quick(text: str | bytes) -> str:
    """The refusal of a hostile text, which must not cost what it would like to."""
    began = time.process_time()
    found = refusal(text)
    assert time.process_time() - began < 2
    return found


def test_an_alias_bomb_does_not_go_off() -> None:
    lines = ["a0: [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    assert "aliases are not allowed" in quick("\n".join(lines))


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "a: [", "[[{a: "])
def test_deep_nesting_is_refused(opening: str) -> None:
    assert quick("a:\n  " + opening * 200_000)


def test_64_levels_are_read_and_65_are_not() -> None:
    assert parse("a: " + "[" * 63 + "]" * 63, "f").value
    assert "nested deeper than 64 levels" in refusal("a: " + "[" * 64 + "]" * 64)


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    began = time.process_time()
    with pytest.raises(DataError, match=r"larger than 16 MiB: split it"):
        read(path)
    assert time.process_time() - began < 1


def test_a_text_of_the_largest_size_is_looked_at() -> None:
    with pytest.raises(DataError, match="larger than 16 MiB"):
        parse(b"#" * (MAX_BYTES + 1), "f")
    with pytest.raises(DataError, match="is not a mapping"):
        parse(b"#" * MAX_BYTES, "f")


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.yaml:1:1: \$: cannot be read: No such file or directory"):
        read(tmp_path / "nowhere.yaml")
    with pytest.raises(DataError, match=r"cannot be read: Is a directory"):
        read(tmp_path)


def test_a_document_may_be_called_otherwise(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(DataError, match=r"^shipped/x\.yaml:"):
        read(tmp_path / "x.yaml", name="shipped/x.yaml")


def test_each_entry_has_its_place() -> None:
    document = parse("a: 1\nbc:\n  - x\n  - {d: [y, z], e: }\n", "f")
    assert document.mark(()) == (1, 1)
    assert document.mark(("a",)) == (1, 1)
    assert document.mark(("bc",)) == (2, 1)
    assert document.mark(("bc", 0)) == (3, 5)
    assert document.mark(("bc", 1)) == (4, 5)
    assert document.mark(("bc", 1, "d")) == (4, 6)
    assert document.mark(("bc", 1, "d", 1)) == (4, 13)
    assert document.mark(("bc", 1, "e")) == (4, 17)


def test_what_is_not_there_is_where_it_would_be() -> None:
    assert parse("a:\n  b: 1\n", "f").mark(("a", "c", "d")) == (1, 1)
    assert parse("a:\n  b: 1\n", "f").mark(("a", "b", "d")) == (2, 3)


TEXT = "all(x,\n  x > 1) && never"


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("a: all(x, x > 1) && never", 1, 21),
        ("a:   all(x,\n       x > 1) && never", 2, 18),
        ("a: 'all(x, x > 1) && never'", 1, 22),
        ('a: "all(x, x > 1) && never"', 1, 22),
        ("a: >\n  all(x,\n    x > 1)\n  && never\n", 4, 6),
        ("a: |-  # why\n\n  all(x,\n    x > 1) && never\n", 4, 15),
        ("a: >-\r\n  all(x, x > 1)\r\n  && never\r\n", 3, 6),
        ("\ufeffa: all(x, x > 1) && never", 1, 21),
        ("é: 😀\na: all(x, x > 1) && never", 2, 21),
    ],
)
def test_a_character_of_a_text_is_found_in_its_file(source: str, line: int, column: int) -> None:
    document = parse(source.encode("utf-8"), "f")
    assert document.mark_within(("a",), document.value["a"].index("never")) == (line, column)


def test_the_end_of_a_text_is_behind_its_last_character() -> None:
    document = parse("a: >\n  x +\n  y +\nb: 1\n", "f")
    assert document.mark_within(("a",), len(document.value["a"])) == (3, 6)


def test_escapes_hide_the_place_but_not_the_entry() -> None:
    assert parse('a: 1\nb: "x \\" y"', "f").mark_within(("b",), 4) == (2, 1)


def test_a_problem_says_path_place_and_what() -> None:
    document = parse("a:\n- {odd key: x + y}", "f.yaml")
    assert str(document.problem(("a", 0, "odd key"), "is odd")) == 'f.yaml:2:4: $.a[0]["odd key"]: is odd'
    assert str(document.problem(("a", 0, "odd key"), "is odd", offset=4)) == 'f.yaml:2:17: $.a[0]["odd key"]: is odd'


def test_a_path_in_words() -> None:
    assert json_path(()) == "$"
    assert json_path(("a", 3, "b-c", "d e", "aws.s3")) == '$.a[3].b-c["d e"]["aws.s3"]'


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), PLAIN, max_size=5))
def test_what_a_careful_writer_writes_is_read_back(value: dict[str, Any]) -> None:
    text = yaml.safe_dump(quoted(value), allow_unicode=True)
    assert parse(text, "f").value == value


class Quoted(str):
    """Text that is written in quotes."""


yaml.SafeDumper.add_representer(
    Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def quoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {Quoted(key): quoted(below) for key, below in value.items()}
    if isinstance(value, list):
        return [quoted(below) for below in value]
    return Quoted(value) if isinstance(value, str) else value


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_junk_is_read_or_refused(data: bytes | str) -> None:
    with contextlib.suppress(DataError):
        assert isinstance(parse(data, "f").value, dict)


ODD = st.lists(
    st.sampled_from(
        [*"a1:-[]{}|>'\"#&*!?,%@~\n\t ", "\n- ", ": ", "\n  ", "\r\n", "...", "---", "é", "\x85", "\u2028"]
    ),
    max_size=40,
).map("".join)


def texts_of(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the texts of a value stand."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in pairs:
        yield from texts_of(below, (*at, step))
    if isinstance(value, str):
        yield at


@given(ODD.map("a: {}".format) | ODD.map("- {}".format).map("a:\n{}".format) | ODD)
def test_odd_yaml_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(DataError):
        document = parse(text, "f")
        last = len(text.splitlines()) + 1
        assert all(document.mark_within(at, 3).line <= last for at in texts_of(document.value))
