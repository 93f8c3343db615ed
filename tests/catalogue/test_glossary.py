"""Every closed choice of the model that readers meet is in the glossary, and its table is in order."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import pytest

from grc.model.catalogue import Method, Relation, RequirementKind, Severity, Within
from grc.model.evidence import Origin
from grc.model.status import Status, Verdict

PAGE = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
WORDS = re.findall(r"^\| \*\*(.+?)\*\* \|", PAGE, re.MULTILINE)


def test_the_words_stand_in_order_and_once() -> None:
    assert sorted(set(WORDS)) == WORDS


@pytest.mark.parametrize("choice", [*Status, *RequirementKind, *Relation], ids=str)
def test_each_status_kind_and_relation_has_an_entry(choice: Enum) -> None:
    assert str(choice.value).replace("_", " ") in WORDS


@pytest.mark.parametrize("choice", [*Method, *Severity, *Within, *Origin, *Verdict], ids=str)
def test_each_other_choice_stands_in_an_entry(choice: Enum) -> None:
    assert f"`{choice.value}`" in PAGE
