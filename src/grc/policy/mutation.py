"""Breaks a check on purpose, in many small ways: its examples must notice each of them.

A mutant is the check with one thing changed. One that does not type-check is dropped, for nobody could have written it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from grc.model.catalogue import ParameterType
from grc.model.status import Verdict
from grc.model.types import Primitive
from grc.policy.ast import (
    And,
    Call,
    Comprehension,
    Conditional,
    Expression,
    Has,
    ListLiteral,
    Literal,
    Or,
    children,
)
from grc.policy.checker import Checked, check
from grc.policy.errors import CompileError
from grc.policy.examples import bindings
from grc.policy.explain import judge
from grc.policy.lexer import Kind, tokens
from grc.policy.parser import parse
from grc.policy.program import CheckProgram
from grc.policy.values import RecordValue, Value

SWAPS: Final = {
    "==": ("!=",),
    "!=": ("==",),
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
}
MACROS: Final = {"all": "exists", "exists": "all"}
MAX_MEMBERS: Final = 6
"""Of a longer list only the first and the last member are dropped in turn."""


@dataclass(frozen=True, slots=True, order=True)
class Survivor:
    """A mutant that no example noticed. ``field`` and ``offset`` say where; ``text`` is the changed expression."""

    field: str
    offset: int
    change: str
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of an expression's text."""

    start: int
    end: int
    replacement: str
    change: str


def survivors(program: CheckProgram) -> tuple[Survivor, ...]:
    """The mutants of a check that all its examples take for the check itself."""
    expected = tuple(judge(program, bindings(program, example)) for example in program.check.examples)
    found = [*_text_survivors(program, "assert", program.assertion, expected)]
    if program.when is not None:
        found += _text_survivors(program, "when", program.when, expected)
    found += _parameter_survivors(program, expected)
    return tuple(sorted(found))


def _text_survivors(
    program: CheckProgram, field: str, checked: Checked, expected: tuple[Verdict, ...]
) -> Iterator[Survivor]:
    for edit in edits(checked):
        text = checked.source[: edit.start] + edit.replacement + checked.source[edit.end :]
        mutant = _mutant(program, field, text)
        if mutant is not None and _verdicts(mutant, expected):
            yield Survivor(field, edit.start, edit.change, " ".join(text.split()))


def _mutant(program: CheckProgram, field: str, text: str) -> CheckProgram | None:
    try:
        changed = check(parse(text), program.variables, text, result=Primitive.BOOL)
    except CompileError:
        return None
    return replace(program, when=changed) if field == "when" else replace(program, assertion=changed)


def _verdicts(mutant: CheckProgram, expected: tuple[Verdict, ...]) -> bool:
    """Whether the mutant says what is expected of every example."""
    examples = zip(mutant.check.examples, expected, strict=True)
    return all(judge(mutant, bindings(mutant, example)) is verdict for example, verdict in examples)


def edits(checked: Checked) -> tuple[Edit, ...]:
    """The changes to try on an expression, each text once."""
    found = {(edit.start, edit.end, edit.replacement): edit for edit in _edits(checked, checked.expression)}
    return tuple(found[key] for key in sorted(found))


def _edits(checked: Checked, node: Expression) -> Iterator[Edit]:
    yield from _here(checked, node)
    for below in _changeable(node):
        yield from _edits(checked, below)


def _changeable(node: Expression) -> Iterable[Expression]:
    """The parts to change. The default of ``orValue`` is only changed when it is a bool: any other rarely matters."""
    if isinstance(node, Call) and node.function == "orValue" and node.target is not None:
        flags = [each for each in node.arguments if isinstance(each, Literal) and isinstance(each.value, bool)]
        return (node.target, *flags)
    return children(node)


def _here(checked: Checked, node: Expression) -> Iterator[Edit]:
    match node:
        case Call(function="!_"):
            yield Edit(node.start, node.end, checked.source[node.start + 1 : node.end], "without the !")
        case Call(arguments=(left, right), target=None):
            yield from _comparison(checked, left, right)
        case And() | Or():
            yield from _junction(checked, node)
        case Comprehension() if node.macro in MACROS:
            yield from _macro(checked, node)
        case Conditional():
            yield _negated(checked, node.condition)
        case Has():
            yield _negated(checked, node)
        case ListLiteral():
            yield from _shorter(checked, node)
        case Literal():
            yield from _other_literal(node)


def _text(checked: Checked, node: Expression) -> str:
    return checked.source[node.start : node.end]


def _negated(checked: Checked, node: Expression) -> Edit:
    return Edit(node.start, node.end, f"!({_text(checked, node)})", "negated")


def _comparison(checked: Checked, left: Expression, right: Expression) -> Iterator[Edit]:
    for start, end, sign in _signs(checked, left.end, right.start):
        for other in SWAPS.get(sign, ()):
            yield Edit(start, end, other, f"{sign} made {other}")


def _signs(checked: Checked, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The operators written between two places."""
    for token in tokens(checked.source):
        if token.kind is Kind.OPERATOR and start <= token.start and token.end <= end and token.text not in "()":
            yield token.start, token.end, token.text


def _junction(checked: Checked, node: And | Or) -> Iterator[Edit]:
    sign, other = ("&&", "||") if isinstance(node, And) else ("||", "&&")
    parts = [f"({_text(checked, operand)})" for operand in node.operands]
    yield Edit(node.start, node.end, f" {other} ".join(parts), f"{sign} made {other}")
    for index, operand in enumerate(node.operands):
        rest = f" {sign} ".join(parts[:index] + parts[index + 1 :])
        yield Edit(node.start, node.end, rest if len(parts) == 2 else f"({rest})", f"without {checked.text(operand)}")


def _macro(checked: Checked, node: Comprehension) -> Iterator[Edit]:
    other = MACROS[node.macro]
    for token in tokens(checked.source):
        if token.start >= node.target.end and token.text == node.macro:
            yield Edit(token.start, token.end, other, f"{node.macro} made {other}")
            return


def _shorter(checked: Checked, node: ListLiteral) -> Iterator[Edit]:
    count = len(node.elements)
    dropped = range(count) if count <= MAX_MEMBERS else (0, count - 1)
    texts = [checked.source[element.start : element.end] for element in node.elements]
    for index in dropped:
        rest = ", ".join(texts[:index] + texts[index + 1 :])
        yield Edit(node.start, node.end, f"[{rest}]", f"without {texts[index]}")


def _other_literal(node: Literal) -> Iterator[Edit]:
    match node.value:
        case bool():
            yield Edit(node.start, node.end, "false" if node.value else "true", "the other bool")
        case str() if node.value:
            yield Edit(node.start, node.end, '"~"', "another text")


# Parameters


def _parameter_survivors(program: CheckProgram, expected: tuple[Verdict, ...]) -> Iterator[Survivor]:
    for parameter in program.check.parameters:
        value = program.params.fields[parameter.name]
        for other in _others(parameter.type, value):
            fields = {**program.params.fields, parameter.name: other}
            mutant = replace(program, params=RecordValue(fields, program.params.shape))
            if _with_params(mutant, parameter.name, other, expected):
                yield Survivor(f"params.{parameter.name}", 0, f"{value} made {other}", str(other))


def _others(kind: ParameterType, value: Value) -> tuple[Value, ...]:
    """Values that are far off: examples must stand on both sides of the real one."""
    match kind:
        case ParameterType.INT:
            return (-1, value * 1000 + 1000)
        case ParameterType.DAYS:
            return (timedelta(0), value * 100)
        case ParameterType.BOOL:
            return (not value,)
        case ParameterType.LIST:
            return ([],)
        case ParameterType.STRING:
            return ("~",)


def _with_params(mutant: CheckProgram, name: str, other: Value, expected: tuple[Verdict, ...]) -> bool:
    """Whether every example that does not set the parameter itself takes the mutant for the check."""
    for example, verdict in zip(mutant.check.examples, expected, strict=True):
        if name not in example.params:
            given = dict(bindings(mutant, example))
            given["params"] = RecordValue({**given["params"].fields, name: other}, mutant.params.shape)
            if judge(mutant, given) is not verdict:
                return False
    return True
