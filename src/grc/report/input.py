"""What a report is made from. Gathered by ``run``; every format reads the same value."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from grc.model.assessment import Assessment, Observation
from grc.model.catalogue import Policy
from grc.model.conclusion import Concluded
from grc.model.evidence import Location, Population
from grc.model.identifiers import FrameworkId, KindName, Place, RequirementId, SubjectKey
from grc.model.views import ReportView
from grc.model.workspace import Organisation, Period

UNDECLARED: Final = Organisation(name=None, timezone="UTC", contacts={})
"""Where no workspace was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Something left out of scope on purpose: an account, a path, a framework."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUsed:
    """One source of evidence and its version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """A population and where it is kept: the path within the pack, its digests and the size stored."""

    population: Population
    file: str | None = None
    content_digest: str | None = None
    stored_digest: str | None = None
    stored_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an earlier pack concluded, to be compared with.

    ``judged_alike``: the same engine judged it by the same policy. Decisions of people and the date may differ.
    """

    pack: str
    assessment: Assessment
    judged_alike: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything that a report shows.

    ``observations`` begins a new pass over the failing and the unknown observations, waived failures and those of
    plans included, in the pack's order; passes and not-applicables stand as counts in the check results.
    ``generated_at`` is an argument so that the same pack gives the same bytes: give ``assessment.as_of``.
    ``expected`` are the places that the scope declares; those without evidence are shown as not reached.
    ``policy_digests`` are the digests of the catalogues, by framework, where they are known.
    ``views`` are the tables that the frameworks are known by. ``waiver_matches`` says of each waiver that covers no
    failure how many subjects of its check it matches. ``concluded`` are an assessor's conclusions, which the
    findings of the assessment hold in words. ``every`` begins a new pass over all observations, passes too;
    None where they are not at hand. ``coverage`` counts the parts of each framework by what tests them, the strongest
    sort first. ``earlier`` are earlier packs, oldest first. ``located`` tells where those of some
    subjects stand that were declared in a file.
    """

    assessment: Assessment
    policy: Policy
    evidence: tuple[EvidenceItem, ...]
    observations: Callable[[], Iterable[Observation]]
    pack: str
    engine_version: str
    generated_at: datetime
    sources: tuple[SourceUsed, ...] = ()
    organisation: Organisation = UNDECLARED
    period: Period | None = None
    classification: str = "Internal"
    exclusions: tuple[Exclusion, ...] = ()
    expected: tuple[Place, ...] = ()
    redactions: tuple[str, ...] = ()
    kind_titles: Mapping[KindName, str] | None = None
    policy_digests: Mapping[FrameworkId, str] | None = None
    views: tuple[ReportView, ...] = ()
    waiver_matches: Mapping[str, int] | None = None
    concluded: Mapping[RequirementId, Concluded] | None = None
    every: Callable[[], Iterable[Observation]] | None = None
    coverage: Mapping[FrameworkId, Mapping[str, int]] | None = None
    earlier: tuple[Earlier, ...] = ()
    located: Callable[[Container[SubjectKey]], Mapping[SubjectKey, Location]] = lambda wanted: {}
