"""What a cluster lists of a kind: each list read to its end, or the reason why it is not whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.kubernetes.calls import GONE, NOT_FOUND, CallError, Calls
from grc.collect.kubernetes.resources import NAMESPACE, Resource, in_namespaces, of_kind
from grc.model.evidence import Fact, Gap, GapReason
from grc.model.identifiers import KindName

GET_GROUPS: Final = "get /apis"
POD: Final = "Pod"


@dataclass(slots=True)
class Lacking:
    """What lists did not give: why they are not whole, and what a cluster does not have at all."""

    gaps: list[Gap] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The lists of one cluster. ``namespaces`` None: those of all namespaces."""

    calls: Calls
    namespaces: Sequence[str] | None

    def of(self, kind: KindName) -> tuple[Resource, ...]:
        """The lists that give a kind. Pods come last, for what makes them is known by then."""
        found = (one for resource in of_kind(kind) for one in in_namespaces(resource, self.namespaces))
        return tuple(sorted(found, key=lambda one: one.object == POD))

    def objects(self, kind: KindName, lacking: Lacking) -> Iterator[tuple[Resource, dict[str, Any]]]:
        """Every object of a kind, with the list that gave it."""
        seen: set[str | None] = set()
        lists = self.of(kind)
        for resource in lists:
            for item in self._read(resource, lacking):
                seen.add(resource.within)
                yield resource, item
        for namespace in sorted({one.within for one in lists if one.within and not one.is_one} - seen, key=str):
            self._prove(str(namespace), lacking)

    def _read(self, resource: Resource, lacking: Lacking) -> list[dict[str, Any]]:
        """What one list gave. One whose token has expired is begun anew, once."""
        for again in (False, True):
            found: list[dict[str, Any]] = []
            try:
                for page in self.calls.pages(resource):
                    found += page
            except CallError as error:
                if error.status == GONE and not again:
                    continue
                self._lack(resource, error, lacking)
            return found
        raise AssertionError

    def _prove(self, namespace: str, lacking: Lacking) -> None:
        """Prove that a namespace is there: of one that is not, the API server lists nothing and says no word."""
        for resource in in_namespaces(NAMESPACE, (namespace,)):
            self._read(resource, lacking)

    def _lack(self, resource: Resource, error: CallError, lacking: Lacking) -> None:
        """Say why a list is not whole. What the server does not serve, as its own index proves, is a fact."""
        if resource.is_one and error.status == NOT_FOUND:
            detail = f"there is no namespace {resource.within} in the cluster"
            lacking.gaps.append(Gap(path="", reason=GapReason.NOT_PROVIDED, call=resource.call, detail=detail))
            return
        if error.status != NOT_FOUND or not resource.group:
            lacking.gaps.append(error.gap)
            return
        try:
            served = self._serves(resource)
        except CallError as unproven:
            lacking.gaps.append(unproven.gap)
            return
        if served:
            lacking.gaps.append(error.gap)
        else:
            detail = f"the cluster does not serve {resource.plural} of {resource.api}"
            lacking.facts.append(Fact(fact="not-served", detail=detail))

    def _serves(self, resource: Resource) -> bool:
        """Whether the server's index holds the resource.

        Raises:
            CallError: the index cannot be read, or is none.
        """
        index = self.calls.read("/apis", {}, GET_GROUPS)
        if resource.api not in set(_group_versions(index)):
            return False
        call = f"get /apis/{resource.api}"
        found = self.calls.read(f"/apis/{resource.api}", {}, call)
        resources = found.get("resources")
        if found.get("kind") != "APIResourceList" or not isinstance(resources, list):
            raise CallError(Gap(path="", reason=GapReason.MALFORMED, call=call, detail="the answer is no index"))
        return any(isinstance(one, dict) and one.get("name") == resource.plural for one in resources)


def _group_versions(index: dict[str, Any]) -> Iterator[str]:
    """The versions that an index of groups names.

    Raises:
        CallError: it is none.
    """
    groups = index.get("groups")
    if index.get("kind") != "APIGroupList" or not isinstance(groups, list):
        raise CallError(Gap(path="", reason=GapReason.MALFORMED, call=GET_GROUPS, detail="the answer is no index"))
    for group in groups:
        for version in group.get("versions", ()) if isinstance(group, dict) else ():
            if isinstance(version, dict) and isinstance(version.get("groupVersion"), str):
                yield version["groupVersion"]
