"""Every file of the folder, one after the other: pages, what they look like, what they load, and the tables."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grc.report.annexes.content import observations_table, tables
from grc.report.annexes.separated import csv_name, csv_text
from grc.report.dated import dated
from grc.report.html import labels, running_header
from grc.report.index import Index, build
from grc.report.input import ReportInput
from grc.report.site.chunks import chunk_script, chunks, index_script
from grc.report.site.links import homes, linked
from grc.report.site.pages import OBSERVATIONS, SitePage, pages
from grc.report.site.search import search_script
from grc.report.templates import Templates
from grc.report.views.page import Page, page_of
from grc.report.views.tables import Room
from grc.report.words import Words, load_words

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
)
"""Nothing may load or run but the files of the folder."""
ROOM: Final = Room(rows=40_000, each=200, left="left_in_data", coded=40_000)
SCRIPTS: Final = ("report.js", "site.js", "observations.js")
TABLES: Final = "tables"
MOST_PLAIN: Final = 2_000_000
"""Octets; a longer table is compressed, so that the folder stays small enough to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """One file of the folder, by its path in it."""

    path: str
    data: bytes


def render_site(report: ReportInput, templates: Sequence[Path]) -> Iterator[SiteFile]:
    """Render the report as the files of a folder. ``templates`` are folders, the first wins; ours comes last.

    Raises:
        ReportError: a template has a mistake; with its name and line.
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    words, held = load_words(templates), Templates(templates)
    index = build(dated(report))
    view = page_of(index, words, ROOM)
    made = pages(index, words, view)
    tabled = tuple(_tables(index, words))
    beside = {file.path.removesuffix(".gz").rpartition("/")[2]: file.path for file in tabled}
    html = {page.file: _page(held, words, view, made, page, beside) for page in made}
    home = homes(html)
    for file, text in html.items():
        yield _text(file, linked(file, text, home))
    yield from _assets(held, words, view)
    yield SiteFile(path="data/search.js", data=search_script(view, home))
    yield from _observations(index, words)
    yield from tabled


def _page(
    held: Templates, words: Words, view: Page, made: Sequence[SitePage], here: SitePage, beside: Mapping[str, str]
) -> str:
    """One page. ``beside`` says where each table stands."""
    given: Mapping[str, object] = {
        "page": view,
        "tables": [(table, beside[table]) for table in here.tables],
        **here.values,
    }
    return held.render(
        "site.html.j2",
        say=words.text,
        here=here,
        pages=made,
        policy=POLICY,
        observations=OBSERVATIONS,
        site=True,
        linked=True,
        **given,
    )


def _assets(held: Templates, words: Words, view: Page) -> Iterator[SiteFile]:
    running = running_header(f"{view.classification} · {view.organisation}", view.pack, words.text["page_of"])
    styles = (held.source("report.css"), held.source("site.css"), running, labels(words))
    yield _text("assets/report.css", "\n".join(styles))
    for name in SCRIPTS:
        yield _text(f"assets/{name}", held.source(name))


def _observations(index: Index, words: Words) -> Iterator[SiteFile]:
    every = index.input.every or index.input.observations
    found = chunks(words, every())
    files = [f"data/observations-{number:04}.js" for number in range(len(found))]
    yield SiteFile(path="data/observations.js", data=index_script(index, words, files, found))
    for number, (file, chunk) in enumerate(zip(files, found, strict=True)):
        yield SiteFile(path=file, data=chunk_script(number, chunk))


def _tables(index: Index, words: Words) -> Iterator[SiteFile]:
    for table in (*tables(index, words), observations_table(index, words)):
        path, data = f"{TABLES}/{csv_name(table)}", csv_text(table).encode()
        if len(data) > MOST_PLAIN:
            path, data = f"{path}.gz", gzip.compress(data, compresslevel=6, mtime=0)
        yield SiteFile(path=path, data=data)


def _text(path: str, text: str) -> SiteFile:
    return SiteFile(path=path, data=text.encode("utf-8"))
