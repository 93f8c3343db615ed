"""Python source in the making. Values never stand in it as text: they are constants, referred to by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

INDENT = "    "


class Writer:
    """Lines of one function, the names it has used and the constants it refers to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self.depth = 0
        self._names = 0

    def line(self, text: str) -> None:
        """Write one line at the present depth."""
        self.lines.append(INDENT * self.depth + text)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """Write what follows below a header such as ``if t1``."""
        self.line(header + ":")
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def aside(self) -> Iterator[list[str]]:
        """Hold back the lines written meanwhile: they are in the list yielded, for ``splice``."""
        before, depth = self.lines, self.depth
        self.lines, self.depth = [], 0
        try:
            yield self.lines
        finally:
            self.lines, self.depth = before, depth

    def splice(self, lines: Iterable[str]) -> None:
        """Write lines that were held back."""
        for line in lines:
            self.line(line)

    def fresh(self, prefix: str = "t") -> str:
        """A name that nothing else has."""
        self._names += 1
        return f"{prefix}{self._names}"

    def keep(self, code: str) -> str:
        """Hold a value in a variable of its own, so that it is computed once."""
        name = self.fresh()
        self.line(f"{name} = {code}")
        return name

    def constant(self, value: Any) -> str:
        """The name of a constant."""
        name = self.fresh("c")
        self.constants[name] = value
        return name
