"""What a document says of itself: its front matter, or the lines ``Version: 2.1`` that it prints at its head."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from grc.collect.registers.tables import Cell, Unreadable
from grc.errors import DataError
from grc.yamltext import parse

FENCE: Final = "---"
HEAD_LINES: Final = 80
LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "policy id", "document id", "document number", "policy number"),
    "title": ("title", "document title", "policy title"),
    "version": ("version", "document version", "policy version", "version number"),
    "status": ("status", "document status"),
    "author": ("author", "written by", "prepared by"),
    "owner": ("owner", "document owner", "policy owner"),
    "approver": ("approver", "approved by"),
    "approved_on": ("approved on", "approval date", "date of approval"),
    "effective_on": ("effective on", "effective date", "effective from", "in effect from"),
    "next_review_on": ("next review", "next review on", "next review date", "review by", "next review by"),
}
FIELDS: Final[Mapping[str, str]] = {label: name for name, labels in LABELS.items() for label in labels}
LINE: Final = re.compile(r"\W*([A-Za-z][A-Za-z _-]{1,30}?)\**\s*(?::|\||\t)[\s*|]*(.*)\Z")
EDGES: Final = "*|" + "".join(map(chr, filter(lambda number: chr(number).isspace(), range(0x3001))))
PLACEHOLDER: Final = re.compile(r"\[\[[^\]]{0,1000}\]\]")
"""What a template leaves to be filled in. A field that holds one says nothing, as an empty one."""
TWICE: Final = Unreadable("is printed twice, and differently: print it once")


def front_matter(text: str, name: str) -> tuple[Mapping[str, Cell], str] | Unreadable | None:
    """The front matter of a Markdown text and what follows it, or None where there is none."""
    lines = text.split("\n")
    if lines[0].strip() != FENCE:
        return None
    end = next((index for index, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        return Unreadable(f"begins front matter and does not end it: write {FENCE} below it")
    try:
        value = parse("\n".join(lines[1:end]) or "{}", name).value
    except DataError as error:
        return Unreadable(f"has front matter that cannot be read: {error.problems[0].message}")
    return {field: cell for field, cell in _known(value) if cell is not None}, "\n".join(lines[end + 1 :])


def head_lines(text: str) -> Mapping[str, Cell]:
    """What the first lines of a text print of the document."""
    found: dict[str, Cell] = {}
    for line in text.split("\n")[:HEAD_LINES]:
        match = LINE.match(line.strip())
        field = FIELDS.get(_label(match[1])) if match else None
        value = match[2].rstrip(EDGES) if match else ""
        if field is None or not value:
            continue
        if found.setdefault(field, value) != value:
            found[field] = TWICE
    return found


def _known(value: Mapping[str, Any]) -> Iterable[tuple[str, Cell | None]]:
    for key, cell in value.items():
        field = FIELDS.get(_label(key))
        if field is not None:
            yield field, _cell(cell)


def _cell(value: Any) -> Cell | None:
    if isinstance(value, (dict, list)):
        return Unreadable("holds more than one value")
    if isinstance(value, str):
        return None if PLACEHOLDER.search(value) else value.strip() or None
    found: Cell | None = value
    return found


def _label(text: str) -> str:
    return re.sub("[ _-]+", " ", text).strip().casefold()
