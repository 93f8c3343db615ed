"""The document that WeasyPrint lays out, made light: the same pages from a thirtieth of the styles.

WeasyPrint keeps a style for every pseudo-element that its own sheet names without an element, six for each element, and
shares the style of an element neither with an id nor inside one that has one. That was a third of its memory. It also
keeps every page laid out until the last one is written, as it reads them twice: to draw them, and for their tags.
"""

from __future__ import annotations

import gc
import re
from typing import Any, Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from weasyprint import CSS, HTML
from weasyprint.document import Document, Page
from weasyprint.html import UA, UA_COUNTER_STYLE

NOTES: Final = re.compile(r"^::(?:foot)?note-.*\n", re.MULTILINE)
MARKERS: Final = re.compile(r"^::marker\b", re.MULTILINE)
FOOTNOTES: Final = ("footnote", "note(")
"""Where one of these stands in a document, it may have notes, and is laid out by WeasyPrint's sheet as it is."""
COMPRESSED: Final = "/FlateDecode"


def document(text: str, fetcher: Any) -> HTML:
    """The document of a text of HTML. ``fetcher`` is WeasyPrint's, and says what may be read."""
    kind = HTML if any(word in text for word in FOOTNOTES) else _WithoutNotes
    made = kind(string=text, url_fetcher=fetcher)
    move_anchors(made.etree_element)
    return made


def letting_go(laid_out: Document) -> Document:
    """The same pages, to be written once, and each let go as soon as it is: the same bytes from a fifth less memory."""
    gc.collect()  # what was laid out from: its parts hold each other
    return laid_out.copy([_PageReadTwice(page) for page in laid_out.pages])


class _PageReadTwice(Page):  # type: ignore[misc]  # WeasyPrint has no types
    """A page that WeasyPrint draws, then reads once more for its tags: then its boxes are let go."""

    def __init__(self, page: Page) -> None:
        self.__dict__.update(vars(page))
        self._drawn = False

    @property
    def _page_box(self) -> Any:
        return self.__dict__.pop("_page_box") if self._drawn else self.__dict__["_page_box"]

    def paint(self, stream: Any, scale: float = 1) -> None:
        super().paint(stream, scale)
        self._drawn = True
        if stream.compress:
            _compress(stream)


def _compress(stream: Any) -> None:
    """Compress what was drawn now, and once: it is a list of thousands of operators until it is written, twice."""
    _, _, data = stream.data.partition(b"\nstream\n")
    stream.stream = [data.removesuffix(b"\nendstream")]
    stream.extra["Filter"] = COMPRESSED
    stream.compress = False


def move_anchors(root: Element) -> None:
    """Move each anchor inside a section to its first words, and take away what no link leads to.

    Sections, the children of the body, keep theirs.
    """
    linked = {unquote(at.removeprefix("#")) for each in root.iter() if (at := each.get("href", "")).startswith("#")}
    body = root.find("body")
    sections = [] if body is None else list(body)
    for element in (each for section in sections for each in section.iter() if each is not section):
        name = element.get("id")
        if name is not None and name not in linked:
            del element.attrib["id"]
        elif name is not None:
            _move(name, element)


def _move(name: str, element: Element) -> None:
    first = next((each for each in element.iter() if (each.text or "").strip()), element)
    if "id" not in first.attrib:
        del element.attrib["id"]
        first.set("id", name)


class _WithoutNotes(HTML):  # type: ignore[misc]  # WeasyPrint has no types
    """A document in which only lists have markers, and nothing has notes."""

    def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
        return [_WITHOUT_NOTES]


_WITHOUT_NOTES: Final = CSS(string=MARKERS.sub("li::marker", NOTES.sub("", UA)), counter_style=UA_COUNTER_STYLE)
