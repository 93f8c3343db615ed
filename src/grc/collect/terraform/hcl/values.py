"""Values of the Terraform language: Python's own, and what is not known. Nothing here guesses."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from grc.model.evidence import GapReason

LONGEST_TEXT: Final = 2**20
"""Characters. A longer text is not made."""
LONGEST_LIST: Final = 100_000
"""Elements. A longer list is not made."""
TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
"""The texts that Terraform makes truth values of. No number is one."""
MOST_LOOKED: Final = 300_000
"""Values within one value. A larger one is not known."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that these files do not tell: why, and whether it must not be shown.

    ``speaks`` is the resource's attribute that it is, where it is one: ``module.a.aws_s3_bucket.b["k"].id``.
    """

    why: str
    sensitive: bool = False
    speaks: str | None = None
    reason: GapReason = GapReason.NOT_TRANSLATED


class SetOf(list[Any]):
    """A set: its elements once each, in Terraform's order. In a loop an element is its own key."""


class Handle(ABC):
    """A resource, all instances of one, or a module: something that steps lead into. As a value it is not known."""

    @abstractmethod
    def step(self, name: str) -> Any:
        """The attribute of that name."""

    @abstractmethod
    def at(self, key: Any) -> Any:
        """The instance of that key."""

    @abstractmethod
    def every(self) -> Any:
        """All instances: a list or a map of them, or what is not known; None where there is only one, without key."""


class WrongError(Exception):
    """Terraform itself refuses this expression: what ``try`` and ``can`` catch."""


def is_number(value: Any) -> bool:
    """Whether this is a number: a truth value is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(one: Any, other: Any) -> bool:
    """Whether two known values are equal in value and type."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def find_unknown(value: Any) -> Unknown | None:
    """What is not known in a value, here or below; what is sensitive goes first."""
    first: Unknown | None = None
    stack, looked = [value], 0
    while stack:
        one = stack.pop()
        looked += 1
        if looked > MOST_LOOKED:
            return Unknown("is larger than is looked through")
        if isinstance(one, Unknown):
            if one.sensitive:
                return one
            first = first or one
        elif isinstance(one, Handle):
            first = first or Unknown("is a whole resource")
        elif isinstance(one, list):
            stack.extend(reversed(one))
        elif isinstance(one, Mapping):
            stack.extend(reversed(list(one.values())))
    return first


def first_unknown(found: Iterable[Unknown | None]) -> Unknown | None:
    """The first that is sensitive, else the first that is not known."""
    first = None
    for one in found:
        if one is not None:
            if one.sensitive:
                return one
            first = first or one
    return first


def spread(unknown: Unknown) -> Unknown:
    """What is made of something not known: it no longer speaks of that one attribute."""
    return replace(unknown, speaks=None) if unknown.speaks else unknown


def after_apply(why: str, speaks: str | None = None) -> Unknown:
    """What no file tells before Terraform plans or applies."""
    return Unknown(why, speaks=speaks, reason=GapReason.UNKNOWN_UNTIL_APPLY)


def to_text(value: Any) -> str:
    """A known value as text.

    Raises:
        WrongError: it is no text, number or truth value.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    raise WrongError("is no text")


def to_number(value: Any) -> int | float:
    """A known value as a number.

    Raises:
        WrongError: it is no number and no text of one.
    """
    if isinstance(value, str):
        try:
            number = float(value) if len(value) < 40 else math.nan
        except ValueError:
            number = math.nan
        if math.isfinite(number) and value.strip() == value and "_" not in value:
            return whole(number)
    elif is_number(value):
        return whole(value)
    raise WrongError("is no number")


def whole(number: float) -> int | float:
    """A number, as an integer where it is one."""
    return int(number) if abs(number) < 2**53 and number == int(number) else number


def to_truth(value: Any) -> bool:
    """A known value as a truth value.

    Raises:
        WrongError: it is none, and no text of one.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in TRUTHS:
        return TRUTHS[value]
    raise WrongError("is no truth value")


def settled(value: Any) -> bool:
    """Whether a provider takes a value as it is, whatever the type of its argument: text that is no number or truth."""
    if isinstance(value, str):
        if value in ("true", "false"):
            return False
        try:
            to_number(value)
        except WrongError:
            return True
        return False
    return isinstance(value, Mapping) and all(map(settled, value.values()))


def bounded(value: Any) -> Any:
    """The value, or what is not known where it is longer than anything that is made."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return Unknown("is a text longer than is made")
    if isinstance(value, (list, dict)) and len(value) > LONGEST_LIST:
        return Unknown("is a list longer than is made")
    return value


def unique(values: Iterable[Any]) -> SetOf:
    """The set of these elements, in the order of Terraform where they are texts or numbers."""
    found = SetOf()
    seen: set[tuple[type, Any]] = set()
    for value in values:
        if isinstance(value, (str, int, float)):
            mark = (bool if isinstance(value, bool) else str if isinstance(value, str) else float, value)
            if mark not in seen:
                seen.add(mark)
                found.append(value)
        elif not any(same(value, one) for one in found):
            found.append(value)
    if all(isinstance(one, str) for one in found) or all(is_number(one) for one in found):
        found.sort()
    return found
