"""The operators of the Terraform language, for operands that are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.values import Unknown, WrongError, is_number, same, to_number, to_text, to_truth, whole


def unary(operator: str, operand: Any) -> Any:
    """The value of ``!x`` or ``-x``.

    Raises:
        WrongError: Terraform refuses the operand.
    """
    return not to_truth(operand) if operator == "!" else -to_number(operand)


def binary(operator: str, left: Any, right: Any) -> Any:
    """The value of an operator between two operands, or what is not known where Terraform computes more exactly.

    Raises:
        WrongError: Terraform refuses the operands.
    """
    if operator in ("==", "!="):
        equal = same(left, right)
        if equal and isinstance(left, (list, Mapping)):
            return Unknown("compares lists or maps, and is true only where their types are the same too")
        return equal is (operator == "==")
    if operator in ("&&", "||"):
        one, other = to_truth(left), to_truth(right)
        return (one and other) if operator == "&&" else (one or other)
    return _arithmetic(operator, to_number(left), to_number(right))


def _arithmetic(operator: str, left: float, right: float) -> Any:
    if operator in ("/", "%") and right == 0:
        raise WrongError("divides by nothing")
    if operator not in ARITHMETIC:
        return Unknown(f"{operator} is not read")
    try:
        found = ARITHMETIC[operator](left, right)
    except OverflowError:
        return Unknown("is a number beyond what is read")
    if not is_number(found):
        return found
    exact = whole(found)
    return exact if isinstance(exact, int) else Unknown("is a fraction, which Terraform computes more exactly")


ARITHMETIC: Final[Mapping[str, Callable[[float, float], Any]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": math.fmod,  # the sign is the dividend's
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def index(value: Any, key: Any) -> Any:
    """The value of ``value[key]``.

    Raises:
        WrongError: there is none, and Terraform says so.
    """
    if isinstance(value, Mapping):
        return _entry(value, key)
    if isinstance(value, list):
        return _element(value, key)
    raise WrongError("has no parts")


def _entry(among: Mapping[str, Any], key: Any) -> Any:
    if not isinstance(key, (str, int, float, bool)):
        raise WrongError("has a key that is no text")
    text = to_text(key)
    if text not in among:
        raise WrongError("has no such key")
    return among[text]


def _element(elements: list[Any], key: Any) -> Any:
    number = to_number(key)
    if not isinstance(number, int) or not 0 <= number < len(elements):
        raise WrongError("has no such element")
    return elements[number]
