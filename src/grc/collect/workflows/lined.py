"""YAML of strangers, read with the line of every entry and without a limit that the machine would feel.

Only null, true, false and plain decimal integers convert, as in YAML 1.2: ``on`` stays text. Anchors and aliases are
followed within a bound, duplicate keys are refused. The parser's events are taken one by one, so that depth cannot
exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from grc.collect.manifests import ManifestError

MOST_NODES: Final = 100_000
"""What a file may hold after aliases are followed."""
DEEPEST: Final = 100
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it
CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")


@dataclass(slots=True, eq=False)
class Node:
    """One value with its line: a scalar, a list of nodes, or a mapping from text to nodes.

    ``named`` is the line of the key that a collection stands under, 0 where there is none.
    """

    value: Any
    line: int
    size: int = 1
    named: int = 0

    def get(self, name: str) -> Node | None:
        """The entry of a mapping; None where there is none, or this is no mapping."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping; nothing where this is none."""
        yield from self.value.items() if isinstance(self.value, dict) else ()

    def items(self) -> Iterator[Node]:
        """The items of a list; nothing where this is none."""
        yield from self.value if isinstance(self.value, list) else ()

    @property
    def text(self) -> str | None:
        """The text of a scalar."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return str(self.value) if isinstance(self.value, int) else None


def parse(data: bytes) -> Node:
    """Parse one document.

    Raises:
        ManifestError: it is not UTF-8, not YAML, holds more than one document, or is too deep or too large.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManifestError(data.count(b"\n", 0, error.start) + 1, "is not UTF-8") from error
    try:
        return _Builder().build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ManifestError(mark.line + 1 if mark else 1, "is not YAML") from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise ManifestError(1, "holds a character that YAML does not allow") from error


class _Builder:
    def __init__(self) -> None:
        self.open: list[tuple[Node, str | None, str | None]] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.key: str | None = None
        self.key_line = 0

    def build(self, text: str) -> Node:
        loader = LOADER(text)
        try:
            while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
                self._take(event, event.start_mark.line + 1)
        finally:
            loader.dispose()
        if self.root is None:
            raise ManifestError(1, "is empty")
        return self.root

    def _take(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style and event.tag is None
            self._put(Node(_converted(event.value) if plain else event.value, line), event.anchor, event.value)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise ManifestError(line, "an alias leads nowhere, or into itself")
            found = self.anchors[event.anchor]
            self._put(Node(found.value, line, found.size), None, None)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self.open) >= DEEPEST:
                raise ManifestError(line, f"is nested deeper than {DEEPEST} levels")
            node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], line)
            node.named = 0 if self.key is None else self.key_line
            self.open.append((node, self.key, event.anchor))
            self.key = None
        elif isinstance(event, yaml.CollectionEndEvent):
            node, self.key, anchor = self.open.pop()
            self._put(node, anchor, None)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise ManifestError(line, "holds a second document")

    def _put(self, node: Node, anchor: str | None, key: str | None) -> None:
        if not self.open:
            self.root = node
            return
        above = self.open[-1][0]
        if isinstance(above.value, dict) and self.key is None:
            self._name(above, node, key)
            return
        if isinstance(above.value, dict):
            assert self.key is not None
            above.value[self.key] = node
            self.key = None
        else:
            above.value.append(node)
        above.size += node.size
        if above.size > MOST_NODES:
            raise ManifestError(node.line, f"holds more than {MOST_NODES:,} values")
        if anchor is not None:
            self.anchors[anchor] = node

    def _name(self, above: Node, node: Node, key: str | None) -> None:
        if key is None:
            raise ManifestError(node.line, "a key is no text")
        if key in above.value:
            raise ManifestError(node.line, "a key stands twice")
        self.key, self.key_line = key, node.line


def _converted(text: str) -> Any:
    if text in CONSTANTS:
        return CONSTANTS[text]
    return int(text) if DECIMAL.match(text) else text
