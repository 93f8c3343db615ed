"""JSON that holds objects of the API, with the line on which each member of a list begins."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from grc.collect.kubernetes.yamlstream import Document, Unreadable
from grc.collect.strictjson import read_json

SPACE: Final = re.compile(r"[ \t\r\n,:]*")
DECODER: Final = json.JSONDecoder(object_pairs_hook=None)


class _TwiceError(ValueError):
    """A key stands twice."""


def json_document(data: bytes) -> Document | Unreadable:
    """The one document of a JSON file."""
    try:
        value = read_json(data)
        text = data.decode("utf-8-sig")
        json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        return Unreadable(line=error.lineno, why="is not JSON", text="")
    except _TwiceError as error:
        return Unreadable(line=1, why=str(error), text="")
    except ValueError as error:
        return Unreadable(line=1, why=f"is not JSON that can be read: {_why(error)}", text="")
    first = text.count("\n", 0, SPACE.match(text).end()) + 1  # type: ignore[union-attr]
    lines = _lines(text, value) if isinstance(value, dict) and isinstance(value.get("items"), list) else {}
    return Document(line=first, value=value, lines=lines)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError("a key stands twice in one mapping")
    return found


def _why(error: ValueError) -> str:
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _lines(text: str, value: dict[str, Any]) -> dict[int, int]:
    """Where each member of ``items`` begins: the text, known to be sound, is walked once more, a member at a time."""
    at = text.index("{") + 1
    while True:
        at = _past_space(text, at)
        name, at = DECODER.raw_decode(text, at)
        at = _past_space(text, at)
        if name == "items":
            return _members(text, at + 1, value["items"])
        _, at = DECODER.raw_decode(text, at)


def _members(text: str, at: int, items: list[Any]) -> dict[int, int]:
    lines: dict[int, int] = {}
    line, counted = 1, 0
    for item in items:
        at = _past_space(text, at)
        line += text.count("\n", counted, at)
        counted = at
        lines[id(item)] = line
        _, at = DECODER.raw_decode(text, at)
    return lines


def _past_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    assert found is not None
    return found.end()
