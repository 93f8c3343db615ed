"""The macros: calls whose arguments are not evaluated first. They stay in the tree as they were written."""

from __future__ import annotations

from typing import Final

from grc.policy.ast import Bind, Comprehension, Expression, Has, Identifier, Select
from grc.policy.errors import CompileError

Arguments = tuple[Expression, ...]

_PREDICATES: Final = {
    "all": "all",
    "exists": "exists",
    "exists_one": "exists_one",
    "existsOne": "exists_one",
    "filter": "filter",
}
_TRANSFORMS: Final = ("transformList", "transformMap", "transformMapEntry")


def expand(
    source: str, target: Expression | None, name: str, arguments: Arguments, start: int, end: int
) -> Expression | None:
    """The macro's node, or None when the call is no macro: CEL tells them by name, target and argument count.

    Raises:
        CompileError: a macro's variable is not a plain name, or ``has`` is not asked about a field.
    """
    count = len(arguments)
    if target is None:
        return _has(source, arguments[0], start, end) if (name, count) == ("has", 1) else None
    if isinstance(target, Identifier) and (target.name, name, count) == ("cel", "bind", 3):
        variable = _variable(source, arguments[0])
        return Bind(start=start, end=end, macro="bind", name=variable, value=arguments[1], body=arguments[2])
    if name in ("optMap", "optFlatMap") and count == 2:
        variable = _variable(source, arguments[0])
        return Bind(start=start, end=end, macro=name, name=variable, value=target, body=arguments[1])
    return _comprehension(source, target, name, arguments, start, end)


def _has(source: str, argument: Expression, start: int, end: int) -> Expression:
    if not isinstance(argument, Select) or argument.optional:
        raise CompileError("has() asks about a field: has(e.f)", argument.start, source)
    return Has(start=start, end=end, operand=argument.operand, field=argument.field)


def _comprehension(
    source: str, target: Expression, name: str, arguments: Arguments, start: int, end: int
) -> Expression | None:
    parts = _parts(name, len(arguments))
    if parts is None:
        return None
    macro, width, has_predicate, has_result = parts
    variables = tuple(_variable(source, argument) for argument in arguments[:width])
    if len(set(variables)) < width:
        raise CompileError(f"the two variables of {name} have the same name", arguments[1].start, source)
    return Comprehension(
        start=start,
        end=end,
        macro=macro,
        target=target,
        variables=variables,
        predicate=arguments[width] if has_predicate else None,
        result=arguments[-1] if has_result else None,
    )


def _parts(name: str, count: int) -> tuple[str, int, bool, bool] | None:
    """(macro, number of variables, whether there is a predicate, whether there is a result)."""
    if name in _PREDICATES and count == 2:
        return _PREDICATES[name], 1, True, False
    if name in _PREDICATES and name != "filter" and count == 3:
        return _PREDICATES[name], 2, True, False
    if name == "map" and count in (2, 3):
        return "map", 1, count == 3, True
    if name == "sortBy" and count == 2:
        return "sortBy", 1, False, True
    if name in _TRANSFORMS and count in (3, 4):
        return name, 2, count == 4, True
    return None


def _variable(source: str, argument: Expression) -> str:
    if not isinstance(argument, Identifier) or argument.absolute:
        raise CompileError("the macro's variable must be a plain name", argument.start, source)
    return argument.name
