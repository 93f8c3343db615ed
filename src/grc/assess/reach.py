"""Where evidence of a kind must stand, and the holes where it does not.

A kind that was collected in some places and not in others has a hole there: the estate is the same for every kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from grc.model.assessment import PopulationResult
from grc.model.evidence import OF_RECORD, Gap, GapReason, Origin, Population
from grc.model.identifiers import KindName, Place
from grc.model.kind import Kind, KindScope

PLACES: Final[Mapping[str, str]] = {"kubernetes": "k8s"}
"""What the places of a provider begin with, where that is not its name."""
Seen = Mapping[tuple[str, KindScope], frozenset[Place]]
"""The places where something was seen live, by provider and by how far the kind reaches that was seen."""


def seen_places(populations: Iterable[Population], kinds: Mapping[KindName, Kind]) -> Seen:
    """Where each provider gave something live: looked at once, for there are many checks and many populations."""
    places: defaultdict[tuple[str, KindScope], set[Place]] = defaultdict(set)
    for found in populations:
        kind = kinds.get(found.unit.kind)
        if found.origin is not Origin.LIVE or kind is None:
            continue
        if found.facts and not found.count:  # a region not opted in, a service not enabled: nothing to expect there
            continue
        places[kind.provider, kind.scope].add(found.unit.place)
    return {key: frozenset(found) for key, found in places.items()}


def unreached(kind: Kind, own: Iterable[Population], seen: Seen, declared: Iterable[Place]) -> tuple[Place, ...]:
    """The places where evidence of record of this kind is expected and missing. ``own`` are its populations.

    Expected: each place where a kind of the same provider and reach was seen live, and each declared place of the
    provider (a declared account is reached by a population below it). A kind with no population at all misses none:
    it was not collected, and its checks are not assessed.
    """
    present = {found.unit.place for found in own if found.origin in OF_RECORD}
    if not present:
        return ()
    first = PLACES.get(kind.provider, kind.provider)
    wanted = {place for place in declared if place.partition("/")[0] == first and not _met(place, present)}
    return tuple(sorted((_expected(kind, seen) - present) | wanted))


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


def _expected(kind: Kind, seen: Seen) -> set[Place]:
    """Where a kind is expected, as others were seen there: a global one also where a regional one was, a step up."""
    found = set(seen.get((kind.provider, kind.scope), ()))
    if kind.scope is KindScope.GLOBAL:
        regional = seen.get((kind.provider, KindScope.REGIONAL), frozenset())
        found |= {Place(place.rpartition("/")[0]) for place in regional if "/" in place}
    return found


def _met(declared: Place, present: Iterable[Place]) -> bool:
    return any(
        place == declared or place.startswith(declared + "/") or declared.startswith(place + "/") for place in present
    )
