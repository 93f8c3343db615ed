"""YAML of strangers, a document at a time, as the Kubernetes tools read it.

A stream is cut at its separator lines first, so a document that cannot be read takes no other with it. What the API
server would refuse or what two readers could read differently (a key that stands twice, a tag, an unknown alias) makes
a document unreadable; aliases and merge keys are read within bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from grc.yamltext.reader import NOT_TEXT

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it
SEPARATOR: Final = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
NO_CONTENT: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*|%[^\n]*)?\r?(?:\n|\Z))*\Z")
MAX_DEPTH: Final = 100
MAX_VALUES: Final = 2_000_000
"""Values of one document, with those that aliases repeat."""

WORDS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"), False),
}
"""Plain words that are no text. Source: sigs.k8s.io/yaml, which reads YAML 1.1."""
FIRST: Final = frozenset("0123456789+-.~nNtTfFyYoO")
"""What such a word or a number begins with."""
INTEGER: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)\Z")
FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
MERGE: Final = "<<"


class DocumentError(Exception):
    """A document cannot be read. Its text says why and quotes nothing of it. ``line`` counts from 1."""

    def __init__(self, line: int, why: str) -> None:
        self.line = line
        super().__init__(why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a stream. ``line`` counts from 1; ``lines`` are those of the members of its lists of mappings.

    Only the members of the lists of the outermost mapping are in ``lines``, by their ``id``.
    """

    line: int
    value: Any
    lines: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A document that cannot be read, and its text, from which its kind may still be told."""

    line: int
    why: str
    text: str


def documents(text: str) -> Iterator[Document | Unreadable]:
    """The documents of a stream in their order; what holds nothing but comments is left out."""
    for line, part in parts(text):
        try:
            yield from _documents(part, line)
        except DocumentError as error:
            yield Unreadable(line=error.line, why=str(error), text=part)


def parts(text: str) -> Iterator[tuple[int, str]]:
    """The text between separator lines, each with the line that it begins in, counted from 0."""
    line = begin = 0
    for found in SEPARATOR.finditer(text):
        if found.start() > begin:
            yield line, text[begin : found.start()]
        line += text.count("\n", begin, found.start())
        begin = found.end()
    yield line, text[begin:]


def _documents(text: str, above: int) -> Iterator[Document]:
    if NO_CONTENT.match(text):
        return
    loader = LOADER(text) if text.isascii() else _loader(text, above)
    try:
        yield from _Builder(loader, above).build()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = above + 1 + (mark.line if mark else 0)
        raise DocumentError(line, f"is not YAML: {error.problem or error.context}") from error
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        raise _no_text(text, above) from error
    finally:
        loader.dispose()


def _loader(text: str, above: int) -> Any:
    try:
        return LOADER(text)
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        raise _no_text(text, above) from error


def _no_text(text: str, above: int) -> DocumentError:
    found = NOT_TEXT.search(text)
    line = above + 1 + (text.count("\n", 0, found.start()) if found else 0)
    return DocumentError(line, "is not text: a character in it is not allowed in YAML")


class _Builder:
    """Turns the parser's events into plain values. Never recurses, so that depth cannot exhaust the stack."""

    def __init__(self, loader: Any, above: int) -> None:
        self.next = loader.get_event
        self.above = above
        self.values = 0
        self.anchors: dict[str, tuple[Any, int] | None] = {}

    def build(self) -> Iterator[Document]:
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                self.values, self.anchors = 0, {}
                document = self._document()
                if document.value is not None:
                    yield document

    def _document(self) -> Document:  # noqa: C901, PLR0912, PLR0915 - every event passes here: calls would double the time
        """Read the events of one document up to its end."""
        lines: dict[int, int] = {}
        stack: list[tuple[Any, Any, str | None, int]] = []
        root: Any = None
        top: Any = None
        key: str | None = None
        anchor: str | None = None
        begun, first, mapping, get = 0, 0, False, self.next
        while True:
            event = get()
            sort = type(event)
            if sort is yaml.ScalarEvent:
                value = event.value
                if event.anchor is not None or event.tag is not None:
                    self._properties(event, value)
                if mapping and key is None:
                    if value in top:
                        raise DocumentError(self._line(event), "a key stands twice in one mapping")
                    key = value
                    continue
                if not event.style and (not value or value[0] in FIRST):
                    value = plain(value)
                self.values += 1
            elif sort is yaml.MappingStartEvent or sort is yaml.SequenceStartEvent:
                self._enter(event, len(stack), key=mapping and key is None)
                value = {} if sort is yaml.MappingStartEvent else []
                if top is None and not stack:
                    first = self._line(event)
                elif len(stack) == 2 and not mapping:
                    lines[id(value)] = self._line(event)
                self._put(top, key, value, mapping)
                stack.append((top, key if mapping else None, anchor, begun))
                top, mapping, key = value, sort is yaml.MappingStartEvent, None
                anchor, begun = event.anchor, self.values
                if root is None:
                    root = value
                continue
            elif sort is yaml.MappingEndEvent or sort is yaml.SequenceEndEvent:
                if mapping and MERGE in top:
                    self._merge(top, event)
                if anchor is not None:
                    self.anchors[anchor] = (top, self.values - begun + 1)
                top, _, anchor, begun = stack.pop()
                mapping, key = isinstance(top, dict), None
                continue
            elif sort is yaml.AliasEvent:
                if mapping and key is None:
                    raise DocumentError(self._line(event), "a key must be text")
                value = self._alias(event)
            else:  # the document's end
                return Document(line=first or self.above + 1, value=root, lines=lines)
            if top is None:
                root, first = value, self._line(event)
            elif mapping:
                top[key] = value
                key = None
            else:
                top.append(value)

    def _enter(self, event: Any, depth: int, *, key: bool) -> None:
        self.values += 1
        if key:
            raise DocumentError(self._line(event), "a key must be text")
        if depth >= MAX_DEPTH:
            raise DocumentError(self._line(event), f"is nested deeper than {MAX_DEPTH} levels")
        if event.tag is not None:
            raise DocumentError(self._line(event), "a tag stands in it, and tags are not read")
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    @staticmethod
    def _put(top: Any, key: str | None, value: Any, mapping: bool) -> None:
        if mapping:
            top[key] = value
        elif top is not None:
            top.append(value)

    def _properties(self, event: Any, value: str) -> None:
        if event.tag is not None and event.tag != "!":
            raise DocumentError(self._line(event), "a tag stands in it, and tags are not read")
        if event.anchor is not None:
            self.anchors[event.anchor] = (value if event.style else plain(value), 1)

    def _alias(self, event: Any) -> Any:
        found = self.anchors.get(event.anchor)
        if found is None:
            held = "an alias holds itself" if event.anchor in self.anchors else "an alias names nothing above it"
            raise DocumentError(self._line(event), held)
        value, size = found
        self.values += size
        if self.values > MAX_VALUES:
            raise DocumentError(self._line(event), f"aliases in it repeat more than {MAX_VALUES} values")
        return value

    def _merge(self, target: dict[str, Any], event: Any) -> None:
        """Put in what merge keys bring; what stands in the mapping itself wins, then what is merged first."""
        merged = target.pop(MERGE)
        for one in merged if isinstance(merged, list) else [merged]:
            if not isinstance(one, dict):
                raise DocumentError(self._line(event), "a merge key brings no mapping")
            for name, value in one.items():
                target.setdefault(name, value)

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self.above + 1


def plain(text: str) -> Any:
    """What unquoted text means: a word for null, true or false, a number, or text."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.match(text):
        return _integer(text.replace("_", ""))
    return float(text) if FLOAT.match(text) and len(text) < 40 else text


def _integer(digits: str) -> int | str:
    """The number, by the base that it is written in; text where it is larger than any that the API takes."""
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-").casefold()
    if len(digits) > 70:
        return digits
    base = {"0x": 16, "0b": 2, "0o": 8}.get(digits[:2], 8 if digits[0] == "0" and len(digits) > 1 else 10)
    number = sign * int(digits, base)
    return number if -(2**63) <= number < 2**63 else str(number)
