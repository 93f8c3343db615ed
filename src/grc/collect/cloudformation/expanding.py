"""``Fn::ForEach`` of the language extensions, written out.

Source: "Fn::ForEach" of the AWS CloudFormation user guide: ``[identifier, collection, {key: body}]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grc.collect.cloudformation.evaluating import Evaluator
from grc.collect.cloudformation.values import as_text

FOR_EACH: Final = "Fn::ForEach::"
MAX_WRITTEN: Final = 10_000


def expand(members: Mapping[str, Any], run: Evaluator) -> dict[str, Any]:
    """The members of a section with every loop written out; a loop that cannot be stays as it stands."""
    found: dict[str, Any] = {}
    waiting = list(members.items())[::-1]
    while waiting:
        name, told = waiting.pop()
        written = _written(told, run) if name.startswith(FOR_EACH) else None
        if written is None or len(found) + len(waiting) + len(written) > MAX_WRITTEN:
            found[name] = told
        else:
            waiting.extend(written[::-1])
    return found


def _written(told: Any, run: Evaluator) -> list[tuple[str, Any]] | None:
    """What one loop comes to, or None."""
    if not isinstance(told, list) or len(told) != 3 or not isinstance(told[0], str) or not isinstance(told[2], dict):
        return None
    collection = run.value(told[1])
    if not isinstance(collection, list):
        return None
    texts = [as_text(one) for one in collection]
    if None in texts:
        return None
    return [
        (_put(name, told[0], text), _put(body, told[0], text))
        for text in texts
        if text is not None
        for name, body in told[2].items()
    ]


def _put(node: Any, identifier: str, text: str) -> Any:
    """A node with the identifier replaced by one member of the collection."""
    if isinstance(node, str):
        plain = "".join(char for char in text if char.isalnum())
        return node.replace(f"${{{identifier}}}", text).replace(f"&{{{identifier}}}", plain)
    if isinstance(node, list):
        return [_put(one, identifier, text) for one in node]
    if isinstance(node, dict):
        if node == {"Ref": identifier}:
            return text
        return {_put(name, identifier, text): _put(below, identifier, text) for name, below in node.items()}
    return node
