"""Evaluates expressions: a value, or what is not known and why. Never a guess."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from grc.collect.terraform.hcl import functions
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
    SetOf,
    Unknown,
    WrongError,
    bounded,
    find_unknown,
    is_number,
    same,
    spread,
    to_number,
    to_text,
    to_truth,
    whole,
)

DEEPEST: Final = 100
"""Evaluations within one another. What lies deeper is not known."""
LONGEST: Final = 2_000_000
"""Evaluations in one root module, long values counting for more. What comes after is not known."""


@dataclass(slots=True)
class Effort:
    """What evaluating one root module has cost."""

    depth: int = 0
    steps: int = 0


class World(Protocol):
    """What names mean in one module."""

    @property
    def effort(self) -> Effort:
        """What evaluating the root module has cost."""

    def named(self, root: str, steps: tuple[Step, ...]) -> tuple[Any, int]:
        """The value of a root name, and how many of the steps led to it."""

    def outside(self, name: str, arguments: list[Any]) -> Any:
        """The value of a function that reads files."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the module, and the names that only hold here (``each``, ``count``, ``for``)."""

    world: World
    bound: Mapping[str, Any] = field(default_factory=dict)

    def bind(self, names: Mapping[str, Any]) -> Scope:
        """The scope within, where these hold too."""
        return Scope(self.world, {**self.bound, **names})


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
    parts = [evaluate(part, scope) for part in expression.parts]
    unknown = find_unknown(parts)
    if unknown is not None:
        return spread(unknown)
    return "".join(map(to_text, parts))


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
            return _every(value, step, scope)
        if isinstance(step, str):
            value = value.step(step) if isinstance(value, Handle) else _key(value, step)
        else:
            key = evaluate(step.key, scope)
            if isinstance(key, Unknown):
                return spread(key)
            value = value.at(key) if isinstance(value, Handle) else _key(value, key)
    return value


def _key(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        if not isinstance(key, (str, int, float, bool)):
            raise WrongError("has a key that is no text")
        text = to_text(key)
        if text not in value:
            raise WrongError("has no such key")
        return value[text]
    if isinstance(value, list):
        number = to_number(key)
        if not isinstance(number, int) or not 0 <= number < len(value):
            raise WrongError("has no such element")
        return value[number]
    raise WrongError("has no parts")


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
    arguments = [_opened(evaluate(argument, scope)) for argument in expression.arguments]
    if expression.spread:
        last = arguments.pop()
        if not isinstance(last, list):
            return Unknown("spreads what is not known to be a list")
        arguments += last
    if name == "sensitive":
        return Unknown("is sensitive", sensitive=True)
    if name in FILES:
        return scope.world.outside(name, arguments)
    if name in functions.LENIENT:
        return functions.LENIENT[name](*arguments)
    return functions.call(name, arguments)


FILES: Final = frozenset({"file", "fileexists", "templatefile"})


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


def _opened(value: Any) -> Any:
    """All instances of a resource are a list or a map to a function; a single one is not known to it."""
    if not isinstance(value, Handle):
        return value
    found = value.every()
    return Unknown("is a whole resource") if found is None else found


def _unary(expression: Unary, scope: Scope) -> Any:
    value = evaluate(expression.operand, scope)
    if isinstance(value, Unknown):
        return spread(value)
    return not to_truth(value) if expression.operator == "!" else -to_number(value)


def _binary(expression: Binary, scope: Scope) -> Any:
    left, right = evaluate(expression.left, scope), evaluate(expression.right, scope)
    unknown = find_unknown([left, right])
    if unknown is not None:
        return spread(unknown)
    operator = expression.operator
    if operator in ("==", "!="):
        return same(left, right) is (operator == "==")
    if operator in ("&&", "||"):
        one, other = to_truth(left), to_truth(right)
        return (one and other) if operator == "&&" else (one or other)
    return _arithmetic(operator, to_number(left), to_number(right))


def _arithmetic(operator: str, left: float, right: float) -> Any:
    if operator in ("/", "%") and right == 0:
        raise WrongError("divides by nothing")
    if operator not in OPERATORS:
        return Unknown(f"{operator} is not read")
    try:
        found = OPERATORS[operator](left, right)
    except OverflowError:
        return Unknown("is a number beyond what is read")
    if not is_number(found):
        return found
    exact = whole(found)
    return exact if isinstance(exact, int) else Unknown("is a fraction, which Terraform computes more exactly")


def _remainder(left: float, right: float) -> float:
    """The sign is the dividend's."""
    import math

    return math.fmod(left, right)


OPERATORS: Final[Mapping[str, Callable[[float, float], Any]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": _remainder,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


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
    among = _opened(evaluate(expression.among, scope))
    if isinstance(among, Unknown):
        return spread(among)
    found: list[Any] = []
    keys: list[Any] = []
    for key, value in pairs(among):
        names = {expression.value: value} if expression.key is None else {expression.key: key, expression.value: value}
        inner = scope.bind(names)
        wanted = True if expression.condition is None else evaluate(expression.condition, inner)
        if isinstance(wanted, Unknown):
            return spread(wanted)
        if not to_truth(wanted):
            continue
        if len(found) >= LONGEST_LIST:
            return Unknown("is a list longer than is made")
        if expression.result_key is not None:
            keys.append(evaluate(expression.result_key, inner))
        found.append(evaluate(expression.result, inner))
    if expression.text:
        unknown = find_unknown(found)
        return spread(unknown) if unknown is not None else "".join(map(to_text, found))
    return found if expression.result_key is None else _keyed(keys, found, grouped=expression.grouped)


def _keyed(keys: list[Any], found: list[Any], *, grouped: bool) -> Any:
    unknown = find_unknown(keys)
    if unknown is not None:
        return spread(unknown)
    made: dict[str, Any] = {}
    for key, value in zip(map(to_text, keys), found, strict=True):
        if grouped:
            made.setdefault(key, []).append(value)
        elif key in made:
            raise WrongError("gives a key twice")
        else:
            made[key] = value
    return made


def pairs(among: Any) -> Iterator[tuple[Any, Any]]:
    """Keys and values of a map, in order of keys, or indexes and elements of a list.

    Raises:
        WrongError: it is neither.
    """
    if isinstance(among, Mapping):
        return iter(sorted(among.items(), key=lambda item: item[0]))
    if isinstance(among, SetOf):
        return iter(zip(among, among, strict=True))
    if isinstance(among, list):
        return iter(enumerate(among))
    raise WrongError("goes through what is neither a list nor a map")


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
