"""The sizes by population that docs/sampling.md states are what they are said to be."""

from __future__ import annotations

import re
from math import ceil, comb
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs" / "sampling.md"
COLUMNS = ((90, 10), (90, 5), (95, 10), (95, 5))
ROW = re.compile(r"^\| ([\d,]+)(?: and more)? \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def fewest(population: int, confidence: int, tolerable: int) -> int:
    """The fewest items that show a deviation with this confidence, if this share of a population deviates."""
    deviating = ceil(population * tolerable / 100)
    sound = population - deviating
    sizes = range(1, population + 1)
    return next(n for n in sizes if comb(sound, n) * 100 <= (100 - confidence) * comb(population, n))


def test_each_size_of_the_table_is_the_fewest_that_will_do() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(rows) == 7
    for stated, *sizes in rows:
        population = int(stated.replace(",", ""))
        assert [int(size) for size in sizes] == [fewest(population, *column) for column in COLUMNS], stated
