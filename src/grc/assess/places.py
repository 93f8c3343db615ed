"""How far a join reaches from a place, and where evidence that it needs is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, assert_never

from grc.assess.reach import seen_places, unreached
from grc.model.catalogue import Within
from grc.model.evidence import OF_RECORD, Gap, GapReason, Population
from grc.model.identifiers import KindName, Place
from grc.model.kind import Kind, KindScope
from grc.policy.program import RelatedProgram

WHOLE: Final = frozenset({"file", "host", "register"})
"""Providers whose places are not divided into accounts: what follows the first slash is one name."""
DECLARED_IN_PARTS: Final = frozenset({"aws"})
"""Providers whose resources are declared by many root modules and templates, each seen by itself."""


class Reach:
    """Which populations a join reaches. ``declared`` are places that the workspace says must be there."""

    def __init__(
        self, populations: Sequence[Population], kinds: Mapping[KindName, Kind], declared: Iterable[Place] = ()
    ) -> None:
        self.populations = tuple(populations)
        self.kinds = kinds
        self.declared = tuple(declared)
        self._seen = seen_places(self.populations, kinds)
        self._of_kind: defaultdict[KindName, list[Population]] = defaultdict(list)
        for population in self.populations:
            self._of_kind[population.unit.kind].append(population)
        self._missing: dict[KindName, tuple[Place, ...]] = {}

    def of_kind(self, kind: KindName) -> Sequence[Population]:
        """The populations of one kind."""
        return self._of_kind.get(kind, ())

    def of(self, related: RelatedProgram, source: Population) -> tuple[tuple[Population, ...], tuple[Gap, ...]]:
        """The populations of the related kind that a join reaches, and a gap for each that should be there and is not.

        Evidence of record joins with evidence of record; a plan, template, manifest or state with its own place alone.
        What infrastructure code declares is never all that there is: another root module or a person made the rest.
        """
        kind, place = related.kind, source.unit.place
        others = self.of_kind(kind.name)
        if source.origin not in OF_RECORD:
            found = tuple(each for each in others if each.unit.place == place and each.origin not in OF_RECORD)
            if not found:
                return found, (_missing(kind, place),)
            return found, (_elsewhere(kind, place),) if kind.provider in DECLARED_IN_PARTS else ()
        within = related.within or self._default(kind, source)
        record = [each for each in others if each.origin in OF_RECORD]
        found = tuple(each for each in record if reaches(place, each.unit.place, within))
        if not found:
            return (), (_missing(kind, place),)
        wanted = [each for each in self.unreached(kind) if reaches(place, each, within)]
        return found, tuple(_missing(kind, each) for each in wanted)

    def _default(self, kind: Kind, source: Population) -> Within:
        own = self.kinds[source.unit.kind]
        regional = own.scope is KindScope.REGIONAL and kind.scope is KindScope.REGIONAL
        return Within.PLACE if regional else Within.ACCOUNT

    def unreached(self, kind: Kind) -> tuple[Place, ...]:
        """The places where evidence of record of a kind is expected and missing."""
        if kind.name not in self._missing:
            self._missing[kind.name] = unreached(kind, self.of_kind(kind.name), self._seen, self.declared)
        return self._missing[kind.name]


def reaches(source: Place, other: Place, within: Within) -> bool:
    """Whether a join from one place reaches another."""
    match within:
        case Within.PLACE:
            return source == other
        case Within.ACCOUNT:
            return account(source) == account(other)
        case Within.ORGANIZATION:
            return source.partition("/")[0] == other.partition("/")[0]
        case Within.ANY:
            return True
        case _:
            assert_never(within)


def account(place: Place) -> str:
    """What stands for an account: the first two steps of a place, the whole of a file's, a host's or a register's."""
    provider, _, rest = place.partition("/")
    return place if provider in WHOLE else f"{provider}/{rest.partition('/')[0]}"


def holes_in(population: Population) -> tuple[Gap, ...]:
    """Why a population may lack members: its gaps, or that its list was not read to its end."""
    if population.gaps or population.complete:
        return population.gaps
    return (Gap(path="", reason=GapReason.TRUNCATED, detail=f"the list in {population.unit.place} is not whole"),)


def _missing(kind: Kind, place: Place) -> Gap:
    return Gap(path="", reason=GapReason.NOT_PROVIDED, detail=f"there is no evidence of {kind.name} for {place}")


def _elsewhere(kind: Kind, place: Place) -> Gap:
    detail = f"what else there is of {kind.name} is not declared in {place}"
    return Gap(path="", reason=GapReason.NOT_PROVIDED, detail=detail)
