"""Which resource belongs to which: by the configuration's references, else by the value that names the owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grc.collect.terraform.plan import Plan, PlannedResource
from grc.collect.terraform.translation import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """``of`` gives an owner's attached resources by its address; ``unresolved`` those whose owner is not known."""

    of: Mapping[str, tuple[PlannedResource, ...]]
    unresolved: tuple[str, ...]


def owners_of(plan: Plan, owner_type: str, attachment: Attachment) -> Owners:
    """Pair the attached resources of one type with their owners."""
    owners = [resource for resource in plan.resources if resource.type == owner_type]
    of: dict[str, tuple[PlannedResource, ...]] = {}
    unresolved: list[str] = []
    for resource in plan.resources:
        if resource.type != attachment.type or not _wanted(resource, attachment):
            continue
        owner = _owner(resource, attachment.by, owners)
        if owner is None:
            unresolved.append(resource.address)
        else:
            of[owner.address] = (*of.get(owner.address, ()), resource)
    return Owners(of=of, unresolved=tuple(unresolved))


def _wanted(resource: PlannedResource, attachment: Attachment) -> bool:
    return all(resource.values.get(name) == value for name, value in attachment.where.items())


def _owner(resource: PlannedResource, by: str, owners: list[PlannedResource]) -> PlannedResource | None:
    for name in resource.references.get(by, ()):
        named = [one for one in owners if one.module == resource.module and _refers(name, one)]
        if len(named) == 1:
            return named[0]
        same = [one for one in named if one.index == resource.index]
        if len(same) == 1:
            return same[0]
    value = resource.values.get(by)
    valued = [one for one in owners if value is not None and value in (one.values.get("id"), one.values.get("bucket"))]
    return valued[0] if len(valued) == 1 else None


def _refers(reference: str, owner: PlannedResource) -> bool:
    """Whether ``aws_s3_bucket.logs[0].id`` speaks of this owner; without an index, of any of its instances."""
    local = owner.address.removeprefix(owner.module).removeprefix(".")
    return any(
        reference == name or reference.startswith((name + ".", name + "[each", name + "[count"))
        for name in (local, owner.name)
    )
