"""Resources and called modules, as expressions name them: what steps lead into."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from grc.collect.terraform.addresses import quoted
from grc.collect.terraform.arguments import converted
from grc.collect.terraform.hcl.evaluate import value_of
from grc.collect.terraform.hcl.expansion import SINGLE, Element, element_of
from grc.collect.terraform.hcl.made import SAME, arn_of
from grc.collect.terraform.hcl.providers import alias_of
from grc.collect.terraform.hcl.tree import Block, Expression
from grc.collect.terraform.hcl.values import Handle, Unknown, WrongError, after_apply, to_text

if TYPE_CHECKING:
    from grc.collect.terraform.hcl.instance import Instance


@dataclass(frozen=True, slots=True)
class Resources(Handle):
    """A resource block: all its instances."""

    instance: Instance
    block: Block

    def step(self, name: str) -> Any:
        """The attribute of that name of the only instance."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown):
            return found
        if found is not SINGLE:
            raise WrongError("names no instance of a resource that has several")
        return One(self.instance, self.block, SINGLE[0]).step(name)

    def at(self, key: Any) -> Any:
        """The instance of that key."""
        found = self.instance.elements(self.block)
        return found if isinstance(found, Unknown) else One(self.instance, self.block, element_of(found, key))

    def every(self) -> Any:
        """All instances."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown) or found is SINGLE:
            return found if isinstance(found, Unknown) else None
        ones = [One(self.instance, self.block, element) for element in found]
        return {one.element.key: one for one in ones} if "for_each" in self.block.attributes else ones


@dataclass(frozen=True, slots=True)
class One(Handle):
    """One instance of a resource."""

    instance: Instance
    block: Block
    element: Element

    @property
    def address(self) -> str:
        """Its address in the root module."""
        return f"{self.instance.address('.'.join(self.block.labels))}{self.element.index}"

    def step(self, name: str) -> Any:
        """The value that the attribute of that name is set to, or what is not known of it."""
        address = self.address
        speaks = f"{address}.{name}"
        expression = self.block.attributes.get(name)
        found = None if expression is None else self.instance.once((address, name), lambda: self._evaluated(expression))
        if found is None:
            made = self._made(name)
            return after_apply(f"{speaks} is known after apply", speaks) if made is None else made
        if isinstance(found, Unknown):
            return replace(found, speaks=speaks)
        told = converted(self.block.labels[0], name, found)
        return Unknown(f"{speaks} is of a type that is not told", speaks=speaks) if told is None else told

    def _evaluated(self, expression: Expression) -> Any:
        return value_of(expression, self.instance.scope.bind(self.element.bound))

    def _made(self, name: str) -> str | None:
        """The attribute of that name, where the provider makes it of arguments that are known; else None."""
        type_, attributes = self.block.labels[0], self.block.attributes
        same = SAME.get((type_, name))
        if same is not None and same in attributes:
            value = self.step(same)
            return value if isinstance(value, str) else None
        if name != "arn" or "bucket" not in attributes:
            return None
        return arn_of(type_, self.step("bucket"), self.instance.region(alias_of(attributes.get("provider"))))

    def at(self, key: Any) -> Any:
        """An attribute, by its name in brackets."""
        return self.step(to_text(key))

    def every(self) -> Any:
        """It is one only."""
        return None


@dataclass(frozen=True, slots=True)
class Called(Handle):
    """A module that a block calls: all its instances."""

    instance: Instance
    block: Block

    def step(self, name: str) -> Any:
        """The output of that name."""
        child = self.only()
        return self._missing() if child is None else child.output(name)

    def only(self) -> Instance | None:
        """The module called, where the block has neither ``count`` nor ``for_each`` and the module is here."""
        found = self.instance.elements(self.block)
        return self.instance.children(self.block).get("") if found is SINGLE else None

    def at(self, key: Any) -> Any:
        """The instance of that key, as a map of its outputs."""
        index = f"[{quoted(key)}]" if isinstance(key, str) else f"[{to_text(key)}]"
        child = self.instance.children(self.block).get(index)
        return self._missing(index) if child is None else Outputs(child)

    def every(self) -> Any:
        """All instances."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown):
            return found
        children = self.instance.children(self.block)
        if found is SINGLE or len(children) != len(found):
            return None if found is SINGLE else self._missing()
        if "for_each" in self.block.attributes:
            return {element.key: Outputs(children[element.index]) for element in found}
        return [Outputs(children[element.index]) for element in found]

    def _missing(self, index: str = "") -> Unknown:
        return Unknown(f"module {self.block.labels[0]}{index} is not known here")


@dataclass(frozen=True, slots=True)
class Outputs(Handle):
    """One instance of a module."""

    child: Instance

    def step(self, name: str) -> Any:
        """The output of that name."""
        return self.child.output(name)

    def at(self, key: Any) -> Any:
        """An output, by its name in brackets."""
        return self.step(to_text(key))

    def every(self) -> Any:
        """It is one only."""
        return None
