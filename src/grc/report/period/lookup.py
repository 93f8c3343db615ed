"""What the sections of a period's page look up: titles, links, the scale of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from grc.model.catalogue import Requirement
from grc.model.identifiers import CheckId, RequirementId
from grc.model.overtime import OverTime, RequirementOverTime
from grc.report import anchors
from grc.report.charts.timeline import Scale
from grc.report.period.input import PeriodInput
from grc.report.period.told import moment
from grc.report.views.marks import Link
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Lookups over one period. ``answers`` are the requirements that each check answered in some run, ``short`` the
    checks that fell short in some run."""

    given: PeriodInput
    words: Words
    zone: ZoneInfo
    scale: Scale
    titles: Mapping[CheckId, str]
    requirements: Mapping[RequirementId, Requirement]
    answers: Mapping[CheckId, tuple[RequirementId, ...]]
    short: frozenset[CheckId]

    @property
    def found(self) -> OverTime:
        """What the runs show."""
        return self.given.found

    def title(self, check: CheckId) -> str:
        """The title of a check; its id where the last run's policy does not have it."""
        return self.titles.get(check, check)

    def link(self, requirement: RequirementId) -> Link:
        """The link to a requirement, by the publisher's code."""
        row = self.requirements.get(requirement)
        return Link(anchor=anchors.anchor(requirement), text=row.code if row else requirement)

    def moment(self, at: datetime) -> str:
        """An instant in the time zone of the page."""
        return moment(at, self.zone)


def lookup(given: PeriodInput, words: Words) -> Lookup:
    """Gather what is looked up."""
    zone = ZoneInfo(given.organisation.timezone)
    return Lookup(
        given=given,
        words=words,
        zone=zone,
        scale=Scale(period=given.found.period, zone=zone),
        titles={check.id: check.title for check in given.policy.checks.values()},
        requirements={row.id: row for it in given.policy.catalogues.values() for row in it.requirements},
        answers=_answers(given.found.requirements),
        short=frozenset(it.check for it in given.found.checks if it.short),
    )


def _answers(requirements: tuple[RequirementOverTime, ...]) -> Mapping[CheckId, tuple[RequirementId, ...]]:
    answers: defaultdict[CheckId, list[RequirementId]] = defaultdict(list)
    for held in requirements:
        for check in held.checks:
            answers[check].append(held.requirement)
    return {check: tuple(found) for check, found in answers.items()}
