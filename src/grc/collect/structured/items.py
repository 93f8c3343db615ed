"""The records of one file: parsed, found at the place that the kind names, each with the line where it begins."""

from __future__ import annotations

import csv
import io
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from grc.collect.strictjson import read_json_once
from grc.collect.structured.jsonlines import lines_of
from grc.collect.structured.yamlvalues import UnsoundError, read_yaml

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 2_000_000  # in one file, with what aliases repeat
LINES_UP_TO: Final = 8 * 2**20  # bytes; of a larger JSON file the lines are not told


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One record as the file holds it. ``name`` is what a mapping of records calls it; ``line`` counts from 1."""

    value: Any
    line: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The values of one file: several where YAML holds several documents. ``lines`` are by the identity of a value."""

    documents: list[Any]
    lines: Mapping[int, int]


def items_of(data: bytes, form: str, at: str) -> Iterator[Item]:
    """The records of a file in one of the formats. ``at`` is the path to them (``/a/b``), "" for the whole file.

    Raises:
        UnsoundError: the file cannot be read so, or holds nothing there; the message repeats nothing of the file.
    """
    if form == "csv":
        return _rows(data)
    parsed = PARSERS[form](data)
    for document in parsed.documents:
        _refuse_unbounded(document)
    return _items(parsed, [step for step in at.split("/") if step])


def _items(parsed: Parsed, steps: list[str]) -> Iterator[Item]:
    for document in parsed.documents:
        found = document
        for step in steps:
            found = found.get(_unescaped(step)) if isinstance(found, dict) else None
        if found is None:
            raise UnsoundError("1: holds nothing where the kind's `items` says that records stand")
        yield from _each(found, parsed.lines, whole=not steps)


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _each(found: Any, lines: Mapping[int, int], *, whole: bool) -> Iterator[Item]:
    """The members of a list; those of a mapping by their names, unless the file as a whole is the record."""
    if isinstance(found, list):
        for value in found:
            yield Item(value=value, line=lines.get(id(value), 1))
    elif isinstance(found, dict) and not whole:
        for name, value in found.items():
            yield Item(value=value, line=lines.get(id(value), 1), name=name)
    else:
        yield Item(value=found, line=lines.get(id(found), 1))


def _json(data: bytes) -> Parsed:
    try:
        value = read_json_once(data)
    except ValueError as error:
        raise UnsoundError(f"{getattr(error, 'lineno', 1)}: is not JSON: {_why(error)}") from error
    if len(data) > LINES_UP_TO:
        return Parsed([value], {})
    located, lines = lines_of(data.decode("utf-8-sig"))
    return Parsed([located], lines)


def _why(error: ValueError) -> str:
    return str(getattr(error, "msg", error))


def _yaml(data: bytes) -> Parsed:
    return Parsed(*read_yaml(data, MAX_DEPTH))


def _toml(data: bytes) -> Parsed:
    try:
        return Parsed([_plain(tomllib.loads(data.decode("utf-8")))], {})
    except UnicodeDecodeError as error:
        raise UnsoundError("1: is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UnsoundError(f"1: is not TOML: {_place(error)}") from error
    except RecursionError as error:
        raise UnsoundError("1: is nested too deeply") from error


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Where TOML breaks off, without what stands there."""
    _, at, place = str(error).rpartition("(at ")
    return f"see {place.rstrip(')')}" if at else "it breaks its rules"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_plain(below) for below in value]
    return value.isoformat() if isinstance(value, (datetime, date, time)) else value


def _rows(data: bytes) -> Iterator[Item]:
    """The rows under the header. A row with more or fewer cells than the header has is refused with the file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnsoundError("1: is not UTF-8") from error
    if "\0" in text:
        raise UnsoundError("1: holds bytes that are no text")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if not header or "" in header or len(set(header)) < len(header):
            raise UnsoundError("1: needs a header in which each column has a name of its own")
        line = reader.line_num
        for cells in reader:
            start, line = line + 1, reader.line_num
            if not cells:
                continue
            if len(cells) != len(header):
                raise UnsoundError(f"{start}: has {len(cells)} cells, and the header {len(header)}")
            yield Item(value=dict(zip(header, cells, strict=True)), line=start)
    except csv.Error as error:
        raise UnsoundError(f"{reader.line_num}: is not CSV: {error}") from error


def _refuse_unbounded(document: Any) -> None:
    """Depth, size once aliases are written out, and numbers that JSON has not."""
    held, seen = [(document, 1)], 0
    while held:
        value, depth = held.pop()
        seen += 1
        if depth > MAX_DEPTH:
            raise UnsoundError(f"1: is nested deeper than {MAX_DEPTH} levels")
        if seen > MAX_VALUES:
            raise UnsoundError(f"1: holds more than {MAX_VALUES:,} values")
        if isinstance(value, float) and not math.isfinite(value):
            raise UnsoundError("1: holds a number that is none, or none that ends")
        if isinstance(value, dict):
            held += [(below, depth + 1) for below in value.values()]
        elif isinstance(value, list):
            held += [(below, depth + 1) for below in value]


PARSERS: Final[Mapping[str, Callable[[bytes], Parsed]]] = {"json": _json, "yaml": _yaml, "toml": _toml}
