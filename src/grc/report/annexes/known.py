"""The tables that frameworks are known by, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import assert_never

from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.model.views import (
    AccountabilityView,
    AddressableView,
    ApplicabilityView,
    CapabilityView,
    ProcessingView,
    ReportView,
)
from grc.report.annexes.table import Row, Table, several
from grc.report.words import Words


def known(views: Iterable[ReportView], words: Words) -> tuple[Table, ...]:
    """A table a view, in the order given, named by its sort and its framework."""
    return tuple(_table(view, words) for view in views)


def _table(view: ReportView, words: Words) -> Table:
    match view:
        case ApplicabilityView():
            return Table(name=f"soa {view.framework}", columns=SOA, rows=partial(_soa, view, words))
        case AddressableView():
            name = f"addressable {view.framework}"
            return Table(name=name, columns=ADDRESSABLE, rows=partial(_addressable, view, words))
        case AccountabilityView():
            name = f"accountability {view.framework}"
            return Table(name=name, columns=ACCOUNTABILITY, rows=partial(_accountability, view, words))
        case CapabilityView():
            return Table(name=f"capability {view.framework}", columns=CAPABILITY, rows=partial(_capability, view))
        case ProcessingView():
            return Table(name=f"processing {view.framework}", columns=PROCESSING, rows=partial(_processing, view))
    assert_never(view)


def _word(words: Words, status: Status | None, framework: FrameworkId) -> str | None:
    return words.status(status, framework).word if status is not None else None


SOA = (
    "requirement",
    "title",
    "group",
    "applies",
    "included_for",
    "inclusion_reason",
    "exclusion_reason",
    "implemented",
    "planned_for",
    "how",
    "owner",
    "references",
    "risks",
    "evidence",
    "approved_by",
    "approved_on",
    "reviewed_on",
    "status",
)


def _soa(view: ApplicabilityView, words: Words) -> Iterator[Row]:
    for row in view.rows:
        yield (
            row.requirement,
            row.title,
            row.group,
            row.applicable,
            several(reason.value for reason in row.included_for),
            row.reason_for_inclusion,
            row.reason_for_exclusion,
            row.implemented.value if row.implemented else None,
            row.planned_for,
            row.how,
            row.owner,
            several(row.references),
            several(row.risks),
            several(row.evidence),
            row.approved_by,
            row.approved_on,
            row.reviewed_on,
            _word(words, row.engine_status, view.framework),
        )


ADDRESSABLE = (
    "requirement",
    "title",
    "group",
    "standing",
    "choice",
    "factors",
    "rationale",
    "alternative",
    "evidence",
    "approved_by",
    "approved_on",
    "review_on",
    "overdue",
    "status",
    "counts_as",
)


def _addressable(view: AddressableView, words: Words) -> Iterator[Row]:
    for row in view.rows:
        yield (
            row.requirement,
            row.title,
            row.group,
            words.say(f"standing_{row.standing.value.replace('-', '_')}"),
            row.choice.value if row.choice else None,
            several(row.factors),
            row.rationale,
            row.alternative,
            several(row.evidence),
            row.approved_by,
            row.approved_on,
            row.review_on,
            row.review_overdue,
            _word(words, row.engine_status, view.framework),
            _word(words, row.counts_as, view.framework),
        )


ACCOUNTABILITY = (
    "requirement",
    "title",
    "group",
    "binds",
    "part",
    "method",
    "show",
    "evidence",
    "controls",
    "owner",
    "contents",
    "status",
)


def _accountability(view: AccountabilityView, words: Words) -> Iterator[Row]:
    for row in view.rows:
        for part in row.parts:
            yield (
                row.requirement,
                row.title,
                row.group,
                several(row.binds),
                part.part,
                words.say(f"method_{part.method.value}"),
                part.show,
                part.evidence,
                several(part.controls),
                several(part.owners),
                several(f"{item.code} {item.title}" for item in row.contents),
                _word(words, part.engine_status, view.framework),
            )


CAPABILITY = (
    "requirement",
    "title",
    "group",
    "accountable",
    "target",
    "reached",
    "practices",
    "with_evidence",
    "level",
    "activities",
    "rated",
    "achieved",
    "grade",
)


def _capability(view: CapabilityView) -> Iterator[Row]:
    for row in view.rows:
        for level in row.levels:
            yield (
                row.objective,
                row.title,
                row.group,
                row.accountable,
                row.target,
                row.reached,
                row.practices,
                row.with_evidence,
                level.level,
                level.activities,
                level.rated,
                level.achieved,
                level.grade.value if level.grade else None,
            )


PROCESSING = (
    "activity",
    "title",
    "our_role",
    "controller",
    "purpose",
    "lawful_basis",
    "special_basis",
    "subject_categories",
    "data_categories",
    "recipients",
    "third_countries",
    "safeguards",
    "retention",
    "security_measures",
    "updated_on",
    "review_on",
    "unread",
    "digest",
)


def _processing(view: ProcessingView) -> Iterator[Row]:
    for row in view.rows:
        yield (
            row.activity,
            row.title,
            row.role,
            row.controller,
            row.purpose,
            row.lawful_basis,
            row.special_basis,
            several(row.subject_categories or ()),
            several(row.data_categories or ()),
            several(row.recipients or ()),
            row.third_countries,
            row.safeguards,
            row.retention,
            row.security_measures,
            row.updated_on,
            row.review_on,
            several(sorted(row.unread)),
            row.digest,
        )
