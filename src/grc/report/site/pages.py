"""Which pages the folder has, what each is made of, and what stands in the navigation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from grc.model.identifiers import CheckId, FrameworkId
from grc.report.index import Index
from grc.report.views.changes import changes
from grc.report.views.findings import CheckSheet
from grc.report.views.frameworks import FrameworkView
from grc.report.views.graphs import graphs, themes_chart
from grc.report.views.known import Known
from grc.report.views.listed import ListedCheck, listed, service
from grc.report.views.page import Choice, Page
from grc.report.views.tree import TreeGroup, tree
from grc.report.words import Words

FRONT: Final = "index.html"
OBSERVATIONS: Final = "pages/observations.html"
ODD: Final = re.compile(r"[^a-z0-9]+")
MOST_NAME: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One way to narrow what a page lists. ``name`` is its key in the address."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One page: the templates in its body and what they lay out. ``tables`` are the CSV files of what it shows.

    ``within`` is the page above it, under which the navigation calls it by its ``short`` name.
    """

    file: str
    title: str
    short: str = ""
    parts: tuple[str, ...]
    within: SitePage | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    tables: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """The way from this page to the folder."""
        return "../" * self.file.count("/")


def pages(index: Index, words: Words, page: Page) -> tuple[SitePage, ...]:
    """Every page, the front page first, then in the order of the navigation."""
    site = _Names()
    front = _front(index, words, page)
    made = [front]
    for framework in page.frameworks:
        made += _framework(index, words, page, framework, front, site)
    made += _findings(index, words, page, front, site)
    made += _others(page, front)
    return tuple(made)


class _Names:
    """File names, each its own, whatever the catalogues' authors call things."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, *words: str) -> str:
        plain = "-".join(ODD.sub("-", word.lower()).strip("-") for word in words)[:MOST_NAME].strip("-") or "page"
        name, count = plain, 1
        while name in self._taken:
            count += 1
            name = f"{plain}-{count}"
        self._taken.add(name)
        return f"pages/{name}.html"


def _front(index: Index, words: Words, page: Page) -> SitePage:
    parts = ["cover", "answer", "actions", "changes", "charts", "whole", "control", "scope", "limitations", "signoff"]
    since = changes(index, words)
    if since is None:
        parts.remove("changes")
    return SitePage(
        file=FRONT,
        title=page.title,
        parts=_templates(*parts),
        values={"changes": since, "graphs": graphs(index, words)},
        tables=("frameworks.csv", "gaps.csv"),
    )


def _framework(
    index: Index, words: Words, page: Page, framework: FrameworkView, front: SitePage, site: _Names
) -> Iterator[SitePage]:
    rows = tree(index, framework)
    known = [one for one in page.known if one.anchor.endswith(f"/{framework.id}")]
    files = {one.anchor: site.take(framework.id, one.sort) for one in known}
    home = SitePage(
        file=site.take(framework.id),
        title=framework.title,
        parts=_templates("site-framework"),
        within=front,
        values={
            "framework": framework,
            "tree": rows,
            "chart": themes_chart(index, words, FrameworkId(framework.id)),
            "documents": [(one, files[one.anchor]) for one in known],
        },
        filters=_tree_filters(words, framework, rows, page),
        tables=("requirements.csv", "parts.csv", "mappings.csv"),
    )
    yield home
    for one in known:
        yield _known(framework, one, files[one.anchor], home)
    for group in framework.groups:
        yield SitePage(
            file=site.take(framework.id, group.title),
            title=group.title,
            parts=_templates("site-group"),
            within=home,
            values={"framework": framework, "group": group},
            filters=(_statuses(words, framework),),
            tables=("requirements.csv", "parts.csv", "mappings.csv"),
        )


def _known(framework: FrameworkView, known: Known, file: str, home: SitePage) -> SitePage:
    return SitePage(
        file=file,
        title=known.title,
        short=known.title.rpartition(": ")[2],
        parts=_templates("known"),
        within=home,
        values={"known": known},
        tables=(f"{known.sort}-{framework.id}.csv",),
    )


def _tree_filters(words: Words, framework: FrameworkView, rows: Iterable[TreeGroup], page: Page) -> tuple[Filter, ...]:
    owners = {owner for group in rows for row in group.rows for owner in row.owners}
    return (
        _statuses(words, framework),
        _choices("owner", words.say("filter_owner"), owners),
        Filter(name="severity", label=words.say("filter_failing"), choices=page.severities),
    )


def _statuses(words: Words, held: FrameworkView | Page) -> Filter:
    choices = tuple(Choice(value=mark.code, word=mark.word) for mark, _ in held.legend)
    return Filter(name="status", label=words.say("filter_status"), choices=choices)


def _choices(name: str, label: str, values: Iterable[str]) -> Filter:
    return Filter(name=name, label=label, choices=tuple(Choice(value=it, word=it) for it in sorted(values)))


def _findings(index: Index, words: Words, page: Page, front: SitePage, site: _Names) -> Iterator[SitePage]:
    rows = listed(index, page.check_rows, [sheet.id for sheet in page.check_sheets])
    sheets: defaultdict[str, list[CheckSheet]] = defaultdict(list)
    for sheet in page.check_sheets:
        sheets[service(index, CheckId(sheet.id))].append(sheet)
    home = SitePage(
        file=site.take("findings"),
        title=words.say("findings_title"),
        parts=_templates("site-findings"),
        within=front,
        values={"listed": rows, "graphs": graphs(index, words)},
        filters=_check_filters(words, page, rows),
        tables=("checks.csv", "findings.csv"),
    )
    yield home
    for name, held in sorted(sheets.items()):
        yield SitePage(
            file=site.take("findings", name),
            title=words.say("findings_of", service=name),
            short=name,
            parts=_templates("findings"),
            within=home,
            values={"page": replace(page, check_sheets=tuple(held))},
            tables=("findings.csv",),
        )


def _check_filters(words: Words, page: Page, rows: Iterable[ListedCheck]) -> tuple[Filter, ...]:
    held = tuple(rows)
    frameworks = tuple(Choice(value=it.id, word=it.title) for it in page.frameworks)
    return (
        _statuses(words, page),
        Filter(name="severity", label=words.say("filter_severity"), choices=page.severities),
        Filter(name="framework", label=words.say("filter_framework"), choices=frameworks),
        _choices("owner", words.say("filter_owner"), {owner for it in held for owner in it.owners}),
        _choices("service", words.say("filter_service"), {it.service for it in held}),
    )


def _others(page: Page, front: SitePage) -> Iterator[SitePage]:
    say = page.say
    owners = sorted({control.owner for theme in page.themes for control in theme.controls if control.owner})
    default = tuple(Choice(value=mark.code, word=mark.word) for mark, _ in page.legend)
    filters = (
        Filter(name="status", label=say["filter_status"], choices=default),
        _choices("owner", say["filter_owner"], owners),
    )
    plain = (
        ("controls", "controls_title", ("controls.csv", "mappings.csv")),
        ("ahead", "ahead_title", ("checks.csv",)),
        ("evidence", "evidence_title", ("evidence.csv", "gaps.csv")),
        ("raised", "raised_title", ("raised.csv", "raised-subjects.csv")),
        ("attestations", "attestations_title", ("attestations.csv",)),
        ("waivers", "waivers_title", ("waivers.csv",)),
        ("unassessed", "unassessed_title", ("requirements.csv",)),
        ("integrity", "integrity_title", ()),
    )
    yield SitePage(
        file=OBSERVATIONS,
        title=say["observations_title"],
        parts=_templates("site-observations"),
        within=front,
        tables=("observations.csv", "findings.csv"),
        scripts=("assets/observations.js",),
    )
    for name, title, tables in plain:
        yield SitePage(
            file=f"pages/{name}.html",
            title=say[title],
            parts=_templates(name),
            within=front,
            tables=tables,
            filters=filters if name == "controls" else (),
        )


def _templates(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}.html.j2" for name in names)
