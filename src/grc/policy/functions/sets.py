"""The sets extension library: lists taken as sets."""

from __future__ import annotations

from typing import Final

from grc.policy.functions.lists import Members
from grc.policy.functions.overload import BOOL, LIST_T, Overload, function
from grc.policy.values import Value


def contains(left: list[Value], right: list[Value]) -> bool:
    """Whether every member of ``right`` is in ``left``."""
    members = Members(left)
    return all(item in members for item in right)


def equivalent(left: list[Value], right: list[Value]) -> bool:
    """Whether each contains the other."""
    return contains(left, right) and contains(right, left)


def intersects(left: list[Value], right: list[Value]) -> bool:
    """Whether they share a member."""
    members = Members(left)
    return any(item in members for item in right)


OVERLOADS: Final[tuple[Overload, ...]] = (
    function("sets.contains", (LIST_T, LIST_T), BOOL, contains),
    function("sets.equivalent", (LIST_T, LIST_T), BOOL, equivalent),
    function("sets.intersects", (LIST_T, LIST_T), BOOL, intersects),
)
