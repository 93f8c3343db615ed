"""Reads the JSON syntax of the Terraform language: the same blocks, and text in it is a template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from grc.collect.strictjson import read_json
from grc.collect.terraform.hcl.syntax import read_template
from grc.collect.terraform.hcl.tree import Block, Document, Expression, Literal, Object, Opaque, Trouble, Tuple

LABELS: Final[Mapping[str, int]] = {
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "resource": 2,
    "data": 2,
    "locals": 0,
    "import": 0,
}
PLAIN_TEXT: Final = frozenset({"variable", "import"})
"""Kinds whose text is not a template: it names types and addresses, or stands as it is."""


def read_json_syntax(source: bytes, file: str) -> Document:
    """Read one ``.tf.json`` file."""
    try:
        found = read_json(source)
    except (ValueError, RecursionError) as error:
        return Document(blocks=(), troubles=(Trouble(file=file, line=_line_of(error), why="is not JSON"),))
    if not isinstance(found, dict):
        return Document(blocks=(), troubles=(Trouble(file=file, line=1, why="is no JSON object"),))
    text = source.decode("utf-8", "replace")
    blocks: list[Block] = []
    troubles: list[Trouble] = []
    for kind, labels in LABELS.items():
        try:
            blocks.extend(_blocks(kind, labels, found.get(kind, {}), text, file))
        except (TypeError, RecursionError):
            troubles.append(Trouble(file=file, line=_line(text, (kind,)), why=f"{kind} is not of the form it has"))
    return Document(blocks=tuple(blocks), troubles=tuple(troubles))


def read_json_values(source: bytes) -> Mapping[str, Expression]:
    """The values of a ``.tfvars.json`` file: nothing in them is a template.

    Raises:
        ValueError: this is no JSON object.
    """
    found = read_json(source)
    if not isinstance(found, dict):
        raise ValueError("is no JSON object")
    return {name: Literal(value) for name, value in found.items()}


def _line_of(error: Exception) -> int | None:
    line = getattr(error, "lineno", None)
    return line if isinstance(line, int) else None


def _blocks(kind: str, labels: int, value: Any, text: str, file: str) -> Iterator[Block]:
    for names, body in _labelled(value, labels):
        if not isinstance(body, dict):
            raise TypeError
        yield Block(
            kind=kind,
            labels=names,
            attributes={
                name: _variable(name, one) if kind in PLAIN_TEXT else expression(one)
                for name, one in body.items()
                if name != "//"
            },
            blocks=(),
            file=file,
            line=_line(text, (kind, *names)),
        )


def _labelled(value: Any, labels: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every body below so many levels of labels; a list stands for several."""
    if isinstance(value, list):
        for one in value:
            yield from _labelled(one, labels)
    elif not labels:
        yield (), value
    elif isinstance(value, dict):
        for name, below in value.items():
            if name != "//":
                for names, body in _labelled(below, labels - 1):
                    yield (name, *names), body
    else:
        raise TypeError


def _variable(name: str, value: Any) -> Expression:
    if name != "type":
        return Literal(value)
    from grc.collect.terraform.hcl.syntax import read_native

    document = read_native(f"type = {value}\n".encode(), "")
    if document.troubles or not document.blocks:
        return Opaque("is no type")
    return document.blocks[0].attributes["type"]


def expression(value: Any) -> Expression:
    """A JSON value, its texts as templates."""
    if isinstance(value, str):
        return read_template(value)
    if isinstance(value, list):
        return Tuple(tuple(map(expression, value)))
    if isinstance(value, dict):
        return Object(tuple((read_template(name), expression(one)) for name, one in value.items() if name != "//"))
    return Literal(value)


def _line(text: str, names: tuple[str, ...]) -> int | None:
    """The line where the last of these names stands as a key, each behind the one before."""
    at = 0
    for name in names:
        found = re.compile(rf'"{re.escape(name)}"\s*:').search(text, at)
        if found is None:
            return None
        at = found.end() if name != names[-1] else found.start()
    return text.count("\n", 0, at) + 1
