"""Which units a demand asks for: each kind in each of its places, and the places that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from grc.collect.aws import allowlist
from grc.collect.aws.accounts import Found
from grc.collect.aws.calls import CallError, Calls
from grc.collect.aws.declared import Resource, Section
from grc.collect.aws.identity import Identity
from grc.errors import ConfigError
from grc.model.evidence import Demand, Fact, Gap, Unit
from grc.model.identifiers import KindName, Place
from grc.model.kind import KindScope

SOURCE: Final = "aws"
NOT_OPTED_IN: Final = "not-opted-in"
REGION_OFF: Final = "region-not-enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One unit to read. ``regions`` are those it is listed in; with none there is nothing to call, and ``facts`` or
    ``gaps`` say why."""

    unit: Unit
    resource: Resource
    sections: tuple[Section, ...]
    regions: tuple[str, ...]
    itself: Mapping[str, Any] | None = None
    facts: tuple[Fact, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """The account's regions. ``known`` maps each to what ec2:DescribeRegions says of it; ``gap`` says why it is empty.

    ``asked`` are those named on the command line, None for all that are enabled. ``left_out`` are out of scope.
    """

    known: Mapping[str, Mapping[str, Any]]
    asked: tuple[str, ...] | None
    gap: Gap | None = None
    left_out: frozenset[str] = frozenset()

    @property
    def enabled(self) -> tuple[str, ...]:
        """The regions to read."""
        wanted = tuple(sorted(self.known)) if self.asked is None else self.asked
        return tuple(region for region in wanted if not self.is_off(region))

    @property
    def off(self) -> tuple[str, ...]:
        """The regions in scope that the account has not opted in to."""
        wanted = tuple(sorted(self.known)) if self.asked is None else self.asked
        return tuple(region for region in wanted if self.is_off(region))

    def is_off(self, region: str) -> bool:
        """Whether the account has not opted in to a region; proven by the account's own list."""
        return self.known.get(region, {}).get("OptInStatus") == NOT_OPTED_IN


def find_regions(
    calls: Calls, identity: Identity, asked: Sequence[str] | None, left_out: frozenset[str] = frozenset()
) -> Regions:
    """Ask the account which regions it has.

    Source: ec2:DescribeRegions with AllRegions.

    ``asked`` is None or empty for all that are enabled; in those ``left_out`` no kind of the whole account is listed.

    Raises:
        ConfigError: a region asked for does not exist.
    """
    wanted = tuple(sorted(set(asked))) if asked else None
    read = allowlist.load().read("ec2", "describe_regions")
    try:
        answer = calls.answer(read, identity.home, {"AllRegions": True}, ("Regions",))
    except CallError as failed:
        return Regions(known={}, asked=wanted, gap=failed.gap, left_out=left_out)
    known = {region["RegionName"]: region for region in answer["Regions"] if "RegionName" in region}
    unknown = [region for region in wanted or () if region not in known]
    if unknown:
        raise ConfigError(f"AWS has no region {', '.join(unknown)} for this account: it has {', '.join(sorted(known))}")
    return Regions(known=known, asked=wanted, left_out=left_out)


def needs_regions(resources: Iterable[Resource]) -> bool:
    """Whether any of the kinds is read region by region."""
    return any(resource.scope is KindScope.REGIONAL or resource.every_region for resource in resources)


def plan(demand: Demand, resources: Mapping[KindName, Resource], identity: Identity, regions: Regions) -> list[Planned]:
    """The units of a demand, place after place: so a place's clients are needed for a while and then no more."""
    found: list[Planned] = []
    for name in sorted(demand.keys() & resources.keys()):
        resource = resources[name]
        sections = resource.wanted(demand[name])
        if resource.scope is KindScope.GLOBAL:
            found.append(_global(resource, sections, identity, regions))
        else:
            found.extend(_regional(resource, sections, identity, regions))
    return sorted(found, key=lambda planned: (planned.unit.place, planned.unit.kind))


def unreadable(demand: Demand, resources: Mapping[KindName, Resource], found: Found) -> list[Planned]:
    """The units of an account in which nothing can be read, each with the reason."""
    return [
        Planned(
            unit=Unit(source=SOURCE, place=found.place, kind=name),
            resource=resources[name],
            sections=resources[name].wanted(demand[name]),
            regions=(),
            facts=found.facts,
            gaps=() if found.gap is None else (found.gap,),
        )
        for name in sorted(demand.keys() & resources.keys())
    ]


def _global(resource: Resource, sections: tuple[Section, ...], identity: Identity, regions: Regions) -> Planned:
    itself = {"Account": identity.account, "Partition": identity.partition} if resource.itself else None
    listed = tuple(region for region in regions.enabled if region not in regions.left_out)
    gap = regions.gap if resource.every_region and regions.asked is None else None
    return Planned(
        unit=_unit(resource, identity),
        resource=resource,
        sections=sections,
        regions=listed if resource.every_region and listed else (identity.home,),
        itself=itself,
        gaps=() if gap is None else (gap,),
    )


def _regional(
    resource: Resource, sections: tuple[Section, ...], identity: Identity, regions: Regions
) -> Iterable[Planned]:
    if regions.gap is not None and regions.asked is None:
        unit = _unit(resource, identity)
        yield Planned(unit=unit, resource=resource, sections=sections, regions=(), gaps=(regions.gap,))
        return
    for region in regions.enabled:
        yield Planned(
            unit=_unit(resource, identity, region),
            resource=resource,
            sections=sections,
            regions=(region,),
            itself=_region_itself(identity, regions, region) if resource.itself else None,
        )
    if resource.itself or regions.asked is not None:
        for region in regions.off:
            fact = Fact(fact=REGION_OFF, detail=f"{region}: ec2:DescribeRegions says {NOT_OPTED_IN}")
            unit = _unit(resource, identity, region)
            yield Planned(unit=unit, resource=resource, sections=sections, regions=(), facts=(fact,))


def _region_itself(identity: Identity, regions: Regions, region: str) -> dict[str, Any]:
    known = regions.known.get(region, {})
    kept = {name: known[name] for name in ("Endpoint", "OptInStatus") if name in known}
    return {"Account": identity.account, "Partition": identity.partition, "Region": region, **kept}


def _unit(resource: Resource, identity: Identity, region: str | None = None) -> Unit:
    place = f"{SOURCE}/{identity.account}" + ("" if region is None else f"/{region}")
    return Unit(source=SOURCE, place=Place(place), kind=resource.name)


def least_calls(units: Iterable[Planned]) -> int:
    """How many calls the units need at the least: each list is one page, and nothing is found.

    An account or a region that is read itself is found: each of its sections is one call.
    """
    return sum(_least(planned) for planned in units)


def _least(planned: Planned) -> int:
    if planned.itself is None:
        return len(planned.regions)
    return sum(1 for section in planned.sections if section.reads)
