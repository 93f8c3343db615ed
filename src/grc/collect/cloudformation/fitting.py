"""Brings values to the types of their kind: parameters are always texts, and CloudFormation takes ``"22"`` for 22.

Where AWS gives a document as a text, a template holds it written out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from grc.collect.cloudformation.values import as_json, as_text
from grc.model.evidence import Population, Record, Unit
from grc.model.ports import Sink
from grc.model.types import ListType, MapType, ObjectType, Primitive, Type

DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
TRUTHS: Final = {"true": True, "false": False}


def fitted(value: Any, type_: Type) -> Any:
    """The value with every scalar as its type has it; what does not fit stays as it is, and is malformed there."""
    if isinstance(type_, ObjectType) and isinstance(value, dict):
        fields = type_.fields
        return {name: fitted(below, fields[name].type) if name in fields else below for name, below in value.items()}
    if isinstance(type_, ListType) and isinstance(value, list):
        return [fitted(one, type_.element) for one in value]
    if isinstance(type_, MapType) and isinstance(value, dict):
        return {name: fitted(below, type_.value) for name, below in value.items()}
    return _scalar(value, type_)


def _scalar(value: Any, type_: Type) -> Any:
    if type_ is Primitive.STRING and not isinstance(value, str):
        return as_json(value) if isinstance(value, dict | list) else as_text(value)
    if isinstance(value, str):
        if type_ is Primitive.INT and DECIMAL.match(value):
            return int(value)
        if type_ is Primitive.BOOL:
            return TRUTHS.get(value.lower(), value)
    return value


@dataclass(frozen=True, slots=True)
class FittingSink:
    """A sink before another one, which is given fitted records. ``shapes`` are those of the kinds."""

    sink: Sink
    shapes: dict[str, ObjectType]

    def has(self, unit: Unit) -> bool:
        """As the other one."""
        return self.sink.has(unit)

    def write(self, population: Population, records: Sequence[Record]) -> None:
        """Fit the records and pass them on."""
        shape = self.shapes[population.unit.kind]
        self.sink.write(population, [replace(one, body=fitted(one.body, shape)) for one in records])
