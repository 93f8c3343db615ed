"""Keyed pseudonyms for the join keys of persons.

Both sides of a join (a register's column, an IAM user's name) pass through the one normalisation below and the same
key, so that they still meet in a pack that names nobody. Verdicts never need the key.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

PREFIX: Final = "person:"
REMEMBERED: Final = 32_768  # persons: several registers name the same ones
LENGTH: Final = 24  # hex digits: 96 bits, no accidental meeting among any number of people


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Makes pseudonyms under one workspace's key. The key is never shown and never leaves the collector.

    ``note`` is told of each pseudonym and the person it stands for, where the workspace's owner keeps a table.
    """

    key: bytes = field(repr=False)
    note: Callable[[str, str], None] | None = field(default=None, repr=False, compare=False)
    _keyed: hmac.HMAC = field(init=False, repr=False, compare=False)
    _made: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Key the function once: a register names thousands of persons."""
        object.__setattr__(self, "_keyed", hmac.new(self.key, digestmod="sha256"))

    def of(self, person: str) -> str:
        """The pseudonym of a person's id: ``person:`` and 24 hexadecimal digits."""
        made = self._made.get(person)
        if made is None:
            made = self._make(person)
            if len(self._made) < REMEMBERED:
                self._made[person] = made
        return made

    def _make(self, person: str) -> str:
        mac = self._keyed.copy()
        mac.update(normalise(person).encode("utf-8", "surrogatepass"))
        pseudonym = PREFIX + mac.hexdigest()[:LENGTH]
        if self.note is not None:
            self.note(pseudonym, person)
        return pseudonym


def normalise(person: str) -> str:
    """The declared normalisation: Unicode NFKC, no white space around, case folded."""
    return unicodedata.normalize("NFKC", person).strip().casefold()
