"""The tables that frameworks are known by, made up over a sample of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from report_sample import HOSTILE

from grc.model.catalogue import Method
from grc.model.identifiers import ControlId, FrameworkId, PartId, RequirementId
from grc.model.status import Status
from grc.model.tailoring import AddressableChoice, Implementation, Inclusion, Statement
from grc.model.views import (
    AccountabilityRow,
    AccountabilityView,
    AccountPart,
    AddressableRow,
    AddressableView,
    AnyView,
    ApplicabilityRow,
    ApplicabilityView,
    CapabilityLevel,
    CapabilityRow,
    CapabilityView,
    ContentItem,
    Grade,
    Standing,
)
from grc.report import ReportInput

DAY = date(2026, 3, 1)
ODD = HOSTILE[0]


def rows_of(report: ReportInput, framework: str, most: int) -> Iterator[tuple[RequirementId, str, str]]:
    catalogue = report.policy.catalogues[FrameworkId(framework)]
    return ((row.id, row.code, row.title) for row in catalogue.requirements[:most])


def tables(report: ReportInput) -> tuple[AnyView, ...]:
    soa = [
        ApplicabilityRow(requirement=name, code=code, title=title, group=f"Group {number // 2}", applicable=None)
        for number, (name, code, title) in enumerate(rows_of(report, "iso27001", 4))
    ]
    soa[1] = replace(
        soa[1],
        applicable=True,
        included_for=(Inclusion.RISK, Inclusion.LAW),
        reason_for_inclusion=f"Because {ODD}",
        implemented=Implementation.PLANNED,
        planned_for=date(2026, 9, 1),
        how="By a rule",
        references=("DOC-1",),
        owner="platform",
        risks=("R-1",),
        evidence=("E-1",),
        reviewed_on=DAY,
        approved_by="Grace",
        approved_on=DAY,
        engine_status=Status.PARTIAL,
    )
    soa[2] = replace(soa[2], applicable=False, reason_for_exclusion="Nothing is built here", approved_by="Grace")
    (hipaa, code, title), (second, second_code, second_title) = rows_of(report, "hipaa", 2)
    addressable = AddressableRow(
        requirement=hipaa,
        code=code,
        title=title,
        group="Technical safeguards",
        standing=Standing.ALTERNATIVE,
        choice=AddressableChoice.ALTERNATIVE,
        factors=("cost",),
        rationale="It is dear",
        alternative=f"A lock {ODD}",
        approved_by="Grace",
        approved_on=DAY,
        review_on=date(2026, 2, 1),
        review_overdue=True,
        engine_status=Status.NOT_ASSESSED,
        counts_as=Status.NOT_ASSESSED,
    )
    undocumented = AddressableRow(
        requirement=second,
        code=second_code,
        title=second_title,
        group="Technical safeguards",
        standing=Standing.UNDOCUMENTED,
        counts_as=Status.NOT_SATISFIED,
    )
    (gdpr, code, title), *_ = rows_of(report, "gdpr", 1)
    duty = AccountabilityRow(
        requirement=gdpr,
        code=code,
        title=title,
        group="Chapter II",
        binds=("Controller",),
        parts=(
            AccountPart(
                part=PartId("rules"),
                method=Method.DOCUMENT,
                show="Rules are written.",
                evidence=f"Rules {ODD}",
                controls=(ControlId("c"),),
                owners=("privacy officer", "legal"),
                engine_status=Status.NOT_SATISFIED,
            ),
        ),
        contents=(ContentItem(code="(a)", title="Names"),),
        engine_status=Status.NOT_SATISFIED,
    )
    (cobit, code, title), (other, other_code, other_title) = rows_of(report, "cobit", 2)
    level = CapabilityLevel(level=2, activities=4, practices=2, rated=2, achieved=70, grade=Grade.LARGELY)
    objective = CapabilityRow(
        objective=cobit,
        code=code,
        title=title,
        group="Deliver",
        accountable=f"security officer {ODD}",
        target=3,
        reached=2,
        practices=2,
        with_evidence=1,
        levels=(level,),
    )
    unrated = replace(
        objective, objective=other, code=other_code, title=other_title, reached=None, target=None, levels=()
    )
    head = Statement(version="1.2", on=DAY, approved_by="Grace", risk_assessment="RA-1")
    common = {"title": "Framework", "edition": "1"}
    return (
        ApplicabilityView(
            framework=FrameworkId("iso27001"),
            statement=head,
            total=4,
            applicable=3,
            excluded=1,
            undecided=2,
            rows=tuple(soa),
            **common,
        ),
        AddressableView(
            framework=FrameworkId("hipaa"),
            total=2,
            undocumented=1,
            overdue=1,
            rows=(addressable, undocumented),
            **common,
        ),
        AccountabilityView(framework=FrameworkId("gdpr"), total=1, rows=(duty,), **common),
        CapabilityView(
            framework=FrameworkId("cobit"), total=2, rated=1, seen=True, rows=(objective, unrated), **common
        ),
    )
