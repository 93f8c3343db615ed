"""Evaluates expressions: a value, or what is not known and why. Never a guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl import functions
from grc.collect.terraform.hcl.loops import joined, keyed, opened, pairs
from grc.collect.terraform.hcl.operators import binary, index, unary
from grc.collect.terraform.hcl.scope import Scope
from grc.collect.terraform.hcl.tree import (
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
    Template,
    Tuple,
    Unary,
)
from grc.collect.terraform.hcl.values import (
    LONGEST_LIST,
    Handle,
    Unknown,
    WrongError,
    bounded,
    find_unknown,
    spread,
    to_text,
    to_truth,
)

DEEPEST: Final = 100
"""Evaluations within one another. What lies deeper is not known."""
LONGEST: Final = 2_000_000
"""Evaluations in one root module, long values counting for more. What comes after is not known."""
DECIDES: Final[Mapping[str, bool]] = {"&&": False, "||": True}
"""What one side is where the other, as long as it is no error, does not matter."""
FILES: Final = frozenset({"file", "fileexists", "templatefile"})


def value_of(expression: Expression, scope: Scope) -> Any:
    """The value of an expression, or what is not known: also where Terraform would refuse it."""
    try:
        return evaluate(expression, scope)
    except WrongError as error:
        return Unknown(f"Terraform refuses the expression: it {error}")
    except RecursionError:
        return Unknown("is nested too deeply")


def evaluate(expression: Expression, scope: Scope) -> Any:
    """The value of an expression, or what is not known.

    Raises:
        WrongError: Terraform refuses the expression.
    """
    if type(expression) is Literal:
        return expression.value
    effort = scope.world.effort
    effort.steps += 1
    if effort.depth >= DEEPEST:
        return Unknown("is nested too deeply")
    if effort.steps > LONGEST:
        return Unknown("lies beyond what is evaluated of one root module")
    effort.depth += 1
    try:
        value = EVALUATORS[type(expression)](expression, scope)
        if isinstance(value, (str, list, dict)):
            effort.steps += len(value) >> 4
            return bounded(value)
        return value
    finally:
        effort.depth -= 1


def _opaque(expression: Opaque, scope: Scope) -> Any:
    return Unknown(expression.why)


def _template(expression: Template, scope: Scope) -> Any:
    return joined([evaluate(part, scope) for part in expression.parts])


def _name(expression: Name, scope: Scope) -> Any:
    if expression.root in scope.bound:
        return walk(scope.bound[expression.root], expression.steps, scope)
    value, taken = scope.world.named(expression.root, expression.steps)
    return walk(value, expression.steps[taken:], scope)


def _of(expression: Of, scope: Scope) -> Any:
    return walk(evaluate(expression.base, scope), expression.steps, scope)


def walk(value: Any, steps: tuple[Step, ...], scope: Scope) -> Any:
    """Where steps lead from a value.

    Raises:
        WrongError: they lead nowhere, and Terraform says so.
    """
    for step in steps:
        if isinstance(value, Unknown):
            return spread(value)
        if isinstance(step, Every):
            value = _every(value, step, scope)
        elif isinstance(step, str):
            value = value.step(step) if isinstance(value, Handle) else index(value, step)
        else:
            key = evaluate(step.key, scope)
            if isinstance(key, Unknown):
                return spread(key)
            value = value.at(key) if isinstance(value, Handle) else index(value, key)
    return value


def _every(value: Any, step: Every, scope: Scope) -> Any:
    elements = value.every() if isinstance(value, Handle) else value
    if isinstance(elements, Unknown):
        return spread(elements)
    if elements is None:
        elements = [] if value is None else [value]
    elif not isinstance(elements, list):
        elements = [elements]
    return [walk(element, step.steps, scope) for element in elements]


def _call(expression: Call, scope: Scope) -> Any:
    name = expression.name.removeprefix("core::")
    if name in ("try", "can"):
        return _try(expression, scope, can=name == "can")
    arguments = [opened(evaluate(argument, scope)) for argument in expression.arguments]
    if expression.spread:
        last = arguments.pop()
        if not isinstance(last, list):
            return Unknown("spreads what is not known to be a list")
        arguments += last
    return _called(name, arguments, scope)


def _called(name: str, arguments: list[Any], scope: Scope) -> Any:
    if name == "sensitive":
        return Unknown("is sensitive", sensitive=True)
    if name in FILES:
        return scope.world.outside(name, arguments)
    if name in functions.LENIENT:
        return functions.applied(name, functions.LENIENT[name], arguments)
    return functions.call(name, arguments)


def _try(expression: Call, scope: Scope, *, can: bool) -> Any:
    for argument in expression.arguments:
        try:
            value = evaluate(argument, scope)
        except WrongError:
            continue
        if not can:
            return value
        unknown = find_unknown(value)
        return spread(unknown) if unknown is not None else True
    if can:
        return False
    raise WrongError("has no argument that can be evaluated")


def _unary(expression: Unary, scope: Scope) -> Any:
    value = evaluate(expression.operand, scope)
    if isinstance(value, Unknown):
        return spread(value)
    return unary(expression.operator, value)


def _binary(expression: Binary, scope: Scope) -> Any:
    left, right = evaluate(expression.left, scope), evaluate(expression.right, scope)
    unknown = find_unknown([left, right])
    if unknown is None:
        return binary(expression.operator, left, right)
    decides = DECIDES.get(expression.operator)
    if decides is not None and not unknown.sensitive and (left is decides or right is decides):
        return decides
    return spread(unknown)


def _conditional(expression: Conditional, scope: Scope) -> Any:
    asked = evaluate(expression.condition, scope)
    if isinstance(asked, Unknown):
        return spread(asked)
    return evaluate(expression.yes if to_truth(asked) else expression.no, scope)


def _tuple(expression: Tuple, scope: Scope) -> Any:
    return [evaluate(element, scope) for element in expression.elements]


def _object(expression: Object, scope: Scope) -> Any:
    found: dict[str, Any] = {}
    for key, inner in expression.items:
        name = evaluate(key, scope)
        if isinstance(name, Unknown):
            return spread(name)
        found[to_text(name)] = evaluate(inner, scope)
    return found


def _for(expression: For, scope: Scope) -> Any:
    among = opened(evaluate(expression.among, scope))
    if isinstance(among, Unknown):
        return spread(among)
    keys: list[Any] = []
    found: list[Any] = []
    for key, value in pairs(among):
        names = {expression.value: value} if expression.key is None else {expression.key: key, expression.value: value}
        unknown = _round(expression, scope.bind(names), keys, found)
        if unknown is not None:
            return unknown
    if expression.text:
        return joined(found)
    return found if expression.result_key is None else keyed(keys, found, grouped=expression.grouped)


def _round(expression: For, scope: Scope, keys: list[Any], found: list[Any]) -> Unknown | None:
    """Add what one round of a loop gives, or say why the loop's value is not known."""
    wanted = True if expression.condition is None else evaluate(expression.condition, scope)
    if isinstance(wanted, Unknown):
        return spread(wanted)
    if not to_truth(wanted):
        return None
    if len(found) >= LONGEST_LIST:
        return Unknown("is a list longer than is made")
    if expression.result_key is not None:
        keys.append(evaluate(expression.result_key, scope))
    found.append(evaluate(expression.result, scope))
    return None


EVALUATORS: Final[Mapping[type, Callable[[Any, Scope], Any]]] = {
    Opaque: _opaque,
    Template: _template,
    Name: _name,
    Of: _of,
    Call: _call,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    Tuple: _tuple,
    Object: _object,
    For: _for,
}
