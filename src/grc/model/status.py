"""Verdicts of an observation, and the statuses above it. The laws of how they combine are in ``assess.rollup``."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn


class Verdict(StrEnum):
    """What one check says of one subject."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is not a truth value: compare it with the verdict you mean")


class Status(StrEnum):
    """The status of a check over its population, a control, a part or a requirement (docs/glossary.md)."""

    SATISFIED = "satisfied"
    PARTIAL = "partial"
    NOT_SATISFIED = "not_satisfied"
    WAIVED = "waived"
    INHERITED = "inherited"
    UNKNOWN = "unknown"
    STALE = "stale"
    NOT_ASSESSED = "not_assessed"
    NOT_APPLICABLE = "not_applicable"

    def __bool__(self) -> NoReturn:
        raise TypeError("a status is not a truth value: compare it with the status you mean")


GOOD = frozenset({Status.SATISFIED, Status.INHERITED, Status.WAIVED, Status.NOT_APPLICABLE})
UNDECIDED = frozenset({Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED})
EXPLAINED = frozenset({Verdict.FAIL, Verdict.UNKNOWN})
"""The verdicts that say why, and name their record by its digest."""
