"""Reads expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grc.collect.terraform.hcl.syntax.literals import number, unescape
from grc.collect.terraform.hcl.syntax.nodes import DEEPEST, TooDeepError, expressions_in, first_of
from grc.collect.terraform.hcl.syntax.templates import read_heredoc, read_quoted
from grc.collect.terraform.hcl.tree import (
    At,
    Binary,
    Call,
    Conditional,
    Every,
    Expression,
    For,
    Literal,
    Name,
    Object,
    Of,
    Opaque,
    Step,
    Tuple,
    Unary,
)

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Expressions:
    """Reads the expressions of one file.

    Raises, in every method that takes a depth:
        TooDeepError: nested deeper than is read.
    """

    source: bytes

    def text(self, node: Node) -> str:
        """What is written there."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8")

    def expression(self, node: Node, depth: int) -> Expression:
        """An expression, so deep in others."""
        return self._sequence(node.children, depth + 1)

    def intro(self, node: Node, depth: int) -> tuple[str | None, str, Expression]:
        """What a loop begins with: the name of its key, if any, that of its value, and what it goes through."""
        names = [self.text(one) for one in node.children if one.type == "identifier"]
        among = self.expression(expressions_in(node)[0], depth)
        return names[0] if len(names) == 2 else None, names[-1], among

    def _sequence(self, nodes: list[Node], depth: int) -> Expression:
        """A primary and the steps from it."""
        if depth > DEEPEST:
            raise TooDeepError
        nodes = [node for node in nodes if node.type != "comment"]
        if not nodes:
            return Opaque("is empty")
        first, rest = nodes[0], nodes[1:]
        if first.type == "(":
            base, rest = self.expression(rest[0], depth), rest[2:]
        elif first.type == "variable_expr":
            return Name(self.text(first), self._steps(rest, depth))
        else:
            base = self._primary(first, depth)
        return Of(base, self._steps(rest, depth)) if rest else base

    def _steps(self, nodes: list[Node], depth: int) -> tuple[Step, ...]:
        """The steps in order: what follows ``[*]`` is taken of each element, of what follows ``.*`` the names alone."""
        steps = [node for node in nodes if node.type != "comment"]
        at = next((index for index, node in enumerate(steps) if node.type == "splat"), len(steps))
        before = tuple(self._step(node, depth) for node in steps[:at])
        if at == len(steps):
            return before
        splat = steps[at].children[0]
        after = [*(one for one in splat.children if one.is_named), *steps[at + 1 :]]
        each = len(after) if splat.type == "full_splat" else _names_in(after)
        return (*before, Every(self._steps(after[:each], depth)), *self._steps(after[each:], depth))

    def _step(self, node: Node, depth: int) -> Step:
        if node.type == "get_attr":
            return self.text(node.children[-1])
        inner = node.children[0]
        if inner.type == "new_index":
            return At(self.expression(expressions_in(inner)[0], depth))
        if inner.type == "legacy_index":
            return At(Literal(int(self.text(inner)[1:])))
        return At(Opaque("is a step that is not read"))

    def _primary(self, node: Node, depth: int) -> Expression:
        match node.type:
            case "expression":
                return self.expression(node, depth)
            case "literal_value":
                return self._literal(node.children[0])
            case "template_expr":
                inner = node.children[0]
                read = read_quoted if inner.type == "quoted_template" else read_heredoc
                return read(inner, self, depth)
            case "collection_value":
                return self._collection(node.children[0], depth)
            case "function_call":
                return self._call(node, depth)
            case "for_expr":
                return self._for(node.children[0], depth)
            case "operation":
                return self._operation(node.children[0], depth)
            case "conditional":
                return Conditional(*(self.expression(one, depth) for one in expressions_in(node)))
            case "variable_expr":
                return Name(self.text(node), ())
        return Opaque(f"{node.type} is not read")

    def _literal(self, node: Node) -> Expression:
        text = self.text(node)
        match node.type:
            case "string_lit":
                return Literal(unescape(text[1:-1]))
            case "numeric_lit":
                return number(text)
            case "bool_lit":
                return Literal(text == "true")
            case "null_lit":
                return Literal(None)
        return Opaque(f"{node.type} is not read")

    def _collection(self, node: Node, depth: int) -> Expression:
        if node.type == "tuple":
            return Tuple(tuple(self.expression(one, depth) for one in expressions_in(node)))
        return Object(tuple(self._item(one, depth) for one in node.children if one.type == "object_elem"))

    def _item(self, node: Node, depth: int) -> tuple[Expression, Expression]:
        key, value = (self.expression(part, depth) for part in expressions_in(node))
        if isinstance(key, Name) and not key.steps and node.children[0].child_count == 1:
            key = Literal(key.root)
        return key, value

    def _call(self, node: Node, depth: int) -> Expression:
        given = first_of(node.children, "function_arguments")
        parts = given.children if given is not None else []
        arguments = tuple(self.expression(one, depth) for one in parts if one.type == "expression")
        return Call(self.text(node.children[0]), arguments, any(one.type == "ellipsis" for one in parts))

    def _operation(self, node: Node, depth: int) -> Expression:
        children, depth = [one for one in node.children if one.type != "comment"], depth + 1
        if node.type == "unary_operation":
            return Unary(self.text(children[0]), self._sequence(children[1:], depth))
        at = next(index for index, one in enumerate(children) if index and not one.is_named and one.type not in "()")
        left, right = self._sequence(children[:at], depth), self._sequence(children[at + 1 :], depth)
        return Binary(children[at].type, left, right)

    def _for(self, node: Node, depth: int) -> Expression:
        key, value, among = self.intro(next(one for one in node.children if one.type == "for_intro"), depth)
        results = [self.expression(one, depth) for one in expressions_in(node)]
        asked = first_of(node.children, "for_cond")
        return For(
            key=key,
            value=value,
            among=among,
            result_key=results[0] if node.type == "for_object_expr" else None,
            result=results[-1],
            condition=None if asked is None else self.expression(expressions_in(asked)[0], depth),
            grouped=any(one.type == "ellipsis" for one in node.children),
        )


def _names_in(steps: list[Node]) -> int:
    """How many of these steps, from the first on, are names, or numbers that are written as one: ``.a.0``."""
    ends = (at for at, one in enumerate(steps) if one.type == "splat" or one.children[0].type == "new_index")
    return next(ends, len(steps))
