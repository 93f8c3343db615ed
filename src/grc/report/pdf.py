"""The report as PDF by WeasyPrint: tagged, with contents, page numbers and a running header.

Fonts are those of the machine, so the bytes repeat where the fonts do. The HTML report is the accessible master.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from markupsafe import Markup

from grc.errors import ReportError
from grc.garbage import collector_seldom
from grc.report.dated import dated
from grc.report.html import blanks, running_header
from grc.report.index import build
from grc.report.input import ReportInput
from grc.report.templates import Templates
from grc.report.views.page import page_of
from grc.report.views.tables import ONE_FILE
from grc.report.words import load_words

PRINTED: Final = replace(ONE_FILE, coded=ONE_FILE.rows)
TAGGED: Final = "pdf/ua-1"
WITHIN: Final = ("data",)
"""What may be fetched: nothing from elsewhere. A name in a report must not make this machine ask for it."""


def render_pdf(report: ReportInput, templates: Sequence[Path]) -> bytes:
    """Render the report as PDF. ``templates`` are folders, the first wins; the shipped one comes last.

    Raises:
        ReportError: a template has a mistake, or the library that lays out pages is not installed.
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    try:
        from weasyprint.urls import FatalURLFetchingError, URLFetcher

        from grc.report.printing import document, letting_go
    except (ImportError, OSError) as error:  # OSError: Pango, which it draws text with, is not on this machine
        raise ReportError(f"PDF needs WeasyPrint and Pango: pip install 'grc[pdf]' ({error})") from error
    text = _document(report, templates)
    fetcher = URLFetcher(allowed_protocols=WITHIN, fail_on_errors=True)
    try:
        with collector_seldom():
            identifier = hashlib.sha256(text.encode()).digest()[:16]
            pages = letting_go(document(text, fetcher).render(pdf_variant=TAGGED))
            data: bytes = pages.write_pdf(pdf_variant=TAGGED, pdf_identifier=identifier)
    except FatalURLFetchingError as error:
        raise ReportError(
            f"{error}: a template of a PDF may hold an image as a data URI, and name no other file"
        ) from None
    return data


def _document(report: ReportInput, templates: Sequence[Path]) -> str:
    words = load_words(templates)
    view = page_of(build(dated(report)), words, PRINTED)
    held = Templates(templates)
    running = running_header(f"{view.classification} · {view.organisation}", view.pack, words.text["page_of"])
    return held.render(
        "pdf.html.j2",
        page=view,
        say=view.say,
        site=False,
        linked=True,
        created=report.generated_at.replace(tzinfo=None, microsecond=0).isoformat() + "Z",
        style=Markup(held.source("pdf.css")),  # noqa: S704 - our own file, checked by `source`
        running=Markup(running + blanks(words)),  # noqa: S704 - escaped where it is made
    )
