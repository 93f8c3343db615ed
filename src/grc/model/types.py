"""The types of values: shared by the schemas of the kinds and by the policy language's checker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Primitive(Enum):
    """A CEL type without parameters; the value is CEL's own name for it."""

    BOOL = "bool"
    INT = "int"
    UINT = "uint"
    DOUBLE = "double"
    STRING = "string"
    BYTES = "bytes"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    NULL = "null_type"
    DYN = "dyn"


class Redaction(Enum):
    """What happens to a field before it reaches a pack."""

    DROP = "drop"
    PSEUDONYM = "pseudonym"


@dataclass(frozen=True, slots=True)
class ListType:
    """An ordered list of one element type."""

    element: Type


@dataclass(frozen=True, slots=True)
class MapType:
    """A map whose keys are data, not declared fields: tags, for example."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class OptionalType:
    """CEL's ``optional_type(T)``: the result of ``.?``, ``optional.of`` and the like."""

    value: Type


@dataclass(frozen=True, slots=True)
class OpaqueType:
    """A type of an extension library, known by name alone: ``net.IP``, ``net.CIDR``, ``semver``."""

    name: str


@dataclass(frozen=True, slots=True)
class TypeType:
    """The type of types: what ``type(x)`` gives."""


@dataclass(frozen=True, slots=True)
class TypeParameter:
    """A type variable in a function's signature."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A declared field of an object.

    ``nullable`` means that a record may lack it; reading it then gives null. Keys of a kind are not nullable.
    ``references`` is the field, ``<kind>.<field>``, in which the value (or each member of a list) should stand too.
    """

    type: Type
    nullable: bool = True
    personal: Redaction | None = None
    secret: bool = False
    enum: tuple[str, ...] = ()
    title: str = ""
    references: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ObjectType:
    """A structure with declared fields. Compared by identity: two kinds never share a shape by accident."""

    name: str
    fields: Mapping[str, Field]


Type = Primitive | ListType | MapType | OptionalType | OpaqueType | TypeType | TypeParameter | ObjectType
