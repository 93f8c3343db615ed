"""The lines on which the objects of a JSON text begin."""

from __future__ import annotations

import json
import json.decoder
import json.scanner
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from typing import Any


class _Locating(json.JSONDecoder):
    """Decodes as the standard library does, and keeps where each object began."""

    def __init__(self) -> None:
        super().__init__()
        self.begins: dict[int, int] = {}
        self.kept: list[Any] = []
        self._object = self.parse_object  # type: ignore[has-type]  # the standard library sets it, its types do not say
        self.parse_object = self._located
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]  # likewise

    def _located(self, text_and_end: tuple[str, int], *others: Any) -> tuple[Any, int]:
        value, end = self._object(text_and_end, *others)
        self.begins[id(value)] = text_and_end[1] - 1
        self.kept.append(value)  # or its identity could become another's
        return value, end


def lines_of(text: str) -> tuple[Any, Mapping[int, int]]:
    """The value of a sound JSON text, and for the identity of each object in it the line on which it begins."""
    decoder = _Locating()
    value = decoder.decode(text)
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    return value, {name: bisect_right(starts, at) for name, at in decoder.begins.items()}
