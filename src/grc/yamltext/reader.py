"""YAML of our own, read strictly.

Only null, true, false and plain decimal integers convert; everything else unquoted stays text, so that the ids
``5.1`` and ``5.10`` stay two. Duplicate keys, keys that are not text, anchors, aliases, tags and a second document
are refused, and so are files that are too large, too deep or not UTF-8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import yaml

from grc.errors import DataError, Problem

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64
MAX_PROBLEMS: Final = 100
INTEGERS: Final = range(-(2**63), 2**63)
DIGITS: Final = frozenset("0123456789")
DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]*)\Z")
NOT_TEXT: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CONSTANTS: Final[Mapping[str, bool | None]] = {"": None, "~": None, "null": None, "true": True, "false": False}

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it

STARTS: Final = frozenset({yaml.MappingStartEvent, yaml.SequenceStartEvent})
ENDS: Final = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})

JsonPath = tuple[str | int, ...]


class Mark(NamedTuple):
    """A place in a file; ``line`` and ``column`` count from 1."""

    line: int
    column: int


START: Final = Mark(1, 1)


class Place(Protocol):
    """The parser's own mark, which counts from 0; made into a ``Mark`` when it is asked for, which is rare."""

    line: int
    column: int
    index: int


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed file: plain dicts and lists, and where each entry stands.

    ``members`` holds, by the ``id`` of each list of the value, where its members begin: that is asked for of every
    entry. Any other place is asked for by a problem alone, and the text is then read once more.
    """

    path: str
    value: dict[str, Any]
    text: str
    members: Mapping[int, Sequence[Place]]

    def mark(self, at: JsonPath) -> Mark:
        """Where the entry at ``at`` stands, or its nearest ancestor when there is none."""
        return _mark(self._member(at) or _located(self.text, at)[0])

    def mark_within(self, at: JsonPath, offset: int) -> Mark:
        """Where the character at ``offset`` of the text at ``at`` stands in the file.

        Folding and indentation change white space alone, so the n-th other character of the value is the n-th other
        character of its source. An offset at the end is the place behind the last one. In quoted text with escapes
        the answer is where the entry stands.
        """
        node = _located(self.text, at)[1]
        value = self._value(at) if isinstance(node, yaml.ScalarNode) else None
        if not isinstance(node, yaml.ScalarNode) or not isinstance(value, str):
            return self.mark(at)
        start, source = node.start_mark.index, self.text[node.start_mark.index : node.end_mark.index]
        if node.style in ("|", ">"):
            header = source.find("\n") + 1
            start, source = start + header, source[header:]
        elif node.style:
            start, source = start + 1, source[1:-1]
        inked = [index for index, char in enumerate(source) if not char.isspace()]
        before = sum(not char.isspace() for char in value[:offset])
        if not inked or len(inked) != sum(not char.isspace() for char in value):
            return self.mark(at)
        found = start + (inked[before] if before < len(inked) else inked[-1] + 1)
        return Mark(self.text.count("\n", 0, found) + 1, found - self.text.rfind("\n", 0, found))

    def problem(self, at: JsonPath, message: str, *, offset: int | None = None) -> Problem:
        """A problem at an entry of this file, or at a character of its text."""
        mark = self.mark(at) if offset is None else self.mark_within(at, offset)
        return Problem(path=self.path, line=mark.line, column=mark.column, at=json_path(at), message=message)

    def _member(self, at: JsonPath) -> Place | None:
        """Where a member of a list begins; None for anything else, and for what is not there."""
        if not at or not isinstance(at[-1], int):
            return None
        try:
            return self.members[id(self._value(at[:-1]))][at[-1]]
        except (KeyError, IndexError, TypeError):
            return None

    def _value(self, at: JsonPath) -> Any:
        value: Any = self.value
        for step in at:
            value = value[step]
        return value


@lru_cache(maxsize=4)
def _tree(text: str) -> yaml.Node | None:
    """The nodes of a text that was read already: it holds no alias, and is not deep."""
    loader = LOADER(text)
    try:
        found: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return found


def _located(text: str, at: JsonPath) -> tuple[Place, yaml.Node | None]:
    """Where the entry at ``at`` stands, or its nearest ancestor; and its node when it is there."""
    root = _tree(text)
    assert root is not None
    place: Place = root.start_mark
    node: yaml.Node | None = root
    for step in at:
        place, node = _below(node, step, place)
    return place, node


def _below(node: yaml.Node | None, step: str | int, above: Place) -> tuple[Place, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step].start_mark, node.value[step]
    return above, None


def json_path(at: JsonPath) -> str:
    """Write a path as ``$.checks[3]["odd name"]``."""
    steps = []
    for step in at:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", step):
            steps.append(f".{step}")
        else:
            steps.append(f"[{json.dumps(step, ensure_ascii=False)}]")
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


def _mark(place: Place) -> Mark:
    return Mark(place.line + 1, place.column + 1)


def _problem(path: str, message: str, mark: Mark = START, at: JsonPath = ()) -> Problem:
    return Problem(path=path, line=mark.line, column=mark.column, at=json_path(at), message=message)


_MISSING: Final = object()


class _Open:
    """A mapping or list being filled. ``step`` is its own place in what holds it; ``starts`` are those of a list."""

    __slots__ = ("key", "starts", "step", "value")

    def __init__(self, value: dict[str, Any] | list[Any], step: str | int | None) -> None:
        self.value: Any = value
        self.step = step
        self.key: Any = _MISSING
        self.starts: list[Place] | None = [] if isinstance(value, list) else None

    def next_step(self) -> str | int | None:
        """Where what comes next belongs; None where that is a key."""
        if self.starts is not None:
            return len(self.starts)
        return None if self.key is _MISSING else str(self.key)


class _Builder:
    """Turns the parser's events into plain values. Never recurses, so that depth cannot exhaust the stack."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.problems: list[Problem] = []
        self.members: dict[int, list[Place]] = {}
        self.open: list[_Open] = []
        self.root: Any = _MISSING

    def build(self) -> Document:
        try:
            self._take_all()
        except yaml.MarkedYAMLError as error:
            found = error.problem_mark or error.context_mark
            mark = _mark(found) if found else START
            self._refuse(mark, (), f"is not YAML: {error.problem or error.context}")
        except (yaml.reader.ReaderError, UnicodeEncodeError):
            self._refuse_character()
        if not self.problems and not isinstance(self.root, dict):
            self._refuse(START, (), "is not a mapping: a file of ours begins with `format: …`")
        if self.problems:
            raise DataError(self.problems)
        return Document(self.path, self.root, self.text, self.members)

    def _take_all(self) -> None:
        loader = LOADER(self.text)
        take = loader.get_event
        scalar, ends, starts = yaml.ScalarEvent, ENDS, STARTS
        try:
            while (kind := type(event := take())) is not yaml.StreamEndEvent:
                if kind is scalar:
                    self._take_scalar(event)
                elif kind in ends:
                    self.open.pop()
                elif kind in starts:
                    self._take_collection(event)
                else:
                    self._take_other(event)
        finally:
            loader.dispose()

    def _take_scalar(self, event: Any) -> None:
        value: str | int | bool | None = event.value
        if not event.style:  # plain text, not quoted and not a block
            value = self._convert(event.value, event)
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        top = self.open[-1] if self.open else None
        if top is None:
            self.root = value
        elif top.starts is not None:
            top.starts.append(event.start_mark)
            top.value.append(value)
        elif top.key is _MISSING:
            self._take_key(top, value, event)
        else:
            top.value[top.key] = value
            top.key = _MISSING

    def _take_collection(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if len(self.open) >= MAX_DEPTH:
            message = f"is nested deeper than {MAX_DEPTH} levels"
            self._refuse(_mark(event.start_mark), self._next_path(), message, stop=True)
        value: dict[str, Any] | list[Any] = {} if type(event) is yaml.MappingStartEvent else []
        new = _Open(value, self.open[-1].next_step() if self.open else None)
        if new.starts is not None:
            self.members[id(value)] = new.starts
        if not self.open:
            self.root = value
        else:
            self._put(self.open[-1], value, event.start_mark)
        self.open.append(new)

    def _take_other(self, event: Any) -> None:
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(mark, self._next_path(), "aliases are not allowed: write the value out", stop=True)
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not _MISSING:
            self._refuse(mark, (), "holds a second document: use one file each", stop=True)

    def _take_key(self, top: _Open, value: object, event: Any) -> None:
        text: str = event.value
        if value is not text:
            self._refuse(_mark(event.start_mark), self._next_path(), f"a key must be text: quote it, {text!r}")
        if text in top.value:
            at = (*self._next_path(), text)
            self._refuse(_mark(event.start_mark), at, f"the key {text!r} stands twice: remove one")
        top.key = text

    def _put(self, top: _Open, value: Any, place: Place) -> None:
        if top.starts is not None:
            top.starts.append(place)
            top.value.append(value)
        elif top.key is _MISSING:
            self._refuse(_mark(place), self._next_path(), "a key must be text", stop=True)
        else:
            top.value[top.key] = value
            top.key = _MISSING

    def _convert(self, text: str, event: Any) -> str | int | bool | None:
        if text in CONSTANTS:
            return CONSTANTS[text]
        if text[-1] in DIGITS and DECIMAL.match(text):
            if len(text) > 20 or int(text) not in INTEGERS:
                message = "the number is too large: quote it if it is an id"
                self._refuse(_mark(event.start_mark), self._next_path(), message)
                return 0
            return int(text)
        return text

    def _next_path(self) -> JsonPath:
        """Where what comes next belongs; a key's own place is that of its mapping."""
        steps = [each.step for each in self.open[1:]]
        if self.open:
            steps.append(self.open[-1].next_step())
        return tuple(step for step in steps if step is not None)

    def _refuse_properties(self, event: Any) -> None:
        mark, at = _mark(event.start_mark), self._next_path()
        if event.anchor is not None:
            self._refuse(mark, at, "anchors are not allowed: write the value out")
        if event.tag is not None:
            self._refuse(mark, at, f"the tag {event.tag!r} is not allowed")

    def _refuse_character(self) -> None:
        """The parser says that a character is not allowed; where the first such stands, we look up ourselves."""
        found = NOT_TEXT.search(self.text)
        assert found is not None
        mark = Mark(
            self.text.count("\n", 0, found.start()) + 1, found.start() - self.text.rfind("\n", 0, found.start())
        )
        self._refuse(mark, (), f"is not text: the character U+{ord(found.group()):04X} is not allowed in YAML")

    def _refuse(self, mark: Mark, at: JsonPath, message: str, *, stop: bool = False) -> None:
        self.problems.append(_problem(self.path, message, mark, at))
        if stop or len(self.problems) >= MAX_PROBLEMS:
            raise DataError(self.problems)
