"""A kind says what one evidence record of its sort looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from grc.model.identifiers import KindName
from grc.model.types import ObjectType


class KindScope(Enum):
    """How far a population of a kind reaches, and so how far a join reaches unless it says ``within``."""

    GLOBAL = "global"
    """One population an account (or a cluster, a root, a register)."""
    REGIONAL = "regional"
    """One population an account and region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of evidence.

    ``document`` is the kind's file as data, stored in packs so that they stand on their own.
    ``base`` names the top-level fields that listing gives; every other top-level field is a section,
    read by a call of its own and only when a selected check reads it. ``key`` is the field that holds
    the subject's own id.
    """

    name: KindName
    title: str
    provider: str
    scope: KindScope
    key: str
    shape: ObjectType
    base: frozenset[str]
    max_age_days: int | None
    document: Mapping[str, object]

    @property
    def sections(self) -> frozenset[str]:
        """The top-level fields that listing does not give."""
        return frozenset(self.shape.fields) - self.base
