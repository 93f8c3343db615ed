"""Where evidence of a kind must stand, and the holes where it does not.

A kind that was collected in some places and not in others has a hole there: the estate is the same for every kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grc.model.assessment import PopulationResult
from grc.model.evidence import OF_RECORD, Gap, GapReason, Origin, Population
from grc.model.identifiers import KindName, Place
from grc.model.kind import Kind, KindScope


def unreached(
    kind: Kind, populations: Sequence[Population], kinds: Mapping[KindName, Kind], declared: Iterable[Place]
) -> tuple[Place, ...]:
    """The places where evidence of record of this kind is expected and missing.

    Expected: each place where a kind of the same provider and reach was seen live, and each declared place of the
    provider (a declared account is reached by a population below it). A kind with no population at all misses none:
    it was not collected, and its checks are not assessed.
    """
    present = {found.unit.place for found in populations if found.unit.kind == kind.name and found.origin in OF_RECORD}
    if not present:
        return ()
    wanted = {place for place in declared if place.partition("/")[0] == kind.provider and not _met(place, present)}
    return tuple(sorted((_seen(kind, populations, kinds) - present) | wanted))


def missing(place: Place, detail: str) -> PopulationResult:
    """A population that should be there and is not, as a result: it holds nothing and has a gap."""
    return PopulationResult(
        place=place,
        origin=Origin.LIVE,
        subjects=0,
        passed=0,
        failed=0,
        unknown=0,
        not_applicable=0,
        waived=0,
        complete=False,
        oldest=None,
        gaps=(Gap(path="", reason=GapReason.NOT_PROVIDED, detail=detail),),
    )


def _seen(kind: Kind, populations: Iterable[Population], kinds: Mapping[KindName, Kind]) -> set[Place]:
    places = set()
    for found in populations:
        other = kinds.get(found.unit.kind)
        if found.origin is not Origin.LIVE or other is None or other.provider != kind.provider:
            continue
        if found.facts and not found.count:  # a region not opted in, a service not enabled: nothing to expect there
            continue
        place = _at_scope(found.unit.place, other.scope, kind.scope)
        if place is not None:
            places.add(place)
    return places


def _at_scope(place: Place, found: KindScope, wanted: KindScope) -> Place | None:
    if found is wanted:
        return place
    above = place.rpartition("/")[0]
    return Place(above) if found is KindScope.REGIONAL and "/" in above else None


def _met(declared: Place, present: Iterable[Place]) -> bool:
    return any(
        place == declared or place.startswith(declared + "/") or declared.startswith(place + "/") for place in present
    )
