"""YAML of others as plain values with lines: the core schema, aliases and merge keys, and no tags of anybody's own.

Dates stay text, a key that stands twice is refused, and an alias is the value itself and no copy, so that a bomb of
them takes no room until it is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
TRUTHS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
WHOLE: Final = re.compile(r"[-+]?[0-9]{1,18}\Z")
OTHER_BASE: Final = re.compile(r"0(o[0-7]{1,21}|x[0-9a-fA-F]{1,15})\Z")
FRACTION: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
NO_NUMBER: Final = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
STANDARD: Final = "tag:yaml.org,2002:"
PLAIN_TAGS: Final = frozenset(STANDARD + name for name in ("str", "int", "float", "bool", "null", "map", "seq"))
MERGE: Final = "<<"


class UnsoundError(Exception):
    """A file cannot be read; the message begins with the line and repeats nothing that the file holds."""


class _Open:
    """A mapping or list being filled. ``merged`` is what its merge keys bring."""

    __slots__ = ("anchor", "key", "merged", "value")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.merged: list[Any] = []


def read_yaml(data: bytes, deepest: int) -> tuple[list[Any], dict[int, int]]:
    """The documents of a file, and for the identity of each mapping in it the line on which it begins.

    Raises:
        UnsoundError: it is not YAML, or not such YAML.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnsoundError("1: is not UTF-8") from error
    reading = _Reading(deepest)
    loader = None
    try:
        loader = LOADER(text)
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            reading.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnsoundError(f"{mark.line + 1 if mark else 1}: is not YAML") from error
    except yaml.reader.ReaderError as error:
        raise UnsoundError("1: holds a character that YAML does not allow") from error
    finally:
        if loader is not None:
            loader.dispose()
    return reading.documents, reading.lines


class _Reading:
    """Turns events into values. Never recurses, so that depth cannot exhaust the stack."""

    def __init__(self, deepest: int) -> None:
        self.deepest = deepest
        self.documents: list[Any] = []
        self.lines: dict[int, int] = {}
        self.open: list[_Open] = []
        self.anchors: dict[str | None, Any] = {}

    def take(self, event: Any) -> None:
        """Take one event in."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.anchors = {}
        elif isinstance(event, yaml.AliasEvent):
            self._put(self._known(event.anchor, line), line)
        elif isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def _known(self, anchor: str | None, line: int) -> Any:
        if anchor not in self.anchors:
            raise UnsoundError(f"{line}: has an alias of what is not there, or of what holds it")
        return self.anchors[anchor]

    def _take_scalar(self, event: Any, line: int) -> None:
        if event.tag is not None and event.tag not in PLAIN_TAGS:
            raise UnsoundError(f"{line}: has a tag that is not of YAML itself")
        forced = event.tag == STANDARD + "str"
        value = event.value if event.style or forced else _value(event.value, line)
        if event.anchor:
            self.anchors[event.anchor] = value
        if self._wants_key():
            self._take_key(event.value, line, plain=not event.style)
        else:
            self._put(value, line)

    def _begin(self, event: Any, line: int) -> None:
        if event.tag is not None and event.tag not in PLAIN_TAGS:
            raise UnsoundError(f"{line}: has a tag that is not of YAML itself")
        if len(self.open) >= self.deepest:
            raise UnsoundError(f"{line}: is nested deeper than {self.deepest} levels")
        if self._wants_key():
            raise UnsoundError(f"{line}: has a key that is no text")
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.lines[id(value)] = line
        self._put(value, line)
        self.open.append(_Open(value, event.anchor))

    def _end(self) -> None:
        done = self.open.pop()
        for source in _flattened(done.merged):
            for key, value in source.items():
                if isinstance(done.value, dict):
                    done.value.setdefault(key, value)
        if done.anchor:
            self.anchors[done.anchor] = done.value

    def _wants_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].value, dict) and self.open[-1].key is None

    def _take_key(self, key: str, line: int, *, plain: bool) -> None:
        top = self.open[-1]
        if key in top.value or (key == MERGE and plain and top.merged):
            raise UnsoundError(f"{line}: has a key that stands twice in one mapping")
        top.key = key

    def _put(self, value: Any, line: int) -> None:
        if not self.open:
            self.documents.append(value)
            return
        top = self.open[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            raise UnsoundError(f"{line}: has a key that is no text")
        elif top.key == MERGE:
            top.merged.append(value)
            top.key = None
        else:
            top.value[top.key] = value
            top.key = None


def _flattened(merged: list[Any]) -> Iterator[dict[str, Any]]:
    for source in merged:
        for one in source if isinstance(source, list) else [source]:
            if not isinstance(one, dict):
                raise UnsoundError("1: merges what is no mapping")
            yield one


def _value(text: str, line: int) -> Any:
    """A plain scalar by the core schema. A number that is too long for one stays text."""
    if text in NULLS:
        return None
    if text in TRUTHS:
        return TRUTHS[text]
    if WHOLE.match(text):
        return int(text)
    if OTHER_BASE.match(text):
        return int(text, 0)
    if FRACTION.match(text) and not text.lstrip("+-").isdigit():
        return float(text)
    if NO_NUMBER.match(text):
        raise UnsoundError(f"{line}: holds a number that is none, or none that ends")
    return text
