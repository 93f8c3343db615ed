"""Reads the JSON syntax of the Terraform language: the same blocks, and text in it is a template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from grc.collect.strictjson import read_json
from grc.collect.terraform.hcl.syntax import read_template
from grc.collect.terraform.hcl.tree import Block, Document, Expression, Literal, Name, Object, Opaque, Trouble, Tuple

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
DYNAMIC: Final = "dynamic"


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
        line = _line(text, (kind, *names))
        if kind in PLAIN_TEXT:
            attributes = {name: _variable(name, one) for name, one in body.items() if name != "//"}
            yield Block(kind=kind, labels=names, attributes=attributes, blocks=(), file=file, line=line)
        else:
            yield _block(kind, names, body, file, line)


def _block(kind: str, labels: tuple[str, ...], body: Mapping[str, Any], file: str, line: int | None) -> Block:
    """A block: what a dynamic one makes, and what holds such, are blocks in it, and all else is an argument."""
    stated = _dynamics(body)
    made = {name for name, _ in stated}
    attributes: dict[str, Expression] = {}
    blocks = [_dynamic(name, one, file, line) for name, one in stated]
    for name, value in body.items():
        if name == "//" or (name == DYNAMIC and stated):
            continue
        if name in made or _holds_dynamics(value):
            blocks.extend(_block(name, (), one, file, line) for _, one in _labelled(value, 0))
        else:
            attributes[name] = expression(value)
    return Block(kind=kind, labels=labels, attributes=attributes, blocks=tuple(blocks), file=file, line=line)


def _dynamic(name: str, body: Mapping[str, Any], file: str, line: int | None) -> Block:
    """A dynamic block of this name. Its iterator is a name and no template."""
    iterator = body.get("iterator")
    return Block(
        kind=DYNAMIC,
        labels=(name,),
        attributes={
            **({"for_each": expression(body["for_each"])} if "for_each" in body else {}),
            **({"iterator": Name(str(iterator), ())} if iterator is not None else {}),
        },
        blocks=tuple(_block("content", (), one, file, line) for _, one in _labelled(body["content"], 0)),
        file=file,
        line=line,
    )


def _dynamics(body: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The dynamic blocks of a body, by the name of what they make; none where an argument is called so."""
    stated = body.get(DYNAMIC)
    if not isinstance(stated, (dict, list)):
        return []
    try:
        found = [(name, one) for (name,), one in _labelled(stated, 1)]
    except TypeError:
        return []
    return found if all(isinstance(one, dict) and "content" in one for _, one in found) else []


def _holds_dynamics(value: Any) -> bool:
    """Whether a dynamic block stands in what a body sets."""
    if isinstance(value, list):
        return any(map(_holds_dynamics, value))
    return isinstance(value, dict) and (bool(_dynamics(value)) or any(map(_holds_dynamics, value.values())))


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
