"""Reads files of the native syntax: their blocks, and what each attribute in them is set to.

A block that holds a syntax error anywhere is left out whole and told: what the parser makes of the rest of it is a
guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from grc.collect.terraform.hcl.syntax.expressions import Expressions
from grc.collect.terraform.hcl.syntax.literals import PLAIN, plain, unescape
from grc.collect.terraform.hcl.syntax.nodes import DEEPEST, TooDeepError, first_error, first_of
from grc.collect.terraform.hcl.syntax.plain import Plain
from grc.collect.terraform.hcl.tree import Block, Document, Expression, Literal, Opaque, Template, Trouble
from grc.errors import ConfigError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

BLOCK_END: Final = re.compile(rb"\n\}[ \t]*(?:\r?\n|\Z)")
"""Where a block ends that is laid out as usual."""


@cache
def _parser() -> Parser:
    try:
        import tree_sitter
        import tree_sitter_hcl
    except ModuleNotFoundError as error:
        raise ConfigError("Terraform's language is read with `pip install 'grc[terraform]'`") from error
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def read_native(source: bytes, file: str) -> Document:
    """Read one ``.tf`` or ``.tfvars`` file. What an attribute outside every block sets is a block of the kind ``""``.

    Raises:
        ConfigError: the parser is not installed.
    """
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return Document(blocks=(), troubles=(Trouble(file=file, line=line, why="is not UTF-8"),))
    _parser()  # wanted, whether this file needs it or not: what is read does not depend on the file
    pieces = _in_pieces(source, file)
    return read_whole(source, file) if pieces is None else Document(blocks=tuple(pieces))


def _in_pieces(source: bytes, file: str) -> list[Block] | None:
    """The blocks of a file one after the other, the parser asked only for those that are not plain.

    None where a piece is not of whole blocks: what it means then, the whole file tells.
    """
    plainly = Plain(source, file)
    blocks: list[Block] = []
    while True:
        plainly.skip()
        if plainly.at == len(source):
            return blocks
        block = plainly.block()
        piece = _piece(plainly) if block is None else [block]
        if piece is None:
            return None
        blocks += piece


def _piece(plainly: Plain) -> list[Block] | None:
    """The blocks that the parser finds from here to the next end of a block that is laid out as usual."""
    found = BLOCK_END.search(plainly.source, plainly.at)
    end = len(plainly.source) if found is None else found.end()
    source, line = plainly.source[plainly.at : end], plainly.line
    plainly.go(end)
    root = _parser().parse(source).root_node
    body = first_of(root.children, "body")
    if root.has_error or body is None or any(child.type == "attribute" for child in body.children):
        return None
    reader = _Reader(source, plainly.file, line)
    blocks = [*reader.top(body)]
    return None if reader.troubles else blocks


def read_whole(source: bytes, file: str) -> Document:
    """Read one file by its tree alone, and tell where it holds errors."""
    root = _parser().parse(source).root_node
    reader = _Reader(source, file)
    body = first_of(root.children, "body")
    if root.type != "config_file":
        return Document(blocks=(), troubles=(Trouble(file=file, line=1, why="is not the Terraform language"),))
    blocks = tuple(reader.top(body)) if body is not None else ()
    if root.has_error:
        _tell(root, reader)
    return Document(blocks=blocks, troubles=tuple(dict.fromkeys(reader.troubles)))


def read_template(text: str) -> Expression:
    """Read a template: text with ``${…}`` and ``%{…}`` in it, and no escapes but theirs."""
    if "${" not in text and "%{" not in text:
        return Literal(text)
    mark = "END_OF_TEMPLATE"
    while mark in text:
        mark += "_"
    source = f"text = <<{mark}\n{text}\n{mark}\n".encode()
    document = read_whole(source, "")
    found = document.blocks[0].attributes.get("text") if document.blocks and not document.troubles else None
    if not isinstance(found, Template):
        return Opaque("is not a template")
    last = found.parts[-1] if found.parts else None
    if isinstance(last, Literal) and isinstance(last.value, str) and last.value.endswith("\n"):
        parts = (*found.parts[:-1], *([Literal(last.value[:-1])] if last.value != "\n" else []))
        return parts[0] if len(parts) == 1 else Template(parts)
    return found


def _tell(root: Node, reader: _Reader) -> None:
    """Say where the errors are that no block holds."""
    stack, known = [root], bool(reader.troubles)
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            if not known or (node.parent is not None and node.parent.type in ("config_file", "body")):
                reader.trouble(node, "is a syntax error")
                known = True
        elif node.has_error and node.type in ("config_file", "body"):
            stack.extend(reversed(node.children))
    if not reader.troubles:
        reader.troubles.append(Trouble(file=reader.file, line=None, why="holds a syntax error"))


class _Reader:
    """Reads the blocks of one file, or of a piece that begins in its line ``first``; keeps what could not be read."""

    def __init__(self, source: bytes, file: str, first: int = 1) -> None:
        self.source = source
        self.file = file
        self.first = first
        self.expressions = Expressions(source)
        self.troubles: list[Trouble] = []

    def trouble(self, node: Node, why: str) -> None:
        self.troubles.append(Trouble(file=self.file, line=node.start_point[0] + self.first, why=why))

    def top(self, body: Node) -> Iterator[Block]:
        loose: dict[str, Expression] = {}
        for child in body.children:
            kind = child.type
            if kind not in ("block", "attribute"):
                continue
            if child.has_error:
                self.trouble(first_error(child), "is a syntax error")
            elif kind == "block":
                try:
                    yield self._block(child, 0)
                except TooDeepError:
                    self.trouble(child, "is nested too deeply")
            else:
                self._attribute(child, loose)
        if loose:
            yield Block(kind="", labels=(), attributes=loose, blocks=(), file=self.file, line=1)

    def _block(self, node: Node, depth: int) -> Block:
        if depth > DEEPEST:
            raise TooDeepError
        kind, labels, children = self._named(node)
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        for child in children:
            if child.type == "body":
                blocks = self._body(child, attributes, depth)
        return Block(
            kind=kind,
            labels=labels,
            attributes=attributes,
            blocks=tuple(blocks),
            file=self.file,
            line=node.start_point[0] + self.first,
        )

    def _named(self, node: Node) -> tuple[str, tuple[str, ...], Sequence[Node]]:
        """A block's kind and labels, and the nodes that its body is among."""
        children, names = node.children, []
        for child in children:
            if child.type == "identifier":
                names.append(self.expressions.text(child))
            elif child.type == "string_lit":
                names.append(unescape(self.expressions.text(child)[1:-1]))
        kind, *labels = names
        return kind, tuple(labels), children

    def _body(self, node: Node, attributes: dict[str, Expression], depth: int) -> list[Block]:
        """The blocks in a body; its attributes go to those given."""
        blocks: list[Block] = []
        for child in node.children:
            match child.type:
                case "attribute":
                    self._attribute(child, attributes)
                case "block":
                    blocks.append(self._block(child, depth + 1))
        return blocks

    def _attribute(self, node: Node, into: dict[str, Expression]) -> None:
        found = PLAIN.fullmatch(self.source, node.start_byte, node.end_byte)
        try:
            if found is not None:
                name, expression = str(found[1], "utf-8"), plain(found)
            else:
                name = self.expressions.text(node.children[0])
                expression = self.expressions.expression(node.children[2], 0)
        except TooDeepError:
            name, expression = self.expressions.text(node.children[0]), Opaque("is nested too deeply")
        _set(name, expression, into)


def _set(name: str, expression: Expression, into: dict[str, Expression]) -> None:
    into[name] = Opaque("is set twice") if name in into else expression
