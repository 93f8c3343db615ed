"""Where values come from: follows fields and indexes through evidence and keeps the path.

Made ready once for each part of an expression, because every failing record is explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from grc.policy.ast import Call, Comprehension, Expression, Has, Identifier, Index, Literal, Select
from grc.policy.checker import Checked
from grc.policy.display import private
from grc.policy.values import Optional, PartialList, RecordValue, Unknown, Value, value_of


class Located(NamedTuple):
    """A value, what is in it when it is an optional, and its path in the evidence: None when it was computed.

    ``private``: it must not be shown. An absent value is None.
    """

    value: Value
    path: str | None = None
    private: bool = False


Bindings = Mapping[str, Value]
Places = Mapping[str, Located]
"""Those names that stand for evidence, and where it is."""
Locator = Callable[[Bindings, Places], Located]


def locator(checked: Checked, node: Expression) -> Locator:
    """What finds the value of a part and, where it is a piece of the evidence, its path."""
    ready: Locator | None = checked.prepared.get((locator, id(node)))
    if ready is None:
        ready = checked.prepared[locator, id(node)] = _locator(checked, node)
    return ready


def _locator(checked: Checked, node: Expression) -> Locator:
    match node:
        case Identifier(name=name):
            return lambda bindings, places: places.get(name) or Located(_inner(bindings.get(name)))
        case Select() | Has():
            return _field_locator(checked, node, node.operand, node.field)
        case Index(index=Literal(value=str() as field)):
            return _field_locator(checked, node, node.operand, field)
        case Index():
            return _member_locator(checked, node)
        case Call(function="orValue" | "value", target=target) if target is not None:
            return _default_locator(checked, node, target)
        case _:
            return _computed(checked, node)


def _computed(checked: Checked, node: Expression) -> Locator:
    return lambda bindings, places: Located(_inner(checked.outcome(bindings, node)))


def _inner(value: Value) -> Value:
    return value.value if type(value) is Optional else value


def _field_locator(checked: Checked, node: Expression, operand: Expression, field: str) -> Locator:
    owner, computed = locator(checked, operand), _computed(checked, node)

    def locate(bindings: Bindings, places: Places) -> Located:
        found = owner(bindings, places)
        return computed(bindings, places) if found.path is None else below(found, field)

    return locate


def below(owner: Located, field: str) -> Located:
    """A field of what was located; below what is absent everything is."""
    value, above, hidden = owner
    path = f"{above}.{field}" if above else field
    if type(value) is RecordValue:
        declared = value.shape.fields.get(field)
        return Located(value.fields.get(field), path, hidden or (declared is not None and private(declared)))
    if type(value) is dict:
        return Located(value.get(field), path, hidden)
    return Located(value if type(value) is Unknown else None, path, hidden)


def _member_locator(checked: Checked, node: Index) -> Locator:
    owner, computed = locator(checked, node.operand), _computed(checked, node)

    def locate(bindings: Bindings, places: Places) -> Located:
        found = owner(bindings, places)
        index = checked.outcome(bindings, node.index)
        if found.path is None or type(index) not in (int, str):
            return computed(bindings, places)
        if type(index) is str:
            return below(found, index)
        items = found.value if type(found.value) is list else ()
        return Located(items[index] if 0 <= index < len(items) else None, f"{found.path}[{index}]", found.private)

    return locate


def _default_locator(checked: Checked, node: Call, target: Expression) -> Locator:
    located = locator(checked, target)
    default = locator(checked, node.arguments[0]) if node.arguments else _computed(checked, node)

    def locate(bindings: Bindings, places: Places) -> Located:
        found = located(bindings, places)
        return default(bindings, places) if found.value is None else found

    return locate


def members(
    checked: Checked, macro: Comprehension, bindings: Bindings, places: Places
) -> Iterator[tuple[Bindings, Places]]:
    """What the names mean inside a macro, element by element."""
    target = locator(checked, macro.target)(bindings, places)
    for located in _elements(target, len(macro.variables)):
        named = dict(zip(macro.variables, located, strict=True))
        yield {**bindings, **{name: each.value for name, each in named.items()}}, {**places, **named}


def _elements(target: Located, variables: int) -> Iterator[tuple[Located, ...]]:
    value, path, hidden = target
    if type(value) is dict:
        for key, each in value.items():
            name = value_of(key)
            entry = Located(each, None if path is None else f"{path}.{name}", hidden)
            yield (Located(name), entry) if variables == 2 else (Located(name, path, hidden),)
    items = value.items if type(value) is PartialList else value
    for index, each in enumerate(items if type(items) is list else ()):
        element = Located(each, None if path is None else f"{path}[{index}]", hidden)
        yield (Located(index), element) if variables == 2 else (element,)
