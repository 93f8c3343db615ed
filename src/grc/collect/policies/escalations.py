"""The known ways from some rights to more: ``escalations.yaml`` as values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from grc.yamltext import read

SHIPPED: Final = Path(__file__).parent / "escalations.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """One way. ``actions`` are in small letters and all needed; ``service`` is whom a role must be passed to.

    ``others`` marks what gives nothing new where it is about the caller himself, ``bounded`` what gives something only
    to who stands under a permissions boundary.
    """

    id: str
    actions: tuple[str, ...]
    service: str | None
    others: bool
    bounded: bool


@cache
def load() -> tuple[Escalation, ...]:
    """The known ways, in the order of the file."""
    return tuple(
        Escalation(
            id=entry["id"],
            actions=tuple(action.lower() for action in entry["actions"]),
            service=entry.get("service"),
            others=entry.get("others", False),
            bounded=entry.get("bounded", False),
        )
        for entry in read(SHIPPED).value["paths"]
    )
