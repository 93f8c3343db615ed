"""Where an expression stands: what names mean there, and what evaluating has cost so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from grc.collect.terraform.hcl.tree import Step


@dataclass(slots=True)
class Effort:
    """What evaluating one root module has cost."""

    depth: int = 0
    steps: int = 0


class World(Protocol):
    """What names mean in one module."""

    @property
    def effort(self) -> Effort:
        """What evaluating the root module has cost."""

    def named(self, root: str, steps: tuple[Step, ...]) -> tuple[Any, int]:
        """The value of a root name, and how many of the steps led to it."""

    def outside(self, name: str, arguments: list[Any]) -> Any:
        """The value of a function that reads files."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the module, and the names that only hold here (``each``, ``count``, ``for``)."""

    world: World
    bound: Mapping[str, Any] = field(default_factory=dict)

    def bind(self, names: Mapping[str, Any]) -> Scope:
        """The scope within, where these hold too."""
        return Scope(self.world, {**self.bound, **names})
