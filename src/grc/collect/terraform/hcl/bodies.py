"""What a block sets: its arguments and the blocks in it, dynamic ones written out, as values with their unknowns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any, Final

from grc.collect.terraform.hcl.evaluate import value_of
from grc.collect.terraform.hcl.loops import pairs
from grc.collect.terraform.hcl.scope import Scope
from grc.collect.terraform.hcl.tree import Block, Literal, Name
from grc.collect.terraform.hcl.values import Handle, Unknown, WrongError, spread
from grc.collect.translated import Untold
from grc.model.evidence import GapReason

META: Final = frozenset(
    {"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection", "timeouts"}
)
"""What Terraform itself reads of a resource; the provider never sees it."""
DEEPEST: Final = 60
MOST: Final = 10_000
"""Values in one argument."""


def body_of(block: Block, scope: Scope, leave_out: Set[str] = frozenset()) -> dict[str, Any]:
    """Arguments by name, and the blocks of each name as a list; those of the block itself to ``leave_out`` aside."""
    found = {
        name: one.value if type(one) is Literal else value_of(one, scope)
        for name, one in block.attributes.items()
        if name not in leave_out
    }
    for inner in block.blocks:
        if inner.kind not in leave_out:
            name = inner.labels[0] if inner.kind == "dynamic" and inner.labels else inner.kind
            _add(found, name, block, _bodies(inner, scope))
    return found


def _add(found: dict[str, Any], name: str, block: Block, bodies: list[Any] | Unknown) -> None:
    known = found.setdefault(name, [])
    if isinstance(bodies, Unknown) or not isinstance(known, list) or name in block.attributes:
        found[name] = bodies if isinstance(bodies, Unknown) else Unknown(f"{name} is set in two ways")
    else:
        known.extend(bodies)


def _bodies(block: Block, scope: Scope) -> list[Any] | Unknown:
    if block.kind != "dynamic":
        return [body_of(block, scope)]
    content = next((inner for inner in block.blocks if inner.kind == "content"), None)
    if content is None or "for_each" not in block.attributes:
        return Unknown("is a dynamic block without content")
    among = value_of(block.attributes["for_each"], scope)
    if isinstance(among, Handle):
        among = among.every()
    if isinstance(among, Unknown):
        return spread(among)
    iterator = block.attributes.get("iterator")
    name = iterator.root if isinstance(iterator, Name) else block.labels[0]
    try:
        return list(_written(content, name, among, scope))
    except WrongError as error:
        return Unknown(f"for_each {error}")


def _written(content: Block, name: str, among: Any, scope: Scope) -> Iterator[dict[str, Any]]:
    for key, value in pairs(among):
        yield body_of(content, scope.bind({name: {"key": key, "value": value}}))


def parted(body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Known values, and the mirrors of what is unknown and what is sensitive. What is null is not set."""
    values: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    sensitive: dict[str, Any] = {}
    for name, value in body.items():
        if value is None:
            continue
        if isinstance(value, (str, bool, int)):
            values[name] = value
            continue
        known, missing, hidden = _parted(value, [0], 0)
        values[name] = known
        if missing:
            unknown[name] = missing
        if hidden:
            sensitive[name] = hidden
    return values, unknown, sensitive


def _parted(value: Any, met: list[int], depth: int) -> tuple[Any, Any, Any]:
    met[0] += 1
    if isinstance(value, (str, bool, int)) and met[0] <= MOST:
        return value, False, False
    if isinstance(value, Unknown):
        return None, False if value.sensitive else Untold(value.reason, value.why), value.sensitive
    if isinstance(value, Handle) or met[0] > MOST or depth > DEEPEST:
        return None, Untold(GapReason.NOT_TRANSLATED, "is more than is evaluated of one argument"), False
    if isinstance(value, list):
        parts = [_parted(one, met, depth + 1) for one in value]
        return (
            [known for known, _, _ in parts],
            [missing for _, missing, _ in parts] if any(missing for _, missing, _ in parts) else False,
            [hidden for _, _, hidden in parts] if any(hidden for _, _, hidden in parts) else False,
        )
    return _parted_names(value, met, depth) if isinstance(value, Mapping) else (value, False, False)


def _parted_names(values: Mapping[str, Any], met: list[int], depth: int) -> tuple[Any, Any, Any]:
    known: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    sensitive: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        told, missing, hidden = _parted(value, met, depth + 1)
        if told is not None:
            known[name] = told
        if missing:
            unknown[name] = missing
        if hidden:
            sensitive[name] = hidden
    return known, unknown, sensitive
