"""Samples that anybody can draw again: from the frame, the seed and the rules of docs/sampling.md alone."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from grc import canonical
from grc.errors import ConfigError
from grc.model.identifiers import Place, SubjectId

Item = tuple[Place, SubjectId]
"""One of a frame: a subject stands in it once for each place that it was seen in."""

START: Final = b"start"
"""What the seed is asked for the first position of a systematic sample."""


class Sampling(StrEnum):
    """How items are chosen."""

    RANDOM = "random"
    SYSTEMATIC = "systematic"
    STRATIFIED = "stratified"
    ALL = "all"


def line_of(item: Item) -> bytes:
    """An item as it stands in the frame: the canonical JSON of place and subject."""
    return canonical.encode(list(item))


def frame_of(items: Iterable[Item]) -> tuple[Item, ...]:
    """The frame: each item once, in order of its line's bytes."""
    return tuple(sorted(set(items), key=line_of))


def frame_digest(frame: Sequence[Item]) -> str:
    """What stands for the frame: the SHA-256 of its lines, each ended by a newline."""
    return canonical.digest(b"".join(line_of(item) + b"\n" for item in frame))


def draw(frame: Sequence[Item], method: Sampling, size: int | None, seed: str) -> tuple[Item, ...]:
    """The sample, in the order in which it was drawn. A size beyond the frame draws all of it.

    Raises:
        ConfigError: there is no size or no seed, and the method needs one.
    """
    if method is Sampling.ALL or not frame:
        return tuple(frame)
    if size is None or size < 1 or not seed:
        raise ConfigError(f"a {method.value} sample needs a size of at least 1 and a seed: give --size and --seed")
    draws: Mapping[Sampling, Callable[[Sequence[Item], int, str], tuple[Item, ...]]] = {
        Sampling.RANDOM: _random,
        Sampling.SYSTEMATIC: _systematic,
        Sampling.STRATIFIED: _stratified,
    }
    return draws[method](frame, min(size, len(frame)), seed)


def rank(seed: str, message: bytes) -> bytes:
    """Where the seed puts a message: HMAC-SHA256 under the seed's UTF-8."""
    return hmac.digest(seed.encode("utf-8"), message, hashlib.sha256)


def _random(frame: Sequence[Item], size: int, seed: str) -> tuple[Item, ...]:
    return tuple(sorted(frame, key=lambda item: (rank(seed, line_of(item)), line_of(item)))[:size])


def _systematic(frame: Sequence[Item], size: int, seed: str) -> tuple[Item, ...]:
    """Every (N / n)th item from a start that the seed gives, in whole numbers throughout."""
    start = int.from_bytes(rank(seed, START), "big") % len(frame)
    return tuple(frame[(start + step * len(frame)) // size] for step in range(size))


def _stratified(frame: Sequence[Item], size: int, seed: str) -> tuple[Item, ...]:
    """A random sample of each place, as large as its share of the frame."""
    strata: dict[Place, list[Item]] = {}
    for item in frame:
        strata.setdefault(item[0], []).append(item)
    sizes = shares({place: len(held) for place, held in strata.items()}, size)
    return tuple(item for place in sorted(strata) for item in _random(strata[place], sizes[place], seed))


def shares(counts: Mapping[Place, int], size: int) -> dict[Place, int]:
    """How many of each stratum: in proportion, what is left over to the largest remainders, and to earlier names.

    Where the size allows it, no stratum is left out.
    """
    total = sum(counts.values())
    least = 1 if size >= len(counts) else 0
    given = {place: max(least, size * count // total) for place, count in counts.items()}
    order = sorted(counts, key=lambda place: (-(size * counts[place] % total), place))
    while sum(given.values()) < size:
        for place in order:
            if sum(given.values()) < size and given[place] < counts[place]:
                given[place] += 1
    while sum(given.values()) > size:
        largest = max(sorted(given), key=lambda place: given[place])
        given[largest] -= 1
    return given
