"""Expressions over declared types: refused when they cannot be meant, before anything is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from grc.model.types import ListType, MapType, ObjectType, OpaqueType, OptionalType, Primitive, Type, TypeType
from grc.policy.binding import record
from grc.policy.checker import Checked, check
from grc.policy.errors import EvaluationError
from grc.policy.parser import parse
from grc.policy.unification import show
from grc.policy.values import TYPE_NAMES, Failure, PartialList, RecordValue, Unknown, Value, key_of


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A typed expression, ready to be evaluated any number of times."""

    checked: Checked

    @property
    def type(self) -> Type:
        """The type of what it gives."""
        return self.checked.type

    def evaluate(self, bindings: Mapping[str, Value]) -> Value:
        """The value, or an ``Unknown`` where it rests on what could not be seen.

        A mapping bound to a variable of an object type is taken as evidence: an absent optional field reads as null.

        Raises:
            EvaluationError: CEL's runtime error, or a variable that is not bound, or to another type.
        """
        variables = self.checked.variables
        missing = sorted(variables.keys() - bindings.keys())
        if missing:
            raise EvaluationError(f"the variable {missing[0]!r} is not bound")
        value = self.checked.outcome({name: _bound(name, bindings[name], kind) for name, kind in variables.items()})
        if isinstance(value, Failure):
            raise EvaluationError(value.message, value.node)
        return value


def compile(  # noqa: A001 - the public name: grc.policy.compile
    source: str, variables: Mapping[str, Type], *, result: Type = Primitive.DYN
) -> Program:
    """Parse and type an expression over declared variables. ``result`` is what it must give.

    Raises:
        CompileError: with the position of the first problem; a ``Refused`` carries all.
    """
    return Program(check(parse(source), variables, source, result=result))


def _bound(name: str, value: Value, kind: Type) -> Value:
    match kind:
        case ObjectType() if isinstance(value, Mapping):
            return record(value, kind)
        case ListType() if isinstance(value, (list, tuple)):
            return [_bound(f"{name}[{index}]", each, kind.element) for index, each in enumerate(value)]
        case MapType() if isinstance(value, dict):
            return {key_of(key): _bound(f"{name}.{key}", each, kind.value) for key, each in value.items()}
        case Primitive.DYN:
            return value
        case _ if isinstance(value, (Unknown, RecordValue, PartialList)) or _is_of(value, kind):
            return value
        case _:
            raise EvaluationError(f"{name} must be {show(kind)}, not a Python {type(value).__name__}")


def _is_of(value: Value, kind: Type) -> bool:
    named = TYPE_NAMES.get(type(value))
    match kind:
        case Primitive.TIMESTAMP:
            return isinstance(value, datetime) and value.tzinfo is not None
        case Primitive.DURATION:
            return isinstance(value, timedelta)
        case Primitive():
            return named == str(kind.value)
        case OptionalType():
            return named == "optional_type"
        case OpaqueType():
            return named == kind.name
        case TypeType():
            return named == "type"
        case _:
            return False
