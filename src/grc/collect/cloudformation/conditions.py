"""Conditions in three values: true, false, or not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grc.collect.cloudformation.values import ABSENT, Unknown, as_text, malformed, unknowns


class Conditions:
    """The conditions of a template by name, each evaluated once; a loop of conditions is not known."""

    def __init__(self, declared: Mapping[str, Any], value: Callable[[Any], Any]) -> None:
        self._declared = declared
        self._value = value
        self._found: dict[str, bool | Unknown] = {}

    def named(self, name: Any) -> bool | Unknown:
        """The condition of a name."""
        if not isinstance(name, str) or name not in self._declared:
            return malformed("it names a condition that the template does not declare")
        if name not in self._found:
            self._found[name] = malformed("a condition refers to itself")
            self._found[name] = self.of(self._declared[name])
        return self._found[name]

    def of(self, node: Any) -> bool | Unknown:
        """The truth of a condition's expression."""
        if not isinstance(node, dict) or len(node) != 1:
            return malformed("this is no condition")
        ((name, argument),) = node.items()
        if name == "Condition":
            return self.named(argument)
        if name == "Fn::Equals":
            return self._equals(argument)
        if name in ("Fn::And", "Fn::Or"):
            return self._several(argument, stop=name == "Fn::Or")
        if name == "Fn::Not":
            return self._not(argument)
        return malformed("this is no condition")

    def _several(self, arguments: Any, *, stop: bool) -> bool | Unknown:
        if not isinstance(arguments, list) or not 2 <= len(arguments) <= 10:
            return malformed("Fn::And and Fn::Or take two to ten conditions")
        found = [self.of(one) for one in arguments]
        if any(one is stop for one in found):
            return stop
        return next((one for one in found if isinstance(one, Unknown)), not stop)

    def _not(self, arguments: Any) -> bool | Unknown:
        if not isinstance(arguments, list) or len(arguments) != 1:
            return malformed("Fn::Not takes one condition")
        found = self.of(arguments[0])
        return found if isinstance(found, Unknown) else not found

    def _equals(self, arguments: Any) -> bool | Unknown:
        if not isinstance(arguments, list) or len(arguments) != 2:
            return malformed("Fn::Equals takes two values")
        first, second = (self._value(one) for one in arguments)
        missing = [*unknowns(first), *unknowns(second)]
        if missing:
            return missing[0]
        if first is ABSENT or second is ABSENT:
            return malformed("Fn::Equals takes two values")
        return bool(_comparable(first) == _comparable(second))


def _comparable(value: Any) -> Any:
    """Scalars are compared as texts."""
    text = as_text(value)
    return value if text is None else text
