"""What a function of the language is: one signature and the Python function behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from grc.model.types import ListType, MapType, OpaqueType, OptionalType, Primitive, Type, TypeParameter, TypeType
from grc.policy.errors import EvaluationError, LimitError
from grc.policy.values import MAX_INT, MIN_INT, Value

BOOL: Final = Primitive.BOOL
INT: Final = Primitive.INT
UINT: Final = Primitive.UINT
DOUBLE: Final = Primitive.DOUBLE
STRING: Final = Primitive.STRING
BYTES: Final = Primitive.BYTES
TIMESTAMP: Final = Primitive.TIMESTAMP
DURATION: Final = Primitive.DURATION
NULL: Final = Primitive.NULL
DYN: Final = Primitive.DYN
TYPE: Final = TypeType()
T: Final = TypeParameter("T")
K: Final = TypeParameter("K")
LIST_T: Final = ListType(T)
MAP_K_T: Final = MapType(K, T)
OPTIONAL_T: Final = OptionalType(T)
STRINGS: Final = ListType(STRING)
IP: Final = OpaqueType("net.IP")
CIDR: Final = OpaqueType("net.CIDR")
SEMVER: Final = OpaqueType("semver")

MAX_SIZE: Final = 10_000_000
"""Characters, octets or members that one function may produce."""


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of a function.

    ``arguments`` are the types of all arguments; with ``receiver``, the first is the target's. ``implementation``
    takes the values in that order and raises ``EvaluationError`` for CEL's runtime errors. ``partial``: it deals with
    ``PartialList`` and with unknowns inside containers itself; all others are only called on values seen in full.
    """

    function: str
    receiver: bool
    arguments: tuple[Type, ...]
    result: Type
    implementation: Callable[..., Value]
    partial: bool = False


def function(
    name: str, arguments: tuple[Type, ...], result: Type, implementation: Callable[..., Value], *, partial: bool = False
) -> Overload:
    """An overload called as ``name(a, b)``, or an operator."""
    return Overload(name, False, arguments, result, implementation, partial)


def method(
    name: str, arguments: tuple[Type, ...], result: Type, implementation: Callable[..., Value], *, partial: bool = False
) -> Overload:
    """An overload called as ``a.name(b)``."""
    return Overload(name, True, arguments, result, implementation, partial)


def checked_int(value: int) -> int:
    """The value, when it fits CEL's int.

    Raises:
        EvaluationError: it does not.
    """
    if MIN_INT <= value <= MAX_INT:
        return value
    raise EvaluationError("integer overflow")


def refuse_size(size: int) -> None:
    """Refuse to build something of ``size`` characters, octets or members.

    Raises:
        LimitError: it is more than ``MAX_SIZE``.
    """
    if size > MAX_SIZE:
        raise LimitError(f"the result would be larger than {MAX_SIZE} characters or members")
