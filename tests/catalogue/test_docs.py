"""The formats' page is tested like code: every example on it is read, and it names every key of the schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grc.catalogue.files import schema_of
from grc.catalogue.schema import problems_of, schema
from grc.model.catalogue import Severity
from grc.model.evidence import GapReason
from grc.model.status import Verdict
from grc.yamltext import parse

PAGE = (Path(__file__).parents[2] / "docs" / "catalogue-format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("path", "text"), BLOCKS, ids=[path for path, _ in BLOCKS])
def test_each_example_is_good(path: str, text: str) -> None:
    document = parse(text, path)
    name = schema_of(document, Path(path))
    assert problems_of(document, name) == []
    assert document.value["format"] == f"grc.{name.replace('requirements', 'catalogue')}/1"


def test_every_format_has_an_example() -> None:
    shown = {schema_of(parse(text, path), Path(path)) for path, text in BLOCKS}
    assert shown == {
        *("catalogue", "requirements", "controls", "checks", "examples"),
        *("workspace", "waivers", "attestation", "finding", "applicability", "capability"),
    }


def keys(node: Mapping[str, Any]) -> Iterator[str]:
    for key, below in node.get("properties", {}).items():
        yield key
        yield from keys(below)
    for below in node.get("$defs", {}).values():
        yield from keys(below)


@pytest.mark.parametrize(
    "name",
    [
        *("catalogue", "requirements", "controls", "checks", "examples"),
        *("workspace", "waivers", "attestation", "finding", "applicability", "capability"),
    ],
)
def test_the_page_names_every_key(name: str) -> None:
    missing = {key for key in keys(schema(name)) if f"`{key}`" not in PAGE and f"{key}:" not in PAGE}
    assert missing == set()


def test_the_enumerations_are_those_of_the_model() -> None:
    check, example = schema("checks")["$defs"]["check"], schema("examples")["$defs"]["example"]
    assert check["properties"]["severity"]["enum"] == [severity.value for severity in Severity]
    assert example["properties"]["expect"]["enum"] == [verdict.value for verdict in Verdict]
    assert example["properties"]["gaps"]["additionalProperties"]["enum"] == [reason.value for reason in GapReason]
