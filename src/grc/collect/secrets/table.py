"""The table of forms: what a secret looks like wherever it stands, by its own marks alone."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
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
    return tuple(form for form in forms() if any(hint in lowered for hint in form.hints))


def entropy(text: str) -> float:
    """Shannon's, of a text's characters. Units: bits a character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts) if text else 0.0
