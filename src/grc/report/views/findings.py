"""Finding sheets: one for each check that fails, is undecided or is waived, and the list of all checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from grc.model.assessment import CheckResult, PopulationResult
from grc.model.catalogue import Check, Declined, Remedy, Severity
from grc.model.identifiers import CheckId
from grc.model.status import Status, Verdict
from grc.report import anchors
from grc.report.effects import RANK, Effect, borne
from grc.report.index import NOTHING_SEEN, Index, Seen
from grc.report.text import instant, number
from grc.report.views.gaps import gap_sentence
from grc.report.views.history import history
from grc.report.views.marks import Link, Mark, mark
from grc.report.views.raised import RaisedView, raised_on
from grc.report.views.requirements import Answers, answers, extent
from grc.report.views.tables import FULL, ONE_FILE, Limit, Room, Table, failing_table, unknown_table
from grc.report.words import Words

OF_CONCERN: Final = (Status.NOT_SATISFIED, Status.UNKNOWN, Status.STALE, Status.WAIVED)
GRAVE: Final = (*OF_CONCERN, *(status for status in Status if status not in OF_CONCERN))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLink:
    """The source of an expectation: a plain link where the text is a web address."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How one tool puts a failure right: its code, or why there is none."""

    label: str
    code: str
    declined: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check in the list of all checks."""

    anchor: str
    id: str
    title: str
    severity: str
    severity_word: str
    status: Status
    mark: Mark
    extent: str
    ahead: Mark | None
    has_sheet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckGroup:
    """Checks of one status and one severity: said once, above them."""

    mark: Mark
    severity: str
    severity_word: str
    count: str
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSheet:
    """A finding sheet: condition, criterion, extent, subjects, what it bears on, and how to put it right."""

    anchor: str
    id: str
    title: str
    severity: str
    severity_word: str
    mark: Mark
    reason: str
    extent: str
    history: str
    oldest: str | None
    kind: Link
    criterion: str
    applies_when: str | None
    parameters: tuple[str, ...]
    gaps: tuple[str, ...]
    failing: Table | None
    waived: Table | None
    unknown: Table | None
    controls: tuple[Link, ...]
    answers: tuple[Answers, ...]
    remedy: str
    ways: tuple[Way, ...]
    sources: tuple[WebLink, ...]
    raised: tuple[RaisedView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadSheet:
    """What a check says of plans, templates and manifests. Never part of a conclusion.

    ``empty``: they were read to their end and hold nothing that it applies to.
    """

    check: str
    anchor: str
    id: str
    title: str
    severity_word: str
    mark: Mark
    empty: bool
    extents: tuple[str, ...]
    failing: Table | None
    unknown: Table | None


def check_rows(index: Index, words: Words) -> tuple[CheckRow, ...]:
    """Every check of the assessment, by id."""
    return tuple(_row(index, words, index.checks[check]) for check in sorted(index.checks))


def check_groups(rows: Iterable[CheckRow]) -> tuple[CheckGroup, ...]:
    """The checks by status, what falls short first, and by severity, the gravest first."""
    ordered = sorted(rows, key=_grave)
    return tuple(_group(tuple(run)) for _, run in groupby(ordered, key=lambda row: (row.mark, row.severity)))


def _grave(row: CheckRow) -> tuple[int, int]:
    return GRAVE.index(row.status), RANK[Severity(row.severity)]


def _group(rows: tuple[CheckRow, ...]) -> CheckGroup:
    first = rows[0]
    return CheckGroup(
        mark=first.mark,
        severity=first.severity,
        severity_word=first.severity_word,
        count=number(len(rows)),
        rows=rows,
    )


def check_sheets(
    index: Index, words: Words, effects: Sequence[Effect], room: Room = ONE_FILE
) -> tuple[CheckSheet, ...]:
    """The finding sheets: failures in the order of their effect, then the undecided, then the waived."""
    order = {effect.check: place for place, effect in enumerate(effects)}
    concerned = [result for result in index.checks.values() if _of_concern(index, result)]
    concerned.sort(key=lambda it: (_standing(it.status), order.get(it.check, 0), RANK[it.severity], it.check))
    limit = _share(index, concerned, room)
    sheets = tuple(_sheet(index, words, result, limit) for result in concerned)
    return sheets if len(sheets) <= room.coded else tuple(map(_without_code, sheets))


def elsewhere(index: Index, words: Words, sheets: Sequence[CheckSheet], room: Room) -> str:
    """Where the code and the digests are that stand on no sheet, because there is so much."""
    code = [words.say("code_elsewhere", n=number(len(sheets)))] if len(sheets) > room.coded else []
    terse = _share(index, [index.checks[CheckId(it.id)] for it in sheets], room).terse
    return " ".join([*code, *([words.say("digests_elsewhere")] if terse else [])])


def _share(index: Index, results: Iterable[CheckResult], room: Room) -> Limit:
    return room.share([size for it in results for size in _sizes(index.seen.get(it.check, NOTHING_SEEN))])


def _without_code(sheet: CheckSheet) -> CheckSheet:
    return replace(
        sheet,
        criterion="",
        applies_when=None,
        sources=(),
        ways=(),
        failing=_without_expressions(sheet.failing),
        waived=_without_expressions(sheet.waived),
        unknown=_without_expressions(sheet.unknown),
    )


def _without_expressions(table: Table | None) -> Table | None:
    return replace(table, deciding=()) if table is not None else None


def ahead_sheets(index: Index, words: Words, room: Room = ONE_FILE) -> tuple[AheadSheet, ...]:
    """What plans and templates would bring, by check."""
    held = (result for result in index.checks.values() if result.ahead)
    results = sorted(held, key=lambda it: (RANK[it.severity], it.check))
    sizes = [len(index.seen.get(it.check, NOTHING_SEEN).ahead) for it in results]
    shown = sum(sum(_sizes(seen)) for seen in index.seen.values())
    limit = room.share(sizes)
    limit = replace(limit, terse=limit.terse or sum(sizes) + shown > FULL)
    return tuple(_ahead(index, words, result, limit) for result in results)


def _of_concern(index: Index, result: CheckResult) -> bool:
    return result.status in OF_CONCERN or sum(_sizes(index.seen.get(result.check, NOTHING_SEEN))) > 0


def _standing(status: Status) -> int:
    return OF_CONCERN.index(status) if status in OF_CONCERN else len(OF_CONCERN)


def _sizes(seen: Seen) -> tuple[int, int, int]:
    return len(seen.failed), len(seen.unknown), len(seen.waived)


def _row(index: Index, words: Words, result: CheckResult) -> CheckRow:
    return CheckRow(
        anchor=anchors.anchor(result.check),
        id=result.check,
        title=index.title(result.check),
        severity=result.severity.value,
        severity_word=words.say(f"severity_{result.severity.value}"),
        status=result.status,
        mark=mark(words, result.status),
        extent=_row_extent(words, result),
        ahead=mark(words, result.ahead_status) if result.ahead_status is not None else None,
        has_sheet=_of_concern(index, result),
    )


def _row_extent(words: Words, result: CheckResult) -> str:
    if not result.in_scope:
        return words.say("out_of_scope")
    return extent(words, result) if result.ran else words.say("not_run")


def _sheet(index: Index, words: Words, result: CheckResult, limit: Limit) -> CheckSheet:
    check = index.check(result.check)
    seen = index.seen.get(result.check, NOTHING_SEEN)
    dated = [population.oldest for population in result.populations if population.oldest is not None]
    kind = index.kind(result.check) or ""
    criterion = _one_line(check.assertion) if check else ""
    return CheckSheet(
        anchor=anchors.anchor(result.check),
        id=result.check,
        title=index.title(result.check),
        severity=result.severity.value,
        severity_word=words.say(f"severity_{result.severity.value}"),
        mark=mark(words, result.status),
        reason="" if result.status is Status.NOT_SATISFIED else result.reason,
        extent=extent(words, result),
        history=history(index, words, result),
        oldest=instant(min(dated)) if dated else None,
        kind=Link(anchor=anchors.evidence(kind), text=kind),
        criterion=criterion,
        applies_when=_one_line(check.when) if check and check.when else None,
        parameters=_parameters(result),
        gaps=_gaps(words, result.populations),
        failing=_without(criterion, failing_table(words, seen.failed, limit)) if seen.failed else None,
        waived=_without(criterion, failing_table(words, seen.waived, limit)) if seen.waived else None,
        unknown=_without(criterion, unknown_table(words, seen.unknown, limit)) if seen.unknown else None,
        controls=_controls(index, result.check),
        answers=answers(index, borne(index, (result.check,))),
        remedy=check.remedy.text if check else "",
        ways=_ways(words, check.remedy) if check else (),
        sources=_sources(check),
        raised=raised_on(index, words, result.check),
    )


def _ways(words: Words, remedy: Remedy) -> tuple[Way, ...]:
    told = ((words.say("remedy_cli"), remedy.cli), (words.say("remedy_terraform"), remedy.terraform))
    return tuple(_way(words, label, way) for label, way in told if way is not None)


def _way(words: Words, label: str, way: str | Declined) -> Way:
    if isinstance(way, Declined):
        return Way(label=label, code="", declined=words.say("remedy_declined", tool=label, reason=way.reason))
    return Way(label=label, code=way, declined="")


def _one_line(expression: str) -> str:
    return " ".join(expression.split())


def _without(criterion: str, table: Table) -> Table:
    """A table whose deciding expressions are parts of the criterion: the whole of it is said above already."""
    return replace(table, deciding=tuple(it for it in table.deciding if _one_line(it) != criterion))


def _parameters(result: CheckResult) -> tuple[str, ...]:
    return tuple(f"{name} = {_value(value)}" for name, value in sorted(result.parameters.items()))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _gaps(words: Words, populations: Iterable[PopulationResult]) -> tuple[str, ...]:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for population in populations:
        for sentence in dict.fromkeys(gap_sentence(words, gap) for gap in population.gaps):
            places[sentence].append(population.place)
    return tuple(words.say("gap_in_place", place=", ".join(held), gap=gap) for gap, held in places.items())


def _controls(index: Index, check: CheckId) -> tuple[Link, ...]:
    held = index.input.policy.controls
    controls = index.controls_of.get(check, ())
    return tuple(Link(anchor=anchors.anchor(it), text=held[it].title if it in held else it) for it in controls)


def _sources(check: Check | None) -> tuple[WebLink, ...]:
    return tuple(WebLink(text=_short(it), address=anchors.web_address(it)) for it in (check.sources if check else ()))


def _short(source: str) -> str:
    """An address by its host and its last name: the link has the whole, and so has the printed page."""
    if anchors.web_address(source) is None:
        return source
    host, _, way = source.partition("://")[2].partition("/")
    name = way.rstrip("/").rpartition("/")[2].partition(".")[0]
    return f"{host}: {name}" if name else host


def _ahead(index: Index, words: Words, result: CheckResult, limit: Limit) -> AheadSheet:
    seen = index.seen.get(result.check, NOTHING_SEEN).ahead
    failing = [it for it in seen if it.verdict is Verdict.FAIL]
    unknown = [it for it in seen if it.verdict is Verdict.UNKNOWN]
    return AheadSheet(
        check=anchors.anchor(result.check),
        anchor=anchors.section(f"ahead/{result.check}"),
        id=result.check,
        title=index.title(result.check),
        severity_word=words.say(f"severity_{result.severity.value}"),
        mark=mark(words, result.ahead_status if result.ahead_status is not None else Status.NOT_ASSESSED),
        empty=result.ahead_status is Status.NOT_APPLICABLE,
        extents=tuple(_ahead_extent(words, population) for population in result.ahead),
        failing=failing_table(words, failing, limit) if failing else None,
        unknown=unknown_table(words, unknown, limit) if unknown else None,
    )


def _ahead_extent(words: Words, population: PopulationResult) -> str:
    return words.say(
        "ahead_extent",
        place=population.place,
        origin=words.say(f"origin_{population.origin.value}"),
        extent=extent(words, population),
    )
