"""The text of a document, within bounds.

DOCX is read from its XML and not with a library for editing it: those leave out tracked insertions and content
controls, in which the version and the approval of a policy often stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from grc.collect.archive import ArchiveRefused, Attributes, chunks, local, open_archive, parse_xml

MAX_TEXT: Final = 2_000_000  # characters
MAX_PAGES: Final = 500
FORMATS: Final = {".md": "markdown", ".pdf": "pdf", ".docx": "docx"}
PARTS: Final = re.compile(r"word/(header[0-9]*|footer[0-9]*)\.xml\Z")
BODY: Final = "word/document.xml"
DAMAGE: Final = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    EOFError,
    OSError,
)
"""What the PDF library raises over damaged files, besides its own errors: seen with files broken at random."""


class TextRefused(Exception):  # noqa: N818 - a refusal becomes a gap
    """A document has no text that can be read; the message says why and what to do."""


def text_of(path: Path) -> str:
    """The text of a Markdown, PDF or DOCX file.

    Raises:
        TextRefused: it cannot be read, or is longer than the bounds.
    """
    match path.suffix.casefold():
        case ".md":
            return _bounded([_markdown(path)])
        case ".pdf":
            return _bounded(_pdf(path))
        case _:
            return _bounded(_docx(path))


def _bounded(pieces: Iterator[str] | list[str]) -> str:
    found: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_TEXT:
            raise TextRefused(f"is longer than {MAX_TEXT:,} characters: keep annexes in files of their own")
        found.append(piece)
    return "\n".join(found)


def _markdown(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise TextRefused(f"is not UTF-8 (byte {error.start}): save it as UTF-8") from error


def _pdf(path: Path) -> Iterator[str]:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise TextRefused("is a PDF: install what reads it with `pip install 'grc[documents]'`") from error
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            raise TextRefused("is password-protected: save it without a password")
        if len(reader.pages) > MAX_PAGES:
            raise TextRefused(f"has more than {MAX_PAGES} pages: keep annexes in files of their own")
        for page in reader.pages:
            yield page.extract_text()
    except (PyPdfError, *DAMAGE) as error:
        raise TextRefused(f"is a damaged PDF ({type(error).__name__}): save it again") from error


def _docx(path: Path) -> Iterator[str]:
    try:
        with open_archive(path) as archive:
            parts = sorted(name for name in archive.namelist() if PARTS.match(name))
            for part in (*parts, BODY):
                yield _paragraphs(archive, part)
    except ArchiveRefused as error:
        raise TextRefused(str(error)) from error


def _paragraphs(archive: ZipFile, part: str) -> str:
    """The paragraphs of a part, one a line; the cells of a table's row on one line, with a bar between them."""
    pieces: list[str] = []
    within = {"t": 0, "tr": 0, "Fallback": 0}

    def start(name: str, attributes: Attributes) -> None:
        del attributes
        name = local(name)
        if name in within:
            within[name] += 1
        elif name in ("tab", "br", "cr") and not within["Fallback"]:
            pieces.append("\t" if name == "tab" else "\n")

    def end(name: str) -> None:
        name = local(name)
        if name in within:
            within[name] -= 1
        if name == "tr" and not within["tr"]:
            pieces.append("\n")
        elif name == "tc":
            pieces.append(" | ")
        elif name == "p":
            pieces.append(" " if within["tr"] else "\n")

    def text(piece: str) -> None:
        if within["t"] and not within["Fallback"]:  # a fallback repeats what newer programs read beside it
            pieces.append(piece)

    for _ in parse_xml(chunks(archive, part), start, end, text):
        if sum(map(len, pieces)) > MAX_TEXT:
            break
    return "".join(pieces)
