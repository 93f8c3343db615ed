"""The HTML report: one file that works offline, makes no request, and prints."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup

from grc.report.input import ReportInput
from grc.report.templates import Templates
from grc.report.text import one_line
from grc.report.views.page import Page, page
from grc.report.words import SLOT, Words, load_words

REMARK: Final = re.compile(r"^[ \t]*(?://.*|/\*(?:(?!\*/).)*\*/)\n", re.MULTILINE)
INDENT: Final = re.compile(r"\n\s+")


def render_html(report: ReportInput, templates: Sequence[Path]) -> bytes:
    """Render the report as one HTML file. ``templates`` are folders, the first wins; the shipped one comes last.

    Raises:
        ReportError: a template has a mistake; with its name and line.
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    words = load_words(templates)
    view = page(report, words)
    held = Templates(templates)
    style, script = lean(held.source("report.css")), lean(held.source("report.js"))
    running = running_header(f"{view.classification} · {view.organisation}", view.pack, words.text["page_of"])
    told = labels(words)
    text = held.render(
        "report.html.j2",
        page=view,
        say=view.say,
        style=Markup(style),  # noqa: S704 - our own file, checked by `source`
        running=Markup(running),  # noqa: S704 - escaped by `_css_text`
        labels=Markup(told),  # noqa: S704 - escaped by `_css_text`
        script=Markup(script),  # noqa: S704
        site=False,
        linked=False,
        policy=content_policy([style, running, told], [script]),
        claims=_packed(_claims(view)),
    )
    return text.encode("utf-8")


def _claims(view: Page) -> Iterator[str]:
    """What each control covers of each part that it answers, a tab, and why: one line each, in the order of sheets."""
    for framework in view.frameworks:
        for part in (part for group in framework.groups for sheet in group.sheets for part in sheet.parts):
            yield from (f"{one_line(it.covers)}\t{one_line(it.rationale)}" for it in part.controls if it.told)


def _packed(lines: Iterable[str]) -> str:
    """Long prose that the page's script unpacks where it stands: zlib, in base64."""
    return base64.b64encode(zlib.compress("\n".join(lines).encode(), level=9)).decode()


def lean(source: str) -> str:
    """A style sheet or a script without its indentation and the lines that only explain it."""
    return INDENT.sub("\n", REMARK.sub("", source))


def content_policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """Nothing may load and nothing may run but these very texts."""
    allowed = {"style-src": styles, "script-src": scripts}
    sources = [f"{name} {' '.join(_source_hash(text) for text in texts)}" for name, texts in allowed.items()]
    return "; ".join(["default-src 'none'", *sources, "img-src data:", "base-uri 'none'", "form-action 'none'"])


def _source_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def running_header(left: str, right: str, page_of: str) -> str:
    """The margins of a printed page: classification, pack, page x of y."""
    pieces = SLOT.split(page_of)  # text and slots in turn
    counter = " ".join(f"counter({piece})" if odd % 2 else _css_text(piece) for odd, piece in enumerate(pieces))
    boxes = {"top-left": _css_text(left), "top-right": _css_text(right), "bottom-right": counter}
    return "@page{" + "".join(f"@{box}{{content:{content}}}" for box, content in boxes.items()) + "}"


def labels(words: Words) -> str:
    """What stands beside hundreds of alike elements, said once: the assessor's blank fields, the hint to scroll."""
    said = {
        ".r:has(> .s):not(:has(> .as))::after": words.say("record_blank"),
        ".far::before": words.say("scroll_hint"),
    }
    return "".join(_label(selector, text) for selector, text in said.items()) + blanks(words)


def blanks(words: Words) -> str:
    """The fields that people fill in under a finding."""
    names = ("finding_cause", "finding_owner", "finding_due")
    return _label(".fix::after", " · ".join(words.say(name) for name in names))


def _label(selector: str, text: str) -> str:
    return f"{selector}{{content:{_css_text(text)}}}"


def _css_text(text: str) -> str:
    """A CSS string in which nothing but letters and digits stands for itself."""
    return '"' + "".join(char if char.isascii() and char.isalnum() else f"\\{ord(char):X} " for char in text) + '"'
