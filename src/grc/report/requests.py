"""The evidence request list in its formats: a workbook, CSV, JSON, and a page that prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from markupsafe import Markup

from grc.canonical import encode
from grc.report.annexes.requests import Request, requests
from grc.report.annexes.separated import csv_text
from grc.report.annexes.table import Row, Table, several
from grc.report.annexes.workbook import workbook
from grc.report.html import content_policy
from grc.report.index import build
from grc.report.input import ReportInput
from grc.report.templates import Templates
from grc.report.text import instant
from grc.report.words import Words, load_words

FORMAT: Final = "grc.requests/1"
COLUMNS: Final = (
    "request",
    "requirement",
    "title",
    "part",
    "method",
    "show",
    "typical",
    "owner",
    "due",
    "state_of_request",
    "status",
    "reason",
    "controls",
    "linked",
)


def render_requests(
    report: ReportInput, form: str, templates: Sequence[Path], *, due: date | None, answered: bool
) -> bytes:
    """Render the list in one of ``REQUEST_FORMATS``. ``answered``: with what the pack answers already.

    Raises:
        ReportError: a template has a mistake, or the library that writes workbooks is not installed.
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    words = load_words(templates)
    rows = tuple(requests(build(report), words, due, answered=answered))
    return REQUEST_FORMATS[form](report, rows, words, templates)


def _json(report: ReportInput, rows: Sequence[Request], words: Words, templates: Sequence[Path]) -> bytes:
    document = {
        "format": FORMAT,
        "as_of": report.assessment.as_of,
        "pack": report.pack,
        "requests": [_plain(row) for row in rows],
    }
    return encode(document) + b"\n"


def _plain(row: Request) -> Mapping[str, object]:
    return {
        "id": row.id,
        "requirement": row.requirement.id,
        "part": row.part or None,
        "method": row.method,
        "show": row.show,
        "typical": row.typical,
        "owner": row.owner or None,
        "due": row.due,
        "controls": row.controls,
        "linked": row.linked,
        "state": row.state,
        "status": row.status,
        "reason": row.reason,
    }


def _table(rows: Iterable[Request], words: Words) -> Table:
    return Table(name="requests", columns=COLUMNS, rows=lambda: _cells(rows, words))


def _cells(rows: Iterable[Request], words: Words) -> Iterator[Row]:
    for row in rows:
        yield (
            row.id,
            row.requirement.id,
            row.requirement.title,
            row.part,
            words.say(f"method_{row.method.value}") if row.method else None,
            row.show,
            row.typical,
            row.owner,
            row.due,
            words.say(f"request_{row.state.value}"),
            words.status(row.status, row.requirement.framework).word,
            row.reason,
            several(row.controls),
            several(row.linked),
        )


def _csv(report: ReportInput, rows: Sequence[Request], words: Words, templates: Sequence[Path]) -> bytes:
    return csv_text(_table(rows, words)).encode("utf-8")


def _xlsx(report: ReportInput, rows: Sequence[Request], words: Words, templates: Sequence[Path]) -> bytes:
    return workbook(report, [_table(rows, words)], words)


def _html(report: ReportInput, rows: Sequence[Request], words: Words, templates: Sequence[Path]) -> bytes:
    held = Templates(templates)
    style = held.source("requests.css")
    organisation = report.organisation.name or words.say("no_organisation")
    text = held.render(
        "requests.html.j2",
        say=words.text,
        title=words.say("requests_title", organisation=organisation),
        facts=words.say("requests_facts", as_of=instant(report.assessment.as_of), pack=report.pack),
        classification=report.classification,
        groups=_groups(report, rows, words),
        due=any(row.due for row in rows),
        style=Markup(style),  # noqa: S704 - our own file, checked by `source`
        policy=content_policy([style], []),
    )
    return text.encode("utf-8")


def _groups(report: ReportInput, rows: Sequence[Request], words: Words) -> list[dict[str, object]]:
    """The requests by framework, as the template lays them out."""
    groups: list[dict[str, object]] = []
    for framework in report.assessment.scope.frameworks:
        own = [row for row in rows if row.requirement.framework == framework]
        lines = [
            {
                "id": row.id,
                "framework": row.requirement.framework,
                "code": row.requirement.code,
                "part": row.part,
                "title": row.requirement.title,
                "method": words.say(f"method_{row.method.value}") if row.method else "",
                "show": row.show,
                "typical": row.typical,
                "owner": row.owner,
                "due": row.due.isoformat() if row.due else "",
                "state": words.say(f"request_{row.state.value}"),
                "reason": row.reason,
                "linked": list(row.linked),
            }
            for row in own
        ]
        title = report.policy.catalogues[framework].title
        groups.append(
            {"id": f"framework-{framework}", "title": title, "count": words.count(len(own), "request"), "lines": lines}
        )
    return groups


Write = Callable[[ReportInput, Sequence[Request], Words, Sequence[Path]], bytes]
REQUEST_FORMATS: Final[Mapping[str, Write]] = {"xlsx": _xlsx, "html": _html, "csv": _csv, "json": _json}
