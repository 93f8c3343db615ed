"""What a template's macros and composite resources may become: data, as far as AWS documents it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.yamltext import read

ANY: Final = ("*",)
"""Resources of every type."""
SHIPPED: Final = Path(__file__).with_name("macros.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Macros:
    """The types of resources that may come of a macro over a template, and of a composite resource type.

    A macro over a template that is not among them may change every resource as well.
    """

    templates: Mapping[str, tuple[str, ...]]
    resources: Mapping[str, tuple[str, ...]]


@cache
def macros() -> Macros:
    """The shipped data."""
    told = read(SHIPPED).value
    return Macros(
        templates=_by_name(told["macros"]),
        resources=_by_name(told["resources"]),
    )


def _by_name(told: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return {name: ANY if types == "any" else tuple(types) for name, types in told.items()}
