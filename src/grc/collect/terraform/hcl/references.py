"""What an expression refers to: the attribute of a resource, found through locals, variables and outputs."""

from __future__ import annotations

from typing import Any, Final

from grc.collect.terraform.hcl.evaluate import walk
from grc.collect.terraform.hcl.expansion import SINGLE
from grc.collect.terraform.hcl.handles import Called, One, Outputs, Resources
from grc.collect.terraform.hcl.instance import Instance
from grc.collect.terraform.hcl.scope import Scope
from grc.collect.terraform.hcl.tree import At, Expression, Literal, Name, Step, Template
from grc.collect.terraform.hcl.values import Unknown, WrongError

DEEPEST: Final = 80
"""Names that lead to one another."""


def references_of(expression: Expression | None, value: Any, scope: Scope) -> tuple[str, ...]:
    """What an argument refers to: one attribute, or of a list each element's where every one is known to have one."""
    if type(expression) is Literal:
        return ()
    if isinstance(value, Unknown):
        return (value.speaks,) if value.speaks is not None else ()
    if isinstance(value, list):
        elements = [one.speaks for one in value if isinstance(one, Unknown) and one.speaks is not None]
        return tuple(elements) if len(elements) == len(value) else ()
    if expression is None:
        return ()
    spoken = _spoken(expression, scope)
    return () if spoken is None else (spoken,)


def _spoken(expression: Expression, scope: Scope) -> str | None:
    """The attribute that an expression is; None where it is none."""
    if isinstance(expression, Template) and len(expression.parts) == 1:
        return _spoken(expression.parts[0], scope)
    if not isinstance(expression, Name) or not expression.steps or not isinstance(scope.world, Instance):
        return None
    if expression.root in scope.bound:
        return _led_to(scope.bound[expression.root], expression.steps, scope)
    return _followed(scope.world, expression, scope)


def _followed(here: Instance, name: Name, scope: Scope) -> str | None:
    if here.effort.depth > DEEPEST or not isinstance(name.steps[0], str):
        return None
    here.effort.depth += 1
    try:
        return _named(here, name, name.steps[0], scope)
    finally:
        here.effort.depth -= 1


def _named(here: Instance, name: Name, first: str, scope: Scope) -> str | None:
    alone = len(name.steps) == 1
    match name.root:
        case "local" if alone and first in here.module.locals:
            return _spoken(here.module.locals[first], here.scope)
        case "var" if alone and first in here.given and here.caller is not None:
            return _spoken(here.given[first], here.caller)
        case "var" | "local" | "path" | "data" | "terraform" | "each" | "count" | "self":
            return None
    value, taken = here.named(name.root, name.steps)
    return _led_to(value, name.steps[taken:], scope)


def _led_to(value: Any, steps: tuple[Step, ...], scope: Scope) -> str | None:
    """What the last step of a way through resources and modules names."""
    *before, last = steps or (At(Literal(None)),)
    try:
        owner = walk(value, tuple(before), scope)
    except WrongError:
        return None
    if not isinstance(last, str):
        return None
    match owner:
        case Resources(instance, block) if instance.elements(block) is SINGLE:
            return f"{One(instance, block, SINGLE[0]).address}.{last}"
        case One():
            return f"{owner.address}.{last}"
        case Called():
            return _output(owner.only(), last)
        case Outputs():
            return _output(owner.child, last)
    return None


def _output(child: Instance | None, name: str) -> str | None:
    block = child.module.of("output").get((name,)) if child is not None else None
    if child is None or block is None or "value" not in block.attributes:
        return None
    return _spoken(block.attributes["value"], child.scope)
