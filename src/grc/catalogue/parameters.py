"""The values that a check lets an organisation set: their types and bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from grc.catalogue.schema import meant
from grc.errors import DataError, Problem
from grc.model.catalogue import Check, Parameter, ParameterType, ParameterValue, Policy
from grc.model.identifiers import CheckId
from grc.model.workspace import Override

BOUNDS: Final[Mapping[ParameterType, frozenset[str]]] = {
    ParameterType.INT: frozenset({"min", "max"}),
    ParameterType.DAYS: frozenset({"min", "max"}),
    ParameterType.STRING: frozenset({"one-of"}),
    ParameterType.LIST: frozenset({"subset-of"}),
    ParameterType.BOOL: frozenset(),
}
WORDS: Final = {
    ParameterType.INT: "an integer",
    ParameterType.DAYS: "an integer, a number of days",
    ParameterType.STRING: "text",
    ParameterType.LIST: "a list of text",
    ParameterType.BOOL: "true or false",
}
MAX_DAYS: Final = 36500
MAX_INT: Final = 2**63 - 1


def parameter_of(name: str, value: Mapping[str, Any]) -> Parameter:
    """A parameter as it is declared; ``bound_problems`` says whether it makes sense."""
    return Parameter(
        name=name,
        type=ParameterType(value["type"]),
        value=as_value(value["value"]),
        minimum=value.get("min"),
        maximum=value.get("max"),
        one_of=tuple(value.get("one-of", ())),
        subset_of=tuple(value.get("subset-of", ())),
    )


def as_value(value: Any) -> ParameterValue:
    """A value as the model holds it: lists are tuples."""
    return tuple(value) if isinstance(value, list) else value


def bound_problems(parameter: Parameter, declared: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a declared parameter, as pairs of its key and a message."""
    for bound in ("min", "max", "one-of", "subset-of"):
        if bound in declared and bound not in BOUNDS[parameter.type]:
            yield bound, f"does not bound a {parameter.type.value!r} parameter"
    if parameter.minimum is not None and parameter.maximum is not None and parameter.minimum > parameter.maximum:
        yield "min", f"is {parameter.minimum}, above max, {parameter.maximum}"
    fault = value_problem(parameter, parameter.value)
    if fault:
        yield "value", fault


def value_problem(parameter: Parameter, value: ParameterValue) -> str | None:
    """Why a parameter cannot take a value, or None when it can."""
    if not _is_of(parameter.type, value):
        return f"is {_shown(value)}: must be {WORDS[parameter.type]}"
    if isinstance(value, int) and not isinstance(value, bool):
        return _number_problem(parameter, value)
    if isinstance(value, str) and parameter.one_of and value not in parameter.one_of:
        return f"is {value!r}: must be one of {', '.join(parameter.one_of)}"
    if value == ():
        return "is an empty list: a check against nothing would say nothing"
    if isinstance(value, tuple) and parameter.subset_of:
        beyond = [item for item in value if item not in parameter.subset_of]
        if beyond:
            return f"holds {', '.join(map(repr, beyond))}: may hold {', '.join(parameter.subset_of)}"
    return None


def with_parameters(policy: Policy, overrides: Iterable[Override]) -> Policy:
    """The policy with an organisation's own values. A check may be named by an alias.

    Raises:
        DataError: a check or parameter does not exist, or a value is out of bounds.
    """
    checks, problems = dict(policy.checks), []
    names = check_names(policy)
    seen = set()
    for override in overrides:
        check = names.get(override.check)
        if (check, override.parameter) in seen:
            problems.append(_problem(override, "is set twice, under two names of one check"))
        seen.add((check, override.parameter))
        if check is None:
            problems.append(_problem(override, f"there is no check {override.check!r}{meant(override.check, names)}"))
            continue
        changed = _with_value(checks[check], override)
        if isinstance(changed, Problem):
            problems.append(changed)
        else:
            checks[check] = changed
    if problems:
        raise DataError(problems)
    return replace(policy, checks=checks)


def check_names(policy: Policy) -> dict[str, CheckId]:
    """Every name that a check answers to, its aliases too, with its present id."""
    aliases = {alias: check.id for check in policy.checks.values() for alias in check.aliases}
    return {**aliases, **{check: check for check in policy.checks}}


def _with_value(check: Check, override: Override) -> Check | Problem:
    names = [parameter.name for parameter in check.parameters]
    if override.parameter not in names:
        known = f"; it has {', '.join(names)}" if names else "; it has none"
        message = f"{check.id} has no parameter {override.parameter!r}"
        return _problem(override, message + meant(override.parameter, names, known))
    index = names.index(override.parameter)
    fault = value_problem(check.parameters[index], override.value)
    if fault:
        return _problem(override, fault)
    changed = replace(check.parameters[index], value=override.value)
    return replace(check, parameters=(*check.parameters[:index], changed, *check.parameters[index + 1 :]))


def _problem(override: Override, message: str) -> Problem:
    place = override.position
    at = f'$.params["{override.check}"].{override.parameter}'
    return Problem(path=place.path, line=place.line, column=place.column, at=at, message=message)


def _number_problem(parameter: Parameter, value: int) -> str | None:
    least = parameter.minimum if parameter.minimum is not None else -MAX_INT - 1
    most = parameter.maximum if parameter.maximum is not None else MAX_INT
    if parameter.type is ParameterType.DAYS:
        least, most = max(least, -MAX_DAYS), min(most, MAX_DAYS)
    if least <= value <= most:
        return None
    return f"is {value}: must be at least {least}" if value < least else f"is {value}: must be at most {most}"


def _is_of(type_: ParameterType, value: ParameterValue) -> bool:
    match type_:
        case ParameterType.INT | ParameterType.DAYS:
            return isinstance(value, int) and not isinstance(value, bool)
        case ParameterType.STRING:
            return isinstance(value, str)
        case ParameterType.BOOL:
            return isinstance(value, bool)
        case ParameterType.LIST:
            return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def _shown(value: ParameterValue) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(list(value) if isinstance(value, tuple) else value)
