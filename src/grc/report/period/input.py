"""What the page of a period is made from. Gathered by ``run``."""

from __future__ import annotations

from dataclasses import dataclass

from grc.model.catalogue import Policy
from grc.model.overtime import OverTime
from grc.model.workspace import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodInput:
    """What runs of a period show, and the words for it.

    ``policy`` is that of the last run: what it does not have any more is named by its id. ``every``: how many days are
    between planned runs, None where nobody said. Days are those of the time zone of ``organisation``.
    """

    found: OverTime
    policy: Policy
    organisation: Organisation
    engine_version: str
    every: int | None
    classification: str = "Internal"
