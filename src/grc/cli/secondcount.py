"""What the terminal says of a second count: how many populations agree, and each that does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from grc.model.evidence import (
    SECOND_COUNT_AGREES,
    SECOND_COUNT_DIFFERS,
    SECOND_COUNT_NOT_HAD,
    Fact,
    Population,
)


def second_count_lines(populations: Iterable[Population]) -> Iterator[str]:
    """Nothing where no second source was asked."""
    counted = [(population.unit, fact) for population in populations for fact in population.facts]
    found = Counter(fact.fact for _, fact in counted)
    agree, differ, not_had = (found[name] for name in (SECOND_COUNT_AGREES, SECOND_COUNT_DIFFERS, SECOND_COUNT_NOT_HAD))
    if agree + differ + not_had:
        yield f"Second count, populations: {agree} agree, {differ} differ, {not_had} could not be counted"
    for unit, fact in counted:
        if fact.fact == SECOND_COUNT_DIFFERS:
            yield f"  {unit.kind} in {unit.place}: {fact.detail}"
    not_counted = Counter(_reason(fact) for _, fact in counted if fact.fact == SECOND_COUNT_NOT_HAD)
    for reason, number in sorted(not_counted.items()):
        yield f"  not counted, {number} populations: {reason}"


def _reason(fact: Fact) -> str:
    """Why a count was not had: our own stands behind it."""
    return fact.detail.partition(";")[0]
