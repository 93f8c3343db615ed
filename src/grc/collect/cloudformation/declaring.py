"""A stack's resources in the neutral form that translations read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from grc.collect.cloudformation.loops import in_loops
from grc.collect.cloudformation.macros import ANY
from grc.collect.cloudformation.policies import is_policy, standing
from grc.collect.cloudformation.stacks import Hole, Resource, Stack
from grc.collect.cloudformation.values import Named, Unknown, malformed, unknowns
from grc.collect.translated import Declared, DeclaredResource, Uncertain, Untold
from grc.model.evidence import Fact, Gap, GapReason

CALL: Final = "CloudFormation template"
LOOP: Final = "resources refer to each other in a loop, and AWS refuses such a template"


SETTINGS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "LoadBalancerAttributes",
        (
            "access_logs.s3.enabled",
            "deletion_protection.enabled",
            "load_balancing.cross_zone.enabled",
            "routing.http.desync_mitigation_mode",
            "routing.http.drop_invalid_header_fields.enabled",
        ),
    ),
}
"""Properties that are lists of ``Key`` and ``Value``: translations read a key as ``Property/key``, ``/`` for dots."""


def declared(stacks: Sequence[Stack], facts: Iterable[Fact]) -> Declared:
    """Everything that the stacks declare, in order of address."""
    resources = sorted((one for stack in stacks for one in stack.resources), key=lambda one: one.address)
    holes = {hole for stack in stacks for hole in stack.holes}
    given = {address: refers for stack in stacks for address, refers in stack.given.items()}
    looped = in_loops({**given, **{one.address: one.refers for one in resources}})
    return Declared(
        resources=tuple(_declared(one) for one in resources if one.doubt is None),
        uncertain=(
            *(_doubted(one, one.doubt) for one in resources if one.doubt is not None),
            *(_looped(one) for one in resources if one.address in looped),
            *(one for hole in sorted(holes) if hole.types != ANY for one in _unseen(hole)),
        ),
        holes=tuple(_gap(hole.reason, hole.detail) for hole in sorted(holes) if hole.types == ANY),
        facts=tuple(facts),
    )


def _declared(resource: Resource) -> DeclaredResource:
    properties = {**resource.properties, **dict(_settings(resource))}
    parts = {name: apart(value) for name, value in properties.items()}
    return DeclaredResource(
        address=resource.address,
        module=resource.module,
        type=resource.type,
        values={**{name: plain for name, (plain, _) in parts.items()}, **_tags(parts.get("Tags"))},
        unknown={name: unknown for name, (_, unknown) in parts.items() if unknown},
        sensitive={},
        references={name: _names(value, resource.module) for name, value in properties.items()},
        created=True,
        exhaustive=False,
        file=resource.file,
        line=resource.line,
        within="",
    )


def _settings(resource: Resource) -> Iterator[tuple[str, Any]]:
    """Each setting of a list by its key. Where a key is not known, any setting may be there."""
    name, keys = SETTINGS.get(resource.type, ("", ()))
    told = resource.properties.get(name, [])
    if not isinstance(told, list) or not all(isinstance(one, dict) and isinstance(one.get("Key"), str) for one in told):
        missing = next(iter(unknowns(told)), malformed("its settings are no list of keys and values"))
        yield from ((f"{name}/{key.replace('.', '/')}", missing) for key in keys)
        return
    for one in told:
        yield f"{name}/{one['Key'].replace('.', '/')}", one.get("Value", malformed("a setting has no value"))


def _names(value: Any, module: str) -> tuple[str, ...]:
    """The resources that a property speaks of, by name below the module; "" for one that cannot be told."""
    if isinstance(value, list):
        members = [_names(one, module) or ("",) for one in value]
        return tuple(name for names in members for name in names) if any(map(any, members)) else ()
    return tuple(name.removeprefix(module) for name in value.refers) if isinstance(value, (Unknown, Named)) else ()


def apart(value: Any) -> tuple[Any, Any]:
    """A value as plain data, and the mirror of what is not known in it and why.

    A list with a member that is not known is not known as a whole: nobody can say how many members it comes to.
    """
    if isinstance(value, Unknown):
        return None, Untold(value.reason, value.detail)
    if isinstance(value, Named):
        return value.text, False
    if isinstance(value, dict):
        if is_policy(value):
            found = standing(value)
            return apart(found) if isinstance(found, Unknown) else (found, False)
        parts = {name: apart(below) for name, below in value.items()}
        marks = {name: mark for name, (_, mark) in parts.items() if mark}
        return {name: plain for name, (plain, _) in parts.items()}, marks or False
    if isinstance(value, list):
        unknown = next((one for one in value if isinstance(one, Unknown)), None)
        if unknown is not None:
            return apart(unknown)
        members = [apart(one) for one in value]
        mirror = [mark for _, mark in members]
        return [plain for plain, _ in members], mirror if any(mirror) else False
    return value, False


def _tags(parts: tuple[Any, Any] | None) -> dict[str, Any]:
    """The tags as a map where the template tells them whole: a list of ``Key`` and ``Value``, or a map."""
    told, unknown = parts or (None, False)
    if unknown:
        return {}
    if isinstance(told, dict):
        return {"tags": told} if all(isinstance(value, str) for value in told.values()) else {}
    if not isinstance(told, list) or not all(_is_tag(one) for one in told):
        return {}
    return {"tags": {one["Key"]: one["Value"] for one in told}}


def _is_tag(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("Key"), str) and isinstance(one.get("Value"), str)


def _doubted(resource: Resource, doubt: Unknown) -> Uncertain:
    detail = f"{resource.file}:{resource.line}: whether it is made is not known: {doubt.detail}"
    return Uncertain(resource=_declared(resource), gap=_gap(doubt.reason, detail))


def _looped(resource: Resource) -> Uncertain:
    gap = _gap(GapReason.PARSE_ERROR, f"{resource.file}:{resource.line}: {LOOP}")
    return Uncertain(resource=_declared(resource), gap=gap)


def _unseen(hole: Hole) -> Iterator[Uncertain]:
    for type_ in hole.types:
        stand_in = Resource(
            address=hole.detail.partition(": ")[0],
            module="",
            type=type_,
            properties={},
            file=hole.detail.partition(":")[0],
            line=1,
            refers=frozenset(),
        )
        yield Uncertain(resource=_declared(stand_in), gap=_gap(hole.reason, hole.detail))


def _gap(reason: GapReason, detail: str) -> Gap:
    return Gap(path="", reason=reason, call=CALL, detail=detail)
