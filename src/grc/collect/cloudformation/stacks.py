"""The resources of every stack that a tree's templates make, nested ones below those that hold them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.cloudformation.evaluating import LANGUAGE_EXTENSIONS, NESTED, PSEUDO, Evaluator
from grc.collect.cloudformation.expanding import expand
from grc.collect.cloudformation.macros import ANY, macros
from grc.collect.cloudformation.malformed import MalformedError
from grc.collect.cloudformation.parameterfiles import given_beside
from grc.collect.cloudformation.reading import MAX_BYTES, read_text
from grc.collect.cloudformation.template import OtherwiseError, Template, template_from
from grc.collect.cloudformation.values import ABSENT, Named, Unknown, as_text, at_deployment, malformed, not_provided
from grc.collect.files import Tree, UnreadableError
from grc.model.evidence import Fact, GapReason

MODULE: Final = "::MODULE"
TRANSFORM: Final = "Fn::Transform"
ASSET: Final = "aws:asset:path"
MAX_STACKS: Final = 2000
MAX_NESTED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a stack. ``properties`` may hold unknowns; ``doubt`` says why it may not be there, if it may not.

    ``address`` begins with ``module``, the path of the outermost template and a colon. ``refers`` are the addresses
    that its properties refer to.
    """

    address: str
    module: str
    type: str
    properties: Mapping[str, Any]
    file: str
    line: int
    refers: frozenset[str]
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Hole:
    """Something that was not read. ``types`` are the resource types that may stand there; ``ANY`` for all."""

    types: tuple[str, ...]
    reason: GapReason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holder:
    """The stack that a template is read for, and what it gives."""

    module: str
    prefix: str
    given: Mapping[str, Any] | None
    chain: tuple[str, ...]


class Library:
    """The templates of a tree, each read once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.files = frozenset(tree.files)
        self._read: dict[str, Template | Hole | None] = {}

    def template(self, path: str) -> Template | Hole | None:
        """A template, or why it cannot be read; None for a file that is something else."""
        if path not in self._read:
            self._read[path] = self._parsed(path)
        return self._read[path]

    def facts(self) -> list[Fact]:
        """The files that were read and are no templates."""
        return [Fact(fact="no template", detail=path) for path, found in sorted(self._read.items()) if found is None]

    def _parsed(self, path: str) -> Template | Hole | None:
        try:
            return template_from(path, read_text(self.tree.read(path, MAX_BYTES)))
        except UnreadableError as error:
            return Hole(types=ANY, reason=GapReason.PARSE_ERROR, detail=f"{path}:1: it cannot be read: {error}")
        except MalformedError as error:
            return Hole(types=ANY, reason=GapReason.PARSE_ERROR, detail=f"{path}:{error.line}: {error}")
        except OtherwiseError:
            return None


@dataclass(slots=True)
class Stack:
    """The stack of one outermost template. ``resources`` and ``holes`` grow as it is made.

    ``held`` are the paths of the templates that it holds, at any depth; ``given`` tells, by the addresses of the stacks
    that it holds, the addresses that their parameters refer to.
    """

    library: Library
    resources: list[Resource] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    given: dict[str, frozenset[str]] = field(default_factory=dict)
    made: int = 0

    def make(self, path: str) -> None:
        """Make the stack of a template, with the parameters that stand beside it."""
        given = given_beside(self.library.tree, path, self.library.files)
        self._make(path, _Holder(module=f"{path}:", prefix=f"{path}:", given=given, chain=()))

    def _make(self, path: str, holder: _Holder) -> Mapping[str, Any] | None:
        """Make a stack of a template. What it puts out; None where that is not known."""
        template = self.library.template(path)
        self.made += 1
        if template is None:
            if holder.chain:
                self._hole(ANY, malformed(f"{path}:1: a stack is made of it, and it declares no resources"))
            return None
        if isinstance(template, Hole):
            self.holes.append(template)
            return None
        self._macros(template)
        pseudo = {name: text for name, text in (holder.given or {}).items() if name in PSEUDO and isinstance(text, str)}
        run = Evaluator(
            module=holder.prefix,
            parameters=template.parameters(holder.given),
            pseudo=pseudo,
            mappings=template.section("Mappings"),
            resources=template.section("Resources"),
            declared=template.section("Conditions"),
        )
        if LANGUAGE_EXTENSIONS in template.macros:
            run.resources = expand(run.resources, run)
        self._nested_stacks(template, holder, run)
        for logical, told in run.resources.items():
            if logical not in run.outputs:
                self._resource(template, holder, run, logical, told)
        return _outputs(template, run)

    def _resource(self, template: Template, holder: _Holder, run: Evaluator, logical: str, told: Any) -> None:
        line = template.line(logical)
        where = f"{template.path}:{line}"
        type_ = told.get("Type") if isinstance(told, dict) else None
        if not logical.isalnum() or not isinstance(type_, str):
            why = "a macro writes it" if logical == TRANSFORM else "this is no resource of CloudFormation"
            self._hole(ANY, malformed(f"{where}: {why}"))
            return
        there = run.conditions.named(told["Condition"]) if "Condition" in told else True
        if there is False:
            return
        doubt = there if isinstance(there, Unknown) else _rewritten(template, told)
        run.met.clear()
        properties = run.value(told.get("Properties", {}))
        others = macros().resources.get(type_, ANY if type_.endswith(MODULE) else ())
        if others:
            self._hole(others, at_deployment(f"{where}: {type_} becomes other resources at deployment"))
            return
        if not isinstance(properties, dict):
            doubt = properties if isinstance(properties, Unknown) else malformed("its properties are no mapping")
            properties = {}
        self.resources.append(
            Resource(
                address=holder.prefix + logical,
                module=holder.module,
                type=type_,
                properties=properties,
                file=template.path,
                line=line,
                refers=frozenset(run.met),
                doubt=doubt,
            )
        )

    def _nested_stacks(self, template: Template, holder: _Holder, run: Evaluator) -> None:
        """Make the stacks that a template holds, each after those that it is given something of."""
        held = {logical for logical, told in run.resources.items() if _is_nested(logical, told)}
        begun: set[str] = set()
        pending = sorted(held, reverse=True)
        while pending:
            logical = pending[-1]
            if logical in run.outputs:
                pending.pop()
                continue
            run.met.clear()
            run.wanted.clear()
            properties = run.value(run.resources[logical].get("Properties", {}))
            begun.add(logical)
            if awaited := (run.wanted & held) - begun:
                pending.extend(sorted(awaited, reverse=True))
                continue
            self.given[holder.prefix + logical] = frozenset(run.met)
            run.outputs[logical] = self._nested(template, holder, run, logical, properties)

    def _nested(
        self,
        template: Template,
        holder: _Holder,
        run: Evaluator,
        logical: str,
        properties: Any,
    ) -> Mapping[str, Any] | None:
        where = f"{template.path}:{template.line(logical)}"
        resource, told = run.resources[logical], properties if isinstance(properties, dict) else {}
        there = run.conditions.named(resource["Condition"]) if "Condition" in resource else True
        if there is False:
            return {}
        if isinstance(there, Unknown):
            self._hole(ANY, Unknown(there.reason, f"{where}: a stack may be held here: {there.detail}"))
            return None
        path = self._local(template, resource, told.get("TemplateURL"))
        if path is None:
            self._hole(ANY, not_provided(f"{where}: the stack's template is not a file of this directory"))
            return None
        self.held.add(path)
        if path == template.path or path in holder.chain:
            self._hole(ANY, malformed(f"{where}: templates hold each other in a loop"))
            return None
        if self.made >= MAX_STACKS or len(holder.chain) >= MAX_NESTED:
            self._hole(ANY, Unknown(GapReason.BUDGET, f"{where}: stacks are nested beyond what is read"))
            return None
        given = {**run.pseudo, **_passed(told.get("Parameters", {}))}
        below = _Holder(
            module=holder.module,
            prefix=f"{holder.prefix}{logical}.",
            given=given,
            chain=(*holder.chain, template.path),
        )
        return self._make(path, below)

    def _local(self, template: Template, resource: Mapping[str, Any], url: Any) -> str | None:
        """The file of the tree that a stack is made of: named by the CDK beside it, or by a relative path."""
        metadata = resource.get("Metadata")
        asset = metadata.get(ASSET) if isinstance(metadata, dict) else None
        for named in (asset, url):
            if isinstance(named, str) and "://" not in named and not named.startswith("/"):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(template.path), named))
                if path in self.library.files:
                    return path
        return None

    def _macros(self, template: Template) -> None:
        for name in template.macros:
            types = macros().templates.get(name, ANY)
            if types:
                line = template.text.lines.get(("Transform",), 1)
                self._hole(types, at_deployment(f"{template.path}:{line}: a macro writes resources at deployment"))

    def _hole(self, types: tuple[str, ...], why: Unknown) -> None:
        self.holes.append(Hole(types=types, reason=why.reason, detail=why.detail))


def stacks_of(library: Library, paths: Iterable[str]) -> list[Stack]:
    """The stacks of templates that no other one holds; of templates that hold each other, the first."""
    made: dict[str, Stack] = {}
    for path in paths:
        made[path] = Stack(library)
        made[path].make(path)
    held = {below for path, stack in made.items() for below in stack.held - {path}}
    outermost = [path for path in made if path not in held]
    reached = {*outermost, *(below for path in outermost for below in made[path].held)}
    for path, stack in made.items():
        if path not in reached:
            outermost.append(path)
            reached |= {path} | stack.held
    return [made[path] for path in sorted(outermost)]


def _rewritten(template: Template, told: Mapping[str, Any]) -> Unknown | None:
    """Why a resource may not come to be as it is written: a macro of its own, or one given the whole template."""
    known = macros().templates
    changed = TRANSFORM in told or any(name not in known for name in template.macros)
    return at_deployment("a macro may change it") if changed else None


def _is_nested(logical: str, told: Any) -> bool:
    return logical.isalnum() and isinstance(told, dict) and told.get("Type") == NESTED


def _outputs(template: Template, run: Evaluator) -> dict[str, Any]:
    """What a stack puts out: texts, and what is not known of them."""
    declared = template.section("Outputs")
    if LANGUAGE_EXTENSIONS in template.macros:
        declared = expand(declared, run)
    return {name: found for name, told in declared.items() if (found := _output(told, run)) is not None}


def _output(told: Any, run: Evaluator) -> Any:
    """One output; None where its condition is false."""
    if not isinstance(told, dict) or "Value" not in told:
        return malformed("an output has no value")
    there = run.conditions.named(told["Condition"]) if "Condition" in told else True
    if isinstance(there, Unknown):
        return Unknown(there.reason, f"whether it is put out is not known: {there.detail}")
    if not there:
        return None
    value = run.known(told["Value"])
    text = value if isinstance(value, (Unknown, Named)) else as_text(value)
    return malformed("an output is no text") if text is None else text


def _passed(parameters: Any) -> dict[str, Any]:
    """What a stack gives to the one that it holds: everything by name, and what is not known as not known."""
    if not isinstance(parameters, dict):
        return {}
    return {name: _one(value) for name, value in parameters.items() if value is not ABSENT}


def _one(value: Any) -> Any:
    if isinstance(value, (Unknown, list)):
        return value
    text = as_text(value)
    return malformed("its parameter is no text") if text is None else text
