"""Kinds over files: where the records of one stand, and what of JSON Schema its schema may say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grc.errors import DataError, Problem
from grc.model.identifiers import KindName
from grc.model.kind import Kind

FILE: Final = "file"
FORMS: Final = ("csv", "json", "toml", "yaml")
BOUNDS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
NUMBERS: Final = BOUNDS | {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
KNOWN: Final = NUMBERS | {
    "type",
    "title",
    "description",
    "format",
    "enum",
    "const",
    "required",
    "pattern",
    "uniqueItems",
    "x-personal",
    "x-secret",
    "x-references",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """Where the records of a kind over files stand.

    ``globs`` are below the workspace's folder; ``items`` is the path to the records in a file, "" for the whole file.
    ``of_record``: what the files say is evidence of record, as a document is, and no mere declaration.
    """

    globs: tuple[str, ...]
    form: str
    items: str
    identity: tuple[str, ...]
    of_record: bool
    may_be_empty: bool


def file_kinds(kinds: Mapping[KindName, Kind]) -> Mapping[KindName, FileKind]:
    """The kinds over files among these, with where their records stand."""
    return {name: _file_kind(kind) for name, kind in kinds.items() if kind.provider == FILE}


def _file_kind(kind: Kind) -> FileKind:
    document: Mapping[str, Any] = kind.document
    files = document["files"]
    return FileKind(
        globs=tuple(files["glob"]),
        form=files["format"],
        items=files.get("items", ""),
        identity=tuple(document.get("identity", (kind.key,))),
        of_record=document.get("of_record", False),
        may_be_empty=document.get("may_be_empty", False),
    )


def refuse_unsound(kind: Kind, path: str) -> None:
    """Raise for what is wrong with a kind over files; other kinds pass.

    Raises:
        DataError: with every problem of where its records stand, and of the keywords of its schema.
    """
    problems = list(_file_problems(kind, path))
    if problems:
        raise DataError(problems)


def _file_problems(kind: Kind, path: str) -> Iterator[Problem]:
    if kind.provider != FILE:
        return
    files = kind.document.get("files")
    if not isinstance(files, Mapping):
        yield _problem(path, "$.files", "is missing or not a mapping: say `files: {glob: [...], format: ...}`")
        return
    globs = files.get("glob")
    if not isinstance(globs, list) or not globs or not all(_is_below(glob) for glob in globs):
        yield _problem(
            path, "$.files.glob", "must be a list of patterns below the workspace's folder: [deploy/**/*.yaml]"
        )
    if files.get("format") not in FORMS:
        yield _problem(path, "$.files.format", f"must be one of {', '.join(FORMS)}")
    items = files.get("items", "")
    if not isinstance(items, str) or (items and not items.startswith("/")):
        yield _problem(path, "$.files.items", "must be a path such as /services")
    elif items and files.get("format") == "csv":
        yield _problem(path, "$.files.items", "means nothing for csv: its rows are the records")
    for name in sorted(set(files) - {"glob", "format", "items"}, key=str):
        yield _problem(path, f"$.files.{name}", "is not known: glob, format and items are")
    if not isinstance(kind.document.get("of_record", False), bool):
        yield _problem(path, "$.of_record", "must be true or false")
    yield from _schema_problems(kind.document["schema"], path, "$.schema")


def _schema_problems(schema: object, path: str, at: str) -> Iterator[Problem]:
    """Keywords that are not known, or hold what they cannot: passed over, nothing would say that they do not count."""
    for keyword, value in schema.items() if isinstance(schema, Mapping) else ():
        if keyword in ("properties", "items", "additionalProperties"):
            below = value.items() if keyword == "properties" and isinstance(value, Mapping) else [("", value)]
            for name, each in below:
                yield from _schema_problems(each, path, f"{at}.{keyword}" + (f".{name}" if name else ""))
        elif keyword in NUMBERS and (type(value) is not int or (keyword not in BOUNDS and value < 0)):
            yield _problem(path, f"{at}.{keyword}", "must be a whole number")
        elif keyword == "uniqueItems" and not isinstance(value, bool):
            yield _problem(path, f"{at}.{keyword}", "must be true or false")
        elif keyword == "pattern" and not _is_pattern(value):
            yield _problem(path, f"{at}.{keyword}", "is no regular expression")
        elif keyword in ("enum", "required") and not (isinstance(value, list) and value):
            yield _problem(path, f"{at}.{keyword}", "must be a list")
        elif keyword not in KNOWN:
            yield _problem(path, f"{at}.{keyword}", "is no keyword that is read")


def _is_pattern(value: object) -> bool:
    try:
        re.compile(str(value))
    except re.error:
        return False
    return isinstance(value, str)


def _is_below(glob: object) -> bool:
    return isinstance(glob, str) and bool(glob) and not glob.startswith("/") and ".." not in glob.split("/")


def _problem(path: str, at: str, message: str) -> Problem:
    return Problem(path=path, line=1, column=1, at=at, message=message)
