"""What no record could hold is refused where it is read; all other JSON is read as it is."""

from __future__ import annotations

import json

import pytest

from grc.collect.strictjson import read_json


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NaN", "NaN is no number"),
        ('{"a": [-Infinity]}', "-Infinity is no number"),
        ("[1e400]", "beyond every float"),
        ('{"a": "\\ud800"}', "half a surrogate pair"),
        ('{"\\uDFFF": 1}', "half a surrogate pair"),
        ('"\\udc00\\ud800"', "half a surrogate pair"),
        ("[" * 100_000, "nested too deeply"),
        ("{", "Expecting"),
        ("", "Expecting"),
    ],
)
def test_what_no_record_could_hold_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_json(text.encode())


@pytest.mark.parametrize(
    "text", ['"\\ud83d\\ude00"', "1e308", "-0.0", str(2**70), '"\\u0000"', '{"a": null}', "[" * 50 + "]" * 50]
)
def test_all_other_json_is_read_as_it_is(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)
