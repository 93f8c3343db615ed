"""From an object of the API to a record: who it is, what it becomes, and what could not be understood of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from grc.collect.kubernetes.reading import Object, Reading
from grc.collect.kubernetes.resources import Resource
from grc.collect.kubernetes.traffic import labels_of
from grc.model.evidence import Gap, GapReason

NAME: Final = re.compile(r"[^/%\s{}<>$\x00-\x1f\x7f]{1,253}\Z")
"""What a name can be: longer ones, and those with other characters, the API refuses."""
JOINED: Final = frozenset({"kubernetes.network-policy"})
"""Kinds that are looked for by their namespace: where a manifest does not say it, it may be any."""
WORKLOAD: Final = "kubernetes.workload"
DEFAULT: Final = "default"
"""The namespace of whoever says nothing of it to a cluster."""
UNNAMED: Final = "the manifest names no namespace: it is that of whoever applies it"


class ObjectError(Exception):
    """An object says of itself nothing that the API would take. Its text says why and quotes nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """One object, brought to the shape of its kind. ``labels`` are its own."""

    id: str
    body: dict[str, Any]
    labels: dict[str, str]
    gaps: tuple[Gap, ...]


def normalise(resource: Resource, item: Object, where: str, *, declared: bool) -> Normal:
    """The record's content. ``declared`` says that it stands in a file and not in a cluster.

    Raises:
        ObjectError: it has no name that the API would take.
    """
    reading = Reading(where, declared=declared)
    name, namespace = _identity(item, namespaced=resource.namespaced)
    identity = "/".join(step for step in (resource.object, namespace, name) if step)
    body: dict[str, Any] = {"id": identity, "kind": resource.object, "name": name}
    if namespace:
        body["namespace"] = namespace
    elif resource.kind in JOINED:
        reading.fault("namespace", UNNAMED, GapReason.NOT_PROVIDED)
    if resource.kind == WORKLOAD and (namespace or not declared):
        body["in_default"] = (namespace or DEFAULT) == DEFAULT
    elif resource.kind == WORKLOAD:
        reading.fault("in_default", UNNAMED, GapReason.NOT_PROVIDED)
    body.update(resource.normalise(resource.object, item, reading))
    if "account" in body:
        body["account_key"] = f"{namespace}/{body['account']}"
    elif resource.object == "ServiceAccount":
        body["account_key"] = f"{namespace}/{name}"
    labels = {key: value for key, value in labels_of(item).items() if isinstance(value, str)}
    return Normal(id=identity, body=body, labels=labels, gaps=tuple(sorted(set(reading.gaps))))


def _identity(item: Object, *, namespaced: bool) -> tuple[str, str]:
    """Its name and its namespace, which is empty where none is named.

    Raises:
        ObjectError: it has no name that the API would take.
    """
    metadata = item.get("metadata")
    if not isinstance(metadata, dict):
        raise ObjectError("has no metadata: is it a part of an object?")
    name, prefix = metadata.get("name"), metadata.get("generateName")
    if name is None and isinstance(prefix, str):
        name = f"{prefix}*"
    namespace = metadata.get("namespace") if namespaced else None
    for value, called in ((name, "name"), (namespace or DEFAULT, "namespace")):
        if not isinstance(value, str) or not NAME.match(value):
            raise ObjectError(f"has no {called} that the API would take: if it is a template, render it first")
    return str(name), namespace or ""
