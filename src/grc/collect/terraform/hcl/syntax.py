"""Reads the native syntax: tree-sitter's concrete tree of a file becomes blocks and expressions.

A block that holds a syntax error anywhere is left out whole and told: what the parser makes of the rest of it is a
guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from grc.collect.terraform.hcl.tree import (
    At,
    Binary,
    Block,
    Call,
    Conditional,
    Document,
    Every,
    Expression,
    For,
    Literal,
    Name,
    Object,
    Of,
    Opaque,
    Step,
    Trouble,
    Tuple,
    Unary,
)
from grc.collect.terraform.hcl.tree import Template as Text
from grc.errors import ConfigError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

DEEPEST: Final = 60
"""Expressions and blocks nested deeper than this are not read."""
PLAIN: Final = re.compile(
    rb"([A-Za-z_][\w-]*)[ \t]*=[ \t]*"
    rb'(?:"([^"\\$%\r\n]*)"|(true|false)|(-?(?:0|[1-9]\d{0,15}))|(null)|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+))'
)
"""An attribute that needs no walk of the tree: most are."""


class _TooDeepError(Exception):
    """Nested deeper than is read."""


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
    body = next((child for child in root.children if child.type == "body"), None)
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
    if not isinstance(found, Text):
        return Opaque("is not a template")
    last = found.parts[-1] if found.parts else None
    if isinstance(last, Literal) and isinstance(last.value, str) and last.value.endswith("\n"):
        parts = (*found.parts[:-1], *([Literal(last.value[:-1])] if last.value != "\n" else []))
        return parts[0] if len(parts) == 1 else Text(parts)
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


def _first_error(node: Node) -> Node:
    while not (node.is_error or node.is_missing):
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            break
        node = inner
    return node


class _Reader:
    """Reads the nodes of one file; keeps what could not be read."""

    def __init__(self, source: bytes, file: str) -> None:
        self.source = source
        self.file = file
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
                self.trouble(_first_error(child), "is a syntax error")
            elif kind == "block":
                try:
                    yield self._block(child, 0)
                except _TooDeepError:
                    self.trouble(child, "is nested too deeply")
            else:
                self._attribute(child, loose)
        if loose:
            yield Block(kind="", labels=(), attributes=loose, blocks=(), file=self.file, line=1)

    def _block(self, node: Node, depth: int) -> Block:
        if depth > DEEPEST:
            raise _TooDeepError
        kind, labels = "", []
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        for child in node.children:
            type_ = child.type
            if type_ == "body":
                for inner in child.children:
                    if inner.type == "attribute":
                        self._attribute(inner, attributes)
                    elif inner.type == "block":
                        blocks.append(self._block(inner, depth + 1))
            elif type_ in ("identifier", "string_lit"):
                text = self.text(child)
                if kind:
                    labels.append(_unescape(text[1:-1]) if type_ == "string_lit" else text)
                else:
                    kind = text
        return Block(
            kind=kind,
            labels=tuple(labels),
            attributes=attributes,
            blocks=tuple(blocks),
            file=self.file,
            line=node.start_point[0] + 1,
        )

    def _attribute(self, node: Node, into: dict[str, Expression]) -> None:
        found = PLAIN.fullmatch(self.source, node.start_byte, node.end_byte)
        try:
            if found is not None:
                name, expression = str(found[1], "utf-8"), _plain(found)
            else:
                name = self.text(node.children[0])
                expression = self.expression(node.children[2], 0)
        except _TooDeepError:
            name, expression = self.text(node.children[0]), Opaque("is nested too deeply")
        into[name] = Opaque("is set twice") if name in into else expression

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8")

    def expression(self, node: Node, depth: int) -> Expression:
        return self.sequence(node.children, depth + 1)

    def sequence(self, nodes: list[Node], depth: int) -> Expression:
        """A primary and the steps from it."""
        if depth > DEEPEST:
            raise _TooDeepError
        nodes = [node for node in nodes if node.type != "comment"]
        if not nodes:
            return Opaque("is empty")
        first, rest = nodes[0], nodes[1:]
        if first.type == "(":
            base, rest = self.expression(rest[0], depth), rest[2:]
        elif first.type == "variable_expr":
            return Name(self.text(first), self.steps(rest, depth))
        else:
            base = self.primary(first, depth)
        return Of(base, self.steps(rest, depth)) if rest else base

    def steps(self, nodes: list[Node], depth: int) -> tuple[Step, ...]:
        return tuple(self.step(node, depth) for node in nodes if node.type != "comment")

    def step(self, node: Node, depth: int) -> Step:
        if node.type == "get_attr":
            return self.text(node.children[-1])
        inner = node.children[0]
        if inner.type == "new_index":
            return At(self.expression(next(one for one in inner.children if one.type == "expression"), depth))
        if inner.type == "legacy_index":
            return At(Literal(int(self.text(inner)[1:])))
        if inner.type in ("full_splat", "attr_splat"):
            return Every(self.steps([one for one in inner.children if one.is_named], depth))
        return At(Opaque("is a step that is not read"))

    def primary(self, node: Node, depth: int) -> Expression:
        match node.type:
            case "expression":
                return self.expression(node, depth)
            case "literal_value":
                return self.literal(node.children[0])
            case "template_expr":
                return self.template(node.children[0], depth)
            case "collection_value":
                return self.collection(node.children[0], depth)
            case "function_call":
                return self.call(node, depth)
            case "for_expr":
                return self.comprehension(node.children[0], depth)
            case "operation":
                return self.operation(node.children[0], depth)
            case "conditional":
                asked, yes, no = (self.expression(one, depth) for one in node.children if one.type == "expression")
                return Conditional(asked, yes, no)
            case "variable_expr":
                return Name(self.text(node), ())
        return Opaque(f"{node.type} is not read")

    def literal(self, node: Node) -> Expression:
        text = self.text(node)
        match node.type:
            case "string_lit":
                return Literal(_unescape(text[1:-1]))
            case "numeric_lit":
                return _number(text)
            case "bool_lit":
                return Literal(text == "true")
            case "null_lit":
                return Literal(None)
        return Opaque(f"{node.type} is not read")

    def collection(self, node: Node, depth: int) -> Expression:
        if node.type == "tuple":
            return Tuple(tuple(self.expression(one, depth) for one in node.children if one.type == "expression"))
        items = []
        for one in node.children:
            if one.type == "object_elem":
                key, value = (self.expression(part, depth) for part in one.children if part.type == "expression")
                if isinstance(key, Name) and not key.steps and one.children[0].child_count == 1:
                    key = Literal(key.root)
                items.append((key, value))
        return Object(tuple(items))

    def call(self, node: Node, depth: int) -> Expression:
        given = next((one for one in node.children if one.type == "function_arguments"), None)
        parts = given.children if given is not None else []
        arguments = tuple(self.expression(one, depth) for one in parts if one.type == "expression")
        return Call(self.text(node.children[0]), arguments, any(one.type == "ellipsis" for one in parts))

    def operation(self, node: Node, depth: int) -> Expression:
        children = [one for one in node.children if one.type != "comment"]
        if node.type == "unary_operation":
            return Unary(self.text(children[0]), self.sequence(children[1:], depth))
        at = next(index for index, one in enumerate(children) if index and not one.is_named and one.type not in "()")
        left, right = self.sequence(children[:at], depth), self.sequence(children[at + 1 :], depth)
        return Binary(children[at].type, left, right)

    def comprehension(self, node: Node, depth: int) -> Expression:
        intro = next(one for one in node.children if one.type == "for_intro")
        names = [self.text(one) for one in intro.children if one.type == "identifier"]
        among = self.expression(next(one for one in intro.children if one.type == "expression"), depth)
        results = [self.expression(one, depth) for one in node.children if one.type == "expression"]
        asked = next((one for one in node.children if one.type == "for_cond"), None)
        condition = None
        if asked is not None:
            condition = self.expression(next(one for one in asked.children if one.type == "expression"), depth)
        keyed = node.type == "for_object_expr"
        return For(
            key=names[0] if len(names) == 2 else None,
            value=names[-1],
            among=among,
            result_key=results[0] if keyed else None,
            result=results[-1],
            condition=condition,
            grouped=any(one.type == "ellipsis" for one in node.children),
        )

    def template(self, node: Node, depth: int) -> Expression:
        if node.type == "quoted_template":
            inner = node.children[1:-1]
            parts = self.parts(inner, node.children[0].end_byte, node.children[-1].start_byte, depth, quoted=True)
            # "${x}" is x itself, whatever its type.
            return parts[0] if len(parts) == 1 else Text(parts)
        start = self.source.index(b"\n", node.children[1].end_byte) + 1
        end = self.source.rindex(b"\n", 0, node.children[-1].start_byte) + 1
        inner = node.children[2:-1]
        if self.text(node.children[0]) != "<<-":
            return Text(self.parts(inner, start, max(start, end), depth, quoted=False))
        return Text(_flush(self.parts(inner, start, max(start, end), depth, quoted=False)))

    def parts(self, nodes: list[Node], start: int, end: int, depth: int, *, quoted: bool) -> tuple[Expression, ...]:
        """The parts of a template between two bytes: what is between the nodes is text."""
        parts: list[Expression] = []
        strip = False
        for node in nodes:
            if node.type not in ("template_interpolation", "template_directive"):
                continue
            before, after = self._stripped(node)
            self._literal(parts, start, node.start_byte, quoted=quoted, strip=(strip, before))
            part = self._part(node, depth, quoted=quoted)
            # A literal among the parts is text of the template itself.
            parts.append(Of(part, ()) if isinstance(part, Literal) else part)
            start, strip = node.end_byte, after
        self._literal(parts, start, end, quoted=quoted, strip=(strip, False))
        return tuple(parts)

    def _stripped(self, node: Node) -> tuple[bool, bool]:
        return self.source[node.start_byte + 2 : node.start_byte + 3] == b"~", self.source[
            node.end_byte - 2 : node.end_byte
        ] == b"~}"

    def _literal(
        self, parts: list[Expression], start: int, end: int, *, quoted: bool, strip: tuple[bool, bool]
    ) -> None:
        text = self.source[start:end].decode("utf-8").replace("\r\n", "\n")
        if strip[0]:
            text = text.lstrip(" \t\n")
        if strip[1]:
            text = text.rstrip(" \t\n")
        text = _unescape(text) if quoted else text.replace("$${", "${").replace("%%{", "%{")
        if text:
            parts.append(Literal(text))

    def _part(self, node: Node, depth: int, *, quoted: bool) -> Expression:
        if depth > DEEPEST:
            raise _TooDeepError
        if node.type == "template_interpolation":
            inner = next((one for one in node.children if one.type == "expression"), None)
            return self.expression(inner, depth) if inner is not None else Opaque("is empty")
        directive = node.children[0]
        if directive.type == "template_if":
            return self._if(directive, depth, quoted=quoted)
        if directive.type == "template_for":
            return self._for(directive, depth, quoted=quoted)
        return Opaque("is a directive that is not read")

    def _if(self, node: Node, depth: int, *, quoted: bool) -> Expression:
        marks = [
            one for one in node.children if one.type in ("template_if_intro", "template_else_intro", "template_if_end")
        ]
        asked = self.expression(next(one for one in marks[0].children if one.type == "expression"), depth)
        bodies = [self._between(node, *pair, depth, quoted=quoted) for pair in pairwise(marks)]
        return Conditional(asked, bodies[0], bodies[1] if len(bodies) > 1 else Literal(""))

    def _for(self, node: Node, depth: int, *, quoted: bool) -> Expression:
        intro, end = node.children[0], node.children[-1]
        names = [self.text(one) for one in intro.children if one.type == "identifier"]
        among = self.expression(next(one for one in intro.children if one.type == "expression"), depth)
        body = self._between(node, intro, end, depth, quoted=quoted)
        key = names[0] if len(names) == 2 else None
        return For(key, names[-1], among, None, body, None, text=True)

    def _between(self, node: Node, first: Node, last: Node, depth: int, *, quoted: bool) -> Expression:
        inner = [one for one in node.children if first.end_byte <= one.start_byte < last.start_byte]
        return Text(self.parts(inner, first.end_byte, last.start_byte, depth + 1, quoted=quoted))


def _plain(found: re.Match[bytes]) -> Expression:
    text, truth, number, null, path = found.group(2, 3, 4, 5, 6)
    if text is not None:
        return Literal(str(text, "utf-8"))
    if truth is not None:
        return Literal(truth == b"true")
    if number is not None:
        return Literal(int(number))
    if null is not None:
        return Literal(None)
    root, *steps = str(path, "utf-8").split(".")
    return Name(root, tuple(steps))


def _number(text: str) -> Expression:
    if text.isascii() and text.isdigit() and len(text) <= 30:
        return Literal(int(text))
    try:
        number = float(text)
    except ValueError:
        return Opaque("is no number")
    if number in (float("inf"), float("-inf")) or len(text) > 30:
        return Opaque("is a number beyond what is read")
    return Literal(int(number) if number.is_integer() and abs(number) < 2**53 else number)


ESCAPE: Final = re.compile(r"\\(?:[nrt\"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})|\$\$\{|%%\{")
SHORT: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def _unescape(text: str) -> str:
    return ESCAPE.sub(_escaped, text) if "\\" in text or "$${" in text or "%%{" in text else text


def _escaped(found: re.Match[str]) -> str:
    text = found[0]
    if text[0] != "\\":
        return text[1:]
    if text[1] in SHORT:
        return SHORT[text[1]]
    point = int(text[2:], 16)
    return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "�"


def _flush(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Take the indentation that all lines share off each."""
    lines: list[str] = []
    fresh = True
    for part in parts:
        if isinstance(part, Literal):
            found = part.value.split("\n")
            lines.extend(found if fresh else found[1:])
            fresh = part.value.endswith("\n")
            if fresh:
                lines.pop()
        else:
            if fresh:
                lines.append("x")
            fresh = False
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip() or line]
    margin = min(indents, default=0)
    if not margin:
        return parts
    flushed: list[Expression] = []
    fresh = True
    for part in parts:
        if isinstance(part, Literal):
            first, *others = part.value.split("\n")
            text = "\n".join([first[margin:] if fresh else first, *(line[margin:] for line in others)])
            fresh = part.value.endswith("\n")
            flushed.append(Literal(text))
        else:
            fresh = False
            flushed.append(part)
    return tuple(flushed)
