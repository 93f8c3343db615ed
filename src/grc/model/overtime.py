"""What the runs of a period show together: of each check, of each requirement, and of each failure.

A run is a moment; between two of them nothing is known. So a failure lasted at least from the first run that saw it to
the last one, and at most from the last run before that saw none to the first one after that saw none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from grc.model.catalogue import Severity
from grc.model.identifiers import CheckId, RequirementId, SubjectKey
from grc.model.status import Status


class Ending(StrEnum):
    """How a lapse ended. ``OPEN``: it failed in the last run that saw it, and no run has seen it end."""

    MENDED = "mended"
    ACCEPTED = "accepted"
    GONE = "gone"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """One subject that failed one check for a time.

    ``first`` and ``last`` are the runs that saw it fail. ``sound_before`` is the run right before, if that saw it not
    fail; ``ended_by`` the run that saw it end. Each is None where no run shows it.
    """

    subject: SubjectKey
    sound_before: datetime | None
    first: datetime
    last: datetime
    ended_by: datetime | None = None
    ending: Ending = Ending.OPEN

    @property
    def at_least(self) -> timedelta:
        """How long it failed for sure."""
        return self.last - self.first

    @property
    def at_most(self) -> timedelta | None:
        """How long it can have failed at the most; None where no run bounds it."""
        if self.sound_before is None or self.ended_by is None:
            return None
        return self.ended_by - self.sound_before


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInRun:
    """What one run shows of one check; plans and templates count too.

    ``fell_short``: something failed. ``undecided``: something was not seen or not decided, also beside a failure.
    ``failed`` are failures that nobody waived, of ``subjects`` that the check applies to.
    """

    collected: datetime
    status: Status
    fell_short: bool
    undecided: bool
    failed: int
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOverTime:
    """One check over the runs that ran it, which stand in order of time."""

    check: CheckId
    severity: Severity
    runs: tuple[CheckInRun, ...]
    lapses: tuple[Lapse, ...]

    @property
    def ran(self) -> int:
        """How many runs ran it."""
        return len(self.runs)

    @property
    def fell_short(self) -> int:
        """How many runs saw something fail."""
        return sum(run.fell_short for run in self.runs)

    @property
    def short(self) -> bool:
        """Whether some run saw something fail."""
        return bool(self.fell_short or self.lapses)

    @property
    def undecided(self) -> int:
        """How many runs could not decide all of it."""
        return sum(run.undecided for run in self.runs)

    @property
    def statuses(self) -> Mapping[Status, int]:
        """How many runs came to each status."""
        return Counter(run.status for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementInRun:
    """What one run concluded on one requirement."""

    collected: datetime
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementOverTime:
    """One counted requirement over the runs that assessed its framework, which stand in order of time.

    ``checks`` are those that answered a part of it in some run.
    """

    requirement: RequirementId
    runs: tuple[RequirementInRun, ...]
    checks: frozenset[CheckId]

    @property
    def statuses(self) -> Mapping[Status, int]:
        """How many runs came to each status."""
        return Counter(run.status for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time; ``ends`` is not in it."""

    begins: datetime
    ends: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends

    @property
    def length(self) -> timedelta:
        """From its beginning to its end."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run: its pack's folder and digest, when its evidence had been collected, the digest of what judged it, and
    the instant that it was judged for."""

    path: str
    pack: str
    collected: datetime
    judge: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTime:
    """What the runs of a period show together. ``planned`` are the stretches in each of which a run was to be made,
    and empty where nobody said how often; ``missed`` are those without one. ``outside`` are packs of other times.
    ``over`` is how far the period is over: its end, or the instant of asking where that comes first."""

    period: Stretch
    over: datetime
    runs: tuple[Ran, ...]
    outside: tuple[str, ...]
    planned: tuple[Stretch, ...]
    missed: tuple[Stretch, ...]
    checks: tuple[CheckOverTime, ...]
    requirements: tuple[RequirementOverTime, ...]

    @property
    def longest_gap(self) -> Stretch:
        """The longest time between two runs, or between one and an end of the period, as far as that is over."""
        moments = sorted((self.period.begins, *(run.collected for run in self.runs), self.over))
        stretches = (Stretch(begins=earlier, ends=later) for earlier, later in pairwise(moments))
        return max(stretches, key=lambda it: it.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The checks by the worst that some run shows of them; each stands in one group, by id."""

    short: tuple[CheckOverTime, ...]
    undecided: tuple[CheckOverTime, ...]
    waived: tuple[CheckOverTime, ...]
    sound: tuple[CheckOverTime, ...]


def by_worst(found: OverTime) -> Sorted:
    """Sort the checks: a failure in some run; none, but not decided in some; waived failures alone; and the others."""
    groups: dict[str, list[CheckOverTime]] = {"short": [], "undecided": [], "waived": [], "sound": []}
    for it in found.checks:
        groups[_worst(it)].append(it)
    return Sorted(**{name: tuple(held) for name, held in groups.items()})


def _worst(check: CheckOverTime) -> str:
    if check.short:
        return "short"
    if check.undecided:
        return "undecided"
    return "waived" if Status.WAIVED in check.statuses else "sound"


def worst_first(checks: tuple[CheckOverTime, ...]) -> tuple[CheckOverTime, ...]:
    """Checks by severity, then those first that fell short in most runs."""
    severities = list(Severity)
    return tuple(sorted(checks, key=lambda it: (severities.index(it.severity), -it.fell_short, it.check)))
