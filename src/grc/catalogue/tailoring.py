"""Everything that a workspace decided about the frameworks, beside what applies."""

from __future__ import annotations

from pathlib import Path

from grc.catalogue.applicability import load_addressable, load_statement
from grc.catalogue.capability import load_capability
from grc.model.catalogue import Policy
from grc.model.tailoring import Tailoring


def load_tailoring(folder: Path, policy: Policy) -> Tailoring | None:
    """What ``applicability.yaml`` and ``capability.yaml`` say beside the decisions on what applies; None if nothing.

    Raises:
        DataError: with every problem of one of the files.
    """
    targets, ratings = load_capability(folder, policy)
    made = Tailoring(
        statement=load_statement(folder, policy),
        addressable=load_addressable(folder, policy),
        targets=targets,
        ratings=ratings,
    )
    return None if made == Tailoring() else made
