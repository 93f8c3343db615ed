"""Imports an OSCAL catalogue as a folder of our YAML, whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grc.catalogue.catalogues import catalogues_of
from grc.catalogue.files import HEAD, read_all
from grc.catalogue.oscal.prose import plain
from grc.catalogue.oscal.reading import Book, read_book
from grc.catalogue.oscal.rows import SET, Row, Rows
from grc.errors import ConfigError, DataError, Problem

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
ADDRESS: Final = re.compile(r"https://[^\s/]+\.\S+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the one who imports says of a catalogue where its file does not: None leaves it to the file."""

    publisher: str | None = None
    licence: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was imported: how many rows, how many of them counted, and how many the publisher has withdrawn."""

    folder: Path
    rows: int
    counted: int
    withdrawn: int


def import_catalogue(file: Path, framework: str, folder: Path, told: Told) -> Imported:
    """Write the catalogue of an OSCAL file into a new folder.

    1. Read the file, and look at every value before it is used.
    2. Write our YAML into a scratch folder beside the new one, and read it as any catalogue is read.
    3. Give the scratch folder its name.

    Raises:
        ConfigError: the framework's id cannot be one, the folder is there already or cannot be written, or the file
            does not say where the catalogue comes from.
        DataError: with the problems of the file.
    """
    if not SLUG.match(framework):
        raise ConfigError(f"{framework!r} cannot be the id of a framework: lower-case letters, digits and hyphens")
    if folder.exists():
        raise ConfigError(f"{folder} is there already and was left as it is: name another folder, or remove it")
    book = read_book(file)
    rows = Rows(book)
    chapters = list(rows.chapters())
    if not rows.counted:
        raise DataError([book.foreign.problem(("catalog",), "holds no control that is in force")])
    files = _files(framework, book, chapters, rows.counted, _source(book, told), told)
    try:
        _write(files, folder)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written: {error.strerror or error}") from error
    return Imported(folder=folder, rows=rows.made, counted=rows.counted, withdrawn=rows.withdrawn)


def _source(book: Book, told: Told) -> str:
    given = [told.source] if told.source is not None else list(book.addresses)
    found = next((address for address in given if ADDRESS.match(address)), None)
    if found is None:
        raise ConfigError("the file names no https address that the catalogue comes from: give one with --source")
    return found


def _files(
    framework: str, book: Book, chapters: Iterable[tuple[str, list[Row]]], counted: int, source: str, told: Told
) -> dict[str, str]:
    bodies = {f"chapter-{number:03}.yaml": _body(title, rows) for number, (title, rows) in enumerate(chapters, 1)}
    publisher = told.publisher or next((plain(name) for name in book.parties if plain(name)), "Not stated in the file")
    head = {
        "format": "grc.catalogue/1",
        "id": framework,
        "title": plain(book.title),
        "publisher": publisher,
        "edition": plain(book.version),
        "licence": told.licence or "As the publisher states; imported from OSCAL, not reviewed",
        "sources": [source],
        "counted": [
            {
                "id": SET,
                "title": "Controls",
                "count": counted,
                "rule": "Every control and enhancement that the publisher has not withdrawn",
            }
        ],
        "views": {"soa": SET},
        "files": list(bodies),
    }
    lines = (f"{key}: {_yaml(value)}" for key, value in head.items())
    return {HEAD: "\n".join(lines) + "\n", **bodies}


def _body(title: str, rows: Iterable[Row]) -> str:
    lines = ["format: grc.catalogue/1", f"group: {_yaml(title)}", "requirements:"]
    for row in rows:
        pairs = [f"{key}: {_yaml(value)}" for key, value in row.items()]
        lines += [f"- {pairs[0]}", *(f"  {pair}" for pair in pairs[1:])]
    return "\n".join(lines) + "\n"


def _yaml(value: Any) -> str:
    """A value in YAML's flow style, its text in quotes: what a stranger wrote is never taken for syntax."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _write(files: Mapping[str, str], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder.parent) as scratch:
        made = Path(scratch) / "controls" / folder.name
        made.mkdir(parents=True)
        for name, text in files.items():
            (made / name).write_text(text, encoding="utf-8")
        _refuse_unsound(Path(scratch))
        shutil.move(made, folder)


def _refuse_unsound(root: Path) -> None:
    problems: list[Problem] = []
    sources, failed = read_all([root], examples=False, problems=problems)
    catalogues_of(sources, failed, problems)
    if problems:
        raise DataError(problems)
