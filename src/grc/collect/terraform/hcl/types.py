"""Converts the value of a variable to its declared type, as far as that changes the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.functions.uniform import uniform
from grc.collect.terraform.hcl.tree import Call, Expression, Literal, Name, Object, Tuple
from grc.collect.terraform.hcl.values import Handle, Unknown, find_unknown, to_number, to_text, to_truth, unique

PRIMITIVES: Final[Mapping[str, Callable[[Any], Any]]] = {"string": to_text, "number": to_number, "bool": to_truth}


def convert(value: Any, type_: Expression, evaluate: Callable[[Expression], Any]) -> Any:
    """The value, as the type makes it. ``evaluate`` gives the defaults of optional attributes.

    Raises:
        WrongError: Terraform refuses the value for this type.
    """
    if value is None or isinstance(value, Unknown):
        return value
    match type_:
        case Name(root="any", steps=()):
            return value
        case Name(root=name, steps=()) | Literal(value=str(name)) if name in PRIMITIVES:
            return PRIMITIVES[name](value)
        case Name(root="list" | "set" | "map" as name, steps=()):
            return _collection(name, value, Name("any", ()), evaluate)
        case Call(name="list" | "set" | "map" as name, arguments=(inner,)):
            return _collection(name, value, inner, evaluate)
        case Call(name="tuple", arguments=(Tuple(elements=elements),)) if isinstance(value, list):
            if len(elements) == len(value):
                return [convert(one, inner, evaluate) for one, inner in zip(value, elements, strict=True)]
        case Call(name="object", arguments=(Object(items=items),)) if isinstance(value, (Mapping, Handle)):
            read = value.step if isinstance(value, Handle) else value.get
            return {_name(key): _attribute(read(_name(key)), inner, evaluate) for key, inner in items}
    return Unknown("is not of its declared type, as far as that is read")


def _collection(name: str, value: Any, inner: Expression, evaluate: Callable[[Expression], Any]) -> Any:
    if name == "map":
        if isinstance(value, Mapping):
            return dict(zip(value, uniform([convert(one, inner, evaluate) for one in value.values()]), strict=True))
        return Unknown("is no map")
    if not isinstance(value, list):
        return Unknown("is no list")
    found = uniform([convert(one, inner, evaluate) for one in value])
    if name == "list":
        return found
    return find_unknown(found) or unique(found)


def _attribute(value: Any, inner: Expression, evaluate: Callable[[Expression], Any]) -> Any:
    if isinstance(inner, Call) and inner.name == "optional" and inner.arguments:
        if value is None and len(inner.arguments) > 1:
            value = evaluate(inner.arguments[1])
        return convert(value, inner.arguments[0], evaluate)
    return convert(value, inner, evaluate)


def _name(key: Expression) -> str:
    return str(key.value) if isinstance(key, Literal) else ""
