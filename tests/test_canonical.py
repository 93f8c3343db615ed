"""The canonical form: one text for one value, whatever order it came in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.canonical import digest, encode, plain, told

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=12,
)


class Colour(Enum):
    """An enum that is not text."""

    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A value with a default."""

    name: str
    tags: dict[str, str] | None = None


@given(JSON)
def test_json_data_comes_back_as_it_was(value: object) -> None:
    assert json.loads(encode(value)) == value
    assert plain(value) == value


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert encode(value) == encode(dict(reversed(value.items())))


def test_keys_stand_in_the_order_of_code_points() -> None:
    assert encode({"é": 1, "z": 2, "Z": 3, "😀": 4, "\uffff": 5}).decode() == '{"Z":3,"z":2,"é":1,"\uffff":5,"😀":4}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2**70, "1180591620717411303424"),
        (0.1, "0.1"),
        (1e22, "1e+22"),
        (-0.0, "-0.0"),
        ("\u2028<&\x01", '"\u2028<&\\u0001"'),
        (datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=1))), '"2026-03-01T08:00:00Z"'),
        (datetime(2026, 3, 1, 9, 0, 0, 5, tzinfo=UTC), '"2026-03-01T09:00:00.000005Z"'),
        (datetime(2026, 3, 1, tzinfo=UTC).date(), '"2026-03-01"'),
        (frozenset("cab"), '["a","b","c"]'),
        ((1, Colour.RED), '[1,"red"]'),
        (Told(name="x"), '{"name":"x"}'),
        (Told(name="x", tags={}), '{"name":"x","tags":{}}'),
        ([Told(name="x", tags=None)], '[{"name":"x"}]'),
    ],
)
def test_each_value_has_one_text(value: object, text: str) -> None:
    assert encode(value).decode() == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}, datetime(2026, 1, 1), "\ud800"])  # noqa: DTZ001
def test_what_has_no_text_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        encode(value)


@pytest.mark.parametrize("value", [object(), b"bytes", {1: "a key that is no text", "b": 2}])
def test_what_has_no_place_in_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


def test_a_field_that_equals_its_default_is_not_told() -> None:
    assert told(Told(name="x")) == [("name", "x")]


def test_a_digest_names_its_function() -> None:
    assert digest(b"x") == "sha256:" + hashlib.sha256(b"x").hexdigest()
