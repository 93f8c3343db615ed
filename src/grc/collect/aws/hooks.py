"""Whom the SDK calls at each step of a call, kept so that the clients of a session share what they have in common.

botocore copies the session's whole tree of some four hundred handlers for each client, and finds out anew for each
which old name of an event stands for which new one: together a third of what a client costs. Here a tree is a value: a
copy is the same tree, and who adds a handler has a tree of his own that differs along one path.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.hooks import EventAliaser, HierarchicalEmitter

Handler = Callable[..., Any]
Ranks = tuple[tuple[Handler, ...], ...]
"""Those registered as first, those registered as usual, and those registered as last."""

ANY: Final = "*"
USUAL: Final = 1
NOBODY: Final[Ranks] = ((), (), ())


@dataclass(frozen=True, slots=True)
class Node:
    """The handlers at a name (``before-call.s3``), and the names that go on from there."""

    here: Ranks = NOBODY
    below: Mapping[str, Node] = field(default_factory=dict)


class Tree:
    """The handlers of all events. Meets what botocore's emitter asks of its own."""

    def __init__(self, root: Node | None = None) -> None:
        self._root = Node() if root is None else root

    def __copy__(self) -> Tree:
        return Tree(self._root)

    def append_item(self, key: str, value: Handler, section: int = USUAL) -> None:
        """Add a handler at a name. ``section`` is its rank."""
        self._root = _changed(self._root, key.split("."), lambda here: _with(here, section, value))

    def remove_item(self, key: str, value: Handler) -> None:
        """Take a handler away from a name.

        Raises:
            ValueError: it is not there.
        """
        self._root = _changed(self._root, key.split("."), lambda here: _without(here, value))

    def prefix_search(self, key: str) -> tuple[Handler, ...]:
        """Who is called at an event, in order: from the whole name to its first part, ``*`` before a part itself."""
        found = list(_along(self._root, key.split(".")))
        return tuple(handler for here in reversed(found) for rank in here for handler in rank)


class Hooks(HierarchicalEmitter):  # type: ignore[misc]
    """The emitter of a session: a copy costs next to nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._handlers = Tree()


class Named(EventAliaser):  # type: ignore[misc]
    """An emitter under the old names of events too, whose copies share what stands for what."""

    def __copy__(self) -> Named:
        found = Named(copy.copy(self._emitter), self._event_aliases)
        found._alias_name_cache = self._alias_name_cache
        return found


def _along(node: Node, parts: Sequence[str]) -> Iterator[Ranks]:
    """The handlers at each beginning of a name, from the shortest."""
    yield node.here
    if parts:
        for part in (parts[0], ANY):
            if part in node.below:
                yield from _along(node.below[part], parts[1:])


def _changed(node: Node, parts: Sequence[str], change: Callable[[Ranks], Ranks]) -> Node:
    """The tree with other handlers at one name; all beside the way there is shared."""
    if not parts:
        return Node(change(node.here), node.below)
    first, *rest = parts
    return Node(node.here, {**node.below, first: _changed(node.below.get(first, Node()), rest, change)})


def _with(here: Ranks, rank: int, handler: Handler) -> Ranks:
    return (*here[:rank], (*here[rank], handler), *here[rank + 1 :])


def _without(here: Ranks, handler: Handler) -> Ranks:
    for rank, handlers in enumerate(here):
        if handler in handlers:
            place = handlers.index(handler)
            return (*here[:rank], (*handlers[:place], *handlers[place + 1 :]), *here[rank + 1 :])
    raise ValueError("no such handler")
