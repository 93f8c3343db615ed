"""The page of a period: one file that works offline, makes no request, runs nothing, and prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from grc.report.html import content_policy, labels, lean, running_header
from grc.report.period.input import PeriodInput
from grc.report.period.page import period_page
from grc.report.templates import Templates
from grc.report.words import load_words


def render_period(given: PeriodInput, templates: Sequence[Path]) -> bytes:
    """Render the page. ``templates`` are folders, the first wins; the shipped one comes last.

    Raises:
        ReportError: a template has a mistake; with its name and line.
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    words = load_words(templates)
    view, held = period_page(given, words), Templates(templates)
    style, own = lean(held.source("report.css")), lean(held.source("period.css"))
    running = running_header(f"{view.classification} · {view.organisation}", view.subtitle, words.text["page_of"])
    hint = labels(words)
    text = held.render(
        "period.html.j2",
        page=view,
        say=words.text,
        style=Markup(style),  # noqa: S704 - our own file, checked by `source`
        own=Markup(own),  # noqa: S704 - our own file, checked by `source`
        running=Markup(running),  # noqa: S704 - escaped by `_css_text`
        hint=Markup(hint),  # noqa: S704 - escaped by `_css_text`
        policy=content_policy([style, own, running, hint], []),
    )
    return text.encode("utf-8")
