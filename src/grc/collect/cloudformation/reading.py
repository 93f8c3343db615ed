"""Reads one template, YAML or JSON, to plain values in the long form (``Fn::Sub``), and the lines of its entries.

Source: "CloudFormation template format" of the AWS CloudFormation user guide: YAML 1.1 without hash merges. Plain text
is converted only where YAML 1.1 and 1.2 agree (null, true, false, decimal integers); the rest stays text, so that
``2012-10-17``, ``8.10``, ``0123`` and ``22:22`` stay what was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grc.collect.cloudformation.malformed import MalformedError
from grc.collect.cloudformation.yamlreading import read_yaml
from grc.collect.strictjson import read_json

MAX_BYTES: Final = 32 * 2**20
"""Thirty times what AWS takes."""
SPACE: Final = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The whole of one file: plain dicts and lists, and the lines on which sections and their members begin."""

    value: dict[str, Any]
    lines: Mapping[tuple[str, ...], int]


def read_text(data: bytes) -> Text:
    """Read one template's bytes.

    Raises:
        MalformedError: this is neither YAML nor JSON that CloudFormation reads, or it is built to exhaust a reader.
    """
    if len(data) > MAX_BYTES:
        raise MalformedError(1, f"it is larger than {MAX_BYTES // 2**20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedError(data.count(b"\n", 0, error.start) + 1, "it is not UTF-8") from error
    if text.lstrip(" \t\r\n").startswith("{"):
        return _json(text)
    value, lines = read_yaml(text)
    return Text(value=value, lines=lines)


def _json(text: str) -> Text:
    """Read JSON; the lines are those of the members of the document and of its objects."""
    try:
        value = read_json(text.encode("utf-8"))
    except json.JSONDecodeError as error:
        raise MalformedError(error.lineno, f"it is not JSON: {error.msg}") from error
    except ValueError as error:
        raise MalformedError(1, f"it is not JSON that can be read: {error}") from error
    if not isinstance(value, dict):
        raise MalformedError(1, "it is not an object")
    places: dict[tuple[str, ...], int] = {}
    lines = _Lines(text)
    seen: set[tuple[str, ...]] = set()
    for section, key_at, value_at in _members(text, SPACE.match(text).end()):  # type: ignore[union-attr]  # matches all
        _note((section,), lines.of(key_at), seen, places)
        if text[value_at] == "{":
            for name, below_at, _ in _members(text, value_at):
                _note((section, name), lines.of(below_at), seen, places)
    return Text(value=value, lines=places)


def _note(at: tuple[str, ...], line: int, seen: set[tuple[str, ...]], places: dict[tuple[str, ...], int]) -> None:
    if at in seen:
        raise MalformedError(line, "a key stands twice")
    seen.add(at)
    places[at] = line


def _members(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object that opens at ``start``: the key, where it stands, where its value stands."""
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, end = decoder.raw_decode(text, at)
        value_at = _skip(text, _skip(text, end) + 1)
        yield key, at, value_at
        try:
            _, end = decoder.raw_decode(text, value_at)
        except _TwiceError as error:
            raise MalformedError(text.count("\n", 0, value_at) + 1, "a key stands twice below here") from error
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    assert found is not None
    return found.end()


class _TwiceError(Exception):
    """A key stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _TwiceError


class _Lines:
    """The line of an offset; asked in rising order, so that the text is counted once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1

    def of(self, offset: int) -> int:
        """The line, from 1."""
        self.line += self.text.count("\n", self.at, offset)
        self.at = offset
        return self.line
