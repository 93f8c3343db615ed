"""How statuses combine: the rules of DESIGN 4 as pure functions over statuses, without reasons and without ids.

The laws they keep (tests/assess/test_laws.py): order and duplicates do not matter; losing an input never makes anything
good; a waiver never makes anything satisfied. Where the written rules leave a choice, the laws made it
(docs/adr/0003-roll-up.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from grc.model.status import GOOD, Status

UNDECIDED_WORST_FIRST: Final = (Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED)
FAILING: Final = frozenset({Status.NOT_SATISFIED, Status.PARTIAL})
LOWERABLE: Final = frozenset({Status.SATISFIED, Status.WAIVED, Status.INHERITED})
MET_IN_PART: Final = LOWERABLE | {Status.PARTIAL}


def over_subjects(*, failed: int, undecided: bool, stale: bool, passed: int, waived: int) -> Status:
    """Rule 1: a check over its whole population. ``undecided``: a gap in a population, or an unknown subject."""
    if failed:
        return Status.NOT_SATISFIED
    if undecided:
        return Status.UNKNOWN
    if stale:
        return Status.STALE
    if not passed + waived:
        return Status.NOT_APPLICABLE
    return Status.WAIVED if waived else Status.SATISFIED


def all_of(statuses: Iterable[Status]) -> Status:
    """Rule 2: what holds when each of these is needed: a control over its checks, a part over what meets it.

    None at all is not_assessed; all not_applicable is not_applicable.
    """
    present = frozenset(statuses)
    counted = present - {Status.NOT_APPLICABLE}
    if not counted:
        return Status.NOT_APPLICABLE if present else Status.NOT_ASSESSED
    for failing in (Status.NOT_SATISFIED, Status.PARTIAL):
        if failing in counted:
            return failing
    return _decided(counted)


def lowered(status: Status, supports: Iterable[Status]) -> Status:
    """Rule 3: a part's status after the controls that support it. They may lower a good status, never raise one.

    A support that could not be decided lowers as well, and a waived one lowers satisfied to waived: else losing the
    evidence of a failing support, or waiving it, would make the part good again. A failing one lowers stale too: else
    the part's failure would soften with age.
    """
    present = frozenset(supports)
    if present & FAILING and status in LOWERABLE | {Status.STALE}:
        return Status.PARTIAL
    if status not in LOWERABLE:
        return status
    undecided = _worst_undecided(present)
    if undecided is not None:
        return undecided
    return Status.WAIVED if Status.WAIVED in present else status


def over_parts(statuses: Iterable[Status]) -> Status:
    """Rule 4: a requirement over its parts, and a heading over its children.

    All not_applicable is not_assessed: only a person scopes a requirement out.
    """
    counted = frozenset(statuses) - {Status.NOT_APPLICABLE}
    if not counted:
        return Status.NOT_ASSESSED
    if counted & FAILING:
        return Status.PARTIAL if counted & MET_IN_PART else Status.NOT_SATISFIED
    return _decided(counted)


def is_good(status: Status) -> bool:
    """Whether the status is one of the good ones: satisfied, inherited, waived, not_applicable."""
    return status in GOOD


def _decided(counted: frozenset[Status]) -> Status:
    undecided = _worst_undecided(counted)
    if undecided is not None:
        return undecided
    if Status.WAIVED in counted:
        return Status.WAIVED
    return Status.INHERITED if counted == {Status.INHERITED} else Status.SATISFIED


def _worst_undecided(statuses: frozenset[Status]) -> Status | None:
    return next((status for status in UNDECIDED_WORST_FIRST if status in statuses), None)
