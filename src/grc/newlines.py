"""Chunks of whole lines, taken apart: the buffer finds a newline many times sooner than ``split`` and ``count`` do."""

from __future__ import annotations

from io import BytesIO


def whole_lines(chunk: bytes) -> list[bytes]:
    """The lines of a chunk, each with the newline that ends it."""
    return list(BytesIO(chunk))


def lines_of(chunk: bytes) -> list[bytes]:
    """The lines of a chunk, each without the newline that ends it."""
    return [line[:-1] for line in BytesIO(chunk)]


def count_lines(chunk: bytes) -> int:
    """How many lines a chunk has."""
    return sum(1 for _ in BytesIO(chunk))
