"""The whole report as one view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grc.model.catalogue import Severity
from grc.report import effects
from grc.report.dated import dated
from grc.report.index import Index, build
from grc.report.input import Exclusion, ReportInput
from grc.report.text import instant, number
from grc.report.views import attestations, controls, evidence, findings, overview, raised, standing, tables, waivers
from grc.report.views.bars import ORDER
from grc.report.views.frameworks import FrameworkView, framework_view
from grc.report.views.known import Known, known_tables
from grc.report.views.marks import Mark, mark
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice of a filter."""

    value: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that a template of the HTML report may lay out. ``say`` holds the messages by key."""

    say: Mapping[str, str]
    title: str
    organisation: str
    subtitle: str
    citation: str
    classification: str
    pack: str
    facts: tuple[overview.Fact, ...]
    legend: tuple[tuple[Mark, str], ...]
    severities: tuple[Choice, ...]
    frameworks: tuple[FrameworkView, ...]
    known: tuple[Known, ...]
    standing: tuple[standing.Line, ...]
    actions: tuple[overview.Action, ...]
    reached: str
    reaches: tuple[overview.Reach, ...]
    exclusions: tuple[Exclusion, ...]
    limitations: tuple[overview.Limitation, ...]
    check_sheets: tuple[findings.CheckSheet, ...]
    elsewhere: str
    check_rows: tuple[findings.CheckRow, ...]
    checks_rest: str
    check_groups: tuple[findings.CheckGroup, ...]
    themes: tuple[controls.Theme, ...]
    owners: tuple[str, ...]
    ahead: tuple[findings.AheadSheet, ...]
    ahead_sound: tuple[findings.AheadSheet, ...]
    ahead_empty: str | None
    kinds: tuple[evidence.KindView, ...]
    asked_by: str
    raised: tuple[raised.RaisedView, ...]
    attestations: tuple[attestations.AttestationView, ...]
    waivers: tuple[waivers.WaiverView, ...]
    unassessed: tuple[overview.Unassessed, ...]
    redactions: tuple[str, ...]


def page(report: ReportInput, words: Words) -> Page:
    """Lay out a report."""
    return page_of(build(dated(report)), words)


def page_of(index: Index, words: Words, room: tables.Room = tables.ONE_FILE) -> Page:
    """Lay out a report whose tables of subjects have so much room."""
    report = index.input
    failures, gaps = effects.failures(index), effects.missing(index)
    ahead = findings.ahead_sheets(index, words, room)
    sound = [it for it in ahead if not (it.failing or it.unknown)]
    empty = sum(it.empty for it in sound)
    sheets = findings.check_sheets(index, words, failures, room)
    themes = controls.themes(index, words)
    rows = findings.check_rows(index, words)
    rest = [row for row in rows if not row.has_sheet]
    name = report.organisation.name or words.say("no_organisation")
    as_of = instant(report.assessment.as_of)
    return Page(
        say=words.text,
        title=words.say("title", organisation=name, as_of=as_of),
        organisation=name,
        subtitle=words.say("subtitle", as_of=as_of),
        citation=words.say("citation", organisation=name, as_of=as_of, pack=report.pack),
        classification=report.classification,
        pack=report.pack,
        facts=overview.control_facts(report, words),
        legend=tuple((mark(words, status), words.status(status).means) for status in ORDER),
        severities=tuple(Choice(value=it.value, word=words.say(f"severity_{it.value}")) for it in Severity),
        frameworks=tuple(framework_view(index, words, it) for it in report.assessment.frameworks),
        known=known_tables(words, report.views),
        standing=standing.standing(index, words, len(gaps)),
        actions=overview.actions(index, words, failures, gaps),
        reached=overview.reached_sentence(report, words),
        reaches=overview.reaches(report, words),
        exclusions=report.exclusions,
        limitations=overview.limitations(index, words, gaps),
        check_sheets=sheets,
        elsewhere=findings.elsewhere(index, words, sheets, room),
        check_rows=rows,
        check_groups=findings.check_groups(rest),
        checks_rest=words.say("checks_rest_mean", n=number(len(rest)), total=number(len(rows))),
        themes=themes,
        owners=tuple(sorted({it.owner for theme in themes for it in theme.controls if it.owner})),
        ahead=ahead,
        ahead_sound=tuple(it for it in sound if not it.empty),
        ahead_empty=words.say("ahead_empty", checks=words.count(empty, "check")) if empty else None,
        kinds=evidence.kinds(index, words),
        asked_by=evidence.usual(index, words),
        raised=raised.raised(index, words),
        attestations=attestations.attestations(index, words),
        waivers=waivers.waivers(index, words),
        unassessed=overview.unassessed(index, words),
        redactions=report.redactions,
    )
