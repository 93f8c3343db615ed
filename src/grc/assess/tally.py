"""What checks came to on the records of one population."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from grc.assess.records import named
from grc.errors import EvidenceError
from grc.model.assessment import PopulationResult
from grc.model.evidence import Gap, Population
from grc.model.identifiers import CheckId
from grc.model.status import Verdict

WAIVED: Final = "waived"
"""Of a failure, that somebody accepted it."""
Decided = bool | tuple[bool | str, ...]
"""True: every check of a record passes. Else of each check True, the text of another verdict, or ``WAIVED``."""


@dataclass(slots=True)
class Tally:
    """Verdicts of one check, counted. ``failed`` leaves out the waived.

    ``doubts`` are the rows that point at nothing among what the check compares its subjects with.
    """

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    not_applicable: int = 0
    waived: int = 0
    doubts: frozenset[Gap] = frozenset()

    def add(self, other: Tally) -> None:
        """Count what was found in another part of the population too."""
        self.passed += other.passed
        self.failed += other.failed
        self.unknown += other.unknown
        self.not_applicable += other.not_applicable
        self.waived += other.waived
        self.doubts |= other.doubts


def tallied(position: int, decided: Mapping[Decided, int]) -> Tally:
    """What the check at a position came to. ``decided`` counts records by what was decided of them."""
    found: Counter[bool | str] = Counter()
    for each, records in decided.items():
        found[each if isinstance(each, bool) else each[position]] += records
    return Tally(
        passed=found[True],
        failed=found[Verdict.FAIL.value],
        unknown=found[Verdict.UNKNOWN.value],
        not_applicable=found[Verdict.NOT_APPLICABLE.value],
        waived=found[WAIVED],
    )


def results(
    checks: Sequence[CheckId], population: Population, records: int, tallies: Sequence[Tally]
) -> Iterator[tuple[CheckId, PopulationResult]]:
    """What each check came to on a whole population.

    Raises:
        EvidenceError: there are not as many records as the population has.
    """
    if records != population.count:
        raise EvidenceError(
            f"{named(population)} says {population.count:,} records and holds {records:,}: it is not whole"
        )
    for check, tally in zip(checks, tallies, strict=True):
        gaps = (*population.gaps, *sorted(tally.doubts))
        yield (
            check,
            PopulationResult(
                place=population.unit.place,
                origin=population.origin,
                subjects=records,
                passed=tally.passed,
                failed=tally.failed,
                unknown=tally.unknown,
                not_applicable=tally.not_applicable,
                waived=tally.waived,
                complete=population.complete and not gaps,
                oldest=population.started if records else population.finished,
                gaps=gaps,
            ),
        )
