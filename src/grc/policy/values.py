"""CEL's values in Python.

| CEL | Python |
|---|---|
| null, bool, double, string, bytes | ``None``, ``bool``, ``float``, ``str``, ``bytes`` |
| int | ``int`` within 64 bits |
| uint | ``UInt`` |
| list | ``list``, or ``PartialList`` when members may be missing |
| map | ``dict``; a bool key is a ``BoolKey``, because Python takes ``True`` and ``1`` for one key |
| timestamp, duration | aware ``datetime``, ``timedelta`` |
| optional, type | ``Optional``, ``TypeValue`` |
| ``net.IP``, ``net.CIDR``, ``semver`` | ``ipaddress`` addresses and interfaces, ``SemVer`` |
| an object with declared fields | ``RecordValue`` |

Timestamps and durations hold microseconds. What is finer is refused with an error where it is read, never rounded: two
instants that differ must not compare equal.

``Unknown`` and ``Failure`` stand for an expression that has no value. They are values here, so that ``&&``, ``||``
and the macros can absorb them whatever the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any, Final

from grc.model.evidence import Gap
from grc.model.types import ObjectType
from grc.policy.ast import Expression
from grc.policy.errors import EvaluationError

Value = Any
"""One of the above. ``Any``: the interpreter is CEL's ``dyn``, and tells values apart by their exact Python type."""

MAX_INT: Final = 2**63 - 1
MIN_INT: Final = -(2**63)
MAX_UINT: Final = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could not be seen: the path in the evidence and the gap, for each cause. Never true and never false."""

    causes: frozenset[tuple[str, Gap]]

    def __bool__(self) -> bool:
        raise TypeError("an unknown is not a truth value")


@dataclass(frozen=True, slots=True)
class Failure:
    """CEL's runtime error as a value. ``node`` is where it arose."""

    message: str
    node: Expression | None = None

    def __bool__(self) -> bool:
        raise TypeError("an error is not a truth value")


STOPPED: Final = (Unknown, Failure)
"""What an expression gives that has no value."""


def unknown_at(gap: Gap, path: str | None = None) -> Unknown:
    """The unknown of one gap."""
    return Unknown(frozenset({(gap.path if path is None else path, gap)}))


def merged(unknowns: Iterable[Unknown]) -> Unknown:
    """One unknown with all their causes."""
    return Unknown(frozenset().union(*(unknown.causes for unknown in unknowns)))


@dataclass(frozen=True, slots=True, eq=False)
class UInt:
    """CEL's unsigned 64-bit integer. Equal to the int or double of the same value, as in CEL; never to a bool.

    Raises:
        EvaluationError: the value does not fit.
    """

    value: int

    def __post_init__(self) -> None:
        if not 0 <= self.value <= MAX_UINT:
            raise EvaluationError("unsigned integer overflow")

    def __eq__(self, other: object) -> bool:
        number = _number(other)
        return number is not None and self.value == number

    def __lt__(self, other: object) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self.value < number

    def __le__(self, other: object) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self.value <= number

    def __gt__(self, other: object) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self.value > number

    def __ge__(self, other: object) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self.value >= number

    def __hash__(self) -> int:
        return hash(self.value)


def _number(other: object) -> int | float | None:
    if isinstance(other, UInt):
        return other.value
    return other if type(other) is int or type(other) is float else None


class BoolKey(Enum):
    """A bool as a map's key."""

    FALSE = False
    TRUE = True


def key_of(value: Value) -> Value:
    """The form in which a value is a key of a map. A double finds the int that it equals.

    Raises:
        TypeError: CEL has no keys of that type.
    """
    kind = type(value)
    if kind is str or kind is int or kind is UInt or kind is float:
        return value
    if kind is bool:
        return BoolKey(value)
    raise TypeError("unsupported key type")


def value_of(key: Value) -> Value:
    """The value that a key of a map stands for."""
    return key.value if type(key) is BoolKey else key


@dataclass(frozen=True, slots=True)
class PartialList:
    """A list of which some members are known (``items``, at places unknown) and others may be missing.

    ``exists`` over it is true or unknown, ``all`` false or unknown, ``in`` true or unknown; its size and its members
    by index are unknown.
    """

    items: list[Value]
    unknown: Unknown


@dataclass(frozen=True, slots=True)
class RecordValue:
    """An object with declared fields: an absent optional field reads as null.

    ``fields`` holds values, not raw JSON; ``path`` says where in the evidence the object stands, with indexes
    (``IpPermissions[0]``), "" for the record itself.
    """

    fields: Mapping[str, Value]
    shape: ObjectType
    path: str = ""


@dataclass(frozen=True, slots=True)
class Optional:
    """CEL's optional value. ``present`` tells ``optional.of(null)`` from ``optional.none()``."""

    present: bool
    value: Value = None


NONE: Final = Optional(False)


@dataclass(frozen=True, slots=True)
class TypeValue:
    """What ``type(x)`` gives: a type by its CEL name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class SemVer:
    """A semantic version (semver.org 2.0.0). ``build`` does not count in comparisons."""

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()
    build: str = ""

    def _precedence(self) -> tuple[Any, ...]:
        numbers = (self.major, self.minor, self.patch)
        parts = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in self.prerelease)
        return (*numbers, not parts, parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SemVer) and self._precedence() == other._precedence()

    def compare(self, other: SemVer) -> int:
        """-1, 0 or 1."""
        mine, theirs = self._precedence(), other._precedence()
        return (mine > theirs) - (mine < theirs)

    def __hash__(self) -> int:
        return hash(self._precedence())

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        text += "-" + ".".join(self.prerelease) if self.prerelease else ""
        return text + ("+" + self.build if self.build else "")


TYPE_NAMES: Final[Mapping[type, str]] = {
    type(None): "null_type",
    bool: "bool",
    int: "int",
    UInt: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    PartialList: "list",
    dict: "map",
    datetime: "google.protobuf.Timestamp",
    timedelta: "google.protobuf.Duration",
    Optional: "optional_type",
    TypeValue: "type",
    IPv4Address: "net.IP",
    IPv6Address: "net.IP",
    IPv4Interface: "net.CIDR",
    IPv6Interface: "net.CIDR",
    SemVer: "semver",
}
"""CEL's name of each exact Python type."""


def type_name(value: Value) -> str:
    """The CEL name of a value's type; an object's is its shape's."""
    if isinstance(value, RecordValue):
        return value.shape.name
    return TYPE_NAMES[type(value)]


def unknowns_within(value: Value) -> Iterator[Unknown]:
    """Every unknown at or below a value, shared parts once."""
    seen: set[int] = set()
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, Unknown):
            yield value
            continue
        below = members(value)
        if below is None or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, PartialList):
            yield value.unknown
        pending.extend(below)


def members(value: Value) -> Iterable[Value] | None:
    """The values directly below a container, None when it is no container."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, PartialList):
        return value.items
    if isinstance(value, RecordValue):
        return value.fields.values()
    if isinstance(value, Optional):
        return (value.value,)
    return None
