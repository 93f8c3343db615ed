"""A module as it is called: its variables, locals, resources and modules below, evaluated when they are asked for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from grc.collect.files import UnreadableError
from grc.collect.terraform.addresses import quoted
from grc.collect.terraform.arguments import converted
from grc.collect.terraform.hcl.evaluate import value_of, walk
from grc.collect.terraform.hcl.modules import Directory, Module
from grc.collect.terraform.hcl.policies import policy_json
from grc.collect.terraform.hcl.scope import Effort, Scope
from grc.collect.terraform.hcl.syntax import read_template
from grc.collect.terraform.hcl.tree import At, Block, Expression, Literal, Name, Object, Step, Template
from grc.collect.terraform.hcl.types import convert
from grc.collect.terraform.hcl.values import (
    LONGEST_TEXT,
    Handle,
    SetOf,
    Unknown,
    WrongError,
    find_unknown,
    is_number,
    to_text,
)
from grc.model.evidence import GapReason

DEEPEST: Final = 20
"""Modules within one another."""
MOST: Final = 20_000
"""Instances of one block."""
NOT_TOLD: Final = frozenset({"terraform", "self", "each", "count"})
LOCAL: Final = re.compile(r"\.\.?(/|\Z)")


@dataclass(slots=True, kw_only=True)
class Reach:
    """What evaluating one root module shares: the directory, its own folder there, and the effort."""

    directory: Directory
    root: str
    effort: Effort = field(default_factory=Effort)

    def text(self, path: str) -> str | Unknown:
        """The text of a file that the root module names by this path."""
        below = posixpath.normpath(posixpath.join(self.root, path))
        if below.startswith(("../", "/")) or below not in self.directory.paths:
            return Unknown("is a file that is not in this directory")
        try:
            return self.directory.tree.read(below, LONGEST_TEXT).decode("utf-8")
        except (UnreadableError, UnicodeDecodeError):
            return Unknown("is a file that cannot be read as text")


def local_source(block: Block, folder: str) -> str | None:
    """The folder that a module block calls by a local path, or None."""
    source = block.attributes.get("source")
    if not isinstance(source, Literal) or not isinstance(source.value, str) or LOCAL.match(source.value) is None:
        return None
    found = posixpath.normpath(posixpath.join(folder, source.value))
    return "" if found == "." else found


def called_folders(modules: Mapping[str, Module]) -> frozenset[str]:
    """The folders that a module calls by a local path and that no chain of calls leads from back to the caller."""
    calls = {
        module.folder: {
            folder
            for block in module.of("module").values()
            if (folder := local_source(block, module.folder)) is not None and folder in modules
        }
        for module in modules.values()
    }
    below = {folder: _reached(folder, calls) for folder in calls}
    return frozenset(called for folder in calls for called in below[folder] if folder not in below.get(called, ()))


def _reached(folder: str, calls: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    stack = list(calls.get(folder, ()))
    while stack:
        one = stack.pop()
        if one not in found:
            found.add(one)
            stack.extend(calls.get(one, ()))
    return found


@dataclass(frozen=True, slots=True)
class Element:
    """One instance of a block: its index as Terraform prints it, its key, and what ``each`` or ``count`` is."""

    index: str
    key: Any
    bound: Mapping[str, Any]


SINGLE: Final = (Element("", None, {}),)


@dataclass(slots=True, kw_only=True)
class Instance:
    """One call of a module. ``path`` is its address, or nothing for the root.

    ``given`` are the inputs, as expressions in the scope of the caller. ``doubt`` says why it may not be there.
    """

    reach: Reach
    module: Module
    path: str
    given: Mapping[str, Expression]
    caller: Scope | None
    above: tuple[str, ...]
    doubt: Unknown | None
    providers: Mapping[str, Any]
    _values: dict[tuple[str, str], Any] = field(default_factory=dict)
    _elements: dict[tuple[str, ...], Sequence[Element] | Unknown] = field(default_factory=dict)
    _children: dict[str, dict[str, Instance]] = field(default_factory=dict)

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

    def variable(self, name: str) -> Any:
        """The value of a variable: as it was given, or its default."""
        return self.once(("var", name), self._variable)

    def local(self, name: str) -> Any:
        """The value of a local."""
        return self.once(("local", name), self._local)

    def output(self, name: str) -> Any:
        """The value of an output."""
        return self.once(("output", name), self._output)

    def argument(self, block: Block, element: Element, name: str) -> Any:
        """The value that a resource sets an argument to, or what is not known."""
        expression = block.attributes.get(name)
        address = f"{self.address('.'.join(block.labels))}{element.index}"
        speaks = f"{address}.{name}"
        if expression is None:
            return after_apply(f"{speaks} is known after apply", speaks)
        found = self.once((address, name), lambda _: value_of(expression, self.scope.bind(element.bound)))
        if found is None:
            return after_apply(f"{speaks} is known after apply", speaks)
        if isinstance(found, Unknown):
            return replace(found, speaks=speaks)
        told = converted(block.labels[0], name, found)
        return Unknown(f"{speaks} is of a type that is not told", speaks=speaks) if told is None else told

    def once(self, key: tuple[str, str], make: Callable[[str], Any]) -> Any:
        """A value that is made when it is first asked for; while it is made it is not known."""
        if key not in self._values:
            self._values[key] = Unknown(f"{'.'.join(key)} refers to itself")
            self._values[key] = make(key[1])
        return self._values[key]

    def _variable(self, name: str) -> Any:
        block = self.module.of("variable").get((name,))
        if block is None:
            return Unknown(f"var.{name} is not declared")
        told = block.attributes
        if any(told.get(mark) not in (None, Literal(False)) for mark in ("sensitive", "ephemeral")):
            return Unknown(f"var.{name} is sensitive", sensitive=True)
        value = value_of(self.given[name], self.caller or self.scope) if name in self.given else None
        if value is None and (name not in self.given or told.get("nullable") == Literal(False)):
            if "default" not in told:
                return Unknown(f"var.{name} has no value in these files", reason=GapReason.NOT_PROVIDED)
            value = value_of(told["default"], self.scope)
        large = find_unknown(value)
        if large is not None and not isinstance(value, Unknown) and "larger" in large.why:
            return large
        try:
            return convert(value, told.get("type", Name("any", ())), lambda one: value_of(one, self.scope))
        except WrongError as error:
            return Unknown(f"var.{name} {error}")

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
            self._elements[key] = self._expand(block)
        return self._elements[key]

    def _expand(self, block: Block) -> Sequence[Element] | Unknown:
        if "count" in block.attributes:
            return _counted(value_of(block.attributes["count"], self.scope))
        if "for_each" in block.attributes:
            return _keyed(value_of(block.attributes["for_each"], self.scope))
        return SINGLE

    def children(self, block: Block) -> Mapping[str, Instance]:
        """The module that a block calls, once for each index; nothing where it is not here."""
        name = block.labels[0]
        if name not in self._children:
            self._children[name] = {}
            self._children[name] = self._instances(block)
        return self._children[name]

    def _instances(self, block: Block) -> dict[str, Instance]:
        folder = local_source(block, self.module.folder)
        module = self.reach.directory.modules.get(folder) if folder is not None else None
        if folder is None or module is None or folder in self.above or len(self.above) >= DEEPEST:
            return {}
        found = self.elements(block)
        doubt = found if isinstance(found, Unknown) else self.doubt
        each = {"each": Unknown("each is not known"), "count": Unknown("count is not known")}
        elements = (Element("", None, each),) if isinstance(found, Unknown) else found
        return {
            element.index: Instance(
                reach=self.reach,
                module=module,
                path=f"{self.address('module.' + block.labels[0])}{element.index}",
                given=block.attributes,
                caller=self.scope.bind(element.bound),
                above=(*self.above, folder),
                doubt=doubt,
                providers=self._passed(block),
            )
            for element in elements
        }

    def default_tags(self, alias: str) -> Any:
        """The tags that the provider of an alias gives to everything, or what is not known of them."""
        for block in self.module.providers:
            if block.labels == ("aws",) and _alias(block) == alias:
                return _default_tags(block, self.scope)
        return self.providers.get(alias, {})

    def _passed(self, block: Block) -> Mapping[str, Any]:
        given = block.attributes.get("providers")
        if given is None:
            return {"": self.default_tags("")}
        if not isinstance(given, Object):
            return {"": Unknown("providers are not told")}
        return {alias_of(_named_by(key)): self.default_tags(alias_of(value)) for key, value in given.items}

    def outside(self, name: str, arguments: list[Any]) -> Any:
        """The value of a function that reads files below the root of the tree."""
        unknown = find_unknown(arguments)
        if unknown is not None or not arguments or not isinstance(arguments[0], str):
            return Unknown(unknown.why if unknown else f"{name}() names no file", bool(unknown and unknown.sensitive))
        text = self.reach.text(arguments[0])
        if isinstance(text, Unknown):
            return text
        if name == "fileexists":
            return True
        if name == "file":
            return text
        names = arguments[1] if len(arguments) == 2 and isinstance(arguments[1], dict) else {}
        found = value_of(read_template(text), Scope(self, names))
        return found if isinstance(found, Unknown) else to_text(found)


def after_apply(why: str, speaks: str | None = None) -> Unknown:
    """What no file tells before Terraform plans or applies."""
    return Unknown(why, speaks=speaks, reason=GapReason.UNKNOWN_UNTIL_APPLY)


def alias_of(expression: Expression | None) -> str:
    """The alias in ``aws.west``, or nothing."""
    found = isinstance(expression, Name) and expression.steps and expression.steps[0]
    return found if isinstance(found, str) else ""


def _named_by(key: Expression) -> Expression:
    return Name(str(key.value), ()) if isinstance(key, Literal) else key


def _alias(block: Block) -> str:
    alias = block.attributes.get("alias")
    return str(alias.value) if isinstance(alias, Literal) else ""


def _default_tags(block: Block, scope: Scope) -> Any:
    if "default_tags" in block.attributes:
        found = value_of(block.attributes["default_tags"], scope)
        first = found[0] if isinstance(found, list) and found else found
        return first.get("tags", {}) if isinstance(first, dict) else Unknown("default_tags is not known")
    for inner in block.blocks:
        if inner.kind == "default_tags":
            return value_of(inner.attributes["tags"], scope) if "tags" in inner.attributes else {}
        if inner.kind == "dynamic" and inner.labels == ("default_tags",):
            return Unknown("default_tags is not known")
    return {}


def _counted(count: Any) -> Sequence[Element] | Unknown:
    if isinstance(count, Unknown):
        return count
    if not is_number(count) or not 0 <= count <= MOST or count != int(count):
        return Unknown(f"count is no number up to {MOST}")
    return [Element(f"[{number}]", number, {"count": {"index": number}}) for number in range(int(count))]


def _keyed(among: Any) -> Sequence[Element] | Unknown:
    opened = among.every() if isinstance(among, Handle) else among
    if isinstance(opened, Unknown):
        return opened
    if isinstance(opened, list):
        if not all(isinstance(one, str) for one in opened) or (opened and not isinstance(opened, SetOf)):
            return find_unknown(opened) or Unknown("for_each goes through what is no set of texts")
        opened = {one: one for one in opened}
    if not isinstance(opened, Mapping) or len(opened) > MOST:
        return Unknown(f"for_each is no map or set of up to {MOST}")
    return [
        Element(f"[{quoted(key)}]", key, {"each": {"key": key, "value": value}})
        for key, value in sorted(opened.items(), key=lambda item: item[0])
    ]


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
        return self.instance.argument(self.block, SINGLE[0], name)

    def at(self, key: Any) -> Any:
        """The instance of that key."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown):
            return found
        for element in found:
            if element is not SINGLE[0] and to_text(element.key) == to_text(key):
                return One(self.instance, self.block, element)
        raise WrongError("has no such instance")

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

    def step(self, name: str) -> Any:
        """The attribute of that name."""
        return self.instance.argument(self.block, self.element, name)

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

    def _child(self, index: str) -> Instance | None:
        return self.instance.children(self.block).get(index)

    def step(self, name: str) -> Any:
        """The output of that name."""
        found = self.instance.elements(self.block)
        child = self._child("") if found is SINGLE else None
        return child.output(name) if child is not None else Unknown(f"module {self.block.labels[0]} is not known here")

    def at(self, key: Any) -> Any:
        """The instance of that key, as a map of its outputs."""
        index = f"[{quoted(key)}]" if isinstance(key, str) else f"[{to_text(key)}]"
        child = self._child(index)
        if child is None:
            return Unknown(f"module {self.block.labels[0]}{index} is not known here")
        return Outputs(child)

    def every(self) -> Any:
        """All instances."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown):
            return found
        children = self.instance.children(self.block)
        if found is SINGLE or len(children) != len(found):
            return None if found is SINGLE else Unknown(f"module {self.block.labels[0]} is not known here")
        if "for_each" in self.block.attributes:
            return {element.key: Outputs(children[element.index]) for element in found}
        return [Outputs(children[element.index]) for element in found]


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


@dataclass(frozen=True, slots=True)
class Documents(Handle):
    """A policy document that is written as blocks."""

    instance: Instance
    block: Block
    element: Element = SINGLE[0]

    def step(self, name: str) -> Any:
        """The policy's text; nothing else of it is evaluated."""
        from grc.collect.terraform.hcl.bodies import META, body_of

        found = self.instance.elements(self.block)
        if isinstance(found, Unknown):
            return found
        if name not in ("json", "minified_json") or (self.element is SINGLE[0]) is not (found is SINGLE):
            return Unknown(f"{name} of a policy document is not evaluated")
        scope = self.instance.scope.bind(self.element.bound)
        return self.instance.once(
            (f"{'.'.join(self.block.labels)}{self.element.index}", "json"),
            lambda _: policy_json(body_of(self.block, scope, META)),
        )

    def at(self, key: Any) -> Any:
        """The instance of that key."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown):
            return found
        for element in found:
            if element is not SINGLE[0] and to_text(element.key) == to_text(key):
                return Documents(self.instance, self.block, element)
        raise WrongError("has no such instance")

    def every(self) -> Any:
        """All instances."""
        found = self.instance.elements(self.block)
        if isinstance(found, Unknown) or found is SINGLE or self.element is not SINGLE[0]:
            return found if isinstance(found, Unknown) else None
        ones = {element.key: Documents(self.instance, self.block, element) for element in found}
        return ones if "for_each" in self.block.attributes else list(ones.values())


def speaks_of(expression: Expression, scope: Scope) -> str | None:
    """The resource's attribute that an expression is, through locals, variables and outputs; None where it is none."""
    if isinstance(expression, Template) and len(expression.parts) == 1:
        return speaks_of(expression.parts[0], scope)
    if not isinstance(expression, Name) or not expression.steps or not isinstance(scope.world, Instance):
        return None
    if expression.root in scope.bound:
        return _spoken(scope.bound[expression.root], expression.steps, scope)
    return _spoken_name(scope.world, expression, scope)


def _spoken_name(here: Instance, name: Name, scope: Scope) -> str | None:
    first = name.steps[0]
    if here.effort.depth > DEEPEST * 4 or not isinstance(first, str):
        return None
    here.effort.depth += 1
    try:
        match name.root:
            case "local" if len(name.steps) == 1 and first in here.module.locals:
                return speaks_of(here.module.locals[first], here.scope)
            case "var" if len(name.steps) == 1 and first in here.given and here.caller is not None:
                return speaks_of(here.given[first], here.caller)
            case "var" | "local" | "path" | "data" | "terraform" | "each" | "count" | "self":
                return None
        value, taken = here.named(name.root, name.steps)
        return _spoken(value, name.steps[taken:], scope)
    finally:
        here.effort.depth -= 1


def _spoken(value: Any, steps: tuple[Step, ...], scope: Scope) -> str | None:
    """What the last step of a way through resources and modules names."""
    *before, last = steps or (At(Literal(None)),)
    try:
        owner = walk(value, tuple(before), scope)
    except WrongError:
        return None
    if not isinstance(last, str):
        return None
    if isinstance(owner, Resources) and owner.instance.elements(owner.block) is SINGLE:
        owner = One(owner.instance, owner.block, SINGLE[0])
    if isinstance(owner, One):
        return f"{owner.instance.address('.'.join(owner.block.labels))}{owner.element.index}.{last}"
    child = owner.child if isinstance(owner, Outputs) else None
    if isinstance(owner, Called) and owner.instance.elements(owner.block) is SINGLE:
        child = owner.instance.children(owner.block).get("")
    output = child.module.of("output").get((last,)) if child is not None else None
    if child is None or output is None or "value" not in output.attributes:
        return None
    return speaks_of(output.attributes["value"], child.scope)
