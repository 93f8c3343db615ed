"""Tokens to a syntax tree (google/cel-spec, language definition, "Syntax"), with the macros recognised."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NoReturn

from grc.policy.ast import (
    And,
    Call,
    Conditional,
    Element,
    Entry,
    Expression,
    Identifier,
    Index,
    ListLiteral,
    Literal,
    MapLiteral,
    Or,
    Select,
    UIntValue,
    children,
)
from grc.policy.errors import CompileError
from grc.policy.functions import NAMESPACED
from grc.policy.lexer import MAX_INT, RESERVED, Kind, Token, tokens
from grc.policy.macros import expand

MAX_DEPTH: Final = 128
"""Levels of nesting, in the source and in the tree: every walk over a tree may recurse."""

_TERNARY: Final = 1
_OR: Final = 2
_AND: Final = 3
_BINARY: Final = {
    "||": _OR,
    "&&": _AND,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "in"), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}


@lru_cache(maxsize=4096)
def parse(source: str) -> Expression:
    """Parse one expression. Trees are values: checks that say the same share one.

    Raises:
        CompileError: the source is not a CEL expression, or is too long or too deep.
    """
    parser = _Parser(source)
    expression = parser.expression(0)
    parser.expect(Kind.END)
    if len(parser.tokens) > MAX_DEPTH:  # every level takes a token of its own
        _refuse_deep(expression, source)
    return expression


def _refuse_deep(expression: Expression, source: str) -> None:
    level = [expression]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    raise CompileError(f"the expression is nested deeper than {MAX_DEPTH} levels", level[0].start, source)


class _Parser:
    """A Pratt parser: few Python frames a level, so that ``MAX_DEPTH`` fits any caller's stack."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    @property
    def last_end(self) -> int:
        return self.tokens[self.at - 1].end

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind is not Kind.END:
            self.at += 1
        return token

    def sees(self, text: str) -> bool:
        token = self.tokens[self.at]
        return token.text == text and token.kind is Kind.OPERATOR

    def takes(self, text: str) -> bool:
        token = self.tokens[self.at]
        if token.text != text or token.kind is not Kind.OPERATOR:
            return False
        self.at += 1
        return True

    def expect(self, wanted: str | Kind) -> Token:
        token = self.next
        if (token.kind is wanted) if isinstance(wanted, Kind) else self.sees(wanted):
            return self.take()
        found = "the expression ends" if token.kind is Kind.END else f"{token.text!r} stands"
        return self.fail(f"{found} where {wanted.value if isinstance(wanted, Kind) else repr(wanted)} was expected")

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        raise CompileError(message, self.next.start if at is None else at, self.source)

    def expression(self, above: int) -> Expression:
        """Parse what binds more tightly than the precedence ``above``; 0 is any expression."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"the expression is nested deeper than {MAX_DEPTH} levels")
        start = self.tokens[self.at].start
        left = self._unary()
        while True:
            token = self.tokens[self.at]
            precedence = _BINARY.get(token.text, 0) if token.kind is Kind.OPERATOR else 0
            if precedence > above:
                self.take()
                left = self._binary(token.text, precedence, left, start)
            elif above < _TERNARY and self.takes("?"):
                then = self.expression(_TERNARY)
                self.expect(":")
                otherwise = self.expression(0)
                left = Conditional(start=start, end=self.last_end, condition=left, then=then, otherwise=otherwise)
            else:
                self.depth -= 1
                return left

    def _binary(self, operator: str, precedence: int, left: Expression, start: int) -> Expression:
        if precedence > _AND:
            right = self.expression(precedence)
            function = "@in" if operator == "in" else f"_{operator}_"
            return Call(start=start, end=self.last_end, function=function, target=None, arguments=(left, right))
        operands = [left, self.expression(precedence)]
        while self.takes(operator):
            operands.append(self.expression(precedence))
        joined: type[And | Or] = And if precedence == _AND else Or
        flat = [part for operand in operands for part in self._flatten(operand, joined)]
        return joined(start=start, end=self.last_end, operands=tuple(flat))

    def _flatten(self, operand: Expression, joined: type[And | Or]) -> tuple[Expression, ...]:
        return operand.operands if isinstance(operand, joined) else (operand,)

    def _unary(self) -> Expression:
        token = self.tokens[self.at]
        if token.kind is not Kind.OPERATOR or token.text not in ("!", "-"):
            return self._postfix(self._primary(), token.start)
        marks = []
        if self.sees("!"):
            while self.sees("!"):
                marks.append(self.take())
        while (not marks and self.sees("-")) or (marks and marks[0].text == "-" and self.sees("-")):
            marks.append(self.take())
        if marks and marks[-1].text == "-" and self._sees_signed_number():
            marks.pop()
            self.at -= 1
        start = self.next.start
        expression = self._postfix(self._primary(), start)
        for mark in reversed(marks):
            function = f"{mark.text}_"
            expression = Call(
                start=mark.start, end=self.last_end, function=function, target=None, arguments=(expression,)
            )
        return expression

    def _sees_signed_number(self) -> bool:
        return self.next.kind is Kind.NUMBER and not isinstance(self.next.value, UIntValue)

    def _primary(self) -> Expression:
        token = self.take()
        match token.kind:
            case Kind.NAME:
                return self._name(token, token.start, absolute=False)
            case Kind.LITERAL:
                return Literal(start=token.start, end=token.end, value=token.value)
            case Kind.NUMBER:
                return self._number(token, token.start, 1)
            case Kind.OPERATOR if token.text == "-" and self._sees_signed_number():
                return self._number(self.take(), token.start, -1)
            case Kind.OPERATOR if token.text == ".":
                return self._name(self.expect(Kind.NAME), token.start, absolute=True)
            case Kind.OPERATOR if token.text == "(":
                expression = self.expression(0)
                self.expect(")")
                return expression
            case Kind.OPERATOR if token.text == "[":
                return self._list(token.start)
            case Kind.OPERATOR if token.text == "{":
                return self._map(token.start)
            case Kind.END:
                return self.fail("the expression ends where a value was expected")
            case _:
                return self.fail(f"{token.text!r} stands where a value was expected", token.start)

    def _number(self, token: Token, start: int, sign: int) -> Expression:
        value = token.value
        if sign < 0:
            assert isinstance(value, (int, float))
            value = -value
        if isinstance(value, int) and value > MAX_INT:
            self.fail(f"{token.text} does not fit an int", token.start)
        return Literal(start=start, end=token.end, value=value)

    def _name(self, token: Token, start: int, *, absolute: bool) -> Expression:
        if token.text in RESERVED:
            self.fail(f"{token.text!r} is a reserved word", token.start)
        if not self.takes("("):
            return Identifier(start=start, end=token.end, name=token.text, absolute=absolute)
        arguments = self._arguments()
        macro = None if absolute else expand(self.source, None, token.text, arguments, start, self.last_end)
        return macro or Call(start=start, end=self.last_end, function=token.text, target=None, arguments=arguments)

    def _postfix(self, left: Expression, start: int) -> Expression:
        while (token := self.tokens[self.at]).kind is Kind.OPERATOR:
            if token.text == ".":
                self.at += 1
                left = self._member(left, start)
            elif token.text == "[":
                self.at += 1
                optional = self.takes("?")
                index = self.expression(0)
                self.expect("]")
                left = Index(start=start, end=self.last_end, operand=left, index=index, optional=optional)
            elif token.text == "{" and qualified_name(left) is not None:
                return self.fail('messages are not supported: write a map, {"field": value}')
            else:
                break
        return left

    def _member(self, left: Expression, start: int) -> Expression:
        optional = self.takes("?")
        token = self.next
        if token.kind not in (Kind.NAME, Kind.QUOTED_NAME):
            self.expect(Kind.NAME)
        self.take()
        if optional or token.kind is Kind.QUOTED_NAME or not self.takes("("):
            return Select(start=start, end=token.end, operand=left, field=token.text, optional=optional)
        arguments = self._arguments()
        end = self.last_end
        macro = expand(self.source, left, token.text, arguments, start, end)
        if macro is not None:
            return macro
        prefix = qualified_name(left)
        full = f"{prefix}.{token.text}"
        if prefix is not None and full in NAMESPACED:
            return Call(start=start, end=end, function=full, target=None, arguments=_gathered(full, arguments))
        return Call(start=start, end=end, function=token.text, target=left, arguments=arguments)

    def _arguments(self) -> tuple[Expression, ...]:
        arguments: list[Expression] = []
        if self.takes(")"):
            return ()
        while True:
            arguments.append(self.expression(0))
            if self.takes(")"):
                return tuple(arguments)
            self.expect(",")

    def _list(self, start: int) -> Expression:
        elements: list[Element] = []
        while not self.takes("]"):
            mark = self.next.start
            optional = self.takes("?")
            value = self.expression(0)
            elements.append(Element(start=mark, end=value.end, value=value, optional=optional))
            if not self.sees("]"):
                self.expect(",")
        return ListLiteral(start=start, end=self.last_end, elements=tuple(elements))

    def _map(self, start: int) -> Expression:
        entries: list[Entry] = []
        while not self.takes("}"):
            mark = self.next.start
            optional = self.takes("?")
            key = self.expression(0)
            self.expect(":")
            value = self.expression(0)
            entries.append(Entry(start=mark, end=value.end, key=key, value=value, optional=optional))
            if not self.sees("}"):
                self.expect(",")
        return MapLiteral(start=start, end=self.last_end, entries=tuple(entries))


def qualified_name(expression: Expression) -> str | None:
    """``a.b.c`` as text when the expression is a chain of plain selects on a name, else None."""
    fields: list[str] = []
    while isinstance(expression, Select) and not expression.optional:
        fields.append(expression.field)
        expression = expression.operand
    if not isinstance(expression, Identifier):
        return None
    return ".".join((expression.name, *reversed(fields)))


def _gathered(function: str, arguments: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """``math.greatest`` and ``math.least`` take any number of arguments: from three on they are one list."""
    if function not in ("math.greatest", "math.least") or len(arguments) < 3:
        return arguments
    start, end = arguments[0].start, arguments[-1].end
    elements = tuple(Element(start=part.start, end=part.end, value=part) for part in arguments)
    return (ListLiteral(start=start, end=end, elements=elements),)
