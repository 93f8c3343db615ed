"""What a function takes: each gives the argument back, or refuses what it is not certain that Terraform takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grc.collect.terraform.hcl.values import to_text


def a_list(value: Any) -> list[Any]:
    """A list, a tuple or a set.

    Raises:
        TypeError: it is none.
    """
    if isinstance(value, list):
        return value
    raise TypeError


def a_map(value: Any) -> Mapping[str, Any]:
    """A map or an object.

    Raises:
        TypeError: it is none.
    """
    if isinstance(value, Mapping):
        return value
    raise TypeError


def single(text: str) -> str:
    """Text in which each character stands for itself: Terraform counts what a reader sees as one.

    Raises:
        ValueError: characters may belong together.
    """
    if any(point > "\u02ff" for point in text):
        raise ValueError
    return text


def one_cased(text: str) -> str:
    """Text whose letters have one upper and one lower form.

    Raises:
        ValueError: letters may have several.
    """
    if not text.isascii():
        raise ValueError
    return text


def of_text(function: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A function of text, for any value that Terraform makes text of."""
    return lambda value: function(to_text(value))
