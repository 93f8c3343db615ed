"""The prose of an OSCAL catalogue as plain text, its parameters put in by their labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

INSERT: Final = re.compile(r"\{\{\s*(?:insert:\s*param\s*,\s*)?([^\s{},]+)\s*\}\}")
SPACE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
MOST: Final = 20_000
"""The characters that one text may come to when its parameters are in."""
TITLE: Final = 100
"""The characters of a row's title that is made of prose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """What a parameter stands for: its values, else its choices, else its label."""

    values: tuple[str, ...] = ()
    label: str | None = None
    choices: tuple[str, ...] = ()
    one_or_more: bool = False


def resolved(text: str, params: Mapping[str, Param]) -> str:
    """The text on one line, with each parameter's label in brackets.

    Raises:
        ValueError: a parameter refers to itself, or the text grows beyond all bounds.
    """
    return plain(_resolved(text, params, ()))


def plain(text: str) -> str:
    """The text on one line, without characters that a YAML file may not hold."""
    return SPACE.sub(" ", text).strip()


def shortened(text: str) -> str:
    """The text as a title: whole words, and an ellipsis where some are left out."""
    if len(text) <= TITLE:
        return text
    return text[:TITLE].rpartition(" ")[0].rstrip(" ,;:") + "…" if " " in text[:TITLE] else text[:TITLE] + "…"


def _resolved(text: str, params: Mapping[str, Param], above: tuple[str, ...]) -> str:
    pieces: list[str] = []
    end = size = 0
    for match in INSERT.finditer(text):
        pieces += [text[end : match.start()], _said(match[1], params, above)]
        end = match.end()
        size += len(pieces[-1]) + len(pieces[-2])
        if size > MOST:
            break
    pieces.append(text[end:])
    if size + len(pieces[-1]) > MOST:
        raise ValueError(f"is longer than {MOST} characters")
    return "".join(pieces)


def _said(name: str, params: Mapping[str, Param], above: tuple[str, ...]) -> str:
    if name in above:
        raise ValueError(f"the parameter {name!r} refers to itself")
    param = params.get(name, Param())
    below = (*above, name)
    if param.values:
        return _resolved(", ".join(param.values), params, below)
    if param.choices:
        choices = _resolved("; ".join(param.choices), params, below)
        return f"[{'one or more of' if param.one_or_more else 'one of'}: {choices}]"
    return f"[{_resolved(param.label or name, params, below)}]"
