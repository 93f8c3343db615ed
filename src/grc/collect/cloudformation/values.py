"""What a value of a template can be beside JSON: not known, or not there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from grc.model.evidence import GapReason


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the template does not tell, and why. ``refers`` are the addresses of the resources it is made of."""

    reason: GapReason
    detail: str
    refers: tuple[str, ...] = ()


ABSENT: Final = object()
"""``AWS::NoValue``: the property is not set, the element is not there."""


def not_provided(detail: str) -> Unknown:
    """Nobody gave it to us."""
    return Unknown(GapReason.NOT_PROVIDED, detail)


def at_deployment(detail: str, refers: tuple[str, ...] = ()) -> Unknown:
    """AWS knows it once the stack is made."""
    return Unknown(GapReason.UNKNOWN_UNTIL_APPLY, detail, refers)


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


def joined(found: Iterable[Unknown]) -> Unknown:
    """One unknown for a value made of several."""
    several = list(found)
    refers = tuple(dict.fromkeys(name for one in several for name in one.refers))
    return Unknown(several[0].reason, several[0].detail, refers)


def as_text(value: Any) -> str | None:
    """A scalar as CloudFormation writes it into a text; None for what is no scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def as_json(value: Any) -> str:
    """JSON as ``Fn::ToJsonString`` writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
