"""YAML of our own, read strictly.

Only null, true, false and plain decimal integers convert; everything else unquoted stays text, so that the ids
``5.1`` and ``5.10`` stay two. Duplicate keys, keys that are not text, anchors, aliases, tags and a second document
are refused, and so are files that are too large, too deep or not UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from grc.errors import DataError, Problem

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64
DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]*)\Z")
CONSTANTS: Final[Mapping[str, bool | None]] = {"": None, "~": None, "null": None, "true": True, "false": False}

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it

JsonPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; ``line`` and ``column`` count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """Where a scalar's text stands, as offsets into the file, and whether it is quoted or a block."""

    start: int
    end: int
    style: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed file: plain dicts and lists, and where each entry stands."""

    path: str
    value: dict[str, Any]
    text: str
    marks: Mapping[JsonPath, Mark]
    spans: Mapping[JsonPath, Span]

    def mark(self, at: JsonPath) -> Mark:
        """Where the entry at ``at`` stands, or its nearest ancestor when there is none."""
        while at and at not in self.marks:
            at = at[:-1]
        return self.marks.get(at, Mark(1, 1))

    def mark_within(self, at: JsonPath, offset: int) -> Mark:
        """Where the character at ``offset`` of the text at ``at`` stands in the file.

        Folding and indentation change white space alone, so the n-th other character of the value is the n-th other
        character of its source. In quoted text with escapes the answer is the start of the text.
        """
        span = self.spans.get(at)
        value = self._lookup(at)
        if span is None or not isinstance(value, str):
            return self.mark(at)
        start, source = span.start, self.text[span.start : span.end]
        if span.style in ("|", ">"):
            header = source.find("\n") + 1
            start, source = start + header, source[header:]
        elif span.style:
            start, source = start + 1, source[1:-1]
        inked = [index for index, char in enumerate(source) if not char.isspace()]
        before = sum(not char.isspace() for char in value[:offset])
        if before >= len(inked) or len(inked) != sum(not char.isspace() for char in value):
            return self.mark(at)
        found = start + inked[before]
        return Mark(self.text.count("\n", 0, found) + 1, found - self.text.rfind("\n", 0, found))

    def problem(self, at: JsonPath, message: str, *, offset: int | None = None) -> Problem:
        """A problem at an entry of this file, or at a character of its text."""
        mark = self.mark(at) if offset is None else self.mark_within(at, offset)
        return Problem(path=self.path, line=mark.line, column=mark.column, at=json_path(at), message=message)

    def _lookup(self, at: JsonPath) -> Any:
        value: Any = self.value
        for step in at:
            value = value[step]
        return value


def json_path(at: JsonPath) -> str:
    """Write a path as ``$.checks[3]["odd name"]``."""
    steps = []
    for step in at:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", step):
            steps.append(f".{step}")
        else:
            steps.append(f'["{step}"]')
    return "$" + "".join(steps)


def read(path: Path, *, name: str | None = None) -> Document:
    """Read one of our own YAML files. ``name`` is what messages call it (default: the path).

    Raises:
        DataError: the file cannot be read, is too large, is not UTF-8, or is not our YAML.
    """
    called = name or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError([_problem(called, f"cannot be read: {error.strerror or error}")]) from error
    return parse(data, called)


def parse(data: bytes | str, path: str) -> Document:
    """Parse one of our own YAML files.

    Raises:
        DataError: the text is too large, is not UTF-8, or is not our YAML.
    """
    if len(data) > MAX_BYTES:
        raise DataError([_problem(path, f"is larger than {MAX_BYTES // 2**20} MiB: split it into several files")])
    if isinstance(data, bytes):
        try:
            data = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError([_problem(path, f"is not UTF-8 (byte {error.start}): save it as UTF-8")]) from error
    return _Builder(path, data).build()


def _problem(path: str, message: str, mark: Mark = Mark(1, 1), at: JsonPath = ()) -> Problem:
    return Problem(path=path, line=mark.line, column=mark.column, at=json_path(at), message=message)


_MISSING: Final = object()


@dataclass(slots=True)
class _Open:
    """A mapping or list being filled."""

    value: dict[str, Any] | list[Any]
    at: JsonPath
    key: Any = _MISSING


class _Builder:
    """Turns the parser's events into plain values. Never recurses, so that depth cannot exhaust the stack."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.problems: list[Problem] = []
        self.marks: dict[JsonPath, Mark] = {}
        self.spans: dict[JsonPath, Span] = {}
        self.open: list[_Open] = []
        self.root: Any = _MISSING

    def build(self) -> Document:
        try:
            for event in yaml.parse(self.text, Loader=LOADER):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            found = error.problem_mark or error.context_mark
            mark = Mark(found.line + 1, found.column + 1) if found else Mark(1, 1)
            self._refuse(mark, (), f"is not YAML: {error.problem or error.context}")
        except yaml.reader.ReaderError as error:
            line = self.text.count("\n", 0, error.position) + 1
            self._refuse(Mark(line, 1), (), f"is not text: character {error.character!r} is not allowed in YAML")
        except UnicodeEncodeError as error:
            raise DataError([_problem(self.path, "is not text: it holds half a surrogate pair")]) from error
        if not self.problems and not isinstance(self.root, dict):
            self._refuse(Mark(1, 1), (), "is not a mapping: a file of ours begins with `format: …`")
        if self.problems:
            raise DataError(self.problems)
        return Document(self.path, self.root, self.text, self.marks, self.spans)

    def _take(self, event: Any) -> None:
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            if self.root is not _MISSING:
                self._refuse(mark, (), "holds a second document: use one file each", stop=True)
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(mark, self._next_path(), "aliases are not allowed: write the value out", stop=True)
        elif isinstance(event, yaml.NodeEvent):
            if event.anchor is not None:
                self._refuse(mark, self._next_path(), "anchors are not allowed: write the value out")
            if not isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
                return
            if event.tag is not None:
                self._refuse(mark, self._next_path(), f"the tag {event.tag!r} is not allowed")
            self._take_node(event, mark)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.open.pop()

    def _take_node(self, event: Any, mark: Mark) -> None:
        container: dict[str, Any] | list[Any]
        if isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event, mark)
            return
        container = {} if isinstance(event, yaml.MappingStartEvent) else []
        at = self._next_path()
        if len(self.open) >= MAX_DEPTH:
            self._refuse(mark, at, f"is nested deeper than {MAX_DEPTH} levels", stop=True)
        if self._key_expected():
            self._refuse(mark, at, "a key must be text", stop=True)
        self._put(container, at, mark)
        self.open.append(_Open(container, at))

    def _take_scalar(self, event: Any, mark: Mark) -> None:
        value: str | int | bool | None = event.value
        if not event.style:  # plain text, not quoted and not a block
            value = self._convert(event.value, mark)
        if self._key_expected():
            self._take_key(event, value, mark)
            return
        at = self._next_path()
        self.spans[at] = Span(event.start_mark.index, event.end_mark.index, event.style)
        self._put(value, at, mark)

    def _take_key(self, event: Any, value: object, mark: Mark) -> None:
        top = self.open[-1]
        if not isinstance(value, str):
            self._refuse(mark, top.at, f"a key must be text: quote it, {event.value!r}")
            value = str(event.value)
        assert isinstance(top.value, dict)
        if value in top.value:
            self._refuse(mark, (*top.at, value), f"the key {value!r} stands twice")
        top.key = value
        self.marks.setdefault((*top.at, value), mark)

    def _convert(self, text: str, mark: Mark) -> str | int | bool | None:
        if text in CONSTANTS:
            return CONSTANTS[text]
        if DECIMAL.match(text):
            if len(text) > 19:
                self._refuse(mark, self._next_path(), "the number is too large: quote it if it is an id")
                return 0
            return int(text)
        return text

    def _key_expected(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].value, dict) and self.open[-1].key is _MISSING

    def _next_path(self) -> JsonPath:
        if not self.open:
            return ()
        top = self.open[-1]
        if isinstance(top.value, list):
            return (*top.at, len(top.value))
        return top.at if top.key is _MISSING else (*top.at, top.key)

    def _put(self, value: Any, at: JsonPath, mark: Mark) -> None:
        self.marks.setdefault(at, mark)
        if not self.open:
            self.root = value
            return
        top = self.open[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value[top.key] = value
            top.key = _MISSING

    def _refuse(self, mark: Mark, at: JsonPath, message: str, *, stop: bool = False) -> None:
        self.problems.append(_problem(self.path, message, mark, at))
        if stop:
            raise DataError(self.problems)
