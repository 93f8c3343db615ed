"""Expressions about a record alone, typed once for all checks of its kind: their messages name the same few fields."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from grc.model.types import ObjectType, Primitive, Type
from grc.policy.binding import ORG, SUBJECT
from grc.policy.checker import Checked, Refused, check
from grc.policy.parser import parse
from grc.policy.reads import reads

RESOURCE: Final = "resource"
ALWAYS: Final[Mapping[str, Type]] = {"subject": SUBJECT, "as_of": Primitive.TIMESTAMP, "org": ORG}
"""What every expression may use, whatever the check and its kind are."""

KEPT: Final = 8192


def typed(source: str, shape: ObjectType, others: Mapping[str, Type], result: Type = Primitive.DYN) -> Checked:
    """Parse and type an expression over a record of this shape and over ``others``, which a check has of its own.

    One in whose text no name of theirs stands is typed without them, and shared.

    Raises:
        CompileError: as ``parse`` and ``check``.
    """
    if not any(name in source for name in others):
        try:
            return _of_record(source, shape, result)
        except Refused:
            pass  # said once more below, where the advice knows every name
    return check(parse(source), {RESOURCE: shape, **ALWAYS, **others}, source, result=result)


def reads_of(checked: Checked, shapes: Mapping[str, ObjectType]) -> Mapping[str, frozenset[str]]:
    """The paths that an expression reads below each of the variables that hold evidence."""
    is_shared = len(checked.variables) == len(ALWAYS) + 1
    return _reads_of_record(checked) if is_shared else reads(checked, shapes)


@lru_cache(maxsize=KEPT)
def _of_record(source: str, shape: ObjectType, result: Type) -> Checked:
    return check(parse(source), {RESOURCE: shape, **ALWAYS}, source, result=result)


@lru_cache(maxsize=KEPT)
def _reads_of_record(checked: Checked) -> Mapping[str, frozenset[str]]:
    return reads(checked, (RESOURCE,))
