"""A framework as a vector of counts over its whole counted sets, and a range (DESIGN 4, rule 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from grc.model.assessment import Finding, FrameworkSummary, SetSummary
from grc.model.catalogue import Catalogue, CountedSet
from grc.model.status import UNDECIDED, Status


def summarise_framework(catalogue: Catalogue, findings: Sequence[Finding]) -> FrameworkSummary:
    """Count the findings of one catalogue, set by set."""
    return FrameworkSummary(
        framework=catalogue.id,
        sets=tuple(
            summarise_set(counted, [found.engine_status for found in findings if found.counted_in == counted.id])
            for counted in catalogue.counted_sets
        ),
    )


def summarise_set(counted: CountedSet, statuses: Iterable[Status]) -> SetSummary:
    """Count one set over the publisher's own number. A row that the catalogue lacks is not assessed."""
    found = Counter(statuses)
    total = max(counted.count, found.total())
    found[Status.NOT_ASSESSED] += total - found.total()
    applicable = total - found[Status.NOT_APPLICABLE]
    good = found[Status.SATISFIED] + found[Status.INHERITED]
    undecided = sum(found[status] for status in UNDECIDED)
    return SetSummary(
        id=counted.id,
        title=counted.title,
        total=total,
        counts={status: found[status] for status in Status},
        applicable=applicable,
        floor=_ratio(good, applicable),
        ceiling=_ratio(good + undecided, applicable),
        assessed=_ratio(applicable - undecided, applicable),
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
