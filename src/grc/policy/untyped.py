"""``evaluate``: official CEL over plain Python values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from grc.policy.errors import EvaluationError
from grc.policy.interpreter import interpret
from grc.policy.parser import parse
from grc.policy.values import MAX_INT, MIN_INT, TYPE_NAMES, RecordValue, Unknown, Value, key_of

MAX_NESTING: Final = 100


def evaluate(source: str, bindings: Mapping[str, object]) -> Value:
    """The value of an expression whose variables are untyped (``dyn``), or an ``Unknown`` where one was bound.

    Plain Python values bind as the CEL values that look like them (see ``grc.policy.values``); tuples bind as lists.

    Raises:
        CompileError: the source is not an expression.
        EvaluationError: CEL's runtime error, or a binding that no CEL value looks like.
    """
    expression = parse(source)
    return interpret(expression, {name: _bound(name, value, 0) for name, value in bindings.items()})


def _bound(at: str, value: object, depth: int) -> Value:
    """The CEL value of a Python value. ``at`` is what messages call it."""
    if depth > MAX_NESTING:
        raise EvaluationError(f"{at[:60]}: nested deeper than {MAX_NESTING} levels")
    match value:
        case bool() | None:
            return value
        case int() if not MIN_INT <= value <= MAX_INT:
            raise EvaluationError(f"{at}: {value} does not fit an int")
        case list() | tuple():
            return [_bound(f"{at}[{index}]", item, depth + 1) for index, item in enumerate(value)]
        case Mapping():
            return {_key(at, key): _bound(f"{at}.{key}", item, depth + 1) for key, item in value.items()}
        case datetime():
            if value.tzinfo is None:
                raise EvaluationError(f"{at}: a timestamp needs a time zone")
            return value.astimezone(UTC)
        case _ if type(value) in TYPE_NAMES or isinstance(value, (Unknown, RecordValue)):
            return value
        case _:
            raise EvaluationError(f"{at}: no CEL value looks like a Python {type(value).__name__}")


def _key(at: str, key: object) -> Value:
    try:
        if isinstance(key, float):
            raise TypeError
        return key_of(key)
    except TypeError:
        raise EvaluationError(f"{at}: the type {type(key).__name__} cannot be the key of a map") from None
