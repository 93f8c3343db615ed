"""A large population is looked at through its shape, and is found out as a small one is, wherever the fault stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import zstandard
from evidence_samples import DENIED, NOW, population, record

from grc.canonical import encode
from grc.errors import EvidenceError
from grc.evidence.manifest import Content, Held, Stored
from grc.evidence.reread import read_again
from grc.evidence.shapes import PATIENCE, WORTH, Shape

LINES = 2_500
Lines = list[bytes]


def lines() -> Lines:
    """Records of one population, in order, over several chunks; one is younger than the others, and one has a gap."""
    records = [record(f"s{at:05}", body={"Name": "x" * 40, "n": at, "on": at % 2 == 0}) for at in range(LINES)]
    records[1_700] = replace(records[1_700], collected=NOW + timedelta(days=1), gaps=(DENIED,))
    return [encode(each) for each in records]


def stored(folder: Path, found: Lines) -> Held:
    """The lines as a file, and an entry that states the digests that they really have."""
    data = b"".join(line + b"\n" for line in found)
    packed = zstandard.ZstdCompressor().compress(data)
    (folder / "lines.zst").write_bytes(packed)
    digests = ["sha256:" + hashlib.sha256(each).hexdigest() for each in (data, packed)]
    return Held(
        population=replace(population(), count=len(found)),
        file="lines.zst",
        content=Content(digest=digests[0], bytes=len(data), lines=len(found)),
        stored=Stored(digest=digests[1], bytes=len(packed)),
        oldest=None,
        newest=None,
        gaps=(),
    )


def test_a_large_population_is_counted_as_the_exact_way_counts_it(tmp_path: Path) -> None:
    held, shape = stored(tmp_path, lines()), Shape()
    found = read_again(tmp_path, held, shape)
    assert (shape.made, shape.left) == (1, PATIENCE), "it was looked at through its shape"
    assert held.content.bytes > 2 * WORTH
    assert found.content == held.content
    first = json.loads(lines()[0])["collected"]
    assert (found.oldest, found.newest) == (record("a").collected, NOW + timedelta(days=1))
    assert first.startswith(f"{record('a').collected:%Y-%m-%dT%H:%M}")
    assert [(gap.reason, gap.count) for gap in found.gaps] == [(DENIED.reason, 1)]


def swapped(found: Lines, at: int) -> None:
    found[at], found[at + 1] = found[at + 1], found[at]


def twice(found: Lines, at: int) -> None:
    found[at + 1] = found[at]


def elsewhere(found: Lines, at: int) -> None:
    found[at] = found[at].replace(b'"aws/1"', b'"aws/2"')


def spaced(found: Lines, at: int) -> None:
    found[at] = found[at].replace(b'":', b'": ', 1)


def null(found: Lines, at: int) -> None:
    found[at] = found[at].replace(b'"on":true', b'"on":null').replace(b'"on":false', b'"on":null')


def undated(found: Lines, at: int) -> None:
    found[at] = encode(json.loads(found[at]) | {"collected": "2026-03-01T09:30:01"})


@pytest.mark.parametrize("change", [swapped, twice, elsewhere, spaced, null, undated])
@pytest.mark.parametrize("at", [0, 600, 1_234, LINES - 2])
def test_a_fault_is_found_wherever_it_stands(change: Callable[[Lines, int], None], at: int, tmp_path: Path) -> None:
    found = lines()
    change(found, at)
    with pytest.raises(EvidenceError):
        read_again(tmp_path, stored(tmp_path, found), Shape())


def test_the_order_holds_from_chunk_to_chunk(tmp_path: Path) -> None:
    """Each line is put at the place of its neighbour in turn, so that every seam between chunks is met."""
    sound = lines()
    shape = Shape()
    read_again(tmp_path, stored(tmp_path, sound), shape)
    seams, size = [], 0
    for at, line in enumerate(sound):
        size += len(line) + 1
        if size // 65_536 != (size - len(line) - 1) // 65_536:
            seams += [at - 2, at - 1, at]
    assert len(seams) >= 9
    for at in seams:
        found = list(sound)
        swapped(found, at)
        with pytest.raises(EvidenceError, match="not in the order"):
            read_again(tmp_path, stored(tmp_path, found), shape)
