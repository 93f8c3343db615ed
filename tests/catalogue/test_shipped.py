"""The data that comes with the engine: nothing wrong with it, and every id that the publishers give is there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from grc import catalogue, kinds
from grc.model.identifiers import FrameworkId

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"


def test_there_is_nothing_wrong_with_it() -> None:
    assert "\n".join(map(str, catalogue.lint([catalogue.shipped()], kinds.load()))) == ""


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference tables are not here")
@pytest.mark.parametrize(
    ("framework", "table", "column"),
    [
        ("iso27001", "iso27001_2022.csv", "id"),
        ("cobit", "cobit2019.csv", "id"),
        ("hipaa", "hipaa.csv", "citation"),
        ("gdpr", "gdpr.csv", "id"),
    ],
)
def test_every_id_of_the_publisher_is_there(framework: str, table: str, column: str) -> None:
    with (REFERENCE / table).open(encoding="utf-8", newline="") as file:
        expected = [row[column] for row in csv.DictReader(file)]
    policy = catalogue.load([catalogue.shipped()], kinds.load())
    codes = [row.code for row in policy.catalogues[FrameworkId(framework)].requirements]
    assert sorted(codes) == sorted(expected)
