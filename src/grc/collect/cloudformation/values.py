"""What a value of a template can be beside JSON: not known, or not there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from grc.model.evidence import GapReason


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the template does not tell, and why. ``refers`` is the address of the resource that it speaks of.

    ``stand`` is a text that names what is not known and is no pattern; it stands in policy documents, see ``policies``.
    """

    reason: GapReason
    detail: str
    refers: tuple[str, ...] = ()
    stand: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a resource that the template names itself: a text, and still a reference."""

    text: str
    refers: tuple[str, ...]


ABSENT: Final = object()
"""``AWS::NoValue``: the property is not set, the element is not there."""


def not_provided(detail: str) -> Unknown:
    """Nobody gave it to us."""
    return Unknown(GapReason.NOT_PROVIDED, detail)


def at_deployment(detail: str, refers: tuple[str, ...] = (), stand: str | None = None) -> Unknown:
    """AWS knows it once the stack is made."""
    return Unknown(GapReason.UNKNOWN_UNTIL_APPLY, detail, refers, stand)


def malformed(detail: str) -> Unknown:
    """AWS would refuse it."""
    return Unknown(GapReason.PARSE_ERROR, detail)


def unknowns(value: Any) -> list[Unknown]:
    """Every unknown in a value, in its order."""
    if isinstance(value, Unknown):
        return [value]
    if isinstance(value, dict):
        return [one for below in value.values() for one in unknowns(below)]
    if isinstance(value, list):
        return [one for below in value for one in unknowns(below)]
    return []


def joined(parts: Iterable[Any], delimiter: str = "") -> str | Unknown:
    """Texts and unknowns as one text, or why there is none yet."""
    several = list(parts)
    missing = [part for part in several if isinstance(part, Unknown)]
    texts = [part.stand if isinstance(part, Unknown) else as_text(part) for part in several]
    whole = delimiter.join(text for text in texts if text is not None)
    if not missing:
        return whole if None not in texts else malformed("a text is made of what is no text")
    alone = len([part for part in several if part != ""]) == 1  # with anything beside it, it is another name
    refers = missing[0].refers if alone else ()
    return Unknown(missing[0].reason, missing[0].detail, refers, whole if None not in texts else None)


def as_text(value: Any) -> str | None:
    """A scalar as CloudFormation writes it into a text; None for what is no scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, Named):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def as_json(value: Any) -> str:
    """JSON as ``Fn::ToJsonString`` writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=as_text)
