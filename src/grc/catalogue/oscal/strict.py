"""JSON from strangers with the place of each value: read at C's speed, located only where a problem is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # public in the documentation of json.decoder
from pathlib import Path
from typing import Any, Final

from grc.errors import DataError, Problem
from grc.yamltext import json_path

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_DEPTH: Final = 64
SIGN: Final = re.compile(r'[\[\]{}:,]|"|[^\s\[\]{}:,"]+')

JsonPath = tuple[str | int, ...]


class Foreign:
    """One JSON file of somebody else: its value, and problems with their place in it."""

    def __init__(self, path: Path) -> None:
        """Read a file.

        Raises:
            DataError: it cannot be read, is too large, is not UTF-8, or is not JSON; says where.
        """
        self.path = path
        self._text = _text_of(path)
        self._offsets: dict[JsonPath, int] = {}
        self.value = self._parsed()

    def problem(self, at: JsonPath, message: str) -> Problem:
        """A problem with the value at a path, or with the nearest value above it."""
        if not self._offsets:
            self._offsets = dict(_places(self._text))
        nearest = next(at[:length] for length in range(len(at), -1, -1) if at[:length] in self._offsets)
        return self._at(self._offsets[nearest], at, message)

    def _parsed(self) -> Any:
        try:
            found = json.loads(self._text, parse_constant=_refuse, object_pairs_hook=_mapping)
        except json.JSONDecodeError as error:
            raise DataError([self._at(error.pos, (), f"is not JSON: {error.msg}")]) from error
        except RecursionError as error:
            raise DataError([self._deep()]) from error
        except ValueError as error:
            raise DataError([self._doubtful(str(error))]) from error
        if _is_deep(found):
            raise DataError([self._deep()])
        return found

    def _deep(self) -> Problem:
        for at, offset in _places(self._text):
            if len(at) > MAX_DEPTH:
                return self._at(offset, at[:MAX_DEPTH], f"is nested deeper than {MAX_DEPTH} levels")
        return self._at(0, (), f"is nested deeper than {MAX_DEPTH} levels")

    def _doubtful(self, message: str) -> Problem:
        """A problem that the parser gives without a place: the first key that stands twice, or constant."""
        seen: set[JsonPath] = set()
        for at, offset in _places(self._text):
            if (at in seen and repr(at[-1]) in message) or self._text.startswith(
                ("NaN", "Infinity", "-Infinity"), offset
            ):
                return self._at(offset, at, message)
            seen.add(at)
        return self._at(0, (), message)

    def _at(self, offset: int, at: JsonPath, message: str) -> Problem:
        line = self._text.count("\n", 0, offset) + 1
        column = offset - self._text.rfind("\n", 0, offset)
        return Problem(path=str(self.path), line=line, column=column, at=json_path(at), message=message)


def _text_of(path: Path) -> str:
    def refused(message: str) -> DataError:
        return DataError([Problem(path=str(path), line=1, column=1, at="$", message=message)])

    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise refused(f"cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise refused(f"is larger than {MAX_BYTES // 2**20} MiB: import a part of it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(f"is not UTF-8 (byte {error.start}): save it as UTF-8") from error


def _is_deep(value: Any) -> bool:
    """Whether it is nested deeper than is read. Which depths a parser takes differs from one Python to the next."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        held = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [below for each in held for below in each]
    return bool(level)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")


def _mapping(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice: remove one")
        found[key] = value
    return found


def _places(text: str) -> Iterator[tuple[JsonPath, int]]:
    """Every value's path and offset, in the order of the text, which a parser has found to be JSON. Never recurses."""
    path: list[str | int] = []
    waits_for_key: list[bool] = []  # of each open mapping or list: whether a key comes next
    offset = 0
    while match := SIGN.search(text, offset):
        sign, start, offset = match[0], match.start(), match.end()
        if sign == '"':
            word, offset = scanstring(text, offset, False)
            if waits_for_key and waits_for_key[-1]:
                path[-1], waits_for_key[-1] = word, False
                continue
        if sign in ":":
            continue
        if sign in "]}":
            path.pop()
            waits_for_key.pop()
        elif sign == ",":
            last = path[-1]
            if isinstance(last, int):
                path[-1] = last + 1
            else:
                waits_for_key[-1] = True
        else:
            yield tuple(path), start
            if sign in "[{":
                path.append(0 if sign == "[" else "")
                waits_for_key.append(sign == "{")
