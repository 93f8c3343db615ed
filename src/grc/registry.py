"""A registry is a plain mapping that refuses a second entry under the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def register(entries: dict[str, T], name: str) -> Callable[[T], T]:
    """Return a decorator that enters its subject into ``entries`` under ``name``.

    Raises:
        ValueError: the name is taken.
    """

    def enter(subject: T) -> T:
        if name in entries:
            raise ValueError(f"{name!r} is registered twice")
        entries[name] = subject
        return subject

    return enter
