"""Reads files of the native syntax: their blocks, and what each attribute in them is set to.

A block that holds a syntax error anywhere is left out whole and told: what the parser makes of the rest of it is a
guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from grc.collect.terraform.hcl.syntax.expressions import Expressions
from grc.collect.terraform.hcl.syntax.literals import BODY, HEADER, LINE, PLAIN, plain, unescape
from grc.collect.terraform.hcl.syntax.nodes import DEEPEST, TooDeepError, first_error, first_of
from grc.collect.terraform.hcl.tree import Block, Document, Expression, Literal, Opaque, Template, Trouble
from grc.errors import ConfigError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


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
    document = read_native(source, "")
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
    """Reads the blocks of one file; keeps what could not be read."""

    def __init__(self, source: bytes, file: str) -> None:
        self.source = source
        self.file = file
        self.expressions = Expressions(source)
        self.troubles: list[Trouble] = []

    def trouble(self, node: Node, why: str) -> None:
        self.troubles.append(Trouble(file=self.file, line=node.start_point[0] + 1, why=why))

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
        kind, labels, children = self._plainly(node) or self._named(node)
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
            line=node.start_point[0] + 1,
        )

    def _plainly(self, node: Node) -> tuple[str, tuple[str, ...], Sequence[Node]] | None:
        """The same of a block whose labels are plain and whose body begins right after them, as nearly all do."""
        found = HEADER.match(self.source, node.start_byte, node.end_byte)
        if found is None:
            return None
        kind, *labels = (str(one, "utf-8") for one in found.groups() if one is not None)
        body = node.child(len(labels) + 2)
        return (kind, tuple(labels), (body,)) if body.type == "body" else None

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
        if BODY.fullmatch(self.source, node.start_byte, node.end_byte) is not None:
            for found in LINE.finditer(self.source, node.start_byte, node.end_byte):
                _set(str(found[1], "utf-8"), plain(found), attributes)
            return []
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
