"""Brings the elements of a list, a set or a map to one type, as Terraform does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from grc.collect.terraform.hcl.values import SetOf, to_text

PLAIN: Final = (str, bool, int, float)


def uniform(elements: list[Any]) -> list[Any]:
    """The elements in one type: unlike texts, numbers and truth values become text, also below, each with its like.

    Elements of which that is not certain stay as they are.
    """
    known = [one for one in elements if one is not None]
    if all(isinstance(one, PLAIN) for one in known):
        return [one if one is None else to_text(one) for one in elements] if _unlike(known) else elements
    if any(isinstance(one, SetOf) for one in known):
        return elements
    if all(isinstance(one, Mapping) for one in known):
        found: Iterator[Any] = iter(_maps(known))
    elif all(isinstance(one, list) for one in known):
        found = iter(_lists(known))
    else:
        return elements
    return [one if one is None else next(found) for one in elements]


def _unlike(values: Sequence[Any]) -> bool:
    return len({str if isinstance(one, str) else bool if isinstance(one, bool) else float for one in values}) > 1


def _maps(maps: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Objects with the same names are alike name by name; others become maps, and what is in them is all alike."""
    if all(one.keys() == maps[0].keys() for one in maps):
        columns = {name: uniform([one[name] for one in maps]) for name in maps[0]}
        return [{name: columns[name][at] for name in columns} for at in range(len(maps))]
    values = iter(uniform([value for one in maps for value in one.values()]))
    return [{name: next(values) for name in one} for one in maps]


def _lists(lists: list[list[Any]]) -> list[list[Any]]:
    if all(len(one) == len(lists[0]) for one in lists):
        columns = [uniform(list(column)) for column in zip(*lists, strict=True)]
        return [[column[at] for column in columns] for at in range(len(lists))]
    values = iter(uniform([value for one in lists for value in one]))
    return [[next(values) for _ in one] for one in lists]
