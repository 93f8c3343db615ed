"""Reads the fields of an object, which may hold anything: what is not as the API says is a gap, never a default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from grc.model.evidence import Gap, GapReason

Object = Mapping[str, Any]

NOTHING: Final[Object] = {}
PLACEHOLDER: Final = re.compile(r"\{\{|\{%|<%|\$\{|\$\(|<[A-Za-z_]")
"""The marks that tools leave where something is still to be filled in."""
UNFILLED: Final = "holds a placeholder that a tool would fill in: render it first"


class Reading:
    """Reads one object; collects the gaps of its record. ``where`` is the file and line, or the list that gave it.

    ``declared`` says that the object stands in a file and not in a cluster.

    ``at`` says where the value stands in the record's body, not in the object.
    """

    __slots__ = ("declared", "gaps", "where")

    def __init__(self, where: str, *, declared: bool) -> None:
        self.where = where
        self.declared = declared
        self.gaps: list[Gap] = []

    def fault(self, at: str, why: str, reason: GapReason = GapReason.MALFORMED) -> None:
        """Note that what stands at ``at`` could not be understood."""
        self.gaps.append(Gap(path=at, reason=reason, detail=f"{self.where}: {why}"))

    def flag(self, holder: Object, name: str, at: str) -> bool | None:
        """A true or false, None where it is not set."""
        value = holder.get(name)
        if value is None or value is True or value is False:
            return value
        self._refuse(at, name, "true or false")
        return None

    def text(self, holder: Object, name: str, at: str) -> str | None:
        """Text, None where it is not set; a placeholder is no text."""
        value = holder.get(name)
        if value is None:
            return None
        if type(value) is not str:
            self._refuse(at, name, "text")
            return None
        if ("{" in value or "<" in value or "$" in value) and PLACEHOLDER.search(value):
            self.fault(at, f"{name} {UNFILLED}", GapReason.PARSE_ERROR)
            return None
        return value

    def number(self, holder: Object, name: str, at: str) -> int | None:
        """A whole number, None where it is not set."""
        value = holder.get(name)
        if value is None or type(value) is int:
            return value
        self._refuse(at, name, "a whole number")
        return None

    def quantity(self, holder: Object, name: str, at: str) -> str | None:
        """An amount such as ``500m`` or ``2``, as text."""
        value = holder.get(name)
        return str(value) if type(value) in (int, float) else self.text(holder, name, at)

    def mapping(self, holder: Object, name: str, at: str) -> Object:
        """A mapping, empty where it is not set."""
        value = holder.get(name)
        if value is None:
            return NOTHING
        if type(value) is dict:
            return value
        self._refuse(at, name, "a mapping")
        return NOTHING

    def sequence(self, holder: Object, name: str, at: str) -> list[Any]:
        """A list, empty where it is not set."""
        value = holder.get(name)
        if value is None:
            return []
        if type(value) is list:
            return value
        self._refuse(at, name, "a list")
        return []

    def mappings(self, holder: Object, name: str, at: str) -> Iterator[tuple[int, Object]]:
        """The mappings in a list, each with its number."""
        for number, value in enumerate(self.sequence(holder, name, at)):
            if type(value) is dict:
                yield number, value
            else:
                self._refuse(at, f"{name}[{number}]", "a mapping")

    def texts(self, holder: Object, name: str, at: str) -> list[str]:
        """A list of texts, empty where it is not set."""
        found: list[str] = []
        for value in self.sequence(holder, name, at):
            if type(value) is not str:
                self._refuse(at, name, "a list of texts")
            elif PLACEHOLDER.search(value):
                self.fault(at, f"{name} {UNFILLED}", GapReason.PARSE_ERROR)
            else:
                found.append(value)
        return found

    def _refuse(self, at: str, name: str, wanted: str) -> None:
        self.fault(at, f"{name[:100]} must be {wanted}")
