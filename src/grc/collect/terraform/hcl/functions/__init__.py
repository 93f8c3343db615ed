"""The pure functions of the Terraform language that are evaluated. Any other gives what is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.functions import collections, encodings, lists, networks, numbers, sets, texts
from grc.collect.terraform.hcl.values import Unknown, find_unknown, first_unknown, spread

SHALLOW: Final[Mapping[str, Callable[..., Any]]] = {**collections.SHALLOW, **sets.SHALLOW}
"""Functions that look at no more than the length, the keys or the order of what they are given."""

DEEP: Final[Mapping[str, Callable[..., Any]]] = {
    **encodings.DEEP,
    **lists.DEEP,
    **networks.DEEP,
    **numbers.DEEP,
    **sets.DEEP,
    **texts.DEEP,
    "nonsensitive": lambda value: value,
}
"""Functions that look at everything that they are given."""

LENIENT: Final[Mapping[str, Callable[..., Any]]] = {**collections.LENIENT, **texts.LENIENT}
"""Functions that decide themselves what an unknown argument means."""


def call(name: str, arguments: list[Any]) -> Any:
    """The value of a function for arguments that may be unknown, in whole or below.

    Raises:
        WrongError: Terraform refuses these arguments.
    """
    name = name.removeprefix("core::")
    shallow = SHALLOW.get(name)
    function = shallow or DEEP.get(name)
    if function is None:
        return Unknown(f"{name}() is not evaluated", sensitive=_any_sensitive(arguments))
    missing = first_unknown(map(_top if shallow else find_unknown, arguments))
    return applied(name, function, arguments) if missing is None else spread(missing)


def applied(name: str, function: Callable[..., Any], arguments: list[Any]) -> Any:
    """The value of a function for these arguments, or what is not known where it does not take them.

    Raises:
        WrongError: Terraform refuses these arguments.
    """
    try:
        return function(*arguments)
    except (TypeError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        # Whether Terraform refuses it too is not certain: it is not an error that try() may pass over.
        return Unknown(f"{name}() is not evaluated for these arguments ({type(error).__name__})")


def _any_sensitive(arguments: list[Any]) -> bool:
    found = find_unknown(arguments)
    return found is not None and found.sensitive


def _top(value: Any) -> Unknown | None:
    return value if isinstance(value, Unknown) else None
