"""A module as it is called: its variables, locals, resources and modules below, evaluated when they are asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.terraform.hcl.calls import local_source
from grc.collect.terraform.hcl.evaluate import value_of
from grc.collect.terraform.hcl.expansion import UNTOLD, Element, expand
from grc.collect.terraform.hcl.handles import Called, Resources
from grc.collect.terraform.hcl.inputs import input_of
from grc.collect.terraform.hcl.modules import Module
from grc.collect.terraform.hcl.policies import Documents
from grc.collect.terraform.hcl.providers import default_tags, passed_on, provider_of
from grc.collect.terraform.hcl.reach import Reach, read_outside
from grc.collect.terraform.hcl.scope import Effort, Scope
from grc.collect.terraform.hcl.tree import Block, Expression, Literal, Step
from grc.collect.terraform.hcl.values import Unknown, after_apply, find_unknown

DEEPEST: Final = 20
"""Modules within one another."""
NOT_TOLD: Final = frozenset({"terraform", "self", "each", "count"})


@dataclass(slots=True, kw_only=True)
class Instance:
    """One call of a module. ``path`` is its address, or nothing for the root.

    ``given`` are the inputs, as expressions in the scope of the caller. ``above`` are its own folder and those of the
    modules that it is called in. ``doubt`` says why it may not be there. ``tags`` are the default tags of the providers
    that the caller passes, by alias, and ``regions`` theirs; ``providers`` names these as the root module does.
    """

    reach: Reach
    module: Module
    path: str
    given: Mapping[str, Expression]
    caller: Scope | None
    above: tuple[str, ...]
    doubt: Unknown | None
    tags: Mapping[str, Any]
    providers: Mapping[str, Any]
    regions: Mapping[str, Any]
    _values: dict[tuple[str, str], Any] = field(default_factory=dict)
    _elements: dict[tuple[str, ...], Sequence[Element] | Unknown] = field(default_factory=dict)
    _children: dict[str, Mapping[str, Instance]] = field(default_factory=dict)

    @property
    def effort(self) -> Effort:
        """The effort of the whole root module."""
        return self.reach.effort

    @property
    def scope(self) -> Scope:
        """Where expressions of this module stand."""
        return Scope(self)

    def address(self, local: str) -> str:
        """The address of something in this module."""
        return f"{self.path}.{local}" if self.path else local

    def named(self, root: str, steps: tuple[Step, ...]) -> tuple[Any, int]:
        """The value of a root name, and how many of the steps led to it."""
        if root in NOT_TOLD:
            return after_apply(f"{root} is not told here"), len(steps)
        first = steps[0] if steps and isinstance(steps[0], str) else None
        if first is None:
            return Unknown(f"{root} is no value"), len(steps)
        match root:
            case "var":
                return self.variable(first), 1
            case "local":
                return self.local(first), 1
            case "path":
                return self._path(first), 1
            case "module":
                return self._called(first), 1
            case "data":
                return self._data(steps), 2
        block = self.module.of("resource").get((root, first))
        if block is None:
            return Unknown(f"{root}.{first} is not declared here"), len(steps)
        return Resources(self, block), 1

    def outside(self, name: str, arguments: list[Any]) -> Any:
        """The value of a function that reads files below the root of the tree."""
        return read_outside(name, arguments, self.reach, self)

    def variable(self, name: str) -> Any:
        """The value of a variable: as it was given, or its default."""
        return self.once(("var", name), lambda: self._variable(name))

    def local(self, name: str) -> Any:
        """The value of a local."""
        return self.once(("local", name), lambda: self._local(name))

    def output(self, name: str) -> Any:
        """The value of an output."""
        return self.once(("output", name), lambda: self._output(name))

    def once(self, key: tuple[str, str], make: Callable[[], Any]) -> Any:
        """A value that is made when it is first asked for; while it is made it is not known."""
        if key not in self._values:
            self._values[key] = Unknown(f"{'.'.join(key)} refers to itself")
            self._values[key] = make()
        return self._values[key]

    def _variable(self, name: str) -> Any:
        block = self.module.of("variable").get((name,))
        if block is None:
            return Unknown(f"var.{name} is not declared")
        given = self.given[name] if name in self.given else None  # noqa: SIM401 - values that cannot be read hold all
        return input_of(block, given, self.caller or self.scope, self.scope)

    def _local(self, name: str) -> Any:
        if name not in self.module.locals:
            return Unknown(f"local.{name} is not declared")
        return value_of(self.module.locals[name], self.scope)

    def _output(self, name: str) -> Any:
        block = self.module.of("output").get((name,))
        if block is None or "value" not in block.attributes:
            return Unknown(f"output {name} is not declared")
        if block.attributes.get("sensitive") not in (None, Literal(False)):
            return Unknown(f"output {name} is sensitive", sensitive=True)
        return value_of(block.attributes["value"], self.scope)

    def _path(self, name: str) -> Any:
        if name == "root":
            return "."
        if name == "module":
            return posixpath.relpath(self.module.folder or ".", self.reach.root or ".")
        return after_apply(f"path.{name} is told when planned")

    def _called(self, name: str) -> Any:
        block = self.module.of("module").get((name,))
        return Unknown(f"module {name} is not declared") if block is None else Called(self, block)

    def _data(self, steps: tuple[Step, ...]) -> Any:
        labels = steps[:2]
        if len(labels) < 2 or labels not in self.module.of("data"):
            return Unknown("reads a data source that is not declared")
        if labels[0] != "aws_iam_policy_document":
            return after_apply(f"data.{labels[0]}.{labels[1]} is read when planned")
        return Documents(self, self.module.of("data")[labels])  # type: ignore[index] # both are text: a key was found

    def elements(self, block: Block) -> Sequence[Element] | Unknown:
        """The instances of a block, by its ``count`` or ``for_each``."""
        key = (block.kind, *block.labels)
        if key not in self._elements:
            self._elements[key] = Unknown(f"{'.'.join(key)} counts itself")
            self._elements[key] = expand(block, self.scope)
        return self._elements[key]

    def children(self, block: Block) -> Mapping[str, Instance]:
        """The module that a block calls, once for each index; nothing where it is not here."""
        name = block.labels[0]
        if name not in self._children:
            self._children[name] = {}
            self._children[name] = self._instances(block)
        return self._children[name]

    def _instances(self, block: Block) -> Mapping[str, Instance]:
        folder = local_source(block, self.module.folder)
        module = self.reach.directory.modules.get(folder) if folder is not None else None
        if module is None or module.folder in self.above or len(self.above) >= DEEPEST:
            return {}
        found = self.elements(block)
        elements, doubt = (UNTOLD, found) if isinstance(found, Unknown) else (found, self.doubt)
        return {element.index: self._child(block, module, element, doubt) for element in elements}

    def _child(self, block: Block, module: Module, element: Element, doubt: Unknown | None) -> Instance:
        passed = block.attributes.get("providers")
        return Instance(
            reach=self.reach,
            module=module,
            path=f"{self.address('module.' + block.labels[0])}{element.index}",
            given=block.attributes,
            caller=self.scope.bind(element.bound),
            above=(*self.above, module.folder),
            doubt=doubt,
            tags=passed_on(passed, self.default_tags),
            providers=passed_on(passed, self.provider),
            regions=passed_on(passed, self.region),
        )

    def provider(self, alias: str) -> str:
        """The provider of an alias as the root module names it, or by the path of this module where it is its own."""
        if not self.path:
            return alias
        own, passed = provider_of(self.module.providers, alias), self.providers.get(alias)
        if isinstance(passed, str) and (own is None or not (own.blocks or own.attributes.keys() - {"alias"})):
            return passed
        return f"{self.path}:{alias}"

    def region(self, alias: str) -> Any:
        """The region of the provider of an alias, or what is not known of it; None where no file tells it."""
        own = provider_of(self.module.providers, alias)
        if own is None:
            return self.regions.get(alias)
        return value_of(own.attributes["region"], self.scope) if "region" in own.attributes else None

    def default_tags(self, alias: str) -> Any:
        """The tags that the provider of an alias gives to everything, or what is not known of them."""
        return self.once(("default tags", alias), lambda: self._default_tags(alias))

    def _default_tags(self, alias: str) -> Any:
        own = provider_of(self.module.providers, alias)
        found = self.tags.get(alias, {}) if own is None else default_tags(own, self.scope)
        return find_unknown(found) or (found if isinstance(found, Mapping) else Unknown("default_tags is not known"))
