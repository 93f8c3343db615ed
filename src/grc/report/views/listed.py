"""Every check in one list that can be narrowed: by status, severity, owner, framework and service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grc.model.identifiers import CheckId
from grc.report.effects import borne
from grc.report.index import Index
from grc.report.views.findings import CheckRow
from grc.report.views.tree import owners

OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCheck:
    """One check and what the list is narrowed by."""

    row: CheckRow
    owners: tuple[str, ...]
    frameworks: tuple[str, ...]
    service: str


def listed(index: Index, rows: Iterable[CheckRow], first: Sequence[str]) -> tuple[ListedCheck, ...]:
    """The checks, those named ``first`` before the others, which stay as they come."""
    order = {name: place for place, name in enumerate(first)}
    ordered = sorted(rows, key=lambda row: order.get(row.id, len(order)))
    return tuple(_listed(index, row) for row in ordered)


def service(index: Index, check: CheckId) -> str:
    """What a check is filed under: ``aws.s3`` for the kind ``aws.s3.bucket``, ``register`` for ``register.people``."""
    kind = index.kind(check) or ""
    return kind.rpartition(".")[0] or kind or OTHER


def _listed(index: Index, row: CheckRow) -> ListedCheck:
    check = CheckId(row.id)
    bears_on = borne(index, (check,))
    return ListedCheck(
        row=row,
        owners=owners(index, index.controls_of.get(check, ())),
        frameworks=tuple(dict.fromkeys(index.requirements[entry].framework for entry in bears_on)),
        service=service(index, check),
    )
