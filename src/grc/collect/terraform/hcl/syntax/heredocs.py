"""Heredocs that are indented: what all lines have in common before their text is no part of it."""

from __future__ import annotations

from collections.abc import Iterator

from grc.collect.terraform.hcl.tree import Expression, Literal


def flush(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Take the indentation that all lines share off each."""
    margin = min((len(line) - len(line.lstrip(" ")) for line in _lines(parts) if line), default=0)
    return tuple(_cut(parts, margin)) if margin else parts


def _lines(parts: tuple[Expression, ...]) -> Iterator[str]:
    """The text of each line, up to the first value in it; of a line that begins with a value, some text."""
    fresh = True
    for part in parts:
        if isinstance(part, Literal):
            lines = part.value.split("\n")
            start, fresh = 0 if fresh else 1, part.value.endswith("\n")
            yield from lines[start:-1] if fresh else lines[start:]
        else:
            if fresh:
                yield "x"
            fresh = False


def _cut(parts: tuple[Expression, ...], margin: int) -> Iterator[Expression]:
    fresh = True
    for part in parts:
        if isinstance(part, Literal):
            first, *others = part.value.split("\n")
            yield Literal("\n".join([first[margin:] if fresh else first, *(line[margin:] for line in others)]))
            fresh = part.value.endswith("\n")
        else:
            fresh = False
            yield part
