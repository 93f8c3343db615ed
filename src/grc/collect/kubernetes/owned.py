"""Pods that something else made: told by its template where they are as it says, and by themselves where they are not.

An admission webhook, or whoever may change pods, can make of a pod what no template shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from grc.canonical import encode
from grc.collect.kubernetes.objects import Normal
from grc.collect.kubernetes.pods import FLAGS, maker
from grc.collect.kubernetes.reading import Object

POD: Final = "Pod"
OVER: Final = frozenset({"Succeeded", "Failed"})
"""The phases of a pod in which nothing of it runs any more."""
DEEPEST: Final = 2
"""Steps from what makes a pod to what nothing makes: a replica set and its deployment, a job and its cron job."""
SAME: Final = ("account", "sysctls", "token_mounted", "windows", *(field for _, field in FLAGS))
OF_THE_CLUSTER: Final = frozenset({"persistentVolumeClaim", "projected"})
"""Volumes that controllers and the API server put into each pod: claims and tokens."""
ADDED: Final = frozenset({"cpu_limit", "cpu_request", "memory_limit", "memory_request"})
"""What the defaults of a namespace may add to a container."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """A pod that is not as its owner's template says. ``stem`` is what the names of its like begin with."""

    normal: Normal
    stem: str


class Owners:
    """What makes pods, by its uid, and the pods that differ from it. Whoever makes is put in before what it made."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}
        self._made: dict[str, Normal] = {}
        self._unlike: defaultdict[tuple[str, bytes], list[Unlike]] = defaultdict(list)

    def tells(self, kind: str, item: Object, normal: Normal) -> bool:
        """Whether something else tells an object: its owner, or the record of its like, which comes at the end."""
        reference = maker(item)
        owner = None if reference is None else _uid(reference)
        if kind != POD:
            self._keep(_uid(_metadata(item)), owner, normal)
        elif owner is not None and not _is_over(item):
            template = self._template(owner)
            if template is None or not _is_as_made(normal, template):
                self._differs(owner, item, normal)
        return owner is not None

    def unlike(self) -> Iterator[Normal]:
        """Each sort of pod that no template tells: one for all of one owner that are alike."""
        sorts: defaultdict[tuple[str, str], list[list[Unlike]]] = defaultdict(list)
        for (owner, _), found in self._unlike.items():
            sorts[owner, found[0].stem].append(sorted(found, key=lambda one: one.normal.id))
        for (_, stem), variants in sorted(sorts.items()):
            for found in variants:
                yield _named(found[0].normal, stem) if len(variants) == 1 else found[0].normal

    def _keep(self, uid: str, owner: str | None, normal: Normal) -> None:
        if owner is None:
            self._made[uid] = normal
        else:
            self._above[uid] = owner

    def _template(self, owner: str) -> Normal | None:
        """The topmost owner: the one whose template is a record."""
        for _ in range(DEEPEST):
            owner = self._above.get(owner, owner)
        return self._made.get(owner) if owner else None

    def _differs(self, owner: str, item: Object, normal: Normal) -> None:
        prefix = _metadata(item).get("generateName")
        stem = f"{prefix}*" if isinstance(prefix, str) and prefix else str(normal.body["name"])
        told = {name: value for name, value in normal.body.items() if name not in ("id", "name")}
        self._unlike[owner, encode(told)].append(Unlike(normal, stem))


def _named(normal: Normal, name: str) -> Normal:
    """The same under a name for all that are alike."""
    identity = "/".join(step for step in (POD, normal.body.get("namespace"), name) if step)
    return replace(normal, id=identity, body={**normal.body, "id": identity, "name": name})


def _is_as_made(pod: Normal, template: Normal) -> bool:
    """Whether all that is told of a pod is what its template says, but for what every cluster adds."""
    one, other = pod.body, template.body
    return (
        all(one.get(name) == other.get(name) for name in SAME)
        and _volumes(one) <= _volumes(other)
        and {gap.path for gap in pod.gaps} <= {gap.path for gap in template.gaps}
        and _are_as_made(one, other)
    )


def _are_as_made(pod: Mapping[str, Any], template: Mapping[str, Any]) -> bool:
    found, said = ({(each["sort"], each["name"]): each for each in body["containers"]} for body in (pod, template))
    return found.keys() == said.keys() and all(
        _is_container_as_made(each, said[key], host_network=pod["host_network"]) for key, each in found.items()
    )


def _is_container_as_made(one: Mapping[str, Any], said: Mapping[str, Any], *, host_network: bool) -> bool:
    apart = {name for name in ADDED if name not in said}
    apart |= {"pull_policy"} if one["pull_policy"] == "Always" else set()
    apart |= {"host_ports"} if host_network else set()  # there the API server writes each port of the container
    return all(one.get(name) == said.get(name) for name in (one.keys() | said.keys()) - apart)


def _volumes(body: Mapping[str, Any]) -> set[tuple[str, str | None]]:
    return {(one["type"], one.get("path")) for one in body["volumes"] if one["type"] not in OF_THE_CLUSTER}


def _is_over(item: Object) -> bool:
    status = item.get("status")
    return isinstance(status, dict) and status.get("phase") in OVER


def _metadata(item: Object) -> Mapping[str, Any]:
    metadata = item.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _uid(holder: Mapping[str, Any]) -> str:
    return str(holder.get("uid") or "")
