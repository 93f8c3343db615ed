"""What a loop goes through, and what its results come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grc.collect.terraform.hcl.values import Handle, SetOf, Unknown, WrongError, find_unknown, spread, to_text


def opened(value: Any) -> Any:
    """All instances of a resource are a list or a map to a loop or a function; a single one is not known to it."""
    if not isinstance(value, Handle):
        return value
    found = value.every()
    return Unknown("is a whole resource") if found is None else found


def pairs(among: Any) -> Iterator[tuple[Any, Any]]:
    """Keys and values of a map, in order of keys, or indexes and elements of a list.

    Raises:
        WrongError: it is neither.
    """
    if isinstance(among, Mapping):
        return iter(sorted(among.items(), key=lambda item: item[0]))
    if isinstance(among, SetOf):
        return iter(zip(among, among, strict=True))
    if isinstance(among, list):
        return iter(enumerate(among))
    raise WrongError("goes through what is neither a list nor a map")


def joined(parts: list[Any]) -> Any:
    """The text of all parts, or what is not known of them.

    Raises:
        WrongError: a part is no text.
    """
    unknown = find_unknown(parts)
    return "".join(map(to_text, parts)) if unknown is None else spread(unknown)


def keyed(keys: list[Any], values: list[Any], *, grouped: bool) -> Any:
    """The map of these values by their keys, as lists where they are grouped, or what is not known of the keys.

    Raises:
        WrongError: a key is no text, or two values have one key and are not grouped.
    """
    unknown = find_unknown(keys)
    if unknown is not None:
        return spread(unknown)
    made: dict[str, Any] = {}
    for key, value in zip(map(to_text, keys), values, strict=True):
        if grouped:
            made.setdefault(key, []).append(value)
        elif key in made:
            raise WrongError("gives a key twice")
        else:
            made[key] = value
    return made
