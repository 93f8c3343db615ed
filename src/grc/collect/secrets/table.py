"""The table of forms: what a secret looks like wherever it stands, by its own marks alone."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from grc.yamltext import read

TABLE: Final = Path(__file__).with_name("table.yaml")
FORMAT: Final = "grc.secrets/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form of secret. ``hints`` are in lower case: without one of them the pattern is not tried.

    ``entropy`` is the least of what is taken out. Units: bits a character.
    """

    id: str
    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    entropy: float
    source: str

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a secret of this form stands in a text."""
        for found in self.pattern.finditer(text):
            group = next((name for name, value in found.groupdict().items() if value is not None), 0)
            if not self.entropy or entropy(found[group]) >= self.entropy:
                yield found.span(group)


@cache
def forms() -> tuple[Form, ...]:
    """Every form, in the order in which they are tried.

    Raises:
        DataError: the table cannot be read.
    """
    return tuple(
        Form(
            id=row["id"],
            name=row["name"],
            hints=tuple(row["hints"]),
            pattern=re.compile(row["pattern"]),
            entropy=float(row.get("entropy", 0)),
            source=row["source"],
        )
        for row in read(TABLE).value["forms"]
    )


def possible(lowered: str) -> tuple[Form, ...]:
    """The forms that a text, given in lower case, may hold."""
    absent = "".join([mark for mark in _marks() if mark not in lowered])
    return tuple(form for form, hints in _tried(absent) if any(hint in lowered for hint in hints))


@cache
def _marks() -> tuple[str, ...]:
    """Every character of the hints. Where one is not in a text at all, which is soon seen, nor are many of them."""
    return tuple(sorted({mark for form in forms() for hint in form.hints for mark in hint}))


@lru_cache(256)
def _tried(absent: str) -> tuple[tuple[Form, tuple[str, ...]], ...]:
    """Each form with those of its hints that hold none of these characters."""
    held = ((form, tuple(hint for hint in form.hints if not set(absent) & set(hint))) for form in forms())
    return tuple((form, hints) for form, hints in held if hints)


def entropy(text: str) -> float:
    """Shannon's, of a text's characters. Units: bits a character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts) if text else 0.0
