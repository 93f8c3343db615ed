"""The subjects of a kind: listed, for each subject above where a kind stands below another, and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from grc.collect.github.calls import Absent, Calls, Held, Missed
from grc.collect.github.declared import Listing, Read, Resource, load
from grc.collect.github.projection import ABSENT, NORMALISERS, ShapeError, project
from grc.model.evidence import Fact, Gap, GapReason
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.types import ObjectType

OFF: Final = "service-not-enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One listed item, cut to its kind. ``values`` fill in the paths of what is read of it."""

    id: str
    body: Mapping[str, Any]
    values: Mapping[str, str]
    collected: datetime
    gaps: tuple[Gap, ...]


@dataclass(slots=True, kw_only=True)
class Found:
    """What the lists of a kind came to."""

    subjects: dict[str, Subject] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


class Finder:
    """Finds the subjects of kinds in one organization."""

    def __init__(self, org: str, calls: Calls, kinds: Mapping[KindName, Kind]) -> None:
        self._org = org
        self._calls = calls
        self._kinds = kinds

    def find(self, resource: Resource) -> Found:
        """Every subject of a kind, with a gap for each list that could not be read whole."""
        found = Found()
        for listing in resource.listings:
            for above in self._above(listing, found):
                self._take(resource, listing, above, found)
        if resource.tally is not None and not found.gaps:
            found.gaps.extend(self._short(resource, len(found.subjects)))
        return found

    def _above(self, listing: Listing, found: Found) -> Iterable[Mapping[str, Any]]:
        if listing.each is None:
            return ({"org": self._org},)
        above = self.find(load()[listing.each])
        found.gaps.extend(gap for gap in above.gaps if gap not in found.gaps)
        found.facts.extend(fact for fact in above.facts if fact not in found.facts)
        return [subject.body for subject in above.subjects.values()]

    def _take(self, resource: Resource, listing: Listing, above: Mapping[str, Any], found: Found) -> None:
        values = {"org": self._org, **texts(above)}
        outcome = self._calls.listed(listing.read, values)
        if isinstance(outcome, Missed):
            gap = outcome.gap("", listing.read)
            found.gaps.append(_of_subject(gap, above, listing))
        elif isinstance(outcome, Absent):
            found.facts.append(Fact(fact=OFF, detail=listing.read.call))
        else:
            added = {name: text.format_map(values) for name, text in listing.add.items()}
            kept = {into: above[name] for into, name in listing.keep.items() if name in above}
            for item in outcome.value if listing.read.items is not None else (outcome.value,):
                self._add(resource, listing, item, {**added, **kept}, outcome, found)

    def _add(
        self, resource: Resource, listing: Listing, item: Any, more: Mapping[str, Any], outcome: Held, found: Found
    ) -> None:
        try:
            body = self._body(resource, item, more)
        except ShapeError as error:
            found.gaps.append(Missed(GapReason.MALFORMED, f"a listed item: {error}").gap("", listing.read))
            return
        values = {"org": self._org, **texts(body)}
        name = resource.subject.format_map(values)
        if name in found.subjects and found.subjects[name].body != body:
            found.gaps.append(Missed(GapReason.MALFORMED, f"{name} is listed twice").gap("", listing.read))
            return
        found.subjects[name] = Subject(
            id=name,
            body=body,
            values=values,
            collected=outcome.received,
            gaps=tuple(_hidden(resource, body, listing.read)),
        )

    def _body(self, resource: Resource, item: Any, more: Mapping[str, Any]) -> dict[str, Any]:
        kind = self._kinds[resource.kind]
        normalised = NORMALISERS.get(resource.kind, lambda value: value)(item)
        if not isinstance(normalised, dict):
            raise ShapeError("it is no object")
        own = {name: declared for name, declared in kind.shape.fields.items() if name in kind.base}
        body = project({**normalised, **more}, ObjectType(kind.name, own), "")
        assert body is not ABSENT
        found: dict[str, Any] = body
        return found

    def _short(self, resource: Resource, count: int) -> Iterator[Gap]:
        """A gap where there are more subjects than were listed, or where their number cannot be seen."""
        tally = resource.tally
        assert tally is not None
        outcome = self._calls.listed(tally.read, {"org": self._org})
        if not isinstance(outcome, Held):
            missed = outcome if isinstance(outcome, Missed) else Missed(GapReason.NOT_PROVIDED, "there is no count")
            yield missed.gap("", tally.read)
            return
        if hidden := [name for name in tally.shown if outcome.value.get(name) is None]:
            detail = f"the answer lacks {', '.join(hidden)}, without which the list may be of what is public alone"
            yield Missed(GapReason.ACCESS_DENIED, detail).gap("", tally.read)
        numbers = [outcome.value.get(name) for name in tally.sum]
        if any(type(number) is not int for number in numbers):
            detail = f"how many there are is not shown: {', '.join(tally.sum)}"
            yield Missed(GapReason.ACCESS_DENIED, detail).gap("", tally.read)
        elif (total := sum(numbers)) > count:
            detail = f"the token sees {count} of {total} repositories"
            yield Gap(
                path="",
                reason=GapReason.ACCESS_DENIED,
                call=resource.listings[0].read.call,
                permission=resource.listings[0].read.permission,
                detail=detail,
            )


def _of_subject(gap: Gap, above: Mapping[str, Any], listing: Listing) -> Gap:
    name = above.get("full_name") or above.get("repository")
    if listing.each is None or name is None:
        return gap
    return Gap(
        path=gap.path, reason=gap.reason, call=gap.call, permission=gap.permission, detail=f"{name}: {gap.detail}"
    )


def _hidden(resource: Resource, body: Mapping[str, Any], read: Read) -> Iterator[Gap]:
    """A gap for each field that GitHub shows only to some, and did not show."""
    for name, permission in resource.shown_to.items():
        if name not in body:
            detail = f"the answer lacks {name}, which not every token is shown"
            yield Gap(path=name, reason=GapReason.ACCESS_DENIED, call=read.call, permission=permission, detail=detail)


def texts(body: Mapping[str, Any]) -> dict[str, str]:
    """What may stand in a path, a query or an id."""
    return {name: str(value) for name, value in body.items() if type(value) in (str, int)}
