"""Our validator against ``jsonschema``, the judge: both accept or both refuse."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grc.catalogue.files import schema_of
from grc.catalogue.schema import FOLDER, Validator, schema
from grc.yamltext import read

HERE = Path(__file__).parent
NAMES = sorted(path.name.removesuffix("-1.json") for path in FOLDER.glob("*.json"))
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-2, max_value=10**12),
    st.text(alphabet="aZ0-:.= ", max_size=8),
    st.sampled_from(["pending", "enabled", "organization", "2026-01-01", "7d", "https://a.b", "aws.s3.bucket"]),
    st.lists(st.sampled_from(["a", "b", "a", 1, None]), max_size=3),
    st.dictionaries(
        st.sampled_from(["a", "id", "title", "Odd key"]), st.sampled_from(["a", 1, None, [], {}]), max_size=2
    ),
)


def documents() -> Iterator[tuple[str, Any]]:
    for folder in ("base", "good"):
        for path in sorted((HERE / folder).rglob("*.yaml")):
            if path.is_file():
                document = read(path)
                place = path if folder == "base" else path.parent  # a case stands in a folder named as the file
                yield schema_of(document, place), document.value


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        yield from places(below, (*at, step))


def put(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    changed = copy.deepcopy(value)
    holder = changed
    for step in at[:-1]:
        holder = holder[step]
    holder[at[-1]] = new
    return changed


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_a_json_schema_without_loose_ends(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    Validator(schema(name))
    assert schema(name)["additionalProperties"] is False


@pytest.mark.parametrize(("name", "value"), list(documents()))
def test_both_accept_what_is_good(name: str, value: Any) -> None:
    assert list(Validator(schema(name)).check(value)) == []
    assert jsonschema.Draft202012Validator(schema(name)).is_valid(value)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), document=st.sampled_from(list(documents())), new=ODD)
def test_both_agree_on_what_is_changed(data: st.DataObject, document: tuple[str, Any], new: Any) -> None:
    name, value = document
    changed = put(value, data.draw(st.sampled_from(list(places(value)))), new)
    ours = list(Validator(schema(name)).check(changed))
    theirs = jsonschema.Draft202012Validator(schema(name)).is_valid(changed)
    assert (ours == []) == theirs


@settings(max_examples=200, deadline=None)
@given(data=st.data(), document=st.sampled_from(list(documents())), key=st.sampled_from(["odd", "id", "Title", ""]))
def test_both_agree_on_what_is_added_or_removed(data: st.DataObject, document: tuple[str, Any], key: str) -> None:
    name, value = document
    mappings = [at for at in places(value) if isinstance(look(value, at), dict) and look(value, at)]
    at = data.draw(st.sampled_from(mappings))
    changed = copy.deepcopy(value)
    if data.draw(st.booleans()):
        del look(changed, at)[data.draw(st.sampled_from(sorted(look(changed, at))))]
    else:
        look(changed, at)[key] = "text"
    ours = list(Validator(schema(name)).check(changed))
    assert (ours == []) == jsonschema.Draft202012Validator(schema(name)).is_valid(changed)


def look(value: Any, at: tuple[Any, ...]) -> Any:
    for step in at:
        value = value[step]
    return value


def test_a_keyword_that_is_not_read_is_refused() -> None:
    with pytest.raises(ValueError, match="multipleOf"):
        Validator({"type": "object", "properties": {"a": {"type": "array", "items": {"multipleOf": 2}}}})


def test_the_end_of_a_pattern_is_the_end_of_the_text() -> None:
    node = {"type": "string", "pattern": "^a$|^b$", "description": "a or b"}
    assert [list(Validator(node).check(text)) == [] for text in ("a", "b", "a\n", "b\n")] == [True, True, False, False]
