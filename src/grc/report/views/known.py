"""The tables that frameworks are known by, laid out: statement of applicability, decisions, duties, capability."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from grc.model.identifiers import FrameworkId, RequirementId
from grc.model.status import Status
from grc.model.views import (
    AccountabilityRow,
    AccountabilityView,
    AccountPart,
    AddressableRow,
    AddressableView,
    ApplicabilityRow,
    ApplicabilityView,
    CapabilityRow,
    CapabilityView,
    ProcessingRow,
    ProcessingView,
    ReportView,
)
from grc.report import anchors
from grc.report.text import number
from grc.report.views.marks import Link, Mark, mark
from grc.report.words import Words

NOTHING: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a cell: a label before it where it needs one, and a mark where it has a status.

    ``codes`` are those of what it names, where those have sheets of their own.
    """

    text: str
    codes: str = ""
    label: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The lines of one cell; the row's own requirement is linked in its first cell."""

    lines: tuple[Line, ...] = ()
    link: Link | None = None
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Rows under one of the publisher's headings."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One table: its head in sentences, its columns, and every row of its framework."""

    sort: str
    anchor: str
    title: str
    sentences: tuple[str, ...]
    caption: str
    columns: tuple[str, ...]
    runs: tuple[Run, ...]


def known_tables(words: Words, views: Iterable[ReportView]) -> tuple[Known, ...]:
    """Lay out the tables in the order given."""
    return tuple(_table(words, view) for view in views)


def _table(words: Words, view: ReportView) -> Known:
    match view:
        case ApplicabilityView():
            return _soa(words, view)
        case AddressableView():
            return _addressable(words, view)
        case AccountabilityView():
            return _accountability(words, view)
        case CapabilityView():
            return _capability(words, view)
        case ProcessingView():
            return _processing(words, view)
    assert_never(view)


def soa_head(words: Words, view: ApplicabilityView) -> str:
    """The head of a statement of applicability: its version, who approved it, and what it rests on."""
    head = view.statement
    if head is None:
        return words.say("soa_no_head")
    return words.say("soa_head", version=head.version, on=head.on, by=head.approved_by, risk=head.risk_assessment)


def _soa(words: Words, view: ApplicabilityView) -> Known:
    say, stated = words.say, soa_head(words, view)
    counts = say(
        "soa_counts",
        total=number(view.total),
        applicable=number(view.applicable),
        excluded=number(view.excluded),
        undecided=number(view.undecided),
    )
    return Known(
        sort="soa",
        anchor=anchors.section(f"soa/{view.framework}"),
        title=say("soa_title", framework=view.title),
        sentences=(stated, counts, say("soa_mean")),
        caption=say("soa_caption", framework=view.title),
        columns=_columns(
            words,
            "soa_column_row",
            "soa_column_applies",
            "soa_column_reason",
            "soa_column_implemented",
            "soa_column_owner",
            "soa_column_ids",
            "soa_column_found",
        ),
        runs=_runs((row.group, _soa_row(words, view.framework, row)) for row in view.rows),
    )


def _soa_row(words: Words, framework: FrameworkId, row: ApplicabilityRow) -> tuple[Cell, ...]:
    say = words.say
    applies = {True: "soa_yes", False: "soa_no", None: "soa_undecided"}[row.applicable]
    grounds = ", ".join(say(f"included_{reason.value}") for reason in row.included_for)
    done = say(f"implemented_{row.implemented.value}", on=row.planned_for) if row.implemented is not None else ""
    return (
        _named(row.requirement, row.code, row.title),
        _cell(Line(text=say(applies))),
        _cell(
            Line(text=grounds, label=say("soa_included_for")),
            Line(text=row.reason_for_inclusion or ""),
            Line(text=row.reason_for_exclusion or "", label=say("soa_excluded")),
        ),
        _cell(Line(text=done), Line(text=row.how or ""), Line(text=", ".join(row.references), label=say("see"))),
        _cell(
            Line(text=row.owner or ""),
            Line(text=_text(row.reviewed_on), label=say("reviewed")),
            Line(text=row.approved_by or "", label=say("approved")),
            Line(text=_text(row.approved_on)),
        ),
        _cell(
            Line(text=", ".join(row.risks), label=say("risks")),
            Line(text=", ".join(row.evidence), label=say("evidence_label")),
        ),
        _found(words, framework, row.engine_status),
    )


def _addressable(words: Words, view: AddressableView) -> Known:
    say = words.say
    counts = say(
        "addressable_counts",
        total=number(view.total),
        undocumented=number(view.undocumented),
        overdue=number(view.overdue),
    )
    return Known(
        sort="addressable",
        anchor=anchors.section(f"addressable/{view.framework}"),
        title=say("addressable_title", framework=view.title),
        sentences=(counts, say("addressable_mean")),
        caption=say("addressable_caption", framework=view.title),
        columns=_columns(
            words,
            "addressable_column_row",
            "addressable_column_standing",
            "addressable_column_why",
            "addressable_column_approved",
            "addressable_column_found",
            "addressable_column_counts",
        ),
        runs=_runs((row.group, _addressable_row(words, view.framework, row)) for row in view.rows),
    )


def _addressable_row(words: Words, framework: FrameworkId, row: AddressableRow) -> tuple[Cell, ...]:
    say = words.say
    review = say("addressable_overdue", on=row.review_on) if row.review_overdue else _text(row.review_on)
    return (
        _named(row.requirement, row.code, row.title),
        _cell(Line(text=say(f"standing_{row.standing.value.replace('-', '_')}"))),
        _cell(
            Line(text=row.rationale or ""),
            Line(text=row.alternative or "", label=say("addressable_instead")),
            Line(text="; ".join(row.factors), label=say("addressable_factors")),
            Line(text=", ".join(row.evidence), label=say("evidence_label")),
        ),
        _cell(
            Line(text=row.approved_by or ""),
            Line(text=_text(row.approved_on)),
            Line(text=review, label=say("addressable_review")),
        ),
        _found(words, framework, row.engine_status),
        _found(words, framework, row.counts_as),
    )


def _accountability(words: Words, view: AccountabilityView) -> Known:
    say = words.say
    return Known(
        sort="accountability",
        anchor=anchors.section(f"accountability/{view.framework}"),
        title=say("accountability_title", framework=view.title),
        sentences=(say("accountability_counts", total=number(view.total)), say("accountability_mean")),
        caption=say("accountability_caption", framework=view.title),
        columns=_columns(
            words,
            "accountability_column_row",
            "accountability_column_binds",
            "accountability_column_evidence",
            "accountability_column_found",
        ),
        runs=_runs((row.group, _accountability_row(words, view.framework, row)) for row in view.rows),
    )


def _accountability_row(words: Words, framework: FrameworkId, row: AccountabilityRow) -> tuple[Cell, ...]:
    contents = "; ".join(f"{item.code} {item.title}" for item in row.contents)
    codes = ", ".join(item.code for item in row.contents)
    named = _named(row.requirement, row.code, row.title)
    return (
        Cell(
            link=named.link, lines=(*named.lines, *_kept([Line(text=contents, codes=codes, label=words.say("points"))]))
        ),
        _cell(Line(text=", ".join(row.binds))),
        _cell(*(_account_part(words, framework, part) for part in row.parts)),
        _found(words, framework, row.engine_status),
    )


def _account_part(words: Words, framework: FrameworkId, part: AccountPart) -> Line:
    method = words.say(f"method_{part.method.value}")
    who = f", {words.series(part.owners)}" if part.owners else ""
    shown = None if part.engine_status is None else mark(words, part.engine_status, framework)
    return Line(text=f"{part.evidence or part.show} ({method}{who})", mark=shown)


def _capability(words: Words, view: CapabilityView) -> Known:
    say = words.say
    return Known(
        sort="capability",
        anchor=anchors.section(f"capability/{view.framework}"),
        title=say("capability_title", framework=view.title),
        sentences=(
            say("capability_counts", rated=number(view.rated), total=number(view.total)),
            say("capability_mean"),
        ),
        caption=say("capability_caption", framework=view.title),
        columns=_columns(
            words,
            "capability_column_row",
            "capability_column_accountable",
            "capability_column_target",
            "capability_column_reached",
            "capability_column_2",
            "capability_column_3",
            "capability_column_4",
            "capability_column_5",
        ),
        runs=_runs((row.group, _capability_row(words, view, row)) for row in view.rows),
    )


def _capability_row(words: Words, view: CapabilityView, row: CapabilityRow) -> tuple[Cell, ...]:
    levels = {level.level: level for level in row.levels}
    grades = (
        _figure(f"{found.grade} {found.achieved} %" if (found := levels.get(level)) and found.grade else _rated(found))
        for level in range(2, 6)
    )
    return (
        _named(row.objective, row.code, row.title),
        _cell(Line(text=row.accountable or NOTHING)),
        _figure(_text(row.target) or NOTHING),
        _cell(Line(text=_unrated(words, view, row) if row.reached is None else str(row.reached))),
        *grades,
    )


def _unrated(words: Words, view: CapabilityView, row: CapabilityRow) -> str:
    counts = {"n": number(row.with_evidence), "total": number(row.practices)}
    if not view.seen:
        return words.say("capability_testable", **counts)
    return words.say("capability_evidence", **counts) if row.with_evidence else words.say("capability_no_evidence")


def _rated(found: object) -> str:
    """What stands for a level that has no grade: nothing where the publisher gives it no activities."""
    return "" if found is None else NOTHING


def _processing(words: Words, view: ProcessingView) -> Known:
    say = words.say
    told = say("processing_counts", total=words.count(len(view.rows), "activity"))
    if not view.kept:
        told = say("processing_none")
    return Known(
        sort="processing",
        anchor=anchors.section(f"processing/{view.framework}"),
        title=say("processing_title", framework=view.title),
        sentences=(told, *(() if view.whole else (say("processing_broken"),)), say("processing_mean")),
        caption=say("processing_caption"),
        columns=_columns(
            words,
            "processing_column_activity",
            "processing_column_purpose",
            "processing_column_data",
            "processing_column_recipients",
            "processing_column_limits",
            "processing_column_updated",
        ),
        runs=_runs((row.role or say("processing_no_role"), _processing_row(words, row)) for row in view.rows),
    )


def _processing_row(words: Words, row: ProcessingRow) -> tuple[Cell, ...]:
    def line(field: str, found: str | tuple[str, ...] | None, label: str = "") -> Line:
        text = found if isinstance(found, str) else ", ".join(found or ())
        missing = words.say("processing_unread" if field in row.unread else "processing_unsaid")
        return Line(text=text or missing, label=words.say(label) if label else "")

    abroad = {True: "processing_abroad", False: "processing_at_home", None: "processing_unsaid"}[row.third_countries]
    if "third_countries" in row.unread:
        abroad = "processing_unread"
    transfers = (line("safeguards", row.safeguards, "processing_safeguards"),) if row.third_countries else ()
    return (
        _cell(Line(text=row.activity), line("title", row.title), line("controller", row.controller, "processing_by")),
        _cell(
            line("purpose", row.purpose),
            line("lawful_basis", row.lawful_basis, "processing_basis"),
            Line(text=row.special_basis or "", label=words.say("processing_special")),
        ),
        _cell(
            line("subject_categories", row.subject_categories, "processing_of"),
            line("data_categories", row.data_categories, "processing_data"),
        ),
        _cell(
            line("recipients", row.recipients),
            Line(text=words.say(abroad), label=words.say("processing_countries")),
            *transfers,
        ),
        _cell(
            line("retention", row.retention, "processing_erasure"),
            line("security_measures", row.security_measures, "processing_measures"),
        ),
        _cell(
            line("updated_on", _text(row.updated_on)),
            line("review_on", _text(row.review_on), "addressable_review"),
            Line(text=row.digest.rpartition(":")[2][:12] + "…", label=words.say("processing_record")),
        ),
    )


def _columns(words: Words, *keys: str) -> tuple[str, ...]:
    return tuple(words.say(key) for key in keys)


def _runs(rows: Iterable[tuple[str, tuple[Cell, ...]]]) -> tuple[Run, ...]:
    """The rows by the publisher's headings, in the publisher's order."""
    found: list[tuple[str, list[tuple[Cell, ...]]]] = []
    for title, row in rows:
        if not found or found[-1][0] != title:
            found.append((title, []))
        found[-1][1].append(row)
    return tuple(Run(title=title, rows=tuple(cells)) for title, cells in found)


def _named(requirement: RequirementId, code: str, title: str) -> Cell:
    return Cell(link=Link(anchor=anchors.anchor(requirement), text=code), lines=(Line(text=title),))


def _cell(*lines: Line) -> Cell:
    return Cell(lines=_kept(lines))


def _kept(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.text or line.mark is not None)


def _figure(text: str) -> Cell:
    return Cell(lines=(Line(text=text),) if text else (), numeric=True)


def _found(words: Words, framework: FrameworkId, status: Status | None) -> Cell:
    return _cell(Line(text="", mark=None if status is None else mark(words, status, framework)))


def _text(value: object) -> str:
    return "" if value is None else str(value)
