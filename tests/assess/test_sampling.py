"""Sampling: the published example, an independent second computation, and the laws of a sample."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.assess.sampling import Item, Sampling, draw, frame_digest, frame_of, shares
from grc.errors import ConfigError
from grc.model.identifiers import Place, SubjectId

PAGE = (Path(__file__).parent.parent.parent / "docs" / "sampling.md").read_text()
TEN = frame_of((Place("p"), SubjectId(f"s{number}")) for number in range(10))
ITEMS = st.tuples(st.sampled_from("abc").map(Place), st.text(max_size=4).map(SubjectId))
DRAWN = [Sampling.RANDOM, Sampling.SYSTEMATIC, Sampling.STRATIFIED]


@pytest.mark.parametrize("method", [Sampling.RANDOM, Sampling.SYSTEMATIC])
def test_the_worked_example_of_the_page_holds(method: Sampling) -> None:
    (told,) = re.findall(rf"^\| {method.value}, 3 \| (.*) \|$", PAGE, re.MULTILINE)
    assert [f"`{subject}`" for _, subject in draw(TEN, method, 3, "audit-2026")] == told.split(", ")
    assert f"| frame | `{frame_digest(TEN)}` |" in PAGE


def test_the_example_to_the_letter() -> None:
    """Known answers, computed with hashlib and hmac alone: a change of the algorithm is a new format."""
    assert [subject for _, subject in draw(TEN, Sampling.RANDOM, 3, "audit-2026")] == ["s8", "s2", "s5"]
    assert [subject for _, subject in draw(TEN, Sampling.SYSTEMATIC, 3, "audit-2026")] == ["s0", "s3", "s7"]


@given(st.lists(ITEMS, min_size=1, max_size=30), st.integers(1, 12), st.text(min_size=1, max_size=8))
def test_a_random_sample_is_the_lowest_ranks(items: list[Item], size: int, seed: str) -> None:
    lines = sorted({json.dumps(item, separators=(",", ":"), ensure_ascii=False).encode() for item in items})
    ranked = sorted(lines, key=lambda line: (hmac.new(seed.encode(), line, hashlib.sha256).digest(), line))
    drawn = draw(frame_of(items), Sampling.RANDOM, size, seed)
    assert [list(item) for item in drawn] == [json.loads(line) for line in ranked[:size]]


@pytest.mark.parametrize("method", DRAWN)
@given(items=st.lists(ITEMS, max_size=30), size=st.integers(1, 40), seed=st.text(min_size=1, max_size=5))
def test_a_sample_is_distinct_items_of_the_frame_whatever_their_order(
    method: Sampling, items: list[Item], size: int, seed: str
) -> None:
    frame = frame_of(items)
    drawn = draw(frame, method, size, seed)
    assert len(drawn) == len(set(drawn)) == min(size, len(frame))
    assert set(drawn) <= set(frame)
    assert draw(frame_of([*reversed(items), *items]), method, size, seed) == drawn


@given(st.dictionaries(st.text(max_size=3).map(Place), st.integers(1, 50), min_size=1, max_size=8), st.integers(1, 60))
def test_strata_have_their_share_and_none_is_left_out_where_it_can_be_helped(
    counts: dict[Place, int], size: int
) -> None:
    size = min(size, sum(counts.values()))
    given_to = shares(counts, size)
    assert sum(given_to.values()) == size
    assert all(0 <= given_to[place] <= counts[place] for place in counts)
    if size >= len(counts):
        assert all(given_to.values())


def test_every_item_is_drawn_now_and_then() -> None:
    for method in DRAWN:
        seen = Counter(item for seed in range(200) for item in draw(TEN, method, 3, str(seed)))
        assert set(seen) == set(TEN)
        assert min(seen.values()) > 25, method


def test_all_is_the_frame_and_the_others_need_a_size_and_a_seed() -> None:
    assert draw(TEN, Sampling.ALL, None, "") == TEN
    for size, seed in ((None, "x"), (3, ""), (0, "x")):
        with pytest.raises(ConfigError, match="needs a size"):
            draw(TEN, Sampling.RANDOM, size, seed)
    assert draw((), Sampling.RANDOM, 3, "x") == ()
