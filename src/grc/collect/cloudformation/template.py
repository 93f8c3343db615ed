"""One template file: its sections, and what it asks of whoever makes a stack of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from grc.collect.cloudformation.evaluating import unset
from grc.collect.cloudformation.malformed import MalformedError
from grc.collect.cloudformation.reading import Text
from grc.collect.cloudformation.values import Unknown, as_text, at_deployment, malformed, not_provided

VERSION: Final = "AWSTemplateFormatVersion"
SECTIONS: Final = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
STORED: Final = "AWS::SSM::Parameter::Value<"
LISTS: Final = ("CommaDelimitedList", "List<")


class OtherwiseError(Exception):
    """A file looked like a template, and is none."""


@dataclass(frozen=True)
class Template:
    """One template. ``path`` is below the root of the tree."""

    path: str
    text: Text

    def section(self, name: str) -> Mapping[str, Any]:
        """A section's members; none where it is not there."""
        found: Mapping[str, Any] = self.text.value.get(name, {})
        return found

    @cached_property
    def macros(self) -> tuple[str, ...]:
        """The macros that the whole template goes through, in their order; "" for what is no name."""
        told = self.text.value.get("Transform", [])
        return tuple(_macro(one) for one in (told if isinstance(told, list) else [told]))

    def line(self, logical: str) -> int:
        """Where a resource stands."""
        return self.text.lines.get(("Resources", logical), 1)

    def parameters(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """The value of each parameter: what was given, else the default, else not known.

        ``given`` None: something was given that cannot be read, which may hide any default.
        """
        declared = self.section("Parameters")
        if given is None:
            return dict.fromkeys(declared, malformed("the file with the parameters cannot be used"))
        return {name: _parameter(name, told, given) for name, told in declared.items()}


def template_from(path: str, text: Text) -> Template:
    """A template of a file's text.

    Raises:
        MalformedError: a section is not what CloudFormation takes.
        OtherwiseError: this is whole, and something else.
    """
    if "Resources" not in text.value:
        if VERSION in text.value:
            raise MalformedError(1, "it declares no resources")
        raise OtherwiseError
    for name in SECTIONS:
        if not isinstance(text.value.get(name, {}), dict):
            raise MalformedError(text.lines.get((name,), 1), f"{name} is not a mapping")
    return Template(path, text)


def _macro(told: Any) -> str:
    name = told.get("Name") if isinstance(told, dict) else told
    return name if isinstance(name, str) else ""


def _parameter(name: str, told: Any, given: Mapping[str, Any]) -> Any:
    if not isinstance(told, dict) or not isinstance(told.get("Type"), str):
        return malformed("its parameter has no type")
    if str(told.get("NoEcho", "")).lower() == "true":
        return not_provided(f"the parameter {name} is declared NoEcho")
    if told["Type"].startswith(STORED):
        return at_deployment(f"the parameter {name} is read from the parameter store at deployment")
    value = given.get(name, told.get("Default"))
    return unset(name) if value is None else _typed(value, told["Type"])


def _typed(value: Any, type_: str) -> Any:
    """A parameter's value as templates see it: a text, or a list of texts."""
    if isinstance(value, Unknown):
        return value
    if type_.startswith(LISTS):
        if isinstance(value, list):
            return value
        text = as_text(value)
        return malformed("its parameter is no list") if text is None else [one.strip() for one in text.split(",")]
    if isinstance(value, list):
        return malformed("its parameter is a list")
    text = as_text(value)
    return malformed("its parameter is no text") if text is None else text
