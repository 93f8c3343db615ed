"""What is no template that can be read."""

from __future__ import annotations


class MalformedError(Exception):
    """This is no template that can be read. ``line`` counts from 1; the text says why and quotes nothing."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
