"""Evaluates the values of one template: what it says becomes JSON, what it does not tell an ``Unknown``.

Source: "Intrinsic function reference" and "Pseudo parameters reference" of the AWS CloudFormation user guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.cloudformation.conditions import Conditions
from grc.collect.cloudformation.functions import FUNCTIONS
from grc.collect.cloudformation.values import ABSENT, Named, Unknown, as_text, at_deployment, malformed, not_provided

MAX_DEPTH: Final = 100
MOST: Final = 20_000_000
"""Characters that functions may make of a template, a value that is looked at counting as ten."""
RESOLVED: Final = "{{resolve:"
LANGUAGE_EXTENSIONS: Final = "AWS::LanguageExtensions"
ACCOUNT: Final = "000000000000"
"""What stands for the account in policy documents: the number that no account has."""
PSEUDO: Final[Mapping[str, str | None]] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::NotificationARNs": None,
    "AWS::Partition": "aws",
    "AWS::Region": "region",
    "AWS::StackId": None,
    "AWS::StackName": "stack",
    "AWS::URLSuffix": "amazonaws.com",
}
"""The pseudo parameters, and what stands for each in policy documents where it is not given."""
BUCKET: Final = "AWS::S3::Bucket"
NESTED: Final = "AWS::CloudFormation::Stack"
OUTPUTS: Final = "Outputs."


@dataclass(slots=True, kw_only=True)
class Evaluator:
    """The values of one template under one set of parameters.

    ``module`` is what the addresses of its resources begin with. ``met`` collects the addresses that the values
    evaluated so far refer to. ``outputs`` holds, by the names of the stacks that it holds and that are made, what they
    put out, and None for one that is not read; ``wanted`` collects the stacks that are not made yet and that the values
    evaluated so far take something from.
    """

    module: str
    parameters: Mapping[str, Any]
    pseudo: Mapping[str, str]
    mappings: Mapping[str, Any]
    resources: Mapping[str, Any]
    conditions: Conditions = field(init=False)
    declared: Mapping[str, Any] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    naming: set[str] = field(default_factory=set)
    outputs: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    depth: int = 0
    effort: int = 0

    def __post_init__(self) -> None:
        self.conditions = Conditions(self.declared, self.value)

    def value(self, node: Any) -> Any:
        """The value of a node: JSON that may hold unknowns, an ``Unknown``, or ``ABSENT``."""
        if isinstance(node, str):
            return node if RESOLVED not in node else at_deployment("a dynamic reference is resolved at deployment")
        if isinstance(node, dict):
            return self._below(self._mapping, node)
        if isinstance(node, list):
            return self._below(self._list, node)
        return malformed("null is not allowed") if node is None else node

    def known(self, node: Any) -> Any:
        """As ``value``; for arguments of functions, where nothing is as good as malformed."""
        found = self.value(node)
        return malformed("a function has no argument") if found is ABSENT else found

    def text(self, node: Any) -> str | Unknown:
        """The value of a node that must be a text."""
        found = self.known(node)
        if isinstance(found, Unknown):
            return found
        text = as_text(found)
        return malformed("a function takes a text here") if text is None else text

    def named(self, name: str) -> Any:
        """What ``Ref`` gives for a name."""
        if name == "AWS::NoValue":
            return ABSENT
        if name in PSEUDO:
            return self.pseudo.get(name, at_deployment(f"{name} is known at deployment", stand=PSEUDO[name]))
        if name in self.parameters:
            return self.parameters[name]
        return self.attribute(name, "")

    def attribute(self, logical: str, attribute: str) -> Any:
        """What is known of a resource before it is made: that a value comes from it, and what the template names."""
        if logical not in self.resources:
            return malformed("it refers to something that the template does not declare")
        address = self.module + logical
        self.met.add(address)
        if attribute.startswith(OUTPUTS) and self._type(logical) == NESTED:
            return self._output(logical, attribute.removeprefix(OUTPUTS), address)
        name = self._name(logical)
        if isinstance(name, str) and not attribute:
            return Named(name, (address,))
        stand = f"arn:aws:template::{ACCOUNT}:{logical}" + (f".{attribute}" if attribute else "")
        if attribute == "Arn" and name is not None:
            known = name if isinstance(name, str) else name.stand
            stand = stand if known is None else f"arn:aws:s3:::{known}"
        return at_deployment(f"what {logical} gives is known at deployment", (address,), stand)

    def _output(self, logical: str, name: str, address: str) -> Any:
        """What a stack that this one holds puts out under a name."""
        if logical not in self.outputs:
            self.wanted.add(logical)
            return malformed(f"what {logical} puts out depends on itself")
        outputs = self.outputs[logical]
        if outputs is None:
            return at_deployment(f"what {logical} gives is known at deployment", (address,))
        found = outputs.get(name, malformed(f"{logical} puts out nothing under this name"))
        if isinstance(found, (Unknown, Named)):
            self.met.update(found.refers)
        return found

    def _type(self, logical: str) -> Any:
        told = self.resources[logical]
        return told.get("Type") if isinstance(told, dict) else None

    def _name(self, logical: str) -> str | Unknown | None:
        """The name that the template gives to a bucket: the one type whose ``Ref`` and ARN are made of it alone."""
        if logical in self.naming or self._type(logical) != BUCKET:
            return None
        properties = self.resources[logical].get("Properties")
        if not isinstance(properties, dict) or "BucketName" not in properties:
            return None
        self.naming.add(logical)
        try:
            return self.text(properties["BucketName"])
        finally:
            self.naming.discard(logical)

    def _below(self, read: Any, node: Any) -> Any:
        if self.depth >= MAX_DEPTH:
            return malformed(f"it is nested deeper than {MAX_DEPTH} levels")
        if not self.affords(10):
            return self.too_much()
        self.depth += 1
        try:
            return read(node)
        finally:
            self.depth -= 1

    def affords(self, characters: int) -> bool:
        """Whether so much more may be made: a text that is made of itself twice, again and again, has no end."""
        self.effort += characters
        return self.effort <= MOST

    def too_much(self) -> Unknown:
        """What stands for a value once too much was made."""
        return malformed("the functions of the template make more than can be read")

    def _mapping(self, node: dict[str, Any]) -> Any:
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref":
                return self.named(argument) if isinstance(argument, str) else malformed("Ref takes a name")
            if name in FUNCTIONS:
                return FUNCTIONS[name](self, argument)
        found: dict[str, Any] = {}
        for name, below in node.items():
            if name.startswith("Fn::"):
                return self._odd(name)
            value = self.value(below)
            if value is not ABSENT:
                found[name] = value
        return found

    def _odd(self, name: str) -> Unknown:
        if name == "Fn::Transform":
            return at_deployment("a macro writes it at deployment")
        if name in FUNCTIONS:
            return malformed(f"{name} stands beside other keys")
        return malformed("it calls a function that this engine does not know")

    def _list(self, node: list[Any]) -> list[Any]:
        return [value for below in node if (value := self.value(below)) is not ABSENT]


def unset(name: str) -> Unknown:
    """A parameter that has neither a default nor a value."""
    return not_provided(f"the parameter {name} has no default, and no value was given")
