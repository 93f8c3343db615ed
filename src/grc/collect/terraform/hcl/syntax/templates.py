"""Reads templates: quoted text and heredocs, with the values and directives in them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from grc.collect.terraform.hcl.syntax.heredocs import flush
from grc.collect.terraform.hcl.syntax.literals import unescape
from grc.collect.terraform.hcl.syntax.nodes import DEEPEST, TooDeepError, expressions_in, first_of
from grc.collect.terraform.hcl.tree import Conditional, Expression, For, Literal, Of, Opaque, Template

if TYPE_CHECKING:
    from tree_sitter import Node

    from grc.collect.terraform.hcl.syntax.expressions import Expressions

IF_MARKS: Final = ("template_if_intro", "template_else_intro", "template_if_end")


def read_quoted(node: Node, within: Expressions, depth: int) -> Expression:
    """Read a quoted template. ``"${x}"`` is x itself, whatever its type."""
    first, last = node.children[0], node.children[-1]
    parts = _Parts(within, quoted=True).between(node.children[1:-1], first.end_byte, last.start_byte, depth)
    return parts[0] if len(parts) == 1 else Template(parts)


def read_heredoc(node: Node, within: Expressions, depth: int) -> Expression:
    """Read a heredoc."""
    mark, name, last = node.children[0], node.children[1], node.children[-1]
    start = within.source.index(b"\n", name.end_byte) + 1
    end = within.source.rindex(b"\n", 0, last.start_byte) + 1
    parts = _Parts(within, quoted=False).between(node.children[2:-1], start, max(start, end), depth)
    return Template(flush(parts) if within.text(mark) == "<<-" else parts)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Reads the parts of a template: of one that is quoted, text has escapes."""

    within: Expressions
    quoted: bool

    def between(
        self, nodes: list[Node], start: int, end: int, depth: int, *, strip: bool = False, strip_end: bool = False
    ) -> tuple[Expression, ...]:
        """The parts of a template between two bytes: what is between the nodes is text.

        With ``strip`` and ``strip_end`` the space at its start and at its end is taken off.
        """
        parts: list[Expression] = []
        for node in nodes:
            if node.type not in ("template_interpolation", "template_directive"):
                continue
            before, after = self._strips(node)
            parts += self._text(start, node.start_byte, strip, before)
            part = self._part(node, depth)
            # A literal among the parts is text of the template itself.
            parts.append(Of(part, ()) if isinstance(part, Literal) else part)
            start, strip = node.end_byte, after
        return (*parts, *self._text(start, end, strip, strip_end))

    def _strips(self, node: Node) -> tuple[bool, bool]:
        """Whether the mark of a value or a directive takes off the space before it, and after it."""
        source, start, end = self.within.source, node.start_byte, node.end_byte
        return source[start + 2 : start + 3] == b"~", source[end - 2 : end] == b"~}"

    def _text(self, start: int, end: int, strip_left: bool, strip_right: bool) -> list[Literal]:
        text = self.within.source[start:end].decode("utf-8").replace("\r\n", "\n")
        if strip_left:
            text = text.lstrip(" \t\n")
        if strip_right:
            text = text.rstrip(" \t\n")
        text = unescape(text) if self.quoted else text.replace("$${", "${").replace("%%{", "%{")
        return [Literal(text)] if text else []

    def _part(self, node: Node, depth: int) -> Expression:
        if depth > DEEPEST:
            raise TooDeepError
        if node.type == "template_interpolation":
            inner = first_of(node.children, "expression")
            return self.within.expression(inner, depth) if inner is not None else Opaque("is empty")
        directive = node.children[0]
        if directive.type == "template_if":
            return self._if(directive, depth)
        if directive.type == "template_for":
            return self._for(directive, depth)
        return Opaque("is a directive that is not read")

    def _if(self, node: Node, depth: int) -> Expression:
        marks = [one for one in node.children if one.type in IF_MARKS]
        asked = self.within.expression(expressions_in(marks[0])[0], depth)
        bodies = [self._body(node, first, last, depth) for first, last in pairwise(marks)]
        return Conditional(asked, bodies[0], bodies[1] if len(bodies) > 1 else Literal(""))

    def _for(self, node: Node, depth: int) -> Expression:
        intro, end = node.children[0], node.children[-1]
        key, value, among = self.within.intro(intro, depth)
        return For(key, value, among, None, self._body(node, intro, end, depth), None, text=True)

    def _body(self, node: Node, first: Node, last: Node, depth: int) -> Expression:
        inner = [one for one in node.children if first.end_byte <= one.start_byte < last.start_byte]
        (_, strip), (strip_end, _) = self._strips(first), self._strips(last)
        parts = self.between(inner, first.end_byte, last.start_byte, depth + 1, strip=strip, strip_end=strip_end)
        return Template(parts)
