"""Finds our YAML files, reads each once, and tells them apart by their ``format``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grc.catalogue.places import EXAMPLES, FOLDERS, data_files
from grc.catalogue.schema import meant, problems_of
from grc.errors import DataError, Problem
from grc.model.catalogue import Position
from grc.yamltext import Document, parse, read

HEAD: Final = "catalogue.yaml"
AS_IT_IS: Final = "a workspace adds to what comes with it and never changes it"
SIDE_FILES: Final = frozenset({"README.md", ".gitkeep"})

JsonPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One of our files, read and held against its schema. ``root`` is None for a workspace's own single files."""

    file: Path
    document: Document
    schema: str
    root: Path | None = None

    @property
    def value(self) -> dict[str, Any]:
        """The file as data."""
        return self.document.value

    def position(self, at: JsonPath) -> Position:
        """Where an entry stands."""
        mark = self.document.mark(at)
        return Position(path=self.document.path, line=mark.line, column=mark.column)

    def problem(self, at: JsonPath, message: str) -> Problem:
        """A problem at an entry."""
        return self.document.problem(at, message)


def strays(roots: Sequence[Path]) -> Iterator[Problem]:
    """The files in our folders that are not read: a check in a ``.yml`` file would never run."""
    for root in roots:
        for folder in FOLDERS:
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and path.suffix != ".yaml" and path.name not in SIDE_FILES:
                    yield at_file(path, "is not read: our files end in .yaml")


def read_all(roots: Sequence[Path], *, examples: bool, problems: list[Problem]) -> tuple[list[Source], set[Path]]:
    """Read and validate every file of the roots.

    Files that fail are left out, and returned apart; their problems are added to the list.
    """
    sources, failed = [], set()
    for root in roots:
        if not root.is_dir():
            problems.append(at_file(root, "is not a folder"))
        for path in data_files([root]):
            if examples or not path.name.endswith(EXAMPLES):
                source = _read(path, FOLDERS[path.relative_to(root).parts[0]], problems, root)
                if source is None:
                    failed.add(path)
                else:
                    sources.append(source)
    return sources, failed


def read_one(path: Path, format_: str) -> Source:
    """Read and validate one file of a known format.

    Raises:
        DataError: the file cannot be read, or is not of that format.
    """
    problems: list[Problem] = []
    source = _read(path, (format_,), problems)
    if source is None:
        raise DataError(problems)
    return source


def read_draft(text: str, path: Path, format_: str) -> Source:
    """Validate the text of a file that is yet to be written.

    Raises:
        DataError: it is not of that format.
    """
    problems: list[Problem] = []
    source = _checked(parse(text, str(path)), path, (format_,), problems)
    if source is None:
        raise DataError(problems)
    return source


def repeats(source: Source, entries: str, *keys: str) -> Iterator[Problem]:
    """The entries of a list that have the same values under these keys as an earlier one."""
    seen = set()
    for index, value in enumerate(source.value.get(entries, ())):
        name = tuple(value[key] for key in keys)
        if name in seen:
            shown = ", ".join(map(repr, name))
            yield source.problem((entries, index, keys[0]), f"{shown} stands twice: remove one")
        seen.add(name)


def stands_twice(name: str, first: Source, at: Position, second: Source) -> str:
    """What to say of an id that two entries have; those of another root may not be changed."""
    if first.root != second.root:
        return f"the id {name!r} comes with the engine ({at.path}:{at.line}), and {AS_IT_IS}: choose another id"
    return f"the id {name!r} stands twice: first in {at.path}:{at.line}"


def at_file(path: Path, message: str) -> Problem:
    """A problem with a file as a whole."""
    return Problem(path=str(path), line=1, column=1, at="$", message=message)


def _read(path: Path, formats: tuple[str, ...], problems: list[Problem], root: Path | None = None) -> Source | None:
    try:
        document = read(path)
    except DataError as error:
        problems.extend(error.problems)
        return None
    return _checked(document, path, formats, problems, root)


def _checked(
    document: Document, path: Path, formats: tuple[str, ...], problems: list[Problem], root: Path | None = None
) -> Source | None:
    found = _format_problems(document, formats)
    if not found:
        schema = schema_of(document, path)
        found = problems_of(document, schema)
        if not found:
            return Source(path, document, schema, root)
    problems.extend(found)
    return None


def _format_problems(document: Document, formats: tuple[str, ...]) -> list[Problem]:
    given, words = document.value.get("format"), " or ".join(formats)
    if given is None:
        return [document.problem((), f"the key 'format' is missing: begin the file with it ({words})")]
    if given not in formats:
        return [document.problem(("format",), f"is {given!r}: this engine reads {words} here{meant(given, formats)}")]
    if (given == "grc.examples/1") != document.path.endswith(EXAMPLES):
        return [document.problem(("format",), f"is {given!r}: example files, and no others, end in {EXAMPLES}")]
    if next(iter(document.value)) != "format":
        return [document.problem(("format",), "stands below another key: a file begins with its format")]
    return []


def schema_of(document: Document, path: Path) -> str:
    """The schema that a file of ours is held against."""
    name = str(document.value["format"]).removeprefix("grc.").removesuffix("/1")
    return "requirements" if name == "catalogue" and path.name != HEAD else name
